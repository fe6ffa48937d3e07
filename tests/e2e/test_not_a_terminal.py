"""Where there is no terminal the program says so, instead of painting into a pipe."""

import subprocess

import pytest

from .conftest import OpenChat
from .people import AMQPCHAT


def test_no_terminal_at_all() -> None:
    ended = subprocess.run([AMQPCHAT], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "needs a terminal" in ended.stderr
    assert ended.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("shell", "culprit"),
    [('echo hello | "$@"', "standard input"), ('"$@" >"$HOME/output"', "standard output")],
    ids=["stdin", "stdout"],
)
def test_one_side_is_no_terminal(open_chat: OpenChat, shell: str, culprit: str) -> None:
    ann = open_chat("sh", "-c", shell, "sh", AMQPCHAT, columns=200)
    assert ann.wait_exit() == 2
    (line,) = filter(None, ann.rows)
    assert f"needs a terminal, but {culprit} is not one; amqpchat --plain" in line
    assert b"\x1b" not in ann.raw
