"""The two brokers that must behave alike, and clients of either."""

import contextlib
import uuid
from collections.abc import Callable, Iterator

import pika
import pytest
from pika.adapters.blocking_connection import BlockingChannel

from tests.support.both import BrokerKind
from tests.support.both import pytest_generate_tests as pytest_generate_tests

from .raw import RawClient
from .support import HostThread

OpenChannel = Callable[[], BlockingChannel]
OpenRaw = Callable[[], RawClient]


@pytest.fixture(scope="session")
def _embedded() -> Iterator[HostThread]:
    with HostThread() as broker:
        yield broker


@pytest.fixture
def embedded(_embedded: HostThread) -> Iterator[HostThread]:
    """The embedded broker, in which nothing may go wrong whatever clients do."""
    yield _embedded
    assert not _embedded.errors


@pytest.fixture
def url(request: pytest.FixtureRequest, broker_kind: BrokerKind) -> str:
    """The URL of one broker, then of the other: the same test must pass on both."""
    if broker_kind is BrokerKind.EMBEDDED:  # in this process, so that what goes wrong in it is seen
        embedded: HostThread = request.getfixturevalue("embedded")
        return embedded.url
    amqp_url: str = request.getfixturevalue("amqp_url")
    return amqp_url


@pytest.fixture
def open_channel(url: str) -> Iterator[OpenChannel]:
    """A function that opens a channel on a connection of its own; all are closed afterwards."""
    connections: list[pika.BlockingConnection] = []

    def open_one() -> BlockingChannel:
        connections.append(pika.BlockingConnection(pika.URLParameters(url)))
        return connections[-1].channel()

    yield open_one
    for connection in connections:
        if connection.is_open:
            # pika gives back what it has received and nobody has read, which streams refuse.
            with contextlib.suppress(pika.exceptions.ConnectionClosedByBroker):
                connection.close()


@pytest.fixture
def channel(open_channel: OpenChannel) -> BlockingChannel:
    """A channel of pika, on which nothing goes wrong unnoticed."""
    return open_channel()


@pytest.fixture
def open_raw(url: str) -> Iterator[OpenRaw]:
    """A function that connects a client which has not said anything yet."""
    clients: list[RawClient] = []

    def open_one() -> RawClient:
        clients.append(RawClient(url))
        return clients[-1]

    yield open_one
    for client in clients:
        client.socket.close()


@pytest.fixture
def name() -> str:
    """A name for an exchange or a queue that no other test uses."""
    return f"test-{uuid.uuid4().hex[:8]}"
