"""Terminals and environments that are not what a program would like."""

import sys

import pytest

from amqpchat_tui.terminal import ANSWER_SECONDS
from tests.support.terminal import Terminal
from tests.support.waiting import block_until

from .conftest import OpenChat
from .people import AMQPCHAT

LATIN = "iso8859-1"
"""As a locale such as en_US.ISO-8859-1 gives, which need not be installed."""
PROBE = "\rç\x1b[6n\r\x1b[K".encode()


def start(open_chat: OpenChat, size: tuple[int, int] = (200, 24), **env: str) -> Terminal:
    return open_chat(AMQPCHAT, "--name", "ann", columns=size[0], rows=size[1], **env)


def leave(chat: Terminal) -> None:
    chat.write("/quit\r")
    assert chat.wait_exit() == 0
    chat.assert_restored()


def test_a_terminal_that_takes_utf8_gets_it_in_any_locale(open_chat: OpenChat) -> None:
    chat = start(open_chat, PYTHONIOENCODING=LATIN)
    block_until(lambda: PROBE in chat.raw, what="the question where the cursor is")
    chat.write("\x1b[1;2R")
    chat.wait_for("❯")
    chat.wait_for("● online │")
    assert "\\u" not in chat.text
    leave(chat)


def test_a_terminal_that_takes_no_utf8_is_left_alone(open_chat: OpenChat) -> None:
    chat = start(open_chat, PYTHONIOENCODING=LATIN)
    block_until(lambda: PROBE in chat.raw, what="the question where the cursor is")
    chat.write("\x1b[24;3R")
    assert chat.wait_exit() == 2
    chat.assert_restored()
    assert list(filter(None, chat.rows)) == [
        "amqpchat: the screen is drawn in UTF-8, which this terminal does not take; "
        "amqpchat --plain, listen and send do without"
    ]


def test_a_terminal_that_does_not_answer_is_left_alone(open_chat: OpenChat) -> None:
    chat = start(open_chat, PYTHONIOENCODING=LATIN)
    assert chat.wait_exit(10 * ANSWER_SECONDS) == 2
    chat.assert_restored()
    assert list(filter(None, chat.rows)) == [
        "amqpchat: the locale says that this terminal takes iso8859-1, but the screen is drawn in UTF-8, and "
        "the terminal does not say whether it takes that; if it does, set LC_ALL=C.UTF-8"
    ]


def test_a_utf8_locale_asks_nothing(open_chat: OpenChat) -> None:
    chat = start(open_chat)
    chat.wait_for("❯")
    assert b"\x1b[6n" not in chat.raw
    leave(chat)


NON_BLOCKING = """
import os, subprocess, sys
os.set_blocking(2, False)
code = subprocess.run(sys.argv[1:]).returncode
print("blocking" if os.get_blocking(2) else "not blocking", code)
"""


def test_a_terminal_that_does_not_wait_for_its_reader_is_drawn_on(open_chat: OpenChat) -> None:
    """Another program has set it to O_NONBLOCK; what is drawn is more than it takes at once."""
    chat = open_chat(sys.executable, "-c", NON_BLOCKING, AMQPCHAT, columns=200, rows=60)
    chat.wait_for("● online")
    for _ in range(10):
        chat.write("/help\r\x0c")
    chat.write("drawn\r")
    chat.wait_for("ann ┃ drawn")
    chat.write("/quit\r")
    assert chat.wait_exit() == 0
    chat.assert_restored()
    assert "not blocking 0" in chat.text


@pytest.mark.parametrize("term", ["", "unknown", "vt52"])
def test_a_terminal_of_a_kind_that_nobody_knows_is_drawn_on(open_chat: OpenChat, term: str) -> None:
    chat = start(open_chat, TERM=term)
    chat.wait_for("❯")
    leave(chat)


@pytest.mark.parametrize(
    ("columns", "lines"), [("0", "0"), ("-5", "-5"), ("many", "few"), ("7", "3"), ("1000000", "1000000")]
)
def test_the_size_is_the_terminal_s_whatever_the_environment_says(
    open_chat: OpenChat, columns: str, lines: str
) -> None:
    chat = start(open_chat, COLUMNS=columns, LINES=lines)
    chat.wait_for("❯")
    assert chat.rows[23].startswith("❯")
    chat.resize(100, 10)
    block_until(lambda: chat.rows[9].startswith("❯"), what="the prompt in the last of 10 rows")
    leave(chat)


@pytest.mark.parametrize(("columns", "rows"), [(1, 1), (2, 1), (1, 40), (500, 1)])
def test_a_terminal_of_hardly_any_size(open_chat: OpenChat, columns: int, rows: int) -> None:
    chat = start(open_chat, (columns, rows))
    block_until(lambda: "bracketed paste" in chat.modes, what="the screen to be taken")
    chat.resize(80, 24)
    chat.wait_for("● online")
    chat.resize(columns, rows)
    chat.write("there\r")
    chat.resize(80, 24)
    chat.wait_for("ann ┃ there")
    leave(chat)
