"""What pika sees of the embedded broker is what it sees of RabbitMQ."""

from collections.abc import Callable

import pika
import pytest
from pika.adapters.blocking_connection import BlockingChannel

from .conftest import OpenChannel
from .support import HostThread
from .with_pika import LOCKED, NO_EXCHANGE, NO_QUEUE, Received, declared, publish, refused

Act = Callable[[BlockingChannel, str], object]


def test_an_exclusive_queue_is_one_connections(open_channel: OpenChannel, name: str) -> None:
    queue = declared(open_channel(), queue=name)
    acts: list[Callable[[BlockingChannel], object]] = [
        lambda channel: channel.queue_declare(queue, passive=True),
        lambda channel: channel.queue_declare(queue, exclusive=True),
        lambda channel: channel.queue_bind(queue, "amq.fanout"),
        lambda channel: channel.basic_consume(queue, print),
        lambda channel: channel.basic_get(queue),
        lambda channel: channel.queue_purge(queue),
        lambda channel: channel.queue_delete(queue),
    ]
    for act in acts:
        with refused(405, LOCKED.format(queue)):
            act(open_channel())


def test_an_exclusive_queue_ends_with_its_connection(open_channel: OpenChannel) -> None:
    owner, other = open_channel(), open_channel()
    queue = declared(owner)
    owner.connection.close()
    with refused(404, NO_QUEUE.format(queue)):
        other.queue_declare(queue, passive=True)


def test_a_queue_gets_a_name(channel: BlockingChannel) -> None:
    first, second = declared(channel), declared(channel)
    assert first.startswith("amq.gen-")
    assert first != second
    assert len(first) == len("amq.gen-") + 22


def test_the_last_queue_declared_is_meant_by_no_name(channel: BlockingChannel) -> None:
    queue = declared(channel)
    channel.queue_bind("", "amq.direct")
    channel.confirm_delivery()
    channel.basic_publish("amq.direct", queue, "by its name", mandatory=True)
    assert channel.basic_get("", auto_ack=True)[2] == b"by its name"
    assert channel.queue_delete("").method.message_count == 0


def test_declaring_tells_how_much_is_there(channel: BlockingChannel) -> None:
    queue = declared(channel)
    publish(channel, queue, "1", "2", "3")
    channel.basic_get(queue)
    Received(channel, declared(channel))
    again = channel.queue_declare(queue, passive=True).method
    assert (again.message_count, again.consumer_count) == (2, 0)
    assert channel.queue_purge(queue).method.message_count == 2
    assert channel.queue_delete(queue).method.message_count == 0


def test_names_of_any_script(channel: BlockingChannel, name: str) -> None:
    queue = declared(channel, queue=f"{name} é!☃")
    channel.exchange_declare(f"{name} ü?☃", "fanout", auto_delete=True)
    channel.queue_bind(queue, f"{name} ü?☃")
    channel.confirm_delivery()
    channel.basic_publish(f"{name} ü?☃", "Zoë", "hi")
    method, _, body = channel.basic_get(queue, auto_ack=True)
    assert (method.exchange, method.routing_key, body) == (f"{name} ü?☃", "Zoë", b"hi")


@pytest.mark.parametrize("act", [
    lambda c, n: c.queue_delete(n),
    lambda c, n: c.exchange_delete(n),
    lambda c, n: c.queue_unbind(n, "amq.fanout"),
    lambda c, n: c.queue_unbind(declared(c), n),
    lambda c, n: c.queue_unbind(declared(c), "amq.fanout", "never bound"),
    lambda c, n: c.basic_cancel(n),
    lambda c, n: c.exchange_unbind(n, "amq.fanout"),
    lambda c, n: c.exchange_unbind("amq.fanout", n),
    lambda c, _: c.exchange_unbind("amq.fanout", "amq.direct", "never bound"),
    lambda c, _: c.basic_ack(0, multiple=True),
    lambda c, _: c.basic_nack(0, multiple=True),
    lambda c, n: c.queue_declare(n, exclusive=True, durable=True),
    lambda c, n: c.queue_declare(n, exclusive=True, arguments={"x-max-length": 3, "x-overflow": "drop-head"}),
    lambda c, n: c.queue_declare(n, exclusive=True, arguments={"x-whatever": "is ignored"}),
    lambda c, _: c.exchange_declare("amq.topic", "topic", durable=True),
])  # fmt: skip
def test_what_is_not_there_is_gone_already(channel: BlockingChannel, name: str, act: Act) -> None:
    act(channel, name)
    declared(channel)


def test_routing_by_fanout_direct_and_topic(channel: BlockingChannel, name: str) -> None:
    bindings = {
        "fanout": ["any", "other"],
        "direct": ["a.b", "c"],
        "topic": ["a.*", "#.z", "a.#", "*.*.*", "x.#.y"],
    }
    keys = ["a.b", "c", "a", "", "a.b.c", "x.y", "x.1.2.y", "q.z", "A.B"]
    routed: dict[tuple[str, str], list[str]] = {}
    channel.confirm_delivery()
    for kind, patterns in bindings.items():
        channel.exchange_declare(f"{name}-{kind}", kind, auto_delete=True)
        queues = {pattern: declared(channel) for pattern in patterns}
        for pattern, queue in queues.items():
            channel.queue_bind(queue, f"{name}-{kind}", pattern)
            channel.queue_bind(queue, f"{name}-{kind}", f"{pattern}.again")
        for key in keys:
            channel.basic_publish(f"{name}-{kind}", key, key)
            routed[kind, key] = [
                pattern for pattern, queue in queues.items() if channel.basic_get(queue, auto_ack=True)[0]
            ]
    assert routed == {
        **{("fanout", key): ["any", "other"] for key in keys},
        **{("direct", key): [key] if key in ("a.b", "c") else [] for key in keys},
        ("topic", "a.b"): ["a.*", "a.#"],
        ("topic", "c"): [],
        ("topic", "a"): ["a.#"],
        ("topic", ""): [],
        ("topic", "a.b.c"): ["a.#", "*.*.*"],
        ("topic", "x.y"): ["x.#.y"],
        ("topic", "x.1.2.y"): ["x.#.y"],
        ("topic", "q.z"): ["#.z"],
        ("topic", "A.B"): [],
    }


def test_words_of_a_topic_may_be_empty_and_an_empty_key_has_none(channel: BlockingChannel, name: str) -> None:
    patterns = ["*", "#", "", "a.", "*.", "#.#.b"]
    channel.exchange_declare(name, "topic", auto_delete=True)
    queues = {pattern: declared(channel) for pattern in patterns}
    for pattern, queue in queues.items():
        channel.queue_bind(queue, name, pattern)
    channel.confirm_delivery()
    routed = {}
    for key in "", "a", "a.", ".", "x.b", "*", "#":
        channel.basic_publish(name, key, key)
        routed[key] = [
            pattern for pattern, queue in queues.items() if channel.basic_get(queue, auto_ack=True)[0]
        ]
    assert routed == {
        "": ["#", ""],
        "a": ["*", "#"],
        "a.": ["#", "a.", "*."],
        ".": ["#", "*."],
        "x.b": ["#", "#.#.b"],
        "*": ["*", "#"],
        "#": ["*", "#"],
    }


def test_a_pattern_that_is_unbound_takes_nothing_and_others_still_do(
    open_channel: OpenChannel, name: str
) -> None:
    ann, bob = open_channel(), open_channel()
    ann.exchange_declare(name, "topic")
    queues = [declared(ann), declared(bob)]
    for channel, queue in zip((ann, bob), queues, strict=True):
        for pattern in "orders.*", "orders.#", "#.eu":
            channel.queue_bind(queue, name, pattern)
    for pattern in "orders.*", "orders.#":
        ann.queue_unbind(queues[0], name, pattern)
    ann.confirm_delivery()
    for key in "orders.eu", "orders.us", "orders.us.ny":
        ann.basic_publish(name, key, key)
    counts = [
        channel.queue_declare(queue, passive=True).method.message_count
        for channel, queue in zip((ann, bob), queues, strict=True)
    ]
    assert counts == [1, 3]
    bob.queue_delete(queues[1])
    ann.queue_unbind(queues[0], name, "#.eu")
    with pytest.raises(pika.exceptions.UnroutableError):
        ann.basic_publish(name, "orders.eu", "", mandatory=True)
    ann.exchange_delete(name)


def test_a_queue_bound_twice_gets_a_message_once(channel: BlockingChannel, name: str) -> None:
    channel.exchange_declare(name, "topic", auto_delete=True)
    queue = declared(channel)
    for pattern in "#", "a.*", "a.b":
        channel.queue_bind(queue, name, pattern)
    channel.confirm_delivery()
    channel.basic_publish(name, "a.b", "once")
    assert channel.queue_declare(queue, passive=True).method.message_count == 1


def test_an_auto_delete_exchange_goes_with_its_last_binding(channel: BlockingChannel, name: str) -> None:
    channel.exchange_declare(name, "fanout", auto_delete=True)
    first, second = declared(channel), declared(channel)
    for queue in first, second:
        channel.queue_bind(queue, name)
    channel.queue_unbind(first, name)
    channel.exchange_declare(name, passive=True)
    channel.queue_delete(second)
    with refused(404, NO_EXCHANGE.format(name)):
        channel.exchange_declare(name, passive=True)


def test_an_auto_delete_queue_goes_with_its_last_consumer(channel: BlockingChannel, name: str) -> None:
    channel.queue_declare(name, auto_delete=True)
    tags = [channel.basic_consume(name, print) for _ in range(2)]
    channel.basic_cancel(tags[0])
    channel.queue_declare(name, passive=True)
    channel.basic_cancel(tags[1])
    with refused(404, NO_QUEUE.format(name)):
        channel.queue_declare(name, passive=True)


def test_unroutable_messages_come_back_if_mandatory(channel: BlockingChannel, name: str) -> None:
    channel.confirm_delivery()
    channel.basic_publish("amq.direct", name, "lost silently")
    with pytest.raises(pika.exceptions.UnroutableError) as raised:
        channel.basic_publish(
            "amq.direct", name, "come back", pika.BasicProperties(message_id="7"), mandatory=True
        )
    (returned,) = raised.value.messages
    assert (returned.method.reply_code, returned.method.reply_text) == (312, "NO_ROUTE")
    assert (returned.method.exchange, returned.method.routing_key) == ("amq.direct", name)
    assert (returned.properties.message_id, returned.body) == ("7", b"come back")


def test_heartbeats_keep_a_connection(embedded: HostThread) -> None:
    parameters = pika.URLParameters(embedded.url)
    parameters.heartbeat = 1
    with pika.BlockingConnection(parameters) as connection:
        connection.process_data_events(time_limit=2.5)
        assert connection.is_open


def test_a_wrong_password_is_told(url: str) -> None:
    parameters = pika.URLParameters(url.replace("guest:guest", "guest:wrong"))
    with pytest.raises(pika.exceptions.ProbableAuthenticationError, match="Login was refused using"):
        pika.BlockingConnection(parameters)
