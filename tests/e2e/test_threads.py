"""Three amqpchats and a plain listener: a thread that two of them carry on, and who hears what of it."""

import re

from tests.client.support import PlainSpeaker
from tests.support.terminal import Key, Terminal

from .conftest import OpenTerminal
from .people import AMQPCHAT, ONLINE, START_SECONDS, Listener, conversation, enter, wait_until_gone

ALT_R, ALT_UP = "\x1br", "\x1b[1;3A"


def test_a_thread_is_the_same_for_all_and_lines_for_plain_scripts(
    open_terminal: OpenTerminal, listener: Listener, speaker: PlainSpeaker, amqp_url: str, room: str
) -> None:
    def join(name: str, columns: int, rows: int) -> Terminal:
        chat = open_terminal(
            AMQPCHAT, "--url", amqp_url, "--room", room, "--name", name, columns=columns, rows=rows
        )
        chat.wait_for(ONLINE, START_SECONDS)
        return chat

    ann, bob, cleo = join("ann", 80, 24), join("bob", 200, 60), join("cleo", 80, 24)
    speaker.say("disk alarm", "backup")
    for chat in ann, bob, cleo:
        chat.wait_for("│ disk alarm")
    bob.write(ALT_R)
    bob.wait_for("╭ backup: disk alarm")
    bob.write("on it")
    bob.wait_for("backup: on it")
    bob.write(Key.ENTER)
    for chat in ann, bob, cleo:
        chat.wait_for(re.compile(r"disk alarm +↳ 1"))
    speaker.say("unrelated", "backup")
    for chat in ann, bob, cleo:
        chat.wait_for("unrelated")

    ann.write(ALT_UP)
    ann.write("k")
    ann.write("t")
    ann.wait_for("thread of backup: disk alarm · 2 lines · Esc returns")
    wait_until_gone(ann, "unrelated")
    ann.wait_for("╭ bob: backup: on it")
    enter(ann, "which disk?")
    for chat in bob, cleo:
        chat.wait_for(re.compile(r"disk alarm +↳ 2"))
    enter(cleo, "/thread")
    cleo.wait_for("thread of backup: disk alarm · 3 lines")
    cleo.wait_for("╭ ann: which disk?")
    enter(cleo, "mine")
    ann.wait_for("· 4 lines ·")
    told = [("backup", "disk alarm"), ("bob", "backup: on it"), ("ann", "which disk?"), ("cleo", "mine")]
    for chat in ann, cleo:
        assert [(nick, text.split("  ")[0]) for nick, text in conversation(chat)] == told
        chat.write(Key.ESCAPE)
        chat.wait_for("unrelated")
    enter(ann, "back to all")
    listener.wait_for("[ann] back to all\n")
    assert listener.finish().splitlines() == [
        "[backup] disk alarm",
        "[bob] backup: on it",
        "[backup] unrelated",
        "[ann] which disk?",
        "[cleo] mine",
        "[ann] back to all",
    ]
