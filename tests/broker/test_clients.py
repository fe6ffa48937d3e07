"""Clients as people use them, unchanged, against either broker."""

import asyncio
import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aio_pika
import amqp
import pika
import pytest
from aio_pika.abc import AbstractChannel
from aio_pika.exceptions import ChannelClosed, ChannelPreconditionFailed, DeliveryError
from pamqp import commands

from amqpchat_tui.client import AmqpClient
from amqpchat_tui.model import Phase
from tests.client.support import Seat, settings
from tests.support.waiting import block_until, wait_until

from .with_pika import NO_QUEUE

_plain = Path(__file__).parents[1] / "plain"


def ignore(_: object) -> None:
    pass


async def ignore_later(_: object) -> None:
    pass


# py-amqp


@pytest.fixture
def py_amqp(url: str) -> Iterator[amqp.Connection]:
    parts = urlsplit(url)
    with amqp.Connection(f"{parts.hostname}:{parts.port}", heartbeat=2) as connection:
        yield connection


def test_py_amqp_publishes_and_consumes(py_amqp: amqp.Connection, name: str) -> None:
    channel = py_amqp.channel()
    channel.exchange_declare(name, "topic")  # auto-delete is py-amqp's default
    queue = channel.queue_declare(exclusive=True).queue
    channel.queue_bind(queue, name, "a.#")
    channel.basic_qos(0, 1, False)
    received: list[tuple[str, str]] = []

    def receive(message: amqp.Message) -> None:
        received.append((message.body, message.delivery_info["routing_key"]))
        channel.basic_ack(message.delivery_tag)

    channel.basic_consume(queue, callback=receive)
    for text in "one", "two", "three":
        channel.basic_publish(amqp.Message(text), name, f"a.{text}")
    while len(received) < 3:
        py_amqp.drain_events(timeout=10)
    assert received == [("one", "a.one"), ("two", "a.two"), ("three", "a.three")]


def test_py_amqp_waits_for_confirms_and_returns(url: str) -> None:
    parts = urlsplit(url)
    with amqp.Connection(f"{parts.hostname}:{parts.port}", confirm_publish=True) as connection:
        channel = connection.channel()
        channel.basic_publish(amqp.Message("x"), routing_key="nobody")
        returned: list[tuple[Any, ...]] = []
        channel.events["basic_return"].add(lambda *details: returned.append(details))
        channel.basic_publish(amqp.Message("back"), routing_key="nobody", mandatory=True)
        assert [(error.reply_code, error.reply_text) for error, *_ in returned] == [(312, "NO_ROUTE")]


def test_py_amqp_sees_errors(py_amqp: amqp.Connection) -> None:
    with pytest.raises(amqp.NotFound):
        py_amqp.channel().queue_declare("not-there", passive=True)
    with pytest.raises(amqp.PreconditionFailed):
        py_amqp.channel().exchange_declare("amq.fanout", "direct", durable=True, auto_delete=False)
    with pytest.raises(amqp.AccessRefused):
        py_amqp.channel().queue_declare("amq.mine")


def test_py_amqp_waits_only_as_long_as_it_is_told(py_amqp: amqp.Connection) -> None:
    channel = py_amqp.channel()
    queue = channel.queue_declare(exclusive=True).queue
    channel.basic_consume(queue, callback=ignore, no_ack=True)
    with pytest.raises(TimeoutError):
        py_amqp.drain_events(timeout=0.01)
    assert channel.basic_get(queue) is None


# pika


def test_pika_does_not_wait(url: str, name: str) -> None:
    """Its SelectConnection does everything in callbacks, as the workshop's asynchronous scripts do."""
    happened: list[str] = []

    def opened(connection: pika.SelectConnection) -> None:
        connection.channel(on_open_callback=declare).add_on_close_callback(channel_closed)

    def declare(channel: pika.channel.Channel) -> None:
        channel.queue_declare(name, exclusive=True, callback=lambda _: talk(channel))

    def talk(channel: pika.channel.Channel) -> None:
        channel.basic_consume(name, received, auto_ack=True)
        channel.basic_publish("", name, "hello")

    def received(channel: pika.channel.Channel, _: object, properties: object, body: bytes) -> None:
        happened.append(body.decode())
        channel.queue_declare("not-there", passive=True)

    def channel_closed(channel: pika.channel.Channel, reason: pika.exceptions.ChannelClosed) -> None:
        happened.append(f"{reason.reply_code} {reason.reply_text}")
        channel.connection.close()

    connection = pika.SelectConnection(
        pika.URLParameters(url),
        on_open_callback=opened,
        on_close_callback=lambda connection, _: connection.ioloop.stop(),
    )
    connection.ioloop.start()
    connection.ioloop.close()
    assert happened == ["hello", "404 " + NO_QUEUE.format("not-there")]


def test_pika_with_a_thread_that_listens(url: str, name: str) -> None:
    """One thread consumes, another has it publish, as chats with `input()` do."""
    connection = pika.BlockingConnection(pika.URLParameters(url))
    channel = connection.channel()
    channel.queue_declare(name, exclusive=True)
    heard: list[bytes] = []
    channel.basic_consume(name, lambda *message: heard.append(message[-1]), auto_ack=True)
    listening = threading.Thread(target=channel.start_consuming)
    listening.start()
    lines = [f"line {number}" for number in range(20)]
    for line in lines:
        connection.add_callback_threadsafe(partial(channel.basic_publish, "", name, line))
    block_until(lambda: heard == [line.encode() for line in lines], what=lambda: str(heard))
    connection.add_callback_threadsafe(channel.stop_consuming)
    listening.join()
    connection.close()


# aio-pika


@pytest.fixture
async def aio_channel(url: str) -> AsyncIterator[AbstractChannel]:
    async with await aio_pika.connect(url, heartbeat=10) as connection:
        yield await connection.channel(on_return_raises=True)


async def test_aio_pika_publishes_and_consumes(aio_channel: AbstractChannel, name: str) -> None:
    exchange = await aio_channel.declare_exchange(name, aio_pika.ExchangeType.FANOUT, auto_delete=True)
    queue = await aio_channel.declare_queue(exclusive=True)
    await queue.bind(exchange)
    await aio_channel.set_qos(prefetch_count=10)
    sent = [f"line {number}".encode() for number in range(100)]
    published = await asyncio.gather(*(exchange.publish(aio_pika.Message(body), "ann") for body in sent))
    assert all(isinstance(confirmation, commands.Basic.Ack) for confirmation in published)
    received: list[bytes] = []
    async with queue.iterator() as messages:
        async for message in messages:
            async with message.process():
                received.append(message.body)
            if len(received) == len(sent):
                break
    assert received == sent


async def test_aio_pika_gets_unroutable_messages_back(aio_channel: AbstractChannel) -> None:
    with pytest.raises(DeliveryError):
        await aio_channel.default_exchange.publish(aio_pika.Message(b"x"), "nobody")


async def test_aio_pika_sees_errors(aio_channel: AbstractChannel, name: str) -> None:
    await aio_channel.declare_exchange(name, aio_pika.ExchangeType.FANOUT, auto_delete=True)
    with pytest.raises(ChannelPreconditionFailed, match="inequivalent arg 'type' for exchange"):
        await aio_channel.declare_exchange(name, aio_pika.ExchangeType.DIRECT, auto_delete=True)
    with contextlib.suppress(ChannelClosed):
        await aio_channel.reopen()
        await aio_channel.exchange_delete(name)


async def test_aio_pika_consumers_end_with_their_queue(aio_channel: AbstractChannel, name: str) -> None:
    queue = await aio_channel.declare_queue(name)
    ended: list[object] = []
    channel = await aio_channel.get_underlay_channel()
    channel.on_consumer_cancel_callbacks.add(ended.append)
    await queue.consume(ignore_later)
    await queue.delete(if_unused=False, if_empty=False)
    await wait_until(lambda: ended)


# The workshop's scripts, and amqpchat


def plain(script: str, *arguments: str, url: str, room: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, _plain / script, *arguments],
        env={**os.environ, "AMQPCHAT_URL": url, "AMQPCHAT_ROOM": room},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


async def test_amqpchat_and_the_plain_scripts_talk(url: str, name: str) -> None:
    seats = [Seat(AmqpClient(settings(url, room=name, nick=nick))) for nick in ("ann", "bob")]
    with plain("listen.py", url=url, room=name) as listening:
        assert listening.stdout is not None
        assert listening.stderr is not None
        assert "Listening" in await asyncio.to_thread(listening.stderr.readline)
        for seat in seats:
            seat.client.start(seat)
            await seat.reach(Phase.ONLINE)
        seats[0].say("hello from amqpchat")
        with plain("send.py", "carl", "hello", "from", "pika", url=url, room=name) as sending:
            assert await asyncio.to_thread(sending.wait) == 0
        for seat in seats:
            await seat.hear("hello from amqpchat", "hello from pika")
            await seat.settle()
        heard = {await asyncio.to_thread(listening.stdout.readline) for _ in range(2)}
        assert heard == {"[ann] hello from amqpchat\n", "[carl] hello from pika\n"}
        for seat in seats:
            await seat.client.close()
        listening.terminate()
        assert await asyncio.to_thread(listening.wait) == 0
    with pika.BlockingConnection(pika.URLParameters(url)) as connection:
        for exchange in name, f"{name}.presence":
            connection.channel().exchange_delete(exchange)
