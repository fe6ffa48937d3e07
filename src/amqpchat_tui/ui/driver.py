"""The terminal: reading it with a parser that survives anything, and taking it back after a stop."""

from __future__ import annotations

import asyncio
import contextlib
import math
import os
import selectors
import termios
import time
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import wait
from typing import IO, Any, cast

from textual import constants
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver
from textual.geometry import Size
from textual.message import Message

from amqpchat_tui.ui.terminal_parser import Parser

READ_BYTES = 4096
UNHEARD_EVENTS = 1024
"""How many keys and the like may wait for the app, where each takes several kilobytes of memory."""
CATCH_UP_SECONDS = 1.0
"""How long to wait for one who may be gone by now, such as a bar that was closed."""
POLL_SECONDS = 0.1
"""How long a read waits until it looks whether the program ends."""

_REPORT_ALTERNATE_KEYS = "\x1b[=4;2u"
"""Kitty's keyboard protocol: set one more flag, in what Textual has pushed and will pop."""

_AS_FOUND = b"\x1b[!p\x1b[?1049l\x1b[?1;1000;1002;1003;1006;2004l\x1b[?25h"
"""Undoes what a program that was killed may have set: DECSTR, alternate screen, mouse, bracketed paste."""


class Output:
    """The stream to the terminal; counts how much of what was written it has taken."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._written = 0
        self.taken = 0
        """Writes that have left this program. Textual's writer flushes whenever nothing more waits."""

    def write(self, text: str) -> None:
        """Hand it to the stream, which may keep it."""
        self._stream.write(text)
        self._written += 1

    def flush(self) -> None:
        """Wait until the terminal has taken all of it."""
        self._stream.flush()
        self.taken = self._written

    def fileno(self) -> int:
        """The terminal's number."""
        return self._stream.fileno()


class ChatDriver(LinuxDriver):
    """Textual's driver with this module's parser, and a sure grip on the terminal.

    Bytes that are no UTF-8 are shown as U+FFFD, not fatal.
    """

    def __init__(
        self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._output = Output(cast("IO[str]", self._file))
        self._file = cast("Any", self._output)
        self._asked = 0
        self._was_blocking = True
        self._is_lent = False
        self._parsed: list[Message] = []
        if size is None:
            self._size = self._get_terminal_size()

    @property
    def lags(self) -> bool:
        """Whether the terminal has not taken yet all that was written."""
        return self._output.taken < self._asked

    @property
    def output_number(self) -> int:
        """The number of the stream to the terminal."""
        return self._output.fileno()

    @contextlib.contextmanager
    def lent(self) -> Iterator[None]:
        """Have another program use the terminal, which has been given away; it comes back as it is now."""
        before = termios.tcgetattr(self.fileno)
        self._is_lent = True
        try:
            yield
        finally:
            self._is_lent = False
            with contextlib.suppress(OSError, termios.error):  # it has hung up
                termios.tcsetattr(self.fileno, termios.TCSANOW, before)
                os.write(self.output_number, _AS_FOUND)

    def write(self, data: str) -> None:
        """Have the writer's thread write it; while another program has the terminal, it is dropped."""
        if self._is_lent:
            return
        self._asked += 1
        super().write(data)

    def run_input_thread(self) -> None:
        """Read the terminal until the program ends."""
        parser = Parser()
        decode = getincrementaldecoder("utf-8")("replace").decode
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            read_at = time.monotonic()
            unheard = 0
            while not self.exit_event.is_set():
                patience = math.inf if parser.patience is None else parser.patience
                left = read_at + patience - time.monotonic()
                if selector.select(min(max(left, 0), POLL_SECONDS)):
                    parsed = parser.feed(decode(os.read(self.fileno, READ_BYTES)))
                    read_at = time.monotonic()
                elif left <= POLL_SECONDS:
                    parsed = parser.idle()
                    read_at = time.monotonic()
                else:
                    parsed = []
                for event in parsed:
                    self.process_message(event)
                    unheard += 1
                self._post_parsed()
                if unheard > UNHEARD_EVENTS:
                    self._wait_for_app()
                    unheard = 0

    def send_message(self, message: Message) -> None:
        """Keep it for the end of what was read together."""
        self._parsed.append(message)

    def _post_parsed(self) -> None:
        """Wake the loop once, not for each key: when it has too many calls to wake up, it loses signals."""
        if self._parsed:
            parsed, self._parsed = self._parsed, []
            asyncio.run_coroutine_threadsafe(self._post(parsed), self._loop)

    async def _post(self, messages: Sequence[Message]) -> None:
        for message in messages:
            await self._app._post_message(message)

    def _wait_for_app(self) -> None:
        """Read no more until what was read has been acted upon: the rest waits in the terminal."""
        caught_up = asyncio.run_coroutine_threadsafe(self._caught_up(), self._loop)
        while not (caught_up.done() or self.exit_event.is_set()):
            wait([caught_up], POLL_SECONDS)

    async def _caught_up(self) -> None:
        """Wait until the app, and then who has the focus, have come to the end of their queues."""
        for find in (lambda: self._app, lambda: self._app.focused or self._app.screen):
            reached = asyncio.Event()
            if find().call_later(reached.set):
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(reached.wait(), CATCH_UP_SECONDS)

    def start_application_mode(self) -> None:
        """Ask for keys by their place on the keyboard as well, so that Ctrl-W is known in any layout.

        Writing waits for the terminal: another program may have set it to O_NONBLOCK, and then a write that
        does not fit fails.
        """
        screen = self._output.fileno()
        self._was_blocking = os.get_blocking(screen)
        os.set_blocking(screen, True)
        start: Callable[[], None] = super().start_application_mode
        start()
        if self._writer_thread is not None and not constants.DISABLE_KITTY_KEY:
            self.write(_REPORT_ALTERNATE_KEYS)
            self.flush()

    def close(self) -> None:
        """End the writer's thread, and leave the terminal as it was found."""
        end: Callable[[], None] = super().close
        end()
        os.set_blocking(self._output.fileno(), self._was_blocking)

    @property
    def terminal_size(self) -> Size:
        """The terminal's size by now."""
        return Size(*self._get_terminal_size())

    def _get_terminal_size(self) -> tuple[int, int]:
        """Ask the kernel alone: COLUMNS and LINES in the environment are of another moment, or nonsense."""
        try:
            columns, rows = os.get_terminal_size(self.fileno)
        except OSError:  # it has hung up
            columns = rows = 0
        return columns or 80, rows or 24  # a serial line's size is not known

    def _query_in_band_window_resize(self) -> None:
        """Ask for no reports of the size: the kernel tells it, while a report could claim any."""

    def _sigcont_application(self, *_: object) -> None:
        """Take the terminal back, even after a stop (SIGSTOP) that left no time to give it away."""
        if self._writer_thread is None or self._is_lent or not os.isatty(self.fileno):
            return  # it is not taken yet, another program has it, or it has hung up
        if not self._must_signal_resume:  # to take it twice would leave two threads that read it
            self.suspend_application_mode()
            self._must_signal_resume = True
        super()._sigcont_application()
