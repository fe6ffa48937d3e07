"""A terminal to run the program in: a pseudo-terminal of the kernel's, with `pyte` as the screen."""

import codecs
import contextlib
import itertools
import os
import re
import signal
import subprocess
import termios
import threading
import unicodedata
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyte
from pyte.screens import wcwidth

from .waiting import block_until

_control_sequence = re.compile(
    r"\x1b\[(?P<parameters>[0-?]*)(?P<intermediates>[ -/]*)(?P<final>[@-~])"
    r"|\x1b[\]P_^X].*?(?:\x07|\x1b\\)",  # OSC, DCS, APC, PM, SOS: strings that show nothing
    re.DOTALL,
)
_unfinished_sequence = re.compile(r"\x1b(?:\[[0-?]*[ -/]*|[\]P_^X][^\x07\x1b]*\x1b?)?\Z")

_mode_names = {
    1: "application cursor keys",
    7: "no automatic wrap",
    25: "cursor hidden",
    1000: "mouse tracking",
    1002: "mouse tracking",
    1003: "mouse tracking",
    1004: "focus reporting",
    1006: "mouse coordinates",
    1015: "mouse coordinates",
    1016: "mouse coordinates",
    1049: "alternate screen",
    2004: "bracketed paste",
    2026: "synchronized output",
    2048: "in-band resize",
}
_on_at_start = {7, 25}
_alternate_screen, _bracketed_paste = 1049, 2004


class Key(StrEnum):
    """What an xterm sends for keys that have no character."""

    ENTER = "\r"
    ALT_ENTER = "\x1b\r"
    TAB = "\t"
    BACKTAB = "\x1b[Z"
    BACKSPACE = "\x7f"
    ESCAPE = "\x1b"
    UP = "\x1b[A"
    DOWN = "\x1b[B"
    HOME = "\x1b[H"
    END = "\x1b[F"
    PAGE_UP = "\x1b[5~"
    PAGE_DOWN = "\x1b[6~"


def ctrl(letter: str) -> str:
    """What a terminal sends for a letter typed with Ctrl."""
    return chr(ord(letter.upper()) & 0x1F)


class Terminal:
    """A command in a terminal of its own, in an environment that holds nothing of the developer's.

    Like a simple real one it answers no queries, and draws the characters of a composed emoji one after
    another. The command is killed when the `with` block ends.
    """

    def __init__(
        self, argv: Sequence[str | Path], *, columns: int, rows: int, home: Path, env: Mapping[str, str]
    ) -> None:
        """Run a command; `env` is added to the clean environment."""
        self._lock = threading.Lock()
        self._raw = bytearray()
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._unfinished = ""
        self._main = _Emulator(columns, rows)
        self._alternate = _Emulator(columns, rows)
        self._modes = set(_on_at_start)
        self._kitty_keyboard = 0

        self._master, self._tty = os.openpty()
        termios.tcsetwinsize(self._master, (rows, columns))
        self._attributes: list[Any] | None = None
        self._initial_attributes = self.attributes
        # A session's first process that opens a terminal becomes the one that the terminal controls.
        self._process = subprocess.Popen(
            [
                "/bin/sh",
                "-c",
                'tty=$1; shift; exec "$@" <>"$tty" >&0 2>&0',
                "sh",
                os.ttyname(self._tty),
                *argv,
            ],
            env={**_clean_environment(home), **env},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._finish_reading()
        os.close(self._master)

    # What a person does.

    def write(self, text: str) -> None:
        """Type text and keys; Enter is `Key.ENTER`."""
        data = text.encode()
        while data:
            data = data[os.write(self._master, data) :]

    def paste(self, text: str) -> None:
        """Paste as xterm does: carriage returns for line ends, in brackets if the program wants them."""
        text = text.replace("\n", "\r")
        self.write(f"\x1b[200~{text}\x1b[201~" if _bracketed_paste in self._modes else text)

    def resize(self, columns: int, rows: int) -> None:
        """Change the size of the window; the kernel tells the program."""
        with self._lock:
            self._main.resize(columns, rows)
            self._alternate.resize(columns, rows)
        termios.tcsetwinsize(self._master, (rows, columns))

    def signal(self, number: signal.Signals) -> None:
        """Send the program a signal."""
        self._process.send_signal(number)

    # What a person sees.

    @property
    def rows(self) -> list[str]:
        """The screen's rows, without trailing blanks."""
        with self._lock:
            return self._emulator.rows()

    @property
    def text(self) -> str:
        """The screen's rows as one text."""
        return "\n".join(self.rows)

    @property
    def cursor(self) -> tuple[int, int]:
        """Column and row of the cursor, from 0."""
        with self._lock:
            return self._emulator.screen.cursor.x, self._emulator.screen.cursor.y

    @property
    def raw(self) -> bytes:
        """All bytes that the program has written."""
        with self._lock:
            return bytes(self._raw)

    @property
    def modes(self) -> set[str]:
        """In which ways the terminal is no longer as it was at the start."""
        with self._lock:
            changed = {_mode_names.get(mode, f"mode {mode}") for mode in self._modes ^ _on_at_start}
            return changed | ({"kitty keyboard"} if self._kitty_keyboard else set())

    @property
    def attributes(self) -> list[Any]:
        """The line discipline's settings (termios): echo, canonical mode, control characters and so on."""
        return termios.tcgetattr(self._tty) if self._attributes is None else self._attributes

    def wait_for(self, expected: str | re.Pattern[str], timeout: float = 10.0) -> None:
        """Wait until the screen shows a text or a match of a pattern.

        Raises:
            AssertionError: if that takes longer than `timeout` seconds; the message has the screen.
        """
        __tracebackhide__ = True
        pattern = re.compile(re.escape(expected)) if isinstance(expected, str) else expected
        block_until(
            lambda: pattern.search(self.text), timeout, lambda: f"{expected!r} on the screen:\n{self.text}"
        )

    def wait_exit(self, timeout: float = 10.0) -> int:
        """Wait until the program has ended and all it wrote is on the screen; return its exit code.

        Raises:
            AssertionError: if that takes longer than `timeout` seconds; the message has the screen.
        """
        __tracebackhide__ = True
        block_until(
            lambda: self._process.poll() is not None, timeout, lambda: f"the program to end:\n{self.text}"
        )
        self._finish_reading()
        return self._process.returncode

    def wait_stopped(self) -> None:
        """Wait until the program has been stopped by a signal; it goes on at SIGCONT."""
        flags = os.WSTOPPED | os.WNOHANG | os.WNOWAIT
        block_until(lambda: os.waitid(os.P_PID, self._process.pid, flags), what="the program to be stopped")

    def assert_restored(self) -> None:
        """Check that the program has left the terminal as it found it."""
        assert self.modes == set()
        assert self.attributes == self._initial_attributes

    # What the terminal does.

    @property
    def _emulator(self) -> "_Emulator":
        return self._alternate if _alternate_screen in self._modes else self._main

    def _read(self) -> None:
        # Linux raises when the last one who had the terminal open has closed it, macOS reads nothing.
        with contextlib.suppress(OSError):
            while data := os.read(self._master, 65536):
                with self._lock:
                    self._raw += data
                    self._show(self._unfinished + self._decoder.decode(data))

    def _finish_reading(self) -> None:
        if self._attributes is None:
            self._attributes = termios.tcgetattr(self._tty)
            os.close(self._tty)
        self._reader.join(10)
        assert not self._reader.is_alive(), "a process that the program started still has the terminal open"

    def _show(self, output: str) -> None:
        unfinished = _unfinished_sequence.search(output)
        self._unfinished = unfinished[0] if unfinished else ""
        output = output.removesuffix(self._unfinished)
        shown = 0
        for sequence in _control_sequence.finditer(output):
            self._emulator.feed(output[shown : sequence.start()])
            self._obey(sequence)
            shown = sequence.end()
        self._emulator.feed(output[shown:])

    def _obey(self, sequence: re.Match[str]) -> None:
        match sequence["parameters"], sequence["intermediates"], sequence["final"]:
            case str(parameters), "", "h" | "l" as final if parameters.startswith("?"):
                for mode in map(int, parameters[1:].split(";")):
                    self._set_mode(mode, final == "h")
            case str(parameters), "", "u" if parameters.startswith(">"):
                self._kitty_keyboard += 1
            case str(parameters), "", "u" if parameters.startswith("<"):
                self._kitty_keyboard = max(0, self._kitty_keyboard - int(parameters[1:] or 1))
            case str(parameters), "", str() if not set(parameters) & set("<=>?:"):
                self._emulator.feed(sequence[0])
            case _:
                pass  # pyte would choke on it or print it

    def _set_mode(self, mode: int, on: bool) -> None:
        if on:
            self._modes.add(mode)
        else:
            self._modes.discard(mode)
        if mode == _alternate_screen and on:
            self._alternate.screen.reset()


class _Emulator:
    """A pyte screen that its input cannot upset."""

    def __init__(self, columns: int, rows: int) -> None:
        self.screen = _Screen(columns, rows)
        self._stream = pyte.Stream(self.screen)

    def feed(self, text: str) -> None:
        self._stream.feed(text)

    def resize(self, columns: int, rows: int) -> None:
        self.screen.resize(rows, columns)

    def rows(self) -> list[str]:
        columns = range(self.screen.columns)
        # The cell after a wide character holds an empty string.
        return [
            "".join(self.screen.buffer[row][column].data for column in columns).rstrip()
            for row in range(self.screen.lines)
        ]


class _Screen(pyte.Screen):
    def draw(self, data: str) -> None:
        """Draw text; pyte alone leaves out all that follows a joiner, a variation selector and the like."""
        for invisible, characters in itertools.groupby(data, _is_invisible):
            piece = "".join(characters)
            if not invisible:
                super().draw(piece)
            elif self.cursor.x:
                line = self.buffer[self.cursor.y]
                last = line[self.cursor.x - 1]
                line[self.cursor.x - 1] = last._replace(data=last.data + piece)


def _is_invisible(character: str) -> bool:
    return wcwidth(character) <= 0 and not unicodedata.combining(character)


def _clean_environment(home: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        **{f"XDG_{name}_HOME": str(home / name.lower()) for name in ("CONFIG", "STATE", "DATA", "CACHE")},
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "TEXTUAL_ANIMATIONS": "none",
    }
