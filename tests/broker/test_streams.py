"""Streams of the embedded broker are RabbitMQ's: declaring them, and reading from where one likes."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pika.adapters.blocking_connection import BlockingChannel

from tests.support.waiting import block_until

from .conftest import OpenChannel
from .with_pika import LOCKED, Received, declared, publish, refused

STREAM = {"x-queue-type": "stream"}
LIMITS = {
    **STREAM,
    "x-max-length-bytes": 200_000_000,
    "x-max-age": "30D",
    "x-stream-max-segment-size-bytes": 1_000_000,
}
INVALID = "PRECONDITION_FAILED - invalid arg '{}' for queue '{{}}' in vhost '/'"
PROPERTY = "PRECONDITION_FAILED - invalid property '{}' for queue '{{}}' in vhost '/'"
OTHER = "PRECONDITION_FAILED - inequivalent arg '{}' for queue '{{}}' in vhost '/': received "


@pytest.fixture
def stream(open_channel: OpenChannel, name: str) -> Iterator[str]:
    """A stream as the history of a room, which is deleted afterwards."""
    open_channel().queue_declare(name, durable=True, arguments=LIMITS)
    yield name
    open_channel().queue_delete(name)


def read(channel: BlockingChannel, stream: str, offset: object = "first", prefetch: int = 1000) -> Received:
    """Read a stream from somewhere on."""
    channel.basic_qos(prefetch_count=prefetch)
    return Received(channel, stream, arguments={"x-stream-offset": offset})


def offsets(received: Received) -> list[int]:
    return [properties.headers["x-stream-offset"] for _, properties, _ in received.messages]


DECLARED: list[dict[str, Any]] = [
    {},
    {"x-max-length-bytes": 0},
    *({"x-max-age": age} for age in ("1Y", "2M", "30D", "12h", "5m", "1s")),
    {"x-stream-max-segment-size-bytes": 500},
    {"x-queue-leader-locator": "client-local", "x-initial-cluster-size": 1},
    {"x-whatever": "is ignored"},
]


@pytest.mark.parametrize("arguments", DECLARED, ids=repr)
def test_what_a_stream_may_be_declared_with(
    channel: BlockingChannel, name: str, arguments: dict[str, Any]
) -> None:
    channel.queue_declare(name, durable=True, arguments={**STREAM, **arguments})
    publish(channel, name, "kept")
    assert read(channel, name).wait(1) == [b"kept"]
    channel.queue_delete(name)


REFUSED: dict[str, tuple[str, dict[str, Any]]] = {
    "not durable": (PROPERTY.format("non-durable"), {"durable": False}),
    "exclusive": (PROPERTY.format("exclusive-owner"), {"exclusive": True}),
    "auto-delete": (PROPERTY.format("auto-delete"), {"auto_delete": True}),
    "unknown kind": (INVALID.format("x-queue-type"), {"x-queue-type": "foo"}),
    "bytes negative": (INVALID.format("x-max-length-bytes"), {"x-max-length-bytes": -1}),
    "bytes no number": (INVALID.format("x-max-length-bytes"), {"x-max-length-bytes": "1"}),
    "bytes yes": (INVALID.format("x-max-length-bytes"), {"x-max-length-bytes": True}),
    "age no interval": (INVALID.format("x-max-age"), {"x-max-age": "30"}),
    "age of weeks": (INVALID.format("x-max-age"), {"x-max-age": "1W"}),
    "age of no time": (INVALID.format("x-max-age"), {"x-max-age": "0s"}),
    "age a number": (INVALID.format("x-max-age"), {"x-max-age": 30}),
    "segment negative": (
        INVALID.format("x-stream-max-segment-size-bytes"),
        {"x-stream-max-segment-size-bytes": -1},
    ),
    **{
        argument: (INVALID.format(argument) + " of queue type rabbit_stream_queue", {argument: value})
        for argument, value in {
            "x-max-length": 3,
            "x-expires": 1000,
            "x-overflow": "drop-head",
            "x-message-ttl": 1000,
            "x-dead-letter-exchange": "x",
            "x-max-priority": 3,
            "x-single-active-consumer": True,
            "x-queue-mode": "lazy",
        }.items()
    },
}


def declare(channel: BlockingChannel, name: str, options: dict[str, Any]) -> None:
    """Declare a stream as in `LIMITS`; `options` are arguments of it and of the method."""
    arguments = {**LIMITS, **{key: value for key, value in options.items() if key.startswith("x-")}}
    flags = {key: value for key, value in options.items() if not key.startswith("x-")}
    arguments = {key: value for key, value in arguments.items() if value is not None}
    channel.queue_declare(name, **{"durable": True, **flags}, arguments=arguments)


@pytest.mark.parametrize("case", REFUSED)
def test_what_no_stream_can_be_is_refused(channel: BlockingChannel, name: str, case: str) -> None:
    text, options = REFUSED[case]
    with refused(406, text.format(name)):
        declare(channel, name, options)
    assert channel.connection.is_open


def test_a_stream_needs_a_name(channel: BlockingChannel) -> None:
    text = "PRECONDITION_FAILED - Cannot declare a server-named queue for type rabbit_stream_queue"
    with refused(406, text):
        declare(channel, "", {})


@pytest.mark.parametrize("argument", ["x-max-age", "x-stream-max-segment-size-bytes"])
def test_a_classic_queue_has_no_argument_of_a_stream(channel: BlockingChannel, argument: str) -> None:
    with refused(406, "PRECONDITION_FAILED - invalid arg"):
        declared(channel, arguments={argument: LIMITS[argument]})


AGAIN: dict[str, tuple[int, str, dict[str, Any]]] = {
    "other bytes": (
        406,
        OTHER.format("x-max-length-bytes") + "'5' but current is",
        {"x-max-length-bytes": 5},
    ),
    "no bytes": (406, OTHER.format("x-max-length-bytes") + "none but", {"x-max-length-bytes": None}),
    "other age": (406, OTHER.format("x-max-age") + "'31D' but current is '30D'", {"x-max-age": "31D"}),
    "the same age in hours": (406, OTHER.format("x-max-age") + "'720h' but", {"x-max-age": "720h"}),
    "no age": (406, OTHER.format("x-max-age") + "none but current is", {"x-max-age": None}),
    "an age that is none": (406, OTHER.format("x-max-age") + "'30' but current is", {"x-max-age": "30"}),
    "other segments": (
        406,
        OTHER.format("x-stream-max-segment-size-bytes"),
        {"x-stream-max-segment-size-bytes": 7},
    ),
    "classic": (406, OTHER.format("x-queue-type") + "'classic' but", {"x-queue-type": "classic"}),
    "of no kind": (406, OTHER.format("x-queue-type"), {"x-queue-type": None}),
    "not durable": (406, OTHER.format("durable") + "'false' but current is 'true'", {"durable": False}),
    "auto-delete": (406, OTHER.format("auto_delete"), {"auto_delete": True}),
    "exclusive": (405, LOCKED, {"exclusive": True}),
}


@pytest.mark.parametrize("case", AGAIN)
def test_a_stream_is_declared_again_only_as_it_is(channel: BlockingChannel, stream: str, case: str) -> None:
    code, text, options = AGAIN[case]
    with refused(code, text.format(stream)):
        declare(channel, stream, options)


def test_who_declares_it_as_it_is_finds_it_with_all_that_is_in_it(
    open_channel: OpenChannel, stream: str
) -> None:
    publish(open_channel(), stream, "kept")
    declare(open_channel(), stream, {"x-whatever": 1})
    open_channel().queue_declare(stream, passive=True)
    assert read(open_channel(), stream).wait(1) == [b"kept"]


def test_a_classic_queue_is_no_stream(open_channel: OpenChannel, name: str) -> None:
    owner = open_channel()
    owner.queue_declare(name, auto_delete=True)
    with refused(406, OTHER.format("durable").format(name)):
        declare(open_channel(), name, {})
    with refused(406, INVALID.format("x-stream-offset").format(name) + " of queue type rabbit_classic_queue"):
        read(open_channel(), name)
    owner.queue_delete(name)


WITHIN = timedelta(hours=1)
PLACES: dict[str, tuple[Callable[[], object], list[int]]] = {
    "first": (lambda: "first", [0, 1, 2, 3, 4]),
    "last": (lambda: "last", [4]),
    "next": (lambda: "next", []),
    "zero": (lambda: 0, [0, 1, 2, 3, 4]),
    "negative": (lambda: -4, [0, 1, 2, 3, 4]),
    "number": (lambda: 3, [3, 4]),
    "the end": (lambda: 5, []),
    "hours ago": (lambda: "1h", [0, 1, 2, 3, 4]),
    "years ago": (lambda: "99Y", [0, 1, 2, 3, 4]),
    "then": (lambda: datetime.now(UTC) - WITHIN, [0, 1, 2, 3, 4]),
    "the epoch": (lambda: datetime.fromtimestamp(0, UTC), [0, 1, 2, 3, 4]),
    "later": (lambda: datetime.now(UTC) + WITHIN, []),
}


@pytest.mark.parametrize("case", PLACES)
def test_reading_begins_where_one_likes(open_channel: OpenChannel, stream: str, case: str) -> None:
    where, there = PLACES[case]
    publisher = open_channel()
    publish(publisher, stream, *"01234")
    received = read(open_channel(), stream, where())
    received.wait(len(there))
    publish(publisher, stream, "5")
    received.wait(len(there) + 1)
    assert offsets(received) == [*there, 5]
    assert received.bodies == [b"%d" % offset for offset in offsets(received)]


def test_without_an_offset_only_what_is_new_comes(open_channel: OpenChannel, stream: str) -> None:
    publisher, reader = open_channel(), open_channel()
    publish(publisher, stream, "old")
    reader.basic_qos(prefetch_count=10)
    received = Received(reader, stream)
    publish(publisher, stream, "new")
    assert received.wait(1) == [b"new"]


def test_who_begins_beyond_the_end_waits_for_that_message(open_channel: OpenChannel, stream: str) -> None:
    publisher = open_channel()
    received = read(open_channel(), stream, 3)
    publish(publisher, stream, *"01234")
    assert received.wait(2) == [b"3", b"4"]


def test_a_time_is_found_between_messages(open_channel: OpenChannel, stream: str) -> None:
    publisher = open_channel()
    publish(publisher, stream, "before")
    then = int(time.time()) + 1  # AMQP's timestamps are whole seconds
    block_until(lambda: time.time() > then, what="the next second")
    publish(publisher, stream, "after")
    received = read(open_channel(), stream, datetime.fromtimestamp(then, UTC))
    assert received.wait(1) == [b"after"]


@pytest.mark.parametrize("offset", ["bogus", "", "h", "FIRST", True, None, [1], {"a": 1}], ids=repr)
def test_an_offset_that_is_none_ends_the_connection(
    channel: BlockingChannel, stream: str, offset: object
) -> None:
    with refused(541, "INTERNAL_ERROR", connection=True):
        read(channel, stream, offset)


@pytest.mark.parametrize("offset", ["1", "0s", "1H"])
def test_an_interval_that_is_none_is_refused(channel: BlockingChannel, stream: str, offset: str) -> None:
    with refused(406, INVALID.format("x-stream-offset").format(stream)):
        read(channel, stream, offset)


def read_one(channel: BlockingChannel, stream: str) -> list[bytes]:
    publish(channel, stream, "read")
    return read(channel, stream).wait(1)


LACKS = "NOT_IMPLEMENTED - {} not supported by stream queues queue '{{}}' in vhost '/'"
Act = Callable[[BlockingChannel, str], object]
NOT_FOR_STREAMS: dict[str, tuple[str, Act]] = {
    "get": ("basic.get", lambda c, n: c.basic_get(n)),
    "purge": ("queue.purge", lambda c, n: c.queue_purge(n)),
    "no_ack": (
        "automatic acknowledgement",
        lambda c, n: (c.basic_qos(prefetch_count=5), c.basic_consume(n, print, auto_ack=True)),
    ),
    **{
        case: ("basic.nack and basic.reject", act)
        for case, act in {
            "nack": lambda c, n: (read_one(c, n), c.basic_nack(1), declared(c)),
            "nack many": lambda c, n: (read_one(c, n), c.basic_nack(0, multiple=True), declared(c)),
            "reject": lambda c, n: (read_one(c, n), c.basic_reject(1, requeue=False), declared(c)),
        }.items()
    },
}


@pytest.mark.parametrize("case", NOT_FOR_STREAMS)
def test_what_is_not_for_streams_ends_the_connection(
    channel: BlockingChannel, stream: str, case: str
) -> None:
    what, act = NOT_FOR_STREAMS[case]
    with refused(540, LACKS.format(what).format(stream), connection=True):
        act(channel, stream)


@pytest.mark.parametrize("auto_ack", [False, True])
def test_reading_needs_a_prefetch(channel: BlockingChannel, stream: str, auto_ack: bool) -> None:
    with refused(406, "PRECONDITION_FAILED - consumer prefetch count is not set for 'queue "):
        channel.basic_consume(stream, print, auto_ack=auto_ack)
