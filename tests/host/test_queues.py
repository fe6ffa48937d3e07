"""Queues and routing by themselves: what is kept, what is dropped, and who is given what."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amqpchat_tui.host import queues
from amqpchat_tui.host.errors import AmqpError
from amqpchat_tui.host.queues import Consumer, Entry, Message, Outlet, Queue, Window
from amqpchat_tui.host.routing import MAX_KEYS, Broker, Exchange, topic_matches


class Sink:
    """A receiver that keeps what it is given."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.gone = 0

    def deliver(self, consumer: Consumer, entry: Entry) -> None:
        self.entries.append(entry)
        if not consumer.no_ack:
            consumer.unacked += 1
            consumer.window.unacked += 1
            consumer.window.outlet.held += entry[1].size

    def cancelled(self, consumer: Consumer) -> None:
        self.gone += 1

    @property
    def bodies(self) -> list[bytes]:
        return [entry[1].body for entry in self.entries]


def message(body: bytes, exchange: str = "", key: bytes = b"q") -> Message:
    return Message(exchange, key, b"", b"", body)


def declare(broker: Broker, name: str = "q", **options: object) -> Queue:
    return broker.declare_queue(
        name, None, durable=False, exclusive=False, auto_delete=bool(options.pop("auto_delete", False)),
        arguments=options,
    )  # fmt: skip


def consume(broker: Broker, queue: Queue, prefetch: int = 0, no_ack: bool = True) -> tuple[Sink, Consumer]:
    sink = Sink()
    consumer = Consumer("tag", queue, sink, Window(Outlet()), no_ack, False, prefetch)
    broker.add_consumer(consumer)
    queue.pump()
    return sink, consumer


def test_a_connection_that_takes_no_more_leaves_it_in_the_queue() -> None:
    broker = Broker()
    queue = declare(broker)
    sink, consumer = consume(broker, queue)
    consumer.window.outlet.open = False
    for body in b"a", b"b":
        broker.publish(message(body))
    assert sink.bodies == []
    consumer.window.outlet.open = True
    queue.pump()
    assert sink.bodies == [b"a", b"b"]


def test_a_queue_holds_so_many_bytes_and_drops_its_oldest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queues, "QUEUE_BYTES", 5000)
    broker = Broker()
    queue = declare(broker)
    for number in range(10):
        broker.publish(message(b"%d" % number * 1000))
    assert [entry[1].body[:1] for entry in queue.ready] == [b"7", b"8", b"9"]
    assert queue.bytes == sum(entry[1].size for entry in queue.ready) <= 5000


def test_a_client_that_never_acknowledges_is_sent_only_so_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queues, "UNACKNOWLEDGED_BYTES", 5000)
    broker = Broker()
    sink, _ = consume(broker, declare(broker), no_ack=False)
    for _ in range(100):
        broker.publish(message(b"x" * 1000))
    assert len(sink.entries) == 4


def test_who_has_no_credit_is_passed_over() -> None:
    broker = Broker()
    queue = declare(broker)
    (full, _), (free, _) = consume(broker, queue, prefetch=1, no_ack=False), consume(broker, queue)
    for body in b"a", b"b", b"c", b"d":
        broker.publish(message(body))
    assert (full.bodies, free.bodies) == ([b"a"], [b"b", b"c", b"d"])


@given(st.lists(st.booleans(), max_size=12), st.data())
def test_requeued_entries_are_in_order_whatever_the_order_they_come_back(
    taken: list[bool], data: st.DataObject
) -> None:
    broker = Broker()
    queue = declare(broker)
    for number in range(len(taken)):
        broker.publish(message(b"%d" % number))
    entries = [entry for entry, take in zip(list(queue.ready), taken, strict=True) if take]
    for entry in entries:
        queue.ready.remove(entry)
        queue.bytes -= entry[1].size
    returned = data.draw(st.permutations(entries))
    cut = data.draw(st.integers(0, len(returned)))
    queue.requeue(returned[:cut])
    queue.requeue(returned[cut:])
    assert [entry[1].body for entry in queue.ready] == [b"%d" % number for number in range(len(taken))]
    assert [entry[2] for entry in queue.ready] == taken
    assert queue.bytes == sum(entry[1].size for entry in queue.ready)


def naive_topic(pattern: list[str], words: list[str]) -> bool:
    if not pattern:
        return not words
    if pattern[0] == "#":
        return naive_topic(pattern[1:], words) or (bool(words) and naive_topic(pattern, words[1:]))
    return bool(words) and pattern[0] in ("*", words[0]) and naive_topic(pattern[1:], words[1:])


@given(
    st.lists(st.sampled_from(["a", "b", "*", "#"]), max_size=6), st.lists(st.sampled_from("ab"), max_size=6)
)
def test_topics_match_as_the_specification_says(pattern: list[str], words: list[str]) -> None:
    assert topic_matches(pattern, words) == naive_topic(pattern, words)


def test_a_hostile_topic_costs_little() -> None:
    assert not topic_matches(["#", "a"] * 60, ["a"] * 120 + ["b"])


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


def test_auto_delete_exchanges_bound_in_a_ring_go_together() -> None:
    broker = Broker()
    ring = [Exchange(name, "fanout", auto_delete=True) for name in "abc"]
    for exchange in ring:
        broker.declare_exchange(exchange, {})
    for source, destination in zip(ring, ring[1:] + ring[:1], strict=True):
        broker.bind(source, destination, "")
    broker.delete_exchange("a", if_unused=False)
    assert not {"a", "b", "c"} & broker.exchanges.keys()


def test_there_is_a_limit_to_everything_that_is_declared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("amqpchat_tui.host.routing.MAX_QUEUES", 3)
    monkeypatch.setattr("amqpchat_tui.host.routing.MAX_EXCHANGES", 5)
    broker = Broker()
    queue, *_ = [declare(broker, f"q{number}") for number in range(3)]
    with pytest.raises(AmqpError, match="there are 3 already"):
        declare(broker, "q3")
    for name in "x", "y":
        broker.declare_exchange(Exchange(name, "fanout"), {})
    with pytest.raises(AmqpError, match="there are 5 already"):
        broker.declare_exchange(Exchange("z", "fanout"), {})
    for number in range(MAX_KEYS):
        broker.bind(broker.exchange("x"), queue, str(number))
    broker.bind(broker.exchange("x"), queue, "0")
    with pytest.raises(AmqpError, match="bindings"):
        broker.bind(broker.exchange("x"), queue, "more")
