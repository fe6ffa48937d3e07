"""The installed program at work without a screen, in a process of its own."""

import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

from amqpchat_tui.cli import main
from tests.support.waiting import block_until

AMQPCHAT = (sys.executable, "-m", "amqpchat_tui")


class Program:
    """A command that runs, with its standard input to write to; what it prints goes to files."""

    def __init__(self, folder: Path, *argv: str) -> None:
        self._out, self._err = folder / "stdout", folder / "stderr"
        with self._out.open("w") as out, self._err.open("w") as err:
            self.process = subprocess.Popen(
                [*AMQPCHAT, *argv], stdin=subprocess.PIPE, stdout=out, stderr=err, text=True, bufsize=1
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.kill()
        self.process.communicate()

    @property
    def printed(self) -> str:
        """What it has written to standard output."""
        return self._out.read_text()

    @property
    def told(self) -> str:
        """What it has written to standard error."""
        return self._err.read_text()

    def type(self, text: str) -> None:
        """Write to its standard input."""
        assert self.process.stdin is not None
        self.process.stdin.write(text)
        self.process.stdin.flush()

    def wait_for(self, condition: Callable[[Self], bool]) -> None:
        """Wait until a condition holds for what it has written."""
        block_until(lambda: condition(self), 20, lambda: f"{self.printed!r}, {self.told!r}")

    def end(self, signal: int | None = None) -> int:
        """Wait until it ends, by a signal or by itself, and return its exit code."""
        if signal is not None:
            self.process.send_signal(signal)
        return self.process.wait(20)


def run(*argv: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run([*AMQPCHAT, *argv], input=typed, capture_output=True, text=True, check=False)


def told_of_wrong(argv: Sequence[str], capsys: pytest.CaptureFixture[str]) -> str:
    """What is told of a command line that does not do, in the test's process."""
    with pytest.raises(SystemExit) as ended:
        main(argv)
    printed = capsys.readouterr()
    assert (ended.value.code, printed.out) == (2, "")
    return printed.err
