"""Writing in an editor: the text comes back unsent, and the terminal as it was found."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.ports import free_port
from tests.support.terminal import Terminal, ctrl
from tests.support.waiting import block_until

from .people import AMQPCHAT

pytestmark = pytest.mark.terminal

EDITOR = """
import os, signal, sys, termios, tty
path = sys.argv[-1]
text = open(path).read()
attributes = termios.tcgetattr(0)
assert attributes[3] & termios.ICANON, "the terminal is as a shell has it"
tty.setraw(0)
sys.stdout.write("\\x1b[?1049h\\x1b[?1000h\\x1b[?1hEDITING " + text)
sys.stdout.flush()
key = sys.stdin.read(1)
if key == "k":
    os.kill(os.getpid(), signal.SIGKILL)
if key == "s":
    open(path, "w").write("half done")
    os.kill(os.getpid(), signal.SIGKILL)
if key == "i":
    termios.tcsetattr(0, termios.TCSADRAIN, attributes)
    signal.signal(signal.SIGINT, lambda *_: None)
    sys.stdin.read(1)
if key != "q":
    open(path, "w").write(text + " and more\\nsecond row\\n")
termios.tcsetattr(0, termios.TCSADRAIN, attributes)
sys.stdout.write("\\x1b[?1l\\x1b[?1000l\\x1b[?1049l")
sys.exit(3 if key == "q" else 0)
"""

Open = Callable[..., Terminal]


@pytest.fixture
def chat(open_terminal: Open, tmp_path: Path) -> Terminal:
    """A chat that nobody answers, with an editor."""
    program = tmp_path / "editor.py"
    program.write_text(EDITOR)
    return start(open_terminal, f"'{sys.executable}' '{program}'")


def start(open_terminal: Open, editor: str) -> Terminal:
    url = f"amqp://127.0.0.1:{free_port()}"
    chat = open_terminal(AMQPCHAT, "--url", url, "--name", "ann", EDITOR=editor)
    chat.wait_for("❯ Message")
    return chat


def leave(chat: Terminal) -> None:
    chat.write(ctrl("q"))
    assert chat.wait_exit() == 0
    chat.assert_restored()


def test_the_text_goes_to_the_editor_and_comes_back_unsent(chat: Terminal) -> None:
    chat.write("hello\x1be")
    chat.wait_for("EDITING hello")
    chat.write("x")
    chat.wait_for("❯ hello and more")
    chat.wait_for("second row")
    assert "EDITING" not in chat.text
    leave(chat)


def test_the_command_begins_with_nothing(chat: Terminal) -> None:
    chat.write("/editor\r")
    chat.wait_for("EDITING")
    assert "/editor" not in chat.text.partition("EDITING")[2]
    chat.write("x")
    chat.wait_for("❯  and more")
    leave(chat)


@pytest.mark.parametrize(
    ("key", "says"),
    [
        ("q", "ended with exit status 3; your text is as it was."),
        ("k", "was ended by signal 9; your text is as it was."),
        ("s", "was ended by signal 9; what it had saved is in /"),
    ],
)
def test_an_editor_that_fails_is_told_and_the_text_stays(chat: Terminal, key: str, says: str) -> None:
    chat.write("hello\x1be")
    chat.wait_for("EDITING hello")
    chat.write(key)
    block_until(lambda: says in " ".join(chat.text.split()), what=lambda: chat.text)
    chat.wait_for("❯ hello")
    leave(chat)


def test_ctrl_c_and_ctrl_backslash_are_the_editor_s(chat: Terminal) -> None:
    chat.write("hello\x1be")
    chat.wait_for("EDITING hello")
    chat.write("i")
    chat.write(ctrl("c"))
    chat.write("\r")
    chat.wait_for("❯ hello and more")
    leave(chat)


def test_who_ends_the_program_meanwhile_ends_the_editor_too(chat: Terminal) -> None:
    chat.write("hello\x1be")
    chat.wait_for("EDITING hello")
    chat.signal(signal.SIGTERM)
    assert chat.wait_exit() == 0
    chat.assert_restored()


@pytest.mark.parametrize(
    ("editor", "says"),
    [
        ("", "EDITOR is not set: say which editor to use, as in export EDITOR=nano."),
        ("'vi", "EDITOR has a quote or a backslash that is not closed."),
        (
            "/no/such/editor",
            "/no/such/editor cannot be run: no such file or directory; your text is as it was.",
        ),
    ],
)
def test_without_an_editor_one_sentence_says_so(open_terminal: Open, editor: str, says: str) -> None:
    chat = start(open_terminal, editor)
    chat.write("hello\x1be")
    block_until(lambda: says.casefold() in " ".join(chat.text.split()).casefold(), what=lambda: chat.text)
    chat.wait_for("❯ hello")
    leave(chat)
