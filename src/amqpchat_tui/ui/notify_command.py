"""Runs the program that calls the person, which may be slow, fail or hang: the chat never waits for it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Callable, Mapping, Sequence

from amqpchat_tui.files import reason
from amqpchat_tui.programs import describe_end
from amqpchat_tui.wire.text import clean_line

RUN_SECONDS = 30.0
"""How long a program may run before it is killed."""
KILLED_SECONDS = 0.3
"""How long a program that was killed may take to end: the disk or a device may keep it."""
MAX_RUNNING = 4
"""While so many run, no other is started."""


class NotifyCommand:
    """A program that is run, without a shell and a terminal, whenever the person is called."""

    def __init__(self, argv: Sequence[str], complain: Callable[[str], None]) -> None:
        """`complain` is told, once, why a program was of no use, as a sentence without a full stop."""
        self._argv = argv
        self._complain = complain
        self._complained = False
        self._runs: set[asyncio.Task[None]] = set()

    @property
    def running(self) -> int:
        """How many of it run now."""
        return len(self._runs)

    def configure(self, argv: Sequence[str]) -> None:
        """Run another program from now on."""
        self._argv = argv
        self._complained = False

    def call(self, environment: Mapping[bytes, bytes]) -> None:
        """Run the program with these variables besides ours, in the background of the running event loop."""
        if self.running >= MAX_RUNNING:
            self._fail(f"is not run again while {MAX_RUNNING} of it still run")
            return
        run = asyncio.create_task(self._run(environment))
        self._runs.add(run)
        run.add_done_callback(self._runs.discard)

    async def close(self) -> None:
        """Kill what still runs."""
        for run in self._runs:
            run.cancel()
        if self._runs:
            await asyncio.wait(self._runs)

    async def _run(self, environment: Mapping[bytes, bytes]) -> None:
        try:
            process = await asyncio.create_subprocess_exec(
                *self._argv,
                stdin=DEVNULL,
                stdout=DEVNULL,
                stderr=DEVNULL,
                env={**os.environb, **environment},
                start_new_session=True,  # neither our terminal nor the signals from it reach the program
            )
        except (OSError, ValueError) as error:  # among them E2BIG
            self._fail(f"cannot run {clean_line(self._argv[0])}: {reason(error)}")
            return
        try:
            async with asyncio.timeout(RUN_SECONDS):
                await process.wait()
        except TimeoutError:
            self._fail(f"did not end within {RUN_SECONDS:g} s, and was killed")
        else:
            self._fail(describe_end(process.returncode or 0))
        finally:
            await _kill(process)

    def _fail(self, why: str) -> None:
        if why and not self._complained:
            self._complained = True
            self._complain(f"notify.command: {why}")


async def _kill(process: Process) -> None:
    """End a program, if it still runs, and what it has started."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(KILLED_SECONDS):
                await process.wait()
