"""`amqpchat --plain`: lines come and are typed, and nothing that stands on the terminal changes."""

from __future__ import annotations

import re
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pika
import pytest

from tests.client.support import PlainListener, plain_speaker
from tests.headless.support import AMQPCHAT, run, told_of_wrong
from tests.support.terminal import Terminal, ctrl
from tests.support.waiting import block_until

Open = Callable[..., Terminal]
Place = tuple[str, ...]

pytestmark = pytest.mark.terminal


@pytest.fixture
def chat(open_terminal: Open, place: Place) -> Terminal:
    return start(open_terminal, *place)


def start(open_terminal: Open, *arguments: str, **options: Any) -> Terminal:
    chat = open_terminal(*AMQPCHAT, "--plain", *arguments, "--name", "pat", **{"TERM": "dumb", **options})
    chat.wait_for("online")
    return chat


def rows(chat: Terminal) -> list[str]:
    return [row for row in chat.rows if row]


def says(chat: Terminal, *expected: str) -> None:
    """Wait until these are the last rows."""
    block_until(lambda: rows(chat)[-len(expected) :] == list(expected), what=lambda: chat.text)


def asks_before_it_withdraws(chat: Terminal) -> bool:
    """Say `/withdraw`, and tell whether that is asked about: one's own line may not have come back yet."""
    before = rows(chat)
    chat.write("/withdraw\r")
    block_until(lambda: len(rows(chat)) > len(before) + 1, what=lambda: chat.text)
    return "Plain scripts, and whoever has seen it, keep it." in chat.text


def timeless(chat: Terminal) -> list[str]:
    return [re.sub(r"^\d\d:\d\d ", "", row) for row in rows(chat)]


def test_lines_come_and_are_said(chat: Terminal, amqp_url: str, room: str) -> None:
    with PlainListener(amqp_url, room) as listener, plain_speaker(amqp_url, room) as speaker:
        speaker.say("hello pat", "bob")
        chat.wait_for("bob: hello pat")
        chat.write("hi bob\r")
        block_until(lambda: ("pat", b"hi bob") in [heard[:2] for heard in listener.heard()], what="the line")
        says(chat, f"{room}> hi bob")
    chat.write("/quit\r")
    assert chat.wait_exit() == 0
    chat.assert_restored()
    assert b"\x1b" not in chat.raw, "no escape sequence is ever written"


def test_what_comes_while_one_types_is_announced_and_waits(chat: Terminal, amqp_url: str, room: str) -> None:
    with plain_speaker(amqp_url, room) as speaker:
        chat.write("hi b")
        chat.wait_for(f"{room}> hi b")
        speaker.say("one\nsecond row", "bob")
        block_until(lambda: b"\a" in chat.raw, what="the bell")
        assert rows(chat)[-1] == f"{room}> hi b"
        chat.write("ob\r")
        chat.wait_for("second row")
        assert timeless(chat)[-4:] == [
            f"{room}> hi bob",
            "– 1 line came while you typed:",
            "bob: one",
            "second row",
        ]
        assert chat.raw.count(b"\a") == 1


def test_who_erases_what_they_type_gets_what_came(chat: Terminal, amqp_url: str, room: str) -> None:
    with plain_speaker(amqp_url, room) as speaker:
        chat.write("x")
        chat.wait_for("> x")
        speaker.say("one", "bob")
        block_until(lambda: b"\a" in chat.raw, what="the bell")
        chat.write("\x7f")
        chat.wait_for("bob: one")


def test_commands_work_and_those_for_the_screen_say_so(chat: Terminal, amqp_url: str, room: str) -> None:
    chat.write("/ignore bob\r")
    says(chat, "– bob is ignored; /unignore bob ends that. Anybody may take another name.")
    with plain_speaker(amqp_url, room) as speaker:
        speaker.say("hidden", "bob")
        speaker.say("shown", "carol")
        chat.wait_for("carol: shown")
        assert "hidden" not in chat.text
    chat.write("/who\r")
    chat.wait_for(re.compile("Heard.*carol"))
    chat.write("/nick patricia\r")
    says(chat, "– You are now patricia.")
    chat.write("/clear\r")
    says(chat, "– /clear is for the screen, which there is none of with --plain.")
    chat.write("/nope\r")
    chat.wait_for("There is no command /nope.")
    chat.write("/help\r")
    chat.wait_for("Say a line that begins with /.")
    assert "/roomlist" not in chat.text


def test_one_reacts_and_withdraws_and_is_told_nothing_of_what_others_do(
    chat: Terminal, place: Place, open_terminal: Open, amqp_url: str, room: str
) -> None:
    chat.write("/react tada\r")
    says(chat, "– There is no line of anybody else to react to.")
    chat.write("/react\r")
    says(chat, "– Say what with, as in /react thumbs up.")
    other = start(open_terminal, *place)
    with PlainListener(amqp_url, room) as listener, plain_speaker(amqp_url, room) as speaker:
        speaker.say("hello pat", "bob")
        for one in chat, other:
            one.wait_for("bob: hello pat")
        chat.write("/react tada\r")
        says(chat, "– 🎉 to “bob: hello pat”.")
        chat.write("oops\r")
        other.wait_for("pat: oops")
        block_until(lambda: asks_before_it_withdraws(chat), what=lambda: chat.text)
        chat.write("/withdraw\r")
        says(chat, "– Withdrawn.")
        chat.write("the last\r")
        other.wait_for("pat: the last")
        assert timeless(other)[-3:] == ["bob: hello pat", "pat: oops", "pat: the last"]
        assert [body for _, body, *_ in listener.heard()] == [b"hello pat", b"oops", b"the last"]


def test_what_is_new_in_other_rooms_is_announced_once(
    open_terminal: Open, place: Place, amqp_url: str, room: str
) -> None:
    other = f"{room}-too"
    chat = start(open_terminal, *place, "--room", other)
    with plain_speaker(amqp_url, other) as speaker:
        block_until(lambda: run("who", *place[:2], "--room", other).returncode == 0, what="the room")
        speaker.say("one", "bob")
        chat.wait_for(f"New in {other}: /go 2 goes there.")
        speaker.say("two", "bob")
        chat.write("/go 2\r")
        chat.wait_for("bob: two")
        assert timeless(chat)[-3:] == [f"– You are in {other}.", "bob: one", "bob: two"]
        assert chat.text.count("New in") == 1


def test_ctrl_c_drops_what_is_typed_and_else_leaves(chat: Terminal) -> None:
    chat.write("abc")
    chat.wait_for("> abc")
    chat.write(ctrl("c"))
    chat.wait_for("^C")
    chat.write(ctrl("c"))
    assert chat.wait_exit() == 0
    chat.assert_restored()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_and_the_terminal_is_as_it_was(chat: Terminal, number: signal.Signals) -> None:
    chat.signal(number)
    assert chat.wait_exit() == 0
    chat.assert_restored()


def test_ctrl_d_leaves(chat: Terminal) -> None:
    chat.write("a" + ctrl("d") + "\x7f" + ctrl("d"))
    assert chat.wait_exit() == 0


def test_lines_of_a_pipe_are_said_before_it_ends(place: Place, amqp_url: str, room: str) -> None:
    with PlainListener(amqp_url, room) as listener:
        ended = run("--plain", *place, "--name", "pipe", typed="one\n/me waves\n")
        bodies = [body for _, body, _ in listener.heard()]
    assert (ended.returncode, bodies) == (0, [b"one", b"/me waves"])
    assert "online" in ended.stdout


def test_a_dumb_terminal_is_offered_it(open_terminal: Open, place: Place, tmp_path: Path) -> None:
    chat = open_terminal(*AMQPCHAT, *place, TERM="dumb")
    chat.wait_for("This terminal says it is dumb. Chat line by line, as with --plain? [Y/n]")
    chat.write("y\r")
    chat.wait_for("online")
    chat.write(ctrl("c"))
    assert chat.wait_exit() == 0


def test_it_goes_with_no_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert "--plain is for the chat itself, and goes with no command" in told_of_wrong(
        ["--plain", "check"], capsys
    )


def test_the_last_thread_is_printed(chat: Terminal, amqp_url: str, room: str) -> None:
    chat.write("/thread\r")
    says(chat, "– No line here has been answered yet.")
    with plain_speaker(amqp_url, room) as speaker:
        speaker.say("who looks?", "bob", pika.BasicProperties(message_id="q"))
        speaker.say("elsewhere", "eve")
        speaker.say("on it", "carol", pika.BasicProperties(correlation_id="q"))
        chat.wait_for("carol: on it")
    chat.write("/thread\r")
    block_until(
        lambda: (
            timeless(chat)[-3:]
            == ["– thread of bob: who looks? · 2 lines", "bob: who looks?", "carol: on it"]
        ),
        what=lambda: chat.text,
    )
