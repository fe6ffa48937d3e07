"""A room with people in it, each in a process of their own."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.client.support import PlainSpeaker, plain_speaker
from tests.support.terminal import Terminal

from .people import AMQPCHAT, ONLINE, START_SECONDS, Listener, Network

OpenTerminal = Callable[..., Terminal]
OpenChat = Callable[..., Terminal]


@pytest.fixture
def open_chat(open_terminal: OpenTerminal, amqp_url: str, room: str) -> OpenChat:
    """A function that runs the installed program, or another command that takes its arguments, as Ann."""

    def open_one(*program: str | Path, url: str = amqp_url, **options: Any) -> Terminal:
        argv = *(program or (AMQPCHAT,)), "--url", url, "--name", "ann", "--room", room
        return open_terminal(*argv, **options)

    return open_one


@pytest.fixture
def join(open_chat: OpenChat) -> OpenChat:
    """A function that does as `open_chat`, and returns when Ann is online."""

    def join_one(*program: str | Path, **options: Any) -> Terminal:
        terminal = open_chat(*program, **options)
        terminal.wait_for(ONLINE, START_SECONDS)
        return terminal

    return join_one


@pytest.fixture
def listener(amqp_url: str, room: str, tmp_path: Path) -> Iterator[Listener]:
    """Somebody who listens with the plain script."""
    with Listener(amqp_url, room, tmp_path) as listening:
        yield listening


@pytest.fixture
def speaker(amqp_url: str, room: str) -> Iterator[PlainSpeaker]:
    """Somebody who speaks, fast and without manners, once there is a room."""
    with plain_speaker(amqp_url, room) as speaking:
        yield speaking


@pytest.fixture
def network(amqp_url: str) -> Iterator[Network]:
    """A network between amqpchat and its broker, to be broken; `network.url` leads through it."""
    with Network(amqp_url) as carrying:
        yield carrying


@pytest.fixture
def lobby(room: str, speaker: PlainSpeaker) -> Iterator[str]:
    """Another room."""
    name = room.replace("room", "lobby")
    yield name
    speaker.channel.exchange_delete(name)


@pytest.fixture
def lobby_listener(amqp_url: str, lobby: str, tmp_path: Path) -> Iterator[Listener]:
    """Somebody who listens in the other room with the plain script."""
    (folder := tmp_path / "lobby").mkdir()
    with Listener(amqp_url, lobby, folder) as listening:
        yield listening
