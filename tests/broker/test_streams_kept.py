"""What streams of the embedded broker keep, for how long and for whom, is what RabbitMQ's keep."""

import struct
from datetime import UTC, datetime
from typing import Any

import pika
import pytest
from pamqp import body as content
from pamqp import commands, frame
from pamqp.header import ContentHeader
from pika.adapters.blocking_connection import BlockingChannel

from tests.support.waiting import block_until

from .conftest import OpenChannel, OpenRaw
from .test_streams import STREAM, offsets, read
from .test_streams import stream as stream
from .with_pika import Received, declared, publish

PROPERTIES: dict[str, Any] = {
    "content_type": "text/plain",
    "content_encoding": "utf-8",
    "delivery_mode": 2,
    "priority": 7,
    "correlation_id": "12345",
    "reply_to": "amq.gen-x",
    "expiration": "60000",
    "message_id": "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
    "timestamp": 1_700_000_000,
    "type": "line",
    "user_id": "guest",
    "app_id": "amqpchat",
}
HEADERS: dict[str, Any] = {
    "text": "Zoë",
    "empty": "",
    "bytes": b"\xff",
    "small": -3,
    "large": 2**40,
    "yes": True,
    "nothing": None,
    "time": datetime(2026, 1, 2, tzinfo=UTC),
    "z": "behind the offset in the alphabet",
}


def sent(
    channel: BlockingChannel, stream: str, properties: pika.BasicProperties, body: bytes = b"hi"
) -> tuple[Any, pika.BasicProperties, bytes]:
    """Publish into a stream, and return what is read of it."""
    channel.confirm_delivery()
    channel.basic_publish("", stream, body, properties)
    received = read(channel, stream)
    received.wait(1)
    return received.messages[0]


@pytest.mark.parametrize("given", [*PROPERTIES, None, "all"])
def test_properties_are_kept(channel: BlockingChannel, stream: str, given: str | None) -> None:
    chosen = {key: value for key, value in PROPERTIES.items() if given in (key, "all")}
    _, properties, body = sent(channel, stream, pika.BasicProperties(**chosen))
    assert body == b"hi"
    kept = {key: getattr(properties, key) for key in PROPERTIES if getattr(properties, key) is not None}
    assert kept == chosen
    assert properties.headers == {"x-stream-offset": 0}


@pytest.mark.parametrize("with_properties", [False, True])
def test_headers_are_kept(channel: BlockingChannel, stream: str, with_properties: bool) -> None:
    others = PROPERTIES if with_properties else {}
    _, properties, _ = sent(channel, stream, pika.BasicProperties(headers=HEADERS, **others))
    assert properties.headers == {**HEADERS, "x-stream-offset": 0}
    assert properties.message_id == others.get("message_id")


def test_lists_and_tables_in_headers_are_not_kept(channel: BlockingChannel, stream: str) -> None:
    headers = {"list": [1], "table": {"a": {"b": "c"}}, "empty": {}, "nil": [], "text": "stays"}
    _, properties, _ = sent(channel, stream, pika.BasicProperties(headers=headers, app_id="also"))
    assert properties.headers == {"text": "stays", "x-stream-offset": 0}
    assert properties.app_id == "also"


def test_nobody_says_what_offset_theirs_has(channel: BlockingChannel, stream: str) -> None:
    _, properties, _ = sent(channel, stream, pika.BasicProperties(headers={"x-stream-offset": 99, "a": 1}))
    assert properties.headers == {"a": 1, "x-stream-offset": 0}


def test_fractions_are_kept(open_raw: OpenRaw, channel: BlockingChannel, stream: str) -> None:
    fields = b"\x01fd" + struct.pack(">d", 2.5) + b"\x01gf" + struct.pack(">f", -0.25)
    header = struct.pack(">HHQHI", 60, 0, 2, 1 << 13, len(fields)) + fields
    client = open_raw().open().open_channel()
    client.ask(commands.Confirm.Select(), commands.Confirm.SelectOk)
    client.write(
        frame.marshal(commands.Basic.Publish(exchange="", routing_key=stream), 1)
        + struct.pack(">BHI", 2, 1, len(header))
        + header
        + b"\xce"
        + frame.marshal(content.ContentBody(b"hi"), 1)
    )
    client.read(commands.Basic.Ack)
    client.ask(commands.Basic.Qos(prefetch_count=1), commands.Basic.QosOk)
    consume = commands.Basic.Consume(queue=stream, arguments={"x-stream-offset": "first"})
    client.ask(consume, commands.Basic.ConsumeOk)
    client.read(commands.Basic.Deliver)
    kept = client.read_frame()
    assert isinstance(kept, ContentHeader)
    assert kept.properties.headers == {"f": 2.5, "g": -0.25, "x-stream-offset": 0}


@pytest.mark.parametrize("body", [b"", b"x", b"many frames" * 40_000], ids=len)
def test_bodies_are_kept(channel: BlockingChannel, stream: str, body: bytes) -> None:
    assert sent(channel, stream, pika.BasicProperties(), body)[2] == body


def test_exchange_and_routing_key_are_kept(channel: BlockingChannel, stream: str) -> None:
    for exchange in f"{stream}-a", f"{stream}-b":
        channel.exchange_declare(exchange, "fanout")
        channel.queue_bind(stream, exchange)
    channel.confirm_delivery()
    for exchange, key in ("a", "ann"), ("b", "Zoë"), ("a", ""):
        channel.basic_publish(f"{stream}-{exchange}", key, "", mandatory=True)
    received = read(channel, stream)
    received.wait(3)
    addresses = [(method.exchange, method.routing_key) for method, _, _ in received.messages]
    assert addresses == [(f"{stream}-a", "ann"), (f"{stream}-b", "Zoë"), (f"{stream}-a", "")]
    for exchange in f"{stream}-a", f"{stream}-b":
        channel.exchange_delete(exchange)


def test_a_stream_stays_when_its_exchange_is_made_again_but_records_no_more(
    channel: BlockingChannel, stream: str
) -> None:
    exchange = f"{stream}-x"
    channel.confirm_delivery()
    channel.exchange_declare(exchange, "fanout")
    channel.queue_bind(stream, exchange)
    channel.basic_publish(exchange, "", "before", mandatory=True)
    channel.exchange_delete(exchange)
    channel.exchange_declare(exchange, "fanout")
    with pytest.raises(pika.exceptions.UnroutableError):
        channel.basic_publish(exchange, "", "lost", mandatory=True)
    channel.queue_bind(stream, exchange)
    channel.basic_publish(exchange, "", "after", mandatory=True)
    assert read(channel, stream).wait(2) == [b"before", b"after"]
    channel.exchange_delete(exchange)


def test_what_is_confirmed_is_there_to_be_read(open_channel: OpenChannel, stream: str) -> None:
    publisher = open_channel()
    for count in range(1, 6):
        publish(publisher, stream, str(count))
        received = read(open_channel(), stream)
        assert len(received.wait(count)) == count


def test_nothing_in_a_stream_expires(channel: BlockingChannel, stream: str) -> None:
    assert sent(channel, stream, pika.BasicProperties(expiration="0"))[2] == b"hi"


def test_many_read_and_none_takes_anything_away(open_channel: OpenChannel, stream: str) -> None:
    publisher = open_channel()
    publish(publisher, stream, *"0123")
    early, late, live = (read(open_channel(), stream, where) for where in ("first", 2, "next"))
    early.wait(4)
    publish(publisher, stream, "4")
    assert early.wait(5) == [b"0", b"1", b"2", b"3", b"4"]
    assert late.wait(3) == [b"2", b"3", b"4"]
    assert live.wait(1) == [b"4"]
    assert read(open_channel(), stream).wait(5) == early.bodies
    assert not any(method.redelivered for method, _, _ in early.messages)


def test_so_much_is_sent_as_has_been_acknowledged(open_channel: OpenChannel, stream: str) -> None:
    publisher, reader = open_channel(), open_channel()
    publish(publisher, stream, *"0123456789")
    received = read(reader, stream, prefetch=2)
    assert received.wait(2) == [b"0", b"1"]
    reader.basic_ack(1)
    assert received.wait(3) == [b"0", b"1", b"2"]
    reader.basic_ack(3, multiple=True)
    assert received.wait(5) == [b"0", b"1", b"2", b"3", b"4"]


def test_who_has_ended_reading_can_read_again(open_channel: OpenChannel, stream: str) -> None:
    publisher, reader = open_channel(), open_channel()
    publish(publisher, stream, *"012")
    first = read(reader, stream, prefetch=2)
    first.wait(2)
    reader.basic_cancel(first.tag)
    again = read(reader, stream, 1)
    assert again.wait(2) == [b"1", b"2"]
    reader.basic_ack(max(again.tags), multiple=True)
    publish(publisher, stream, "3")
    assert again.wait(3) == [b"1", b"2", b"3"]
    assert len(first.bodies) == 2


def test_two_readers_on_a_channel_are_acknowledged_together(open_channel: OpenChannel, stream: str) -> None:
    publisher, reader = open_channel(), open_channel()
    publish(publisher, stream, *"01234567")
    one, two = read(reader, stream, prefetch=1), read(reader, stream, 4, prefetch=1)
    one.wait(1)
    two.wait(1)
    reader.basic_ack(0, multiple=True)
    assert one.wait(2) == [b"0", b"1"]
    assert two.wait(2) == [b"4", b"5"]


def test_beside_a_stream_queues_get_what_they_always_did(channel: BlockingChannel, stream: str) -> None:
    exchange, headers = f"{stream}-x", {"list": [1]}
    channel.exchange_declare(exchange, "fanout", auto_delete=True)
    queue = declared(channel)
    for bound in queue, stream:
        channel.queue_bind(bound, exchange)
    channel.confirm_delivery()
    channel.basic_publish(exchange, "", "both", pika.BasicProperties(headers=headers))
    assert channel.basic_get(queue)[1].headers == headers
    assert read(channel, stream).wait(1) == [b"both"]


def test_a_stream_that_is_deleted_cancels_its_readers(open_channel: OpenChannel, stream: str) -> None:
    publisher, reader = open_channel(), open_channel()
    publish(publisher, stream, "gone")
    received = read(reader, stream)
    received.wait(1)
    cancelled: list[object] = []
    reader.add_on_cancel_callback(cancelled.append)
    publisher.queue_delete(stream, if_unused=True, if_empty=True)

    def told() -> bool:
        reader.connection.process_data_events(0)
        return bool(cancelled)

    block_until(told, what="the reader to be cancelled")
    reader.basic_ack(0, multiple=True)
    declared(reader)
    publisher.queue_declare(stream, durable=True, arguments=STREAM)
    publish(publisher, stream, "new")
    assert read(reader, stream).wait(1) == [b"new"]


def test_the_oldest_go_and_offsets_go_on(open_channel: OpenChannel, name: str) -> None:
    publisher = open_channel()
    limits = {"x-max-length-bytes": 5000, "x-stream-max-segment-size-bytes": 1000}
    publisher.queue_declare(name, durable=True, arguments={**STREAM, **limits})
    bodies = [b"%03d" % number * 33 for number in range(100)]
    publish(publisher, name, *bodies)

    def trimmed() -> bool:  # which RabbitMQ does when it has time
        received = read(open_channel(), name)
        received.wait(1)
        return offsets(received)[0] > 0

    block_until(trimmed, what="the oldest to go")
    received = read(open_channel(), name, 0)
    while bodies[-1] not in received.bodies:
        received.wait(len(received.bodies) + 1)
    assert received.bodies == bodies[-len(received.bodies) :]
    kept = offsets(received)
    assert kept == sorted(kept)
    assert kept[0] > 0
    assert kept[-1] >= 99
    publisher.queue_delete(name)


def test_a_reader_on_a_connection_that_is_lost_is_forgotten(open_channel: OpenChannel, stream: str) -> None:
    publisher, reader = open_channel(), open_channel()
    publish(publisher, stream, "a", "b")
    Received(reader, declared(reader))
    read(reader, stream, prefetch=1).wait(1)
    reader.connection.close()
    publish(publisher, stream, "c")
    assert read(publisher, stream).wait(3) == [b"a", b"b", b"c"]
