"""What pika is given of a queue by the embedded broker is what RabbitMQ gives it."""

from collections.abc import Callable

import pika
import pytest
from pika.adapters.blocking_connection import BlockingChannel

from tests.support.waiting import block_until

from .conftest import OpenChannel
from .with_pika import Received, declared, publish, refused


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
