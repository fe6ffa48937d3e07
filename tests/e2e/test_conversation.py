"""Two amqpchats, a plain sender and a plain listener hold a conversation."""

import sys

from tests.support.terminal import ctrl

from .conftest import OpenChat, OpenTerminal
from .people import ONLINE, START_SECONDS, Listener, conversation, enter, send


def test_everybody_hears_everybody_and_the_plain_listener_nothing_else(
    open_chat: OpenChat, open_terminal: OpenTerminal, listener: Listener, amqp_url: str, room: str
) -> None:
    ann = open_chat(columns=80, rows=24)
    settings = {"AMQPCHAT_URL": amqp_url, "AMQPCHAT_NAME": "bob", "AMQPCHAT_ROOM": room}
    bob = open_terminal(sys.executable, "-m", "amqpchat_tui", columns=200, rows=60, **settings)
    for chat in ann, bob:
        chat.wait_for(ONLINE, START_SECONDS)

    ann.wait_for(f"{room} · 2 here")
    bob.wait_for("│ HERE 2")
    enter(ann, "/away lunch")
    bob.wait_for("│ ◐ ann  lunch")
    enter(ann, "/back")
    bob.wait_for("│ ● ann")

    enter(ann, "hello, everybody")
    bob.wait_for("ann │ hello, everybody")
    enter(bob, "hej, Ann 👋 日本語")
    ann.wait_for("bob │ hej, Ann 👋 日本語")
    send(amqp_url, room, "carol", "a script", "says two lines")
    ann.wait_for("carol │ says two lines")
    bob.wait_for("carol │ says two lines")
    enter(ann, "/me waves")
    bob.wait_for("* │ ann waves")
    enter(ann, "//etc/hosts")
    bob.wait_for("ann │ /etc/hosts")

    enter(ann, "/qiut")
    ann.wait_for("Did you mean /quit?")
    ann.write(ctrl("u"))
    ann.wait_for("❯ Message")
    enter(ann, "/nick anna")
    ann.wait_for("You are now anna.")
    enter(ann, "same person")
    bob.wait_for("anna │ same person")
    ann.wait_for("anna ┃ same person")

    told = [
        ("ann", "hello, everybody"),
        ("bob", "hej, Ann 👋 日本語"),
        ("carol", "a script"),
        ("carol", "says two lines"),
        ("*", "ann waves"),
        ("ann", "/etc/hosts"),
        ("anna", "same person"),
    ]
    assert conversation(ann) == conversation(bob) == told
    for chat in ann, bob:
        enter(chat, "/quit")
        assert chat.wait_exit() == 0
        chat.assert_restored()
    listener.wait_for("[anna] same person\n")
    assert listener.finish().splitlines() == [
        f"[{nick}] {text}" for nick, text in [*told[:4], ("ann", "/me waves"), *told[5:]]
    ]
