"""Two rooms in a real terminal, with plain scripts in each: what is typed in one is heard only there."""

import json
import signal
from pathlib import Path

import pytest

from tests.client.support import plain_speaker
from tests.support.proxy import Proxy
from tests.support.terminal import Key, Terminal, ctrl
from tests.support.waiting import block_until

from .conftest import OpenChat
from .people import AMQPCHAT, ONLINE, START_SECONDS, Listener, Network, enter, wait_until_gone

ALT_RIGHT, ALT_UP, CTRL_PAGE_UP = "\x1b[1;3C", "\x1b[1;3A", "\x1b[5;5~"


def alt(key: str) -> str:
    """What a terminal sends for a key typed with Alt."""
    return f"\x1b{key}"


def asks(terminal: Terminal, count: str, room: str) -> None:
    """Wait for the question before lines are left behind, which may be wrapped."""
    block_until(
        lambda: f"{count} not been heard in {room} yet." in " ".join(terminal.text.split()),
        what=lambda: f"the question about {room}:\n{terminal.text}",
    )


@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (120, 30), (200, 60)])
def test_a_line_is_heard_where_it_was_typed_however_fast_one_goes_on(
    join: OpenChat,
    room: str,
    lobby: str,
    listener: Listener,
    lobby_listener: Listener,
    columns: int,
    rows: int,
) -> None:
    ann = join(AMQPCHAT, "--room", lobby, columns=columns, rows=rows)
    ann.wait_for(f"{lobby} ❯ Message {lobby}")
    steps = [
        *("one", Key.ENTER, "a", alt("2"), "two", Key.ENTER, alt("1"), Key.ENTER),
        *(ALT_RIGHT, "three", Key.ENTER, CTRL_PAGE_UP, "four", Key.ENTER, alt("z"), "five", Key.ENTER),
        *("/go 1", Key.ENTER, "six", Key.ENTER, ctrl("g"), "room", Key.ENTER, "seven", Key.ENTER),
    ]
    ann.write("".join(steps))
    in_lobby, in_room = ("one", "a", "four", "six"), ("two", "three", "five", "seven")
    for line in in_lobby:
        lobby_listener.wait_for(f"[ann] {line}\n")
    for line in in_room:
        listener.wait_for(f"[ann] {line}\n")
    assert lobby_listener.finish() == "".join(f"[ann] {line}\n" for line in in_lobby)
    assert listener.finish() == "".join(f"[ann] {line}\n" for line in in_room)
    ann.wait_for(f"{room} ❯ Message {room}")
    ann.wait_for("ann ┃ seven")
    assert "ann ┃ six" not in ann.text


def test_a_room_is_joined_with_a_draft_of_its_own_until_one_leaves_it(
    join: OpenChat, open_chat: OpenChat, room: str, lobby: str, listener: Listener, tmp_path: Path
) -> None:
    ann = join()
    enter(ann, f"/join {lobby}")
    ann.wait_for(f"{lobby} is your room 2 now")
    ann.write("for the lobby")
    ann.wait_for(f"{lobby} ❯ for the lobby")
    ann.write(alt("1") + "for the room")
    ann.wait_for(f"{room} ❯ for the room")
    log = tmp_path / "state" / "amqpchat" / "amqpchat.db-wal"
    block_until(lambda: b"for the room" in log.read_bytes(), what="the draft on the disk")
    ann.signal(signal.SIGKILL)
    ann.wait_exit()

    ann = open_chat()
    ann.wait_for(f"{room} ❯ for the room", START_SECONDS)
    ann.wait_for(ONLINE)
    ann.write(alt("2"))
    ann.wait_for(f"{lobby} ❯ for the lobby")
    ann.write(alt("1") + Key.ENTER)
    listener.wait_for("[ann] for the room\n")
    enter(ann, f"/leave {lobby}")
    ann.wait_for(f"You have left {lobby}.")
    enter(ann, "/quit")
    assert ann.wait_exit() == 0

    ann = join()
    enter(ann, "/rooms")
    ann.wait_for("❯ 1 room-")
    assert lobby not in ann.text


def test_what_a_room_has_not_heard_is_offered_when_it_is_joined_again(
    open_chat: OpenChat, network: Network, lobby: str, lobby_listener: Listener
) -> None:
    network.do(Proxy.refuse)
    ann = open_chat(AMQPCHAT, "--room", lobby, url=network.url)
    ann.wait_for("◌ reconnecting", START_SECONDS)
    ann.write("unheard" + Key.ENTER)
    ann.wait_for("(waiting) unheard")
    ann.write("/leave" + Key.ENTER)
    asks(ann, "1 line has", lobby)
    ann.write(Key.ENTER)
    ann.wait_for(f"You have left {lobby}.")
    wait_until_gone(ann, "(waiting) unheard")
    network.accept()
    ann.wait_for(ONLINE, START_SECONDS)
    assert "unheard" not in lobby_listener.heard
    enter(ann, f"/join {lobby}")
    ann.wait_for("(failed: kept from last time) unheard")
    ann.write(alt("o"))
    ann.wait_for("Outbox:")
    ann.write("s")
    lobby_listener.wait_for("[ann] unheard\n")


def test_quit_names_the_rooms_that_have_not_heard_something(
    open_chat: OpenChat, network: Network, room: str, lobby: str
) -> None:
    network.do(Proxy.refuse)
    ann = open_chat(AMQPCHAT, "--room", lobby, url=network.url, columns=120)
    ann.wait_for("◌ reconnecting", START_SECONDS)
    ann.write("one" + Key.ENTER + alt("2") + "two" + Key.ENTER + "/quit" + Key.ENTER)
    asks(ann, "2 lines have", f"{room} and {lobby}")
    ann.write(Key.ENTER)
    assert ann.wait_exit() == 0


@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (200, 60)])
def test_an_exchange_of_others_is_read_and_read_again_after_a_restart(
    join: OpenChat, room: str, amqp_url: str, columns: int, rows: int
) -> None:
    builds = f"{room}-builds"
    document: dict[str, object] = {"build": 7, "failed": ["lint", "tests"]}
    with plain_speaker(amqp_url, room) as publisher:

        def publish(key: str, body: str) -> None:
            publisher.channel.basic_publish(builds, key, body.encode())

        publisher.channel.exchange_declare(builds, "topic")
        ann = join(columns=columns, rows=rows)
        enter(ann, f"/watch {builds} *.main")
        ann.wait_for("/leave ends that.")

        def appears(line: str) -> bool:
            publish("api.dev", "not for us")
            publish("api.main", json.dumps(document))
            return line in ann.text

        block_until(lambda: appears('api.main │ {"build": 7'), what=lambda: ann.text)
        ann.wait_for('api.main │ {"build": 7, "failed": ["lint", "tests"]}')
        assert "not for us" not in ann.text
        ann.write(ALT_UP)
        ann.wait_for("Enter shows all of it")
        ann.write(Key.ENTER)
        ann.wait_for('│     "lint",')
        ann.write(Key.ESCAPE)
        ann.wait_for("❯ Reading =")
        enter(ann, "hello?")
        ann.wait_for("is only read: nothing can be said there.")
        ann.write(ctrl("u"))
        enter(ann, "/quit")
        assert ann.wait_exit() == 0
        ann = join(columns=columns, rows=rows)
        enter(ann, "/go 2")
        ann.wait_for("Reading =")
        document = {"after": "the restart"}
        block_until(lambda: appears('api.main │ {"after": "the restart"}'), what=lambda: ann.text)
        publisher.channel.exchange_delete(builds)
