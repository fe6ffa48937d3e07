"""Queues and routing by themselves: what is kept, what is dropped, and who is given what."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amqpchat_tui.broker import queues
from amqpchat_tui.broker.errors import AmqpError
from amqpchat_tui.broker.exchanges import Exchange
from amqpchat_tui.broker.queues import ClassicQueue, Consumer, Message, Outlet, Queue, QueuedMessage
from amqpchat_tui.broker.routing import Broker


class Sink:
    """A receiver that keeps what it is given."""

    def __init__(self) -> None:
        self.entries: list[QueuedMessage] = []
        self.gone = 0

    def deliver(self, consumer: Consumer, entry: QueuedMessage) -> None:
        self.entries.append(entry)
        if not consumer.no_ack:
            consumer.unacked += 1
            consumer.outlet.held += consumer.queue.unacknowledged(entry)[1].size

    def acknowledge(self, consumer: Consumer) -> None:
        """Acknowledge all of a consumer's."""
        consumer.unacked = consumer.outlet.held = 0

    def cancelled(self, consumer: Consumer) -> None:
        self.gone += 1

    @property
    def bodies(self) -> list[bytes]:
        return [entry[1].body for entry in self.entries]


def message(body: bytes, exchange: str = "", key: bytes = b"q") -> Message:
    return Message(exchange, key, b"", b"", body)


def declare(broker: Broker, name: str = "q", **options: object) -> ClassicQueue:
    queue = broker.declare_queue(
        name, None, durable=False, exclusive=False, auto_delete=bool(options.pop("auto_delete", False)),
        arguments=options,
    )  # fmt: skip
    assert isinstance(queue, ClassicQueue)
    return queue


def consume(broker: Broker, queue: Queue, prefetch: int = 0, no_ack: bool = True) -> tuple[Sink, Consumer]:
    sink = Sink()
    consumer = Consumer("tag", queue, sink, Outlet(), no_ack, False, prefetch)
    broker.add_consumer(consumer, {})
    queue.serve(consumer)
    return sink, consumer


def drained(queue: Queue) -> list[QueuedMessage]:
    """Take out all that waits."""
    return list(iter(queue.take, None))


def test_a_connection_that_takes_no_more_leaves_it_in_the_queue() -> None:
    broker = Broker()
    queue = declare(broker)
    sink, consumer = consume(broker, queue)
    consumer.outlet.open = False
    for body in b"a", b"b":
        broker.publish(message(body))
    assert sink.bodies == []
    consumer.outlet.open = True
    queue.serve(consumer)
    assert sink.bodies == [b"a", b"b"]


def test_a_queue_holds_so_many_bytes_and_drops_its_oldest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queues, "QUEUE_BYTES", 5000)
    broker = Broker()
    queue = declare(broker)
    for number in range(10):
        broker.publish(message(b"%d" % number * 1000))
    kept = queue.bytes
    entries = drained(queue)
    assert [entry[1].body[:1] for entry in entries] == [b"7", b"8", b"9"]
    assert kept == sum(entry[1].size for entry in entries) <= 5000


def test_a_client_that_never_acknowledges_is_sent_only_so_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queues, "UNACKNOWLEDGED_BYTES", 5000)
    broker = Broker()
    sink, _ = consume(broker, declare(broker), no_ack=False)
    for _ in range(100):
        broker.publish(message(b"x" * 1000))
    assert len(sink.entries) == 4


def test_a_reader_of_a_stream_that_never_acknowledges_is_sent_only_so_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(queues, "UNACKNOWLEDGED_BYTES", 5000)
    broker = Broker()
    arguments = {"x-queue-type": "stream"}
    stream = broker.declare_queue(
        "q", None, durable=True, exclusive=False, auto_delete=False, arguments=arguments
    )
    sink, consumer = consume(broker, stream, prefetch=1000, no_ack=False)
    for _ in range(100):
        broker.publish(Message("", b"q", b"", bytes(14), b"x" * 1000))
    assert len(sink.entries) == 17
    assert broker.memory.stored == 0
    sink.acknowledge(consumer)
    stream.serve(consumer)
    assert len(sink.entries) == 34


def test_when_all_queues_together_hold_too_much_the_fullest_drops_its_oldest() -> None:
    broker = Broker()
    broker.memory.limit = 20_000
    full, other = declare(broker, "full"), declare(broker, "other")
    broker.publish(message(b"x" * 1000, key=b"other"))
    for number in range(100):
        broker.publish(message(b"%d" % number * 1000, key=b"full"))
        assert broker.memory.stored <= 20_000
    kept = [entry[1].body[:2] for entry in drained(full)]
    assert kept == [b"%d" % number for number in range(100 - len(kept), 100)]
    assert len(kept) > 5
    assert len(drained(other)) == 1
    assert broker.memory.stored == 0


def test_a_message_takes_memory_once_however_many_queues_it_is_in() -> None:
    broker = Broker()
    broker.declare_exchange(Exchange("x", "fanout"), {})
    for number in range(100):
        broker.bind(broker.exchange("x"), declare(broker, str(number)), "")
    broker.publish(message(b"x" * 1_000_000, "x"))
    assert 1_000_000 < broker.memory.stored < 1_100_000
    for number in range(100):
        broker.delete_queue(str(number), None, if_unused=False, if_empty=False)
    assert broker.memory.stored == 0


@pytest.mark.parametrize("no_ack", [True, False])
def test_when_memory_is_short_only_those_are_sent_to_who_take_up_none(no_ack: bool) -> None:
    broker = Broker()
    broker.memory.stored = broker.memory.unsent = broker.memory.limit + 1
    (idle, _), (slow, consumer) = (
        consume(broker, declare(broker, name), no_ack=no_ack) for name in ("idle", "slow")
    )
    consumer.outlet.unsent = consumer.outlet.held = 1
    for name in b"idle", b"slow":
        broker.publish(message(b"x", key=name))
    assert (len(idle.entries), len(slow.entries)) == (1, 0)


def test_who_has_no_credit_is_passed_over() -> None:
    broker = Broker()
    queue = declare(broker)
    (full, _), (free, _) = consume(broker, queue, prefetch=1, no_ack=False), consume(broker, queue)
    for body in b"a", b"b", b"c", b"d":
        broker.publish(message(body))
    assert (full.bodies, free.bodies) == ([b"a"], [b"b", b"c", b"d"])


@given(st.integers(0, 12), st.data())
def test_requeued_entries_are_in_order_whatever_the_order_they_come_back(
    count: int, data: st.DataObject
) -> None:
    broker = Broker()
    queue = declare(broker)
    for number in range(count):
        broker.publish(message(b"%d" % number))
    taken = [queue.take() for _ in range(data.draw(st.integers(0, count)))]
    returned = data.draw(st.permutations([entry for entry in taken if entry]))
    cut = data.draw(st.integers(0, len(returned)))
    queue.requeue(returned[:cut])
    queue.requeue(returned[cut:])
    entries = drained(queue)
    assert [entry[1].body for entry in entries] == [b"%d" % number for number in range(count)]
    assert [entry[2] for entry in entries] == [True] * len(taken) + [False] * (count - len(taken))
    assert queue.bytes == broker.memory.stored == 0


def test_routes_follow_what_is_declared_and_deleted() -> None:
    broker = Broker()
    broker.declare_exchange(Exchange("x", "fanout"), {})
    assert not broker.publish(message(b"", "x"))
    queue = declare(broker)
    broker.bind(broker.exchange("x"), queue, "")
    assert broker.publish(message(b"", "x"))
    broker.delete_queue("q", None, if_unused=False, if_empty=False)
    assert not broker.publish(message(b"", "x"))
    assert not broker.publish(message(b""))
    declare(broker)
    assert broker.publish(message(b""))
    broker.delete_exchange("x", if_unused=False)
    with pytest.raises(AmqpError, match="NOT_FOUND"):
        broker.publish(message(b"", "x"))


def test_there_is_a_limit_to_everything_that_is_declared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("amqpchat_tui.broker.routing.MAX_QUEUES", 3)
    monkeypatch.setattr("amqpchat_tui.broker.routing.MAX_EXCHANGES", 5)
    monkeypatch.setattr("amqpchat_tui.broker.routing.MAX_BINDINGS", 4)
    broker = Broker()
    queue, *_ = [declare(broker, f"q{number}") for number in range(3)]
    with pytest.raises(AmqpError, match="there are 3 already"):
        declare(broker, "q3")
    for name in "x", "y":
        broker.declare_exchange(Exchange(name, "fanout"), {})
    with pytest.raises(AmqpError, match="there are 5 already"):
        broker.declare_exchange(Exchange("z", "fanout"), {})
    x, y = broker.exchange("x"), broker.exchange("y")
    broker.bind(x, queue, "one.and.more")
    broker.bind(y, queue, "another")
    broker.bind(x, queue, "one.and.more")
    with pytest.raises(AmqpError, match="there are 4 bindings already"):
        broker.bind(x, queue, "more")


@pytest.mark.parametrize(
    "undo",
    [
        lambda broker: broker.unbind(broker.exchange("x"), broker.queue("q", None), "a.b.c"),
        lambda broker: broker.delete_queue("q", None, if_unused=False, if_empty=False),
        lambda broker: broker.delete_exchange("x", if_unused=False),
    ],
    ids=["unbound", "queue deleted", "exchange deleted"],
)
def test_a_binding_that_is_undone_leaves_its_place_to_others(
    monkeypatch: pytest.MonkeyPatch, undo: Callable[[Broker], object]
) -> None:
    monkeypatch.setattr("amqpchat_tui.broker.routing.MAX_BINDINGS", 3)
    broker = Broker()
    broker.declare_exchange(Exchange("x", "topic"), {})
    broker.bind(broker.exchange("x"), declare(broker), "a.b.c")
    undo(broker)
    other = declare(broker, "other")
    broker.bind(broker.exchange("amq.topic"), other, "a.b.c")
    with pytest.raises(AmqpError, match="bindings already"):
        broker.bind(broker.exchange("amq.topic"), other, "a")


def test_what_waits_in_many_queues_makes_room_again() -> None:
    broker = Broker()
    broker.memory.limit = 200_000
    broker.declare_exchange(Exchange("x", "fanout"), {})
    queues = [declare(broker, str(number)) for number in range(100)]
    for queue in queues:
        broker.bind(broker.exchange("x"), queue, "")
    for number in range(100):
        broker.publish(message(b"%d" % number * 1000, "x"))
        assert broker.memory.stored <= 200_000
    for queue in queues:
        kept = [entry[1].body[:2] for entry in drained(queue)]
        assert len(kept) > 5
        assert kept == [b"%d" % number for number in range(100 - len(kept), 100)]
    assert broker.memory.stored == 0


def test_the_queues_of_a_connection_that_has_ended_are_gone_and_no_others() -> None:
    broker = Broker()
    for owner in "ann", "bob":
        for number in range(3):
            broker.declare_queue(
                f"{owner}{number}", owner, durable=False, exclusive=True, auto_delete=False, arguments={}
            )
    broker.delete_queue("ann1", "ann", if_unused=False, if_empty=False)
    broker.forget_owner("ann")
    broker.forget_owner("ann")
    assert list(broker.queues) == ["bob0", "bob1", "bob2"]
