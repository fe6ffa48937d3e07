"""Who takes over as host begins the histories of the rooms with what they have heard."""

import asyncio
from typing import Any

import pika
import pytest

from amqpchat_tui.broker import HostedRooms
from amqpchat_tui.broker.stream_queue import StreamQueue
from amqpchat_tui.client import AmqpClient
from amqpchat_tui.client.dialer import PlainDialer
from amqpchat_tui.hosting import Heard, HostingDialer, parse_listen
from amqpchat_tui.hosting.heard import MAX_LINES, hand_on
from amqpchat_tui.model import ChatMessage, Phase
from tests.broker.with_pika import Received
from tests.client.support import Seat, settings
from tests.support.embedded import EmbeddedBroker

EARLY, LATE = 1_700_000_000.0, 1_700_000_060.0
LINES = [ChatMessage("ann", "hello", EARLY, message_id="1"), ChatMessage("cid", "hi", LATE)]


def history(rooms: HostedRooms, room: str) -> StreamQueue:
    queue = rooms.queue(f"{room}.history", None)
    assert isinstance(queue, StreamQueue)
    return queue


def test_what_was_heard_is_in_the_history_before_the_room_is_there() -> None:
    rooms = HostedRooms()
    hand_on(Heard("ops", "bob", LINES), rooms)
    stream = history(rooms, "ops").stream
    assert [stream.read(offset)[0] for offset in (0, 1)] == [b"\x03ops\x03ann", b"\x03ops\x03cid"]
    assert [stream.read(offset)[2] for offset in (0, 1)] == [b"hello", b"hi"]
    assert [stream.at(time) for time in (EARLY, LATE, LATE + 1)] == [0, 1, 2]


def test_only_the_latest_lines_are_handed_on() -> None:
    rooms = HostedRooms()
    lines = [ChatMessage("ann", str(number), EARLY) for number in range(MAX_LINES + 1)]
    hand_on(Heard("ops", "bob", lines), rooms)
    queue = history(rooms, "ops")
    assert queue.waiting() == MAX_LINES
    assert queue.stream.read(0)[2] == b"1"


def test_a_room_whose_name_leaves_no_place_for_a_history_has_none() -> None:
    rooms = HostedRooms()
    hand_on(Heard("r" * 255, "bob", LINES), rooms)
    assert not rooms.queues


def read(url: str, count: int) -> list[tuple[Any, pika.BasicProperties, bytes]]:
    """Read the history of ops from its beginning."""
    with pika.BlockingConnection(pika.URLParameters(url)) as connection:
        channel = connection.channel()
        channel.basic_qos(prefetch_count=100)
        received = Received(channel, "ops.history", arguments={"x-stream-offset": "first"})
        received.wait(count)
        return received.messages


@pytest.mark.broker
async def test_the_history_goes_on_with_the_next_host() -> None:
    with EmbeddedBroker() as host:
        dialer = HostingDialer(
            PlainDialer(), parse_listen(f"127.0.0.1:{host.port}", None), ["ops"], wanted=True
        )
        dialer.heard = lambda: [Heard("ops", "bob", LINES)]
        bob = Seat(AmqpClient(settings(host.url(), room="ops", nick="bob"), dialer=dialer))
        bob.client.start(bob)
        await bob.reach(Phase.ONLINE)
        await asyncio.to_thread(host.stop)
        await bob.reach(Phase.RECONNECTING)
        assert (await bob.reach(Phase.ONLINE)).hosting
        bob.say("I host now")
        await bob.hear("I host now")
        messages = await asyncio.to_thread(read, host.url(), 3)
        await bob.client.close()
    assert [body for _, _, body in messages] == [b"hello", b"hi", b"I host now"]
    assert [method.exchange for method, _, _ in messages] == ["ops"] * 3
    assert [properties.headers.get("heard_by") for _, properties, _ in messages] == ["bob", "bob", None]
    assert [properties.message_id for _, properties, _ in messages][:2] == ["1", None]
    assert any(notice.endswith("its history begins with what you have heard.") for notice in bob.notices)
