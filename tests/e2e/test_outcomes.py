"""Reactions and withdrawals in terminals: all see the same, also who comes later, and scripts nothing."""

from __future__ import annotations

from collections.abc import Iterable

from tests.support.terminal import Key, Terminal

from .conftest import OpenChat, OpenTerminal
from .people import AMQPCHAT, ONLINE, START_SECONDS, Listener, enter, send, wait_until_gone

ALT_UP = "\x1b[1;3A"


def test_all_see_the_same_and_scripts_hear_nothing_of_it(
    join: OpenChat, open_terminal: OpenTerminal, listener: Listener, amqp_url: str, room: str
) -> None:
    def come(nick: str, columns: int) -> Terminal:
        place = "--url", amqp_url, "--name", nick, "--room", room
        chat = open_terminal(AMQPCHAT, *place, columns=columns, rows=30)
        chat.wait_for(ONLINE, START_SECONDS)
        return chat

    ann = join()
    enter(ann, "/history on")
    ann.wait_for("keeps a history of this room from now on")
    bob, carol = come("bob", 80), come("carol", 200)
    enter(ann, "who looks at rabbit-2?")
    for chat in bob, carol:
        chat.wait_for("who looks at rabbit-2?")
    everybody = [ann, bob, carol]
    bob.write(ALT_UP + "+")
    all_see(everybody, "👍 1")
    carol.write(ALT_UP + ":")
    carol.wait_for("1 👍  2 👀")
    carol.write("2")
    all_see(everybody, "👍 1  👀 1")
    carol.write("+")
    ann.write(ALT_UP + "=")
    all_see(everybody, "👍 3  👀 1")
    bob.write("+")
    all_see(everybody, "👀 1  👍 2")
    send(amqp_url, room, "script", "a plain line")
    for chat in bob, carol:
        chat.write(Key.ESCAPE)
        chat.wait_for("a plain line")
    enter(carol, "/react tada")
    all_see(everybody, "🎉 1")

    everybody.append(come("dan", 80))
    all_see(everybody, "👀 1  👍 2", "🎉 1")
    ann.write("d")
    ann.wait_for("d again withdraws.")
    ann.write("d")
    everybody.append(come("eve", 200))
    all_see(everybody, "ann withdrew this line", "🎉 1")
    for chat in everybody:
        wait_until_gone(chat, "👀")
        assert "rabbit-2" not in chat.text
    assert listener.heard.endswith("[ann] who looks at rabbit-2?\n[script] a plain line\n")


def all_see(chats: Iterable[Terminal], *shown: str) -> None:
    for chat in chats:
        for text in shown:
            chat.wait_for(text)
