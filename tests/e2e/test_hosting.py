"""A room with nothing installed: hosted by those who chat in it, one after another."""

import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.broker import Broker
from tests.support.ports import free_port
from tests.support.terminal import Key, Terminal

from .people import AMQPCHAT, ONLINE, START_SECONDS, Listener, conversation, enter, send

OpenTerminal = Callable[..., Terminal]
Come = Callable[..., Terminal]

ROOM = "broadcast_chat"


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def url(port: int) -> str:
    return f"amqp://127.0.0.1:{port}"


@pytest.fixture
def come(open_terminal: OpenTerminal, tmp_path: Path) -> Come:
    """A function that lets somebody with a home of their own start amqpchat."""

    def come_one(name: str, *argv: str | Path, program: tuple[str | Path, ...] = (AMQPCHAT,)) -> Terminal:
        home = tmp_path / name
        home.mkdir()
        environment = {"HOME": str(home), "XDG_STATE_HOME": str(home / "state")}
        return open_terminal(*program, "--name", name, *argv, columns=120, **environment)

    return come_one


@pytest.fixture
def host(come: Come, port: int) -> Come:
    """A function that lets somebody come with --host, and returns when they are online."""

    def host_one(name: str, *argv: str) -> Terminal:
        terminal = come(name, "--host", "--listen", f"127.0.0.1:{port}", *argv)
        terminal.wait_for(ONLINE, START_SECONDS)
        return terminal

    return host_one


def test_the_room_goes_on_when_its_host_leaves(
    host: Come, come: Come, port: int, url: str, tmp_path: Path
) -> None:
    ann, bob = host("ann"), host("bob")
    ann.wait_for(f"You host the chat on 127.0.0.1:{port}")
    ann.wait_for(f"hosting 127.0.0.1:{port} │ ann")
    bob.wait_for(f"The chat is hosted on 127.0.0.1:{port} already.")
    carol = come("carol", "--url", url)
    carol.wait_for(ONLINE, START_SECONDS)
    with Listener(url, ROOM, tmp_path) as listener:
        enter(bob, "who hosts?")
        listener.wait_for("[bob] who hosts?\n")

    enter(ann, "/quit")
    assert ann.wait_exit() == 0
    bob.wait_for("The host has left. You host the chat now")
    enter(carol, "still here")
    bob.wait_for("still here", START_SECONDS)
    send(url, ROOM, "dave", "so am I")
    for somebody in bob, carol:
        somebody.wait_for(" so am I")
        assert conversation(somebody) == [("bob", "who hosts?"), ("carol", "still here"), ("dave", "so am I")]
        somebody.wait_for("Nothing heard from")
    dora = come("dora", "--url", url)
    dora.wait_for("still here", START_SECONDS)
    nick, text = conversation(dora)[0]
    assert (nick, text.startswith("who hosts?"), "as bob heard it" in text) == ("bob", True, True)


def test_people_with_accounts_are_who_they_say_they_are(
    open_terminal: OpenTerminal, host: Come, port: int, tmp_path: Path
) -> None:
    home = {"HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path / "state")}
    ann = open_terminal(
        AMQPCHAT,
        *("--host", "--listen", f"127.0.0.1:{port}", "--user", "ann", "--user", "bob"),
        columns=120,
        **home,
    )
    for user, password in ("ann", "secret"), ("bob", "another"):
        ann.wait_for(f"Password for {user}:", START_SECONDS)
        ann.write(f"{password}\r")
        ann.wait_for(f"Password for {user}:\nThe same again:")
        ann.write(f"{password}\r")
    ann.wait_for(f"amqpchat --url amqp://bob@127.0.0.1:{port} --name bob", START_SECONDS)
    ann.wait_for(f"hosting 127.0.0.1:{port} │ ann")

    passwords = tmp_path / "passwords"
    passwords.write_text("ann:secret\nbob:another\n")
    bob = host("bob", "--user", "bob", "--user", "ann", "--passwords", str(passwords))
    enter(bob, "hello")
    ann.wait_for("bob ✓ │ hello")
    enter(ann, "/quit")
    assert ann.wait_exit() == 0
    bob.wait_for("The host has left. You host the chat now", START_SECONDS)
    send(f"amqp://ann:secret@127.0.0.1:{port}", ROOM, "ann", "through a script")
    bob.wait_for("through a script")
    with pytest.raises(subprocess.CalledProcessError):
        send(f"amqp://guest:guest@127.0.0.1:{port}", ROOM, "eve", "let me in")


def test_all_rooms_go_on_when_their_host_leaves(host: Come, come: Come, url: str) -> None:
    rooms = "--room", "ops", "--room", "lab"
    ann, bob = host("ann", *rooms), host("bob", *rooms)
    ann.wait_for("--room lab")
    carol = come("carol", "--url", url, *rooms)
    carol.wait_for(ONLINE, START_SECONDS)
    enter(bob, "/go lab")
    bob.wait_for("lab ❯ Message lab")
    bob.wait_for("lab · 3 here", START_SECONDS)
    enter(bob, "hello lab")
    for somebody in ann, carol:
        somebody.wait_for("│ 2 lab:1 │", START_SECONDS)

    enter(ann, "/quit")
    assert ann.wait_exit() == 0
    bob.wait_for("The host has left. You host the chat now", START_SECONDS)
    enter(carol, "still in ops")
    bob.wait_for("│ 1 ops:1 │", START_SECONDS)
    enter(bob, "still in the lab")
    carol.wait_for("│ 2 lab:2 │", START_SECONDS)
    for somebody, room in (bob, "ops"), (carol, "lab"):
        enter(somebody, f"/go {room}")
        somebody.wait_for(f"{room} ❯ Message {room}")
    bob.wait_for("carol │ still in ops")
    for line in "hello lab", "still in the lab":
        carol.wait_for(f"bob │ {line}")


def test_the_last_lines_of_a_host_are_heard(host: Come, come: Come, url: str) -> None:
    ann = host("ann")
    carol = come("carol", "--url", url)
    carol.wait_for(ONLINE, START_SECONDS)
    ann.write(f"goodbye{Key.ENTER}/quit{Key.ENTER}")
    assert ann.wait_exit() == 0
    carol.wait_for(" goodbye")
    carol.wait_for("nobody listens on 127.0.0.1")


def test_a_rabbitmq_is_joined(come: Come, node: Broker) -> None:
    label = f"127.0.0.1:{node.port}"
    ann = come("ann", "--host", "--listen", label)
    ann.wait_for(f"RabbitMQ runs on {label} already: the chat is there.", START_SECONDS)
    ann.wait_for(ONLINE)
    assert "hosting" not in ann.text


def test_a_port_with_another_program_is_told(come: Come) -> None:
    with socket.create_server(("127.0.0.1", free_port())) as server:
        label = f"127.0.0.1:{server.getsockname()[1]}"
        ann = come("ann", "--host", "--listen", label)
        stranger, _ = server.accept()
        with stranger:
            stranger.recv(8)
            stranger.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        ann.wait_for(f"{label} does not speak AMQP", START_SECONDS)
        ann.wait_for("No chat is hosted here. Name another place for it with --listen HOST:PORT.")


ELSEWHERE_BY_DEFAULT = """
import sys
from amqpchat_tui import config, hosting
from amqpchat_tui.cli import main
address = sys.argv.pop(1)
config.loading.DEFAULT_URL = f"amqp://guest:guest@{address}"
hosting.listen_address.DEFAULT_LISTEN = address
sys.exit(main())
"""


def test_without_a_broker_enter_opens_the_room(come: Come, port: int, url: str) -> None:
    program = AMQPCHAT.with_name("python"), "-c", ELSEWHERE_BY_DEFAULT, f"127.0.0.1:{port}"
    ann = come("ann", program=program)
    ann.wait_for(f"Nobody listens on 127.0.0.1:{port}", START_SECONDS)
    ann.wait_for("❯ Host a room here")
    ann.write(Key.ENTER)
    ann.wait_for(f"You host the chat on 127.0.0.1:{port}", START_SECONDS)
    ann.wait_for(ONLINE)
    send(url, ROOM, "dave", "hello from a script")
    ann.wait_for("hello from a script")

    bob = come("bob", program=program)
    bob.wait_for(ONLINE, START_SECONDS)
    assert "Nobody listens" not in bob.text
    enter(ann, "/quit")
    assert ann.wait_exit() == 0
    bob.wait_for("◌ reconnecting")
    assert "❯ Host a room here" not in bob.text


def test_without_a_broker_there_are_other_ways(come: Come, port: int) -> None:
    program = AMQPCHAT.with_name("python"), "-c", ELSEWHERE_BY_DEFAULT, f"127.0.0.1:{port}"
    with socket.create_server(("127.0.0.1", free_port())) as server:
        ann = come("ann", program=program)
        ann.wait_for("❯ Host a room here", START_SECONDS)
        ann.write(Key.DOWN * 2 + Key.ENTER)
        ann.wait_for("Which broker is it?")
        ann.write(f"amqp://127.0.0.1:{server.getsockname()[1]}{Key.ENTER}")
        stranger, _ = server.accept()
        with stranger:
            assert stranger.recv(8) == b"AMQP\x00\x00\x09\x01"
        bob = come("bob", program=program)
        bob.wait_for("❯ Host a room here", START_SECONDS)
        bob.write(Key.UP + Key.ENTER)
        assert bob.wait_exit() == 0
        bob.assert_restored()
