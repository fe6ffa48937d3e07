"""A terminal, or a pipe, to which rows are only added: what is typed there, and what is said meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import termios
from collections.abc import Callable, Iterator, Sequence

from amqpchat_tui.headless.line_editor import Event, LineEditor
from amqpchat_tui.headless.streams import read_lines, write
from amqpchat_tui.stdio import StreamError

_READ_BYTES = 4096
_BELL = "\a"


class PlainTerminal:
    """Takes lines, and prints rows between them.

    While a line is being typed, rows wait until it is entered: a bell tells that there are some, and their
    number is said before them. The prompt stands before what is typed, once something is.
    """

    def __init__(
        self,
        prompt: Callable[[], str],
        *,
        enter: Callable[[str], None],
        leave: Callable[[], object],
        end: Callable[[], object],
    ) -> None:
        """`enter` takes each line; `leave` is called for Ctrl-D, and `end` when no more lines will come."""
        self._prompt = prompt
        self._enter = enter
        self._leave = leave
        self._end = end
        self._editor = LineEditor()
        self._has_prompt = False
        """Whether the cursor stands behind a prompt."""
        self._held: list[str] = []
        self._unwritten: list[str] = []
        self._writing: asyncio.Task[None] | None = None
        self._waiting: list[Callable[[], None]] = []
        """What is done when the terminal has taken all: who reads slowly has the broker wait."""

    # -- writing ------------------------------------------------------------------------------------

    def print(self, rows: Sequence[str]) -> None:
        """Add rows, or keep them while a line is being typed."""
        if self._editor.text:
            if not self._held:
                self._write(_BELL)
            self._held += rows
            return
        self._write(("\n" if self._has_prompt else "") + "".join(f"{row}\n" for row in rows))
        self._has_prompt = False

    def ring(self) -> None:
        """Call the person."""
        self._write(_BELL)

    def later(self, seconds: float, do: Callable[[], None]) -> None:
        """Have something done after some seconds, when the terminal has taken all that was written."""
        asyncio.get_running_loop().call_later(seconds, self._when_written, do)

    async def flush(self) -> None:
        """Wait until all is written."""
        if self._writing is not None:
            await self._writing

    def _when_written(self, do: Callable[[], None]) -> None:
        if self._writing is None:
            do()
        else:
            self._waiting.append(do)

    def _write(self, text: str) -> None:
        self._unwritten.append(text)
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_all())

    async def _write_all(self) -> None:
        try:
            while self._unwritten:
                text, self._unwritten = "".join(self._unwritten), []
                await write(text)
        except StreamError:  # nobody reads it any more
            self._end()
        self._writing = None
        waiting, self._waiting = self._waiting, []
        for do in waiting:
            do()

    # -- reading ------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def taken(self, leave: Callable[[], None]) -> Iterator[None]:
        """Read standard input meanwhile; signals to end call `leave`, and a terminal is left as it was."""
        loop = asyncio.get_running_loop()
        for number in signal.SIGTERM, signal.SIGHUP:
            loop.add_signal_handler(number, leave)
        loop.add_signal_handler(signal.SIGINT, self._interrupt, leave)
        try:
            if sys.stdin is not None and sys.stdin.isatty():
                with self._keys(sys.stdin.fileno()):
                    yield
            else:
                reading = asyncio.create_task(self._read_pipe())
                yield
                reading.cancel()
        finally:
            for number in signal.SIGTERM, signal.SIGHUP, signal.SIGINT:
                loop.remove_signal_handler(number)

    @contextlib.contextmanager
    def _keys(self, descriptor: int) -> Iterator[None]:
        """Take keys as they are typed, without the terminal's own echo."""
        loop = asyncio.get_running_loop()
        before = termios.tcgetattr(descriptor)
        keys = termios.tcgetattr(descriptor)
        keys[3] &= ~(termios.ICANON | termios.ECHO)

        def stop() -> None:
            termios.tcsetattr(descriptor, termios.TCSANOW, before)
            os.kill(os.getpid(), signal.SIGSTOP)
            termios.tcsetattr(descriptor, termios.TCSANOW, keys)  # after the shell's fg
            self._write(f"\n{self._prompt()}{self._editor.text}")
            self._has_prompt = True

        termios.tcsetattr(descriptor, termios.TCSANOW, keys)
        loop.add_signal_handler(signal.SIGTSTP, stop)
        loop.add_reader(descriptor, self._read_keys, descriptor)
        self._write(self._prompt())
        self._has_prompt = True
        try:
            yield
        finally:
            loop.remove_reader(descriptor)
            loop.remove_signal_handler(signal.SIGTSTP)
            with contextlib.suppress(termios.error):  # it has hung up
                termios.tcsetattr(descriptor, termios.TCSANOW, before)

    def _read_keys(self, descriptor: int) -> None:
        try:
            data = os.read(descriptor, _READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            asyncio.get_running_loop().remove_reader(descriptor)
            self._end()
        for typed in self._editor.feed(data):
            if not self._has_prompt:
                self._write(self._prompt())
                self._has_prompt = True
            self._write(typed.echo)
            if typed.event is Event.LINE:
                self._has_prompt = False
                self._print_held()
                self._enter(typed.line)
            elif typed.event is Event.END:
                self._write("\n")
                self._has_prompt = False
                self._leave()
            elif not self._editor.text:
                self._write("\n" if self._held else "")
                self._has_prompt = not self._held
                self._print_held()

    def _print_held(self) -> None:
        held, self._held = self._held, []
        if held:
            lines = "1 line" if len(held) == 1 else f"{len(held)} lines"
            self.print([f"– {lines} came while you typed:", *held])

    def _interrupt(self, leave: Callable[[], None]) -> None:
        """Ctrl-C drops what is typed; where nothing is, it leaves."""
        if not self._editor.text:
            leave()
            return
        self._editor.drop()
        self._write("^C\n")
        self._has_prompt = False
        self._print_held()

    async def _read_pipe(self) -> None:
        async for line in read_lines():
            self._enter(line)
        self._end()
