"""`amqpchat --plain` and the past: it is printed once, and no more of it than one can hear."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.client.history.support import begin_history
from tests.client.support import plain_speaker
from tests.support.terminal import Terminal

from .test_plain import start, timeless

Open = Callable[..., Terminal]

pytestmark = pytest.mark.terminal


def leave(chat: Terminal) -> None:
    chat.write("/quit\r")
    assert chat.wait_exit() == 0


def test_the_last_lines_of_the_history_are_printed_and_what_the_log_lacks_is_found(
    open_terminal: Open, place: tuple[str, ...], amqp_url: str, room: str
) -> None:
    begin_history(amqp_url, room)
    with plain_speaker(amqp_url, room) as bob:
        for number in range(530):
            bob.say(f"line {number}")
        chat = start(open_terminal, *place, rows=60)
        chat.wait_for(f"You are in {room}")
        printed = timeless(chat)
        begin = printed.index("– From the room's history, the last 20 of 200 lines:")
        said = [f"bob: line {number}" for number in range(510, 530)]
        assert printed[begin + 1 : begin + 22] == [*said, f"– You are in {room}."]
        bob.say("live")
        chat.wait_for("bob: live")
    chat.write("/search 'nobody said\r")
    chat.wait_for("Nothing found in your log.")
    chat.write('/search "line 7" from:bob\r')
    chat.wait_for("In rooms' histories, and not in your log:")
    chat.wait_for(f"{room} bob: line 79")
    leave(chat)
    assert chat.raw.count(b"line 529\r") == 1


@pytest.mark.usefixtures("node")
def test_where_there_is_no_history_it_is_the_log_and_that_is_searched(
    open_terminal: Open, place: tuple[str, ...], amqp_url: str, room: str
) -> None:
    chat = start(open_terminal, *place)
    with plain_speaker(amqp_url, room) as bob:
        for text in ("the Straße is long", "second"):
            bob.say(text)
        chat.wait_for("bob: second")
    leave(chat)
    chat = start(open_terminal, *place)
    chat.wait_for("– From your log, 2 lines:")
    chat.wait_for(f"You are in {room}")
    assert "bob: the Straße is long" in timeless(chat)
    chat.write("/search STRASSE\r")
    chat.wait_for("– 1 line, the newest last:")
    chat.wait_for(f"{room} bob: the Straße is long")
    chat.write("/search since:soon\r")
    chat.wait_for("is no time")
    chat.write("/search\r")
    chat.wait_for("– /search: Words, and from:NICK")
    leave(chat)
