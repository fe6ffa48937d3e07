"""Real clients gone wrong: what they send is recorded, damaged and sent to a host on which others talk."""

import contextlib
import itertools
import socket
from collections.abc import Iterator

import pika
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pamqp import commands
from pika.adapters.blocking_connection import BlockingChannel

from tests.support.waiting import block_until

from . import captures
from .frames import damaged, raw_frames
from .support import HostThread
from .with_pika import declared

pytestmark = pytest.mark.broker

CLOSED = {commands.Channel.Close.index.to_bytes(4), commands.Connection.Close.index.to_bytes(4)}
SESSIONS = [captures.with_pika, captures.with_a_stream, captures.with_py_amqp, captures.with_aio_pika]

_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def host() -> Iterator[HostThread]:
    """A host of their own; in the end nothing has gone wrong in it."""
    with HostThread() as broker:
        yield broker


@pytest.fixture(scope="module", params=SESSIONS, ids=lambda session: session.__name__)
def capture(host: HostThread, request: pytest.FixtureRequest) -> tuple[bytes, ...]:
    """What a client has sent to the host in a session that went well."""
    return captures.record(host.url, request.param)


class Pair:
    """Two who talk, and notice everything."""

    def __init__(self, speaker: BlockingChannel, listener: BlockingChannel) -> None:
        self._speaker, self._listener = speaker, listener
        self._queue = declared(listener)
        self._said = 0
        self._heard: list[bytes] = []
        speaker.confirm_delivery()
        listener.basic_consume(self._queue, lambda *message: self._heard.append(message[-1]), auto_ack=True)

    def talk(self) -> None:
        """Say something; it is heard, and nothing else is."""
        self._said += 1
        text = f"line {self._said}"
        self._speaker.basic_publish("", self._queue, text, mandatory=True)
        block_until(self._hears, what="the line to be heard")
        assert self._heard == [text.encode()]
        self._heard.clear()

    def delete_queue(self, token: str) -> None:
        """Delete the queue of a replay, which is still there if damage has made it one for everybody."""
        self._speaker.queue_delete(captures.QUEUE.replace(captures.TOKEN, token))

    def _hears(self) -> bool:
        self._listener.connection.process_data_events(0)
        return bool(self._heard)


@pytest.fixture(scope="module")
def pair(host: HostThread) -> Iterator[Pair]:
    """Two who are connected all the time."""
    parameters = pika.URLParameters(host.url)
    with pika.BlockingConnection(parameters) as one, pika.BlockingConnection(parameters) as other:
        yield Pair(one.channel(), other.channel())


def next_token() -> str:
    """What has not been in any name yet."""
    return f"{next(_numbers):08x}"


def replay(host: HostThread, data: bytes, token: str) -> bytes:
    """Send all at once, with this token in its names; return what is answered until the connection ends."""
    answer = b""
    with (
        contextlib.suppress(ConnectionError),
        socket.create_connection(("127.0.0.1", host.port), timeout=20) as client,
    ):
        client.sendall(data.replace(captures.TOKEN.encode(), token.encode()))
        client.shutdown(socket.SHUT_WR)
        while chunk := client.recv(65536):
            answer += chunk
    return answer


def test_a_recorded_client_is_served_again(host: HostThread, capture: tuple[bytes, ...]) -> None:
    kinds = {frame[7:11] for frame in raw_frames(replay(host, b"".join(capture), next_token()))}
    assert commands.Basic.ConsumeOk.index.to_bytes(4) in kinds
    assert commands.Connection.CloseOk.index.to_bytes(4) in kinds
    assert not kinds & CLOSED


@given(data=st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_damaged_client_is_its_own_problem(
    host: HostThread, pair: Pair, capture: tuple[bytes, ...], data: st.DataObject
) -> None:
    token = next_token()
    replay(host, data.draw(damaged(capture)), token)
    pair.talk()
    assert not host.errors
    block_until(lambda: host.connections == 2, what="the damaged client to be forgotten")
    pair.delete_queue(token)
    memory = host.memory
    block_until(
        lambda: memory.stored == memory.unsent == memory.incoming == 0,
        what=lambda: f"all that it held to be given back: {vars(memory)}",
    )
