"""Each room of a hosted chat has a history from the start, and what is no room has none."""

import pika
import pytest

from amqpchat_tui.broker import routing
from amqpchat_tui.broker.exchanges import Exchange
from amqpchat_tui.broker.hosted_rooms import HISTORY, HostedRooms
from amqpchat_tui.broker.queues import Message
from amqpchat_tui.broker.stream_queue import StreamQueue
from tests.support.embedded import EmbeddedBroker

from .test_streams import read

NO_PROPERTIES = (60).to_bytes(2) + bytes(12)


@pytest.fixture
def broker() -> HostedRooms:
    return HostedRooms()


def declare(broker: HostedRooms, name: str, kind: str = "fanout", **flags: bool) -> None:
    broker.declare_exchange(Exchange(name, kind, **flags), {})


def say(broker: HostedRooms, exchange: str, text: str) -> bool:
    return broker.publish(Message(exchange, b"ann", b"", NO_PROPERTIES, text.encode()))


def history(broker: HostedRooms, room: str) -> list[str]:
    """What the history of a room has."""
    queue = broker.queue(f"{room}.history", None)
    assert isinstance(queue, StreamQueue)
    stream = queue.stream
    return [stream.read(offset)[2].decode() for offset in range(stream.first, stream.next)]


def test_a_room_has_a_history_of_what_is_said_and_what_becomes_of_it(broker: HostedRooms) -> None:
    for name in "lab.events", "lab", "ops", "ops.events":
        declare(broker, name)
    for exchange in "lab", "lab.events", "ops", "ops.events":
        assert say(broker, exchange, exchange)
    assert history(broker, "lab") == ["lab", "lab.events"]
    assert history(broker, "ops") == ["ops", "ops.events"]


@pytest.mark.parametrize(
    "exchange",
    [
        Exchange("ops.presence", "fanout"),
        Exchange("ops.history", "fanout"),
        Exchange("ops.events", "fanout"),
        Exchange("logs", "topic"),
        Exchange("tasks", "direct"),
        Exchange("gone with its users", "fanout", auto_delete=True),
        Exchange("inside", "fanout", internal=True),
        Exchange("r" * 255, "fanout"),
    ],
    ids=lambda exchange: exchange.name[:20],
)
def test_what_is_no_room_has_no_history(broker: HostedRooms, exchange: Exchange) -> None:
    broker.declare_exchange(exchange, {})
    assert broker.exchanges[exchange.name] is exchange
    assert not broker.queues


def test_a_history_goes_on_when_its_room_is_made_again(broker: HostedRooms) -> None:
    declare(broker, "ops")
    say(broker, "ops", "before")
    broker.delete_exchange("ops", if_unused=False)
    declare(broker, "ops")
    declare(broker, "ops")
    say(broker, "ops", "after")
    assert history(broker, "ops") == ["before", "after"]


def test_a_history_that_somebody_has_deleted_stays_so_while_its_room_is_there(broker: HostedRooms) -> None:
    declare(broker, "ops")
    broker.delete_queue("ops.history", None, if_unused=False, if_empty=False)
    declare(broker, "ops")
    declare(broker, "ops.events")
    assert not say(broker, "ops", "unheard")
    assert not broker.queues


def test_a_history_is_the_one_that_anybody_would_declare(broker: HostedRooms) -> None:
    declare(broker, "ops")
    say(broker, "ops", "kept")
    broker.declare_queue(
        "ops.history", None, durable=True, exclusive=False, auto_delete=False, arguments=HISTORY
    )
    assert history(broker, "ops") == ["kept"]


def test_a_queue_that_has_the_name_of_a_history_is_left_alone(broker: HostedRooms) -> None:
    broker.declare_queue("ops.history", None, durable=False, exclusive=False, auto_delete=False, arguments={})
    declare(broker, "ops")
    declare(broker, "ops.events")
    assert not say(broker, "ops", "unheard")


def test_when_the_broker_is_full_a_room_has_no_history(
    broker: HostedRooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routing, "MAX_QUEUES", 0)
    declare(broker, "ops")
    assert not say(broker, "ops", "unheard")


@pytest.mark.broker
def test_who_comes_late_to_a_hosted_room_reads_what_was_said() -> None:
    with EmbeddedBroker() as host, pika.BlockingConnection(pika.URLParameters(host.url())) as connection:
        channel = connection.channel()
        channel.exchange_declare("ops", "fanout")
        channel.confirm_delivery()
        channel.basic_publish("ops", "ann", "hello")
        received = read(channel, "ops.history")
        assert received.wait(1) == [b"hello"]
        method, _, _ = received.messages[0]
        assert (method.exchange, method.routing_key) == ("ops", "ann")
