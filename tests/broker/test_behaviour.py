"""What pika sees of the embedded broker is what it sees of RabbitMQ."""

from collections.abc import Callable

import pika
import pytest
from pika.adapters.blocking_connection import BlockingChannel

from tests.support.waiting import block_until

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


def test_properties_arrive_as_they_were_sent(channel: BlockingChannel) -> None:
    properties = pika.BasicProperties(
        content_type="text/plain",
        content_encoding="utf-8",
        headers={"n": -1, "nested": {"list": [True, None, "x"]}, "big": 2**40, "bytes": b"\xff"},
        delivery_mode=2,
        priority=9,
        correlation_id="correlation",
        reply_to="reply",
        message_id="id",
        timestamp=2**40,
        type="type",
        user_id="guest",
        app_id="app",
        cluster_id="cluster",
    )
    queue = declared(channel)
    channel.confirm_delivery()
    channel.basic_publish("", queue, b"\x00\xff", properties)
    method, arrived, body = channel.basic_get(queue)
    assert body == b"\x00\xff"
    assert {**vars(arrived), "headers": None} == {**vars(properties), "headers": None}
    assert {**arrived.headers, "bytes": None} == {**properties.headers, "bytes": None}
    assert (method.exchange, method.routing_key, method.redelivered) == ("", queue, False)


@pytest.mark.parametrize("size", [0, 1, 131_063, 131_064, 131_065, 1_000_003, 5_000_000])
def test_messages_of_any_size_arrive_whole(channel: BlockingChannel, size: int) -> None:
    body = (bytes(range(256)) * (size // 256 + 1))[:size]
    queue = declared(channel)
    received = Received(channel, queue, auto_ack=True)
    publish(channel, queue, body)
    assert received.wait(1) == [body]


def test_order_is_kept(channel: BlockingChannel) -> None:
    queue = declared(channel)
    received = Received(channel, queue, auto_ack=True)
    numbers = [str(number).encode() for number in range(2000)]
    for number in numbers:
        channel.basic_publish("", queue, number)
    assert received.wait(2000) == numbers


def test_consumers_take_turns(channel: BlockingChannel) -> None:
    queue = declared(channel)
    received = [Received(channel, queue, auto_ack=True) for _ in range(3)]
    publish(channel, queue, *"abcdef")
    received[0].wait(2)
    assert sorted(len(one.messages) for one in received) == [2, 2, 2]


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


def test_a_full_queue_drops_its_oldest(channel: BlockingChannel) -> None:
    queue = declared(channel, arguments={"x-max-length": 3, "x-overflow": "drop-head"})
    publish(channel, queue, *"abcde")
    assert Received(channel, queue, auto_ack=True).wait(3) == [b"c", b"d", b"e"]


def test_a_queue_of_no_length_only_passes_on(channel: BlockingChannel) -> None:
    queue = declared(channel, arguments={"x-max-length": 0})
    publish(channel, queue, "nobody is there")
    received = Received(channel, queue, auto_ack=True)
    publish(channel, queue, "somebody is there")
    assert received.wait(1) == [b"somebody is there"]


def test_prefetch_limits_a_consumer(channel: BlockingChannel) -> None:
    queue = declared(channel)
    publish(channel, queue, *"abcdef")
    channel.basic_qos(prefetch_count=2)
    received = Received(channel, queue)
    assert received.wait(2) == [b"a", b"b"]
    channel.basic_ack(received.tags[0])
    assert received.wait(3) == [b"a", b"b", b"c"]
    channel.basic_ack(received.tags[2], multiple=True)
    assert received.wait(5) == [b"a", b"b", b"c", b"d", b"e"]
    channel.basic_ack(0, multiple=True)
    assert received.wait(6)[5:] == [b"f"]


def test_prefetch_does_not_limit_who_does_not_acknowledge(channel: BlockingChannel) -> None:
    queue = declared(channel)
    publish(channel, queue, *"abc")
    channel.basic_qos(prefetch_count=1)
    assert Received(channel, queue, auto_ack=True).wait(3) == [b"a", b"b", b"c"]


@pytest.mark.parametrize(
    "give_back",
    [
        lambda channel, received: channel.basic_nack(received.tags[1], multiple=True),
        lambda channel, received: [channel.basic_reject(tag) for tag in received.tags[1::-1]],
        lambda channel, received: [channel.basic_reject(tag) for tag in received.tags[:2]],
    ],
    ids=["nack", "reject backwards", "reject"],
)
def test_requeued_messages_take_their_place(
    channel: BlockingChannel, give_back: Callable[[BlockingChannel, Received], object]
) -> None:
    queue = declared(channel)
    publish(channel, queue, *"abcd")
    channel.basic_qos(prefetch_count=3)
    received = Received(channel, queue)
    received.wait(3)
    channel.basic_cancel(received.tag)
    give_back(channel, received)
    again = Received(channel, queue, auto_ack=True)
    assert again.wait(3) == [b"a", b"b", b"d"]
    assert [method.redelivered for method, _, _ in again.messages] == [True, True, False]


def test_what_a_channel_had_is_requeued_when_it_closes(channel: BlockingChannel) -> None:
    queue = declared(channel)
    publish(channel, queue, *"abc")
    other = channel.connection.channel()
    Received(other, queue).wait(3)
    other.close()
    received = Received(channel, queue, auto_ack=True)
    assert received.wait(3) == [b"a", b"b", b"c"]
    assert all(method.redelivered for method, _, _ in received.messages)


@pytest.mark.parametrize("expiration", ["0", "1"])
def test_messages_expire(channel: BlockingChannel, expiration: str) -> None:
    queue = declared(channel)
    channel.confirm_delivery()
    channel.basic_publish("", queue, "waits in vain", pika.BasicProperties(expiration=expiration))
    block_until(lambda: channel.queue_declare(queue, passive=True).method.message_count == 0)
    channel.basic_publish("", queue, "in time", pika.BasicProperties(expiration="60000"))
    received = Received(channel, queue, auto_ack=True)
    assert received.wait(1) == [b"in time"]
    assert received.messages[0][1].expiration == "60000"
    channel.basic_publish("", queue, "at once", pika.BasicProperties(expiration=expiration))
    assert received.wait(2) == [b"in time", b"at once"]


def test_a_backlog_on_one_channel_keeps_nothing_from_another(channel: BlockingChannel) -> None:
    quiet = channel.connection.channel()
    full, calm = declared(channel), declared(quiet)
    received = Received(channel, full)
    alone = Received(quiet, calm)
    for _ in range(40):  # of which some brokers keep back what a client has not made room for
        channel.basic_publish("", full, bytes(1_000_000))
    publish(quiet, calm, "said beside it")
    received.wait(10)
    for tag in received.tags[:2]:
        channel.basic_ack(tag)
    assert alone.wait(1) == [b"said beside it"]


def test_refused_messages_are_gone(channel: BlockingChannel) -> None:
    queue = declared(channel)
    publish(channel, queue, *"abc")
    received = Received(channel, queue)
    received.wait(3)
    channel.basic_reject(received.tags[0], requeue=False)
    channel.basic_nack(received.tags[2], multiple=True, requeue=False)
    channel.basic_cancel(received.tag)
    assert channel.basic_get(queue) == (None, None, None)


def test_getting_one_at_a_time(channel: BlockingChannel) -> None:
    queue = declared(channel)
    publish(channel, queue, *"abc")
    method, _, body = channel.basic_get(queue)
    assert (body, method.message_count, method.redelivered) == (b"a", 2, False)
    channel.basic_nack(method.delivery_tag)
    method, _, body = channel.basic_get(queue, auto_ack=True)
    assert (body, method.message_count, method.redelivered) == (b"a", 2, True)
    with refused(406, f"PRECONDITION_FAILED - unknown delivery tag {method.delivery_tag}"):
        channel.basic_ack(method.delivery_tag)
        declared(channel)


def test_consumers_are_told_that_their_queue_is_gone(open_channel: OpenChannel, name: str) -> None:
    channel, other = open_channel(), open_channel()
    channel.queue_declare(name)
    cancelled: list[str] = []
    channel.add_on_cancel_callback(lambda frame: cancelled.append(frame.method.consumer_tag))
    tags = [Received(channel, name).tag for _ in range(2)]
    other.queue_delete(name)

    def told() -> bool:
        channel.connection.process_data_events(0)
        return len(cancelled) == 2

    block_until(told)
    assert sorted(cancelled) == sorted(tags)
    assert channel.is_open


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
