"""A command in a pseudo-terminal. Its output is read raw: an emulator would compete with what is measured."""

import codecs
import os
import pty
import select
import signal
import termios
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

_chunk_bytes = 65536
_ticks_per_second = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Place:
    """Where a program runs."""

    columns: int = 80
    rows: int = 24
    processor: int | None = None
    """The only one that it may use; Linux only."""


ANYWHERE = Place()


class Program:
    """A command in a terminal, killed when the `with` block ends.

    It stands still when its output is not read for long, as the kernel keeps only some kilobytes.
    """

    def __init__(self, argv: list[str], home: Path, place: Place = ANYWHERE) -> None:
        """Start a command that takes `home` for the person's home folder."""
        env = _environment(home)
        self.spawned_at = time.monotonic()
        self.pid, self._terminal = pty.fork()
        if self.pid == 0:
            try:
                termios.tcsetwinsize(0, (place.rows, place.columns))
                if place.processor is not None:
                    os.sched_setaffinity(0, {place.processor})
                os.execvpe(argv[0], argv, env)
            finally:
                os._exit(127)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._unread = self._latest = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self._terminal)

    def write(self, text: str) -> None:
        """Type text and keys."""
        os.write(self._terminal, text.encode())

    def read(self, timeout: float) -> str:
        """Return what it writes next, or nothing after `timeout` seconds.

        Raises:
            AssertionError: if it has ended.
        """
        if self._unread:
            text, self._unread = self._unread, ""
            return text
        if not select.select([self._terminal], [], [], max(0.0, timeout))[0]:
            return ""
        try:
            data = os.read(self._terminal, _chunk_bytes)
        except OSError:  # what Linux says when nobody has the terminal open any more
            data = b""
        assert data, f"the program ended; the last that it wrote is {self._latest!r}"
        self._latest = self._decoder.decode(data)
        return self._latest

    def wait_for(self, text: str, timeout: float = 30.0) -> float:
        """Read until a text has come, and return the moment (`time.monotonic()`) at which it did.

        Raises:
            AssertionError: if that takes longer than `timeout` seconds, or the program ends.
        """
        deadline = time.monotonic() + timeout
        seen = ""
        while text not in seen:
            assert time.monotonic() < deadline, (
                f"waited {timeout:g} s in vain for {text!r}; the last is {self._latest!r}"
            )
            seen = seen[-len(text) :] + self.read(deadline - time.monotonic())
        now = time.monotonic()
        self._unread = seen.partition(text)[2]
        return now

    def read_for(self, seconds: float) -> None:
        """Read and forget whatever is written within some seconds."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self.read(left)

    def resize(self, columns: int, rows: int) -> None:
        """Change the size of the terminal."""
        termios.tcsetwinsize(self._terminal, (rows, columns))

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        os.kill(self.pid, number)

    @property
    def cpu_seconds(self) -> float:
        """Processor time that it has taken so far, in user and kernel mode; Linux only (`man 5 proc`)."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _ticks_per_second

    @property
    def resident_bytes(self) -> int:
        """Memory that it takes; Linux only (`man 5 proc`)."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")


def _environment(home: Path) -> dict[str, str]:
    """The developer's own, without what changes the programs that are compared."""
    env = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AMQPCHAT_", "TEXTUAL", "XDG_", "PYTHON")) and name != "NO_COLOR"
    }
    return {**env, "HOME": str(home), "TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
