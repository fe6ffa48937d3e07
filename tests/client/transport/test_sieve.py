"""Deliveries are taken out of the stream, however it is cut into pieces; everything else goes through."""

import asyncio
import tracemalloc
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pamqp import commands
from pamqp.base import Frame
from pamqp.body import ContentBody
from pamqp.frame import marshal
from pamqp.header import ContentHeader
from pamqp.heartbeat import Heartbeat

from amqpchat_tui.client.transport.sieve import Delivery, Sieve
from amqpchat_tui.client.transport.stream import READ_BYTES, _Reader
from amqpchat_tui.wire.lines import BODY_READ_BYTES

OURS, OTHER = 1, 2
FRAME_PAYLOAD = 131_064
"""What RabbitMQ puts into a frame, by default."""
OTHERS = [
    marshal(Heartbeat(), 0),
    marshal(commands.Basic.Ack(delivery_tag=7), OTHER),
    marshal(commands.Basic.QosOk(), OURS),
    marshal(commands.Channel.Close(404, "gone", 0, 0), OURS),
]


def content(
    method: Frame, body: bytes, properties: commands.Basic.Properties | None = None, channel: int = OURS
) -> bytes:
    """A method, its header and its body, as a broker writes them."""
    parts = [body[at : at + FRAME_PAYLOAD] for at in range(0, len(body), FRAME_PAYLOAD)]
    header = ContentHeader(body_size=len(body), properties=properties)
    frames = [marshal(method, channel), marshal(header, channel)]
    return b"".join([*frames, *(marshal(ContentBody(part), channel) for part in parts)])


def announcement(tag: int) -> commands.Basic.Deliver:
    return commands.Basic.Deliver("ctag1.Lgx", tag, False, "broadcast_chat", "bob")


def deliver(
    tag: int, body: bytes, properties: commands.Basic.Properties | None = None, channel: int = OURS
) -> bytes:
    return content(announcement(tag), body, properties, channel)


def pieces(stream: bytes, cuts: Iterable[int]) -> list[bytes]:
    edges = [0, *sorted(cut % (len(stream) + 1) for cut in cuts), len(stream)]
    return [stream[start:end] for start, end in pairwise(edges) if start < end]


class Taken(list[Delivery]):
    """What a sieve takes, and what it lets through."""

    def __init__(self) -> None:
        self.sieve = Sieve()
        self.sieve.take(OURS, self.extend)
        self.left = b""

    def feed(self, parts: Iterable[bytes]) -> None:
        for part in parts:
            self.left += self.sieve.feed(part)


@given(
    st.lists(st.one_of(st.sampled_from(OTHERS), st.binary(max_size=40)), max_size=12),
    st.lists(st.integers(0, 10_000), max_size=20),
)
def test_takes_deliveries_and_nothing_else_wherever_the_stream_is_cut(
    parts: list[bytes], cuts: list[int]
) -> None:
    bodies = [part for part in parts if part not in OTHERS]
    stream = b"".join(part if part in OTHERS else deliver(5, part) for part in parts)
    taken = Taken()
    taken.feed(pieces(stream, cuts))
    assert [delivery.body for delivery in taken] == bodies
    assert all(delivery == Delivery(5, b"broadcast_chat", b"bob", body=delivery.body) for delivery in taken)
    assert taken.left == b"".join(part for part in parts if part in OTHERS)


def test_frames_of_others_come_between_those_of_a_delivery() -> None:
    stream = deliver(1, b"x" * FRAME_PAYLOAD + b"y")
    middle = stream.rindex(b"\x03\x00\x01")
    returned = content(commands.Basic.Return(312, "NO_ROUTE", "", "bob"), b"returned", channel=OTHER)
    taken = Taken()
    taken.feed([stream[:middle] + returned + stream[middle:]])
    assert [(delivery.tag, delivery.missing) for delivery in taken] == [
        (1, FRAME_PAYLOAD + 1 - BODY_READ_BYTES)
    ]
    assert taken.left == returned


def test_frames_of_several_channels_come_between_each_other() -> None:
    one, two = deliver(1, b"x" * FRAME_PAYLOAD + b"y"), deliver(1, b"z" * 10, channel=OTHER)
    middle = one.rindex(b"\x03\x00\x01")
    taken, others = Taken(), list[Delivery]()
    taken.sieve.take(OTHER, others.extend)
    taken.feed([one[:middle] + two + one[middle:] + two])
    assert [delivery.missing for delivery in taken] == [FRAME_PAYLOAD + 1 - BODY_READ_BYTES]
    assert [delivery.body for delivery in others] == [b"z" * 10] * 2
    taken.sieve.drop(OTHER)
    taken.feed([two, one])
    assert (len(taken), len(others), taken.left) == (2, 2, b"")


def test_what_has_come_together_is_received_together() -> None:
    portions: list[Sequence[int]] = []
    sieve = Sieve()
    sieve.take(OURS, lambda deliveries: portions.append([delivery.tag for delivery in deliveries]))
    stream = b"".join(deliver(tag, b"hello") for tag in range(6))
    sieve.feed(stream[:-10])
    sieve.feed(stream[-10:])
    assert portions == [[0, 1, 2, 3, 4], [5]]


def test_only_deliveries_are_taken_from_our_channel() -> None:
    returned = content(commands.Basic.Return(312, "NO_ROUTE", "", "bob"), b"returned")
    taken = Taken()
    taken.feed([returned])
    assert not taken
    assert taken.left == returned


async def test_aiormq_hears_that_the_link_lives_where_nothing_but_deliveries_comes() -> None:
    taken = Taken()
    reader = _Reader(asyncio.get_running_loop(), taken.sieve)
    reader.feed_data(deliver(1, b"one"))
    heartbeat = marshal(Heartbeat(), 0)
    assert await reader.readexactly(len(heartbeat)) == heartbeat
    assert len(taken) == 1


def test_properties_come_with_it() -> None:
    sent = datetime(2024, 5, 1, 12, 0, tzinfo=UTC)
    properties = commands.Basic.Properties(
        content_type="text/plain",
        headers={"sent_at_ms": 1},
        message_id="id",
        timestamp=sent,
        correlation_id="other",
        reply_to="amq.gen-bob",
        message_type="reaction",
        user_id="bob",
    )
    taken = Taken()
    taken.feed([deliver(9, b"hello", properties)])
    assert taken == [Delivery(9, b"broadcast_chat", b"bob", properties, b"hello")]


def test_properties_that_nobody_looks_at_are_not_read() -> None:
    taken = Taken()
    taken.feed([deliver(9, b"hello", commands.Basic.Properties(content_type="text/plain", delivery_mode=2))])
    assert taken == [Delivery(9, b"broadcast_chat", b"bob", body=b"hello")]


@pytest.mark.parametrize("size", [0, 1, BODY_READ_BYTES, BODY_READ_BYTES + 1, 5_000_000])
def test_no_more_is_kept_of_a_body_than_is_read(size: int) -> None:
    taken = Taken()
    taken.feed([deliver(1, b"x" * size)])
    (delivery,) = taken
    assert len(delivery.body) == min(size, BODY_READ_BYTES)
    assert len(delivery.body) + delivery.missing == size


def test_a_body_of_100_mb_takes_the_memory_of_some_frames() -> None:
    frames = 100_000_000 // FRAME_PAYLOAD
    body = marshal(ContentBody(b"x" * FRAME_PAYLOAD), OURS)
    header = ContentHeader(body_size=frames * FRAME_PAYLOAD)
    taken = Taken()
    tracemalloc.start()
    try:
        taken.feed([marshal(announcement(1), OURS), marshal(header, OURS)])
        for _ in range(frames):
            taken.feed(body[at : at + READ_BYTES] for at in range(0, len(body), READ_BYTES))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert [delivery.missing for delivery in taken] == [frames * FRAME_PAYLOAD - BODY_READ_BYTES]
    assert peak < 4 * FRAME_PAYLOAD


def test_a_stream_that_is_not_amqp_goes_through_at_once() -> None:
    taken = Taken()
    taken.feed([b"HTTP/1.1 400", b" Bad Request", b"\r\n"])
    assert taken.left == b"HTTP/1.1 400 Bad Request\r\n"


def test_what_is_too_short_for_a_frame_goes_through_at_the_end() -> None:
    taken = Taken()
    taken.feed([b"AMQ"])
    assert taken.left == b""
    assert taken.sieve.end() == b"AMQ"
    assert taken.sieve.end() == b""


def test_a_frame_without_its_end_is_left_to_aiormq_to_complain_about() -> None:
    broken = deliver(1, b"hello")[:-1] + b"\x00"
    taken = Taken()
    taken.feed([broken])
    assert not taken
    assert taken.left.endswith(b"hello\x00")


def test_what_comes_after_the_last_is_dropped() -> None:
    taken = Taken()
    taken.sieve.drop(OURS)
    taken.feed([deliver(1, b"late")])
    assert not taken
    assert not taken.left


def test_broken_properties_count_as_none() -> None:
    whole = deliver(1, b"hello", commands.Basic.Properties(message_id="id"))
    taken = Taken()
    taken.feed([whole.replace(b"\x02id", b"\xffid")])
    taken.feed([whole.replace(b"\x00\x80\x02id", b"\xff\xff\x02id")])
    assert [delivery.body for delivery in taken] == [b"hello", b"hello"]
