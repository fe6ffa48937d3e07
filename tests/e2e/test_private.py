"""Private lines between amqpchats in real terminals, and what becomes of them when one is gone."""

import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.terminal import Key, Terminal, ctrl
from tests.support.waiting import block_until

from .people import AMQPCHAT, ONLINE, START_SECONDS, Listener, enter, wait_until_gone

Start = Callable[..., Terminal]


def alt(key: str) -> str:
    """What a terminal sends for a key typed with Alt."""
    return f"\x1b{key}"


@pytest.fixture
def start(open_terminal: Callable[..., Terminal], amqp_url: str, room: str, tmp_path: Path) -> Start:
    """A function that runs the program as somebody on a machine of their own, until they are online."""

    def start_one(name: str, folder: str = "", columns: int = 80) -> Terminal:
        state = str(tmp_path / (folder or name))
        argv = AMQPCHAT, "--url", amqp_url, "--room", room, "--name", name
        terminal = open_terminal(*argv, columns=columns, XDG_STATE_HOME=state)
        terminal.wait_for(ONLINE, START_SECONDS)
        return terminal

    return start_one


def test_a_private_word_and_what_becomes_of_it(
    start: Start, room: str, listener: Listener, tmp_path: Path
) -> None:
    ann, bob, eve = start("ann", columns=120), start("bob"), start("eve")
    bob.wait_for("3 here")  # by then its lines say where it can be reached
    enter(bob, "hello everybody")
    ann.wait_for("bob │ hello everybody")
    enter(ann, "/msg bob just you")
    ann.wait_for("To @bob, conversation 2: just you")
    bob.wait_for("2 @ann:1!")
    assert "just you" not in bob.text, "the screen stays where it is"
    bob.write(alt("a"))
    bob.wait_for("ann │ just you")
    bob.wait_for("@ann ❯ Message ann")
    enter(bob, "and you")
    ann.wait_for("2 @bob")
    ann.write(alt("2"))
    ann.wait_for("bob │ and you")
    ann.wait_for("Only bob's client gets this; whoever runs the broker could read it.")
    bob.signal(signal.SIGTERM)
    bob.wait_exit()
    enter(ann, "still there?")
    ann.wait_for("(failed: bob is not here) still there?")

    other = start("bob", "another")
    other.wait_for("3 here")  # by then its lines say where it can be reached
    enter(other, "I am bob as well")
    listener.wait_for("[bob] I am bob as well\n")
    ann.write(alt("o"))
    ann.wait_for("Outbox: s send again")
    ann.write("s")
    ann.wait_for("Outbox: queued again")
    ann.wait_for("(failed: bob is not here) still there?")
    ann.write(Key.ESCAPE)
    ann.wait_for("@bob ❯ Message bob")
    ann.write(f"what a day{Key.ENTER}")
    ann.wait_for("The bob you wrote to is not here.")
    assert "@ann" not in other.text
    ann.write(ctrl("u"))
    enter(ann, "/msg bob who are you?")
    other.wait_for("2 @ann:1!")
    ann.write("a draft")
    ann.wait_for("@bob ❯ a draft")
    log = tmp_path / "ann" / "amqpchat" / "amqpchat.db-wal"
    block_until(lambda: b"a draft" in log.read_bytes(), what="the draft on the disk")
    ann.signal(signal.SIGKILL)
    ann.wait_exit()

    again = start("ann", columns=120)
    again.wait_for("2 @bob")
    again.write(alt("2"))
    again.wait_for("@bob ❯ a draft")
    again.wait_for("(failed: kept from last time, for who is gone")
    assert "ann" not in eve.text.replace(room, "")
    eve.write(alt("2"))
    eve.wait_for("There is no room 2.")
    assert listener.finish() == "[bob] hello everybody\n[bob] I am bob as well\n"
    again.write(ctrl("u"))
    enter(again, "/leave")
    again.wait_for("1 line has not been heard in @bob yet.")
    again.write(Key.ENTER)
    wait_until_gone(again, "@bob ❯")
