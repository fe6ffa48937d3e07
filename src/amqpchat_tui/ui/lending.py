"""Lends the terminal to another program, while the chat goes on unseen."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from asyncio.subprocess import Process
from collections.abc import Iterator, Sequence

from amqpchat_tui.ui.driver import ChatDriver
from amqpchat_tui.ui.textual_private import QuietApp

END_SECONDS = 1.0
"""How long a program that is told to end may take to do so."""


class Lending:
    """Runs one program at a time in the terminal."""

    def __init__(self, app: QuietApp) -> None:
        self._app = app
        self._process: Process | None = None
        self._is_back = asyncio.Event()
        self._is_back.set()

    @property
    def is_lent(self) -> bool:
        """Whether another program has the terminal."""
        return not self._is_back.is_set()

    async def run(self, argv: Sequence[str]) -> int:
        """Let a program have the terminal until it ends; return its exit status as `subprocess` tells it.

        Raises:
            OSError: when it cannot be run.
        """
        driver = self._app.driver
        assert isinstance(driver, ChatDriver)
        self._is_back.clear()
        failure: BaseException | None = None
        status = 0
        try:
            with self._app.suspend(), driver.lent(), _deaf_to_quit():
                try:  # the terminal is taken back whatever happens, which Textual would not do for an error
                    status = await self._run(argv, driver)
                except (OSError, asyncio.CancelledError) as error:
                    failure = error
        finally:
            self._process = None
            self._is_back.set()
        if failure is not None:
            raise failure
        return status

    async def end(self) -> None:
        """End the program that has the terminal, if one does, and wait until the terminal is back."""
        if self._process is not None:
            self._process.terminate()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._is_back.wait(), END_SECONDS)
        if self._process is not None:
            self._process.kill()
            await self._is_back.wait()

    async def _run(self, argv: Sequence[str], driver: ChatDriver) -> int:
        output = driver.output_number
        self._process = await asyncio.create_subprocess_exec(
            *argv, stdin=driver.fileno, stdout=output, stderr=output
        )
        try:
            return await self._process.wait()
        finally:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()  # one that has ended is not there any more to be killed


@contextlib.contextmanager
def _deaf_to_quit() -> Iterator[None]:
    """A key that is meant for the program in the terminal ends only that."""
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGQUIT, lambda: None)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGQUIT)
