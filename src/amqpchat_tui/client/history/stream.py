"""The stream that is a room's history on the broker: looked for, declared, bound and read.

RabbitMQ has streams since 3.9 (https://www.rabbitmq.com/docs/streams). Some of what it has against one closes
the connection, so that reading and declaring need one on which nothing else depends.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import time
from collections.abc import AsyncIterator, Sequence
from typing import NamedTuple

from aiormq.abc import AbstractChannel as Channel
from aiormq.exceptions import (
    ChannelAccessRefused,
    ChannelNotFoundEntity,
    ChannelPreconditionFailed,
)
from pamqp.common import FieldValue

from amqpchat_tui.client.errors import Lost
from amqpchat_tui.client.history.problems import HistoryProblem, NoHistory, OtherQueue, Silent
from amqpchat_tui.client.rooms.topology import missing
from amqpchat_tui.client.transport.channels import Channels
from amqpchat_tui.client.transport.failures import broker_text, failures_are_losses, why_closed
from amqpchat_tui.client.transport.link import Link
from amqpchat_tui.client.transport.sieve import Delivery
from amqpchat_tui.model import HistoryLimits
from amqpchat_tui.wire.text import clean_line
from amqpchat_tui.wording.history import describe_limit

PREFETCH = 200
"""How many messages may be here and not be acknowledged."""
ANSWER_SECONDS = 2.0
"""How long the stream may take to bring what it has; one without its leader brings nothing."""
TAIL_SILENCE_SECONDS = 0.05
"""When the stream brings nothing for so long, it has brought all that it had."""
TAIL_SECONDS = 0.2
"""After so long, what was brought is near enough to its end."""
SEGMENT_BYTES = 1_000_000
"""What a stream is trimmed by: it goes a segment at a time, and only as others are begun."""

MEGABYTE = 1_000_000

_OFFSET = "x-stream-offset"
_FIRST_VERSION = 3, 9
_OTHER_LIMIT = re.compile(
    r"inequivalent arg '(?P<argument>x-max-age|x-max-length-bytes|x-stream-max-segment-size-bytes)' "
    r".* but current is (?:(?:the value )?'(?P<current>[^']*)')?"
)
"""What a broker says of a stream that was declared with other limits."""


class Streamed(NamedTuple):
    """A message of a stream."""

    offset: int
    """Greater than that of the one before, mostly by one."""
    delivery: Delivery


def require_streams(link: Link) -> None:
    """Raise `HistoryProblem` where the broker is known to have no streams."""
    version = tuple(map(int, re.findall("[0-9]+", link.version)[:2]))
    if link.product == "RabbitMQ" and version and version < _FIRST_VERSION:
        raise HistoryProblem(f"this broker keeps no streams: RabbitMQ {link.version} is older than 3.9")


async def look(channels: Channels, stream: str) -> int:
    """Return how many messages a stream has, as far as the broker knows: that lags by seconds.

    This is harmless to a connection, and needs no permission.

    Raises:
        NoHistory: if there is none.
        Lost: when the channel or the connection is.
    """
    with failures_are_losses():
        try:
            async with channels.brief() as channel:
                return (await channel.queue_declare(stream, passive=True)).message_count or 0
        except ChannelNotFoundEntity:
            raise NoHistory from None


async def declare(link: Link, stream: str, limits: HistoryLimits) -> str:
    """Have a stream; one that is there stays as it is. Return what it keeps otherwise, or an empty text.

    Raises:
        HistoryProblem: if the user may not, or the broker has no streams.
        OtherQueue: if what is there is no stream.
        Lost: when the connection is, as some brokers close it instead of an answer.
    """
    require_streams(link)
    with failures_are_losses():
        try:
            async with link.channels.brief() as channel:
                await channel.queue_declare(stream, durable=True, arguments=_arguments(limits))
        except ChannelAccessRefused:
            raise _lacking("configure", stream, link) from None
        except ChannelPreconditionFailed as error:
            text = clean_line(broker_text(error))
            if "inequivalent" not in text:
                raise HistoryProblem(f"this broker keeps no streams: {text}") from None
            if (limit := _OTHER_LIMIT.search(text)) is None:
                raise OtherQueue(text) from None
            return describe_limit(limit["argument"], limit["current"] or "")
    return ""


async def find_limits(link: Link, stream: str) -> Sequence[str]:
    """Return what a stream that is there keeps, in sentences; none where that cannot be known.

    A broker tells of a stream that was declared otherwise by which argument that is, one at a time.

    Raises:
        Lost: when the connection is.
    """
    arguments = _arguments(HistoryLimits())
    for _ in range(len(arguments)):
        with failures_are_losses():
            try:
                async with link.channels.brief() as channel:
                    await channel.queue_declare(stream, durable=True, arguments=arguments)
            except ChannelAccessRefused:
                break
            except ChannelPreconditionFailed as error:
                if (limit := _OTHER_LIMIT.search(clean_line(broker_text(error)))) is None:
                    break
                argument, current = limit["argument"], limit["current"]
                if current is None:
                    arguments.pop(argument, None)
                else:
                    arguments[argument] = int(current) if current.isdecimal() else current
            else:
                kept = ((name, str(arguments.get(name, ""))) for name in ("x-max-age", "x-max-length-bytes"))
                return [describe_limit(name, value) for name, value in kept]
    return ()


def _arguments(limits: HistoryLimits) -> dict[str, FieldValue]:
    return {
        "x-queue-type": "stream",
        "x-max-age": f"{limits.days}D",
        "x-max-length-bytes": limits.megabytes * MEGABYTE,
        "x-stream-max-segment-size-bytes": SEGMENT_BYTES,
    }


async def bind(link: Link, stream: str, exchange: str) -> bool:
    """Have a stream keep what is published to an exchange; False if not both are there.

    This is harmless to a connection.

    Raises:
        HistoryProblem: if the user may not.
        Lost: when the channel or the connection is.
    """
    with failures_are_losses():
        try:
            async with link.channels.brief() as channel:
                await channel.queue_bind(stream, exchange)
        except ChannelNotFoundEntity:
            return False
        except ChannelAccessRefused:
            raise _lacking("write", stream, link) from None
    return True


class Reading:
    """Reads a stream from some offset on."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._waiting: list[Streamed] = []
        self._tag = 0
        self._news = asyncio.Event()
        self._no_stream = False
        channel.closing.add_done_callback(lambda _: self._news.set())
        channel.on_consumer_cancel_callbacks.add(lambda _: self._news.set())

    def receive(self, deliveries: Sequence[Delivery]) -> None:
        """Take what has come; never raises."""
        for delivery in deliveries:
            headers = delivery.properties.headers
            offset = headers.get(_OFFSET) if isinstance(headers, dict) else None
            if isinstance(offset, int):
                self._waiting.append(Streamed(offset, delivery))
            else:
                self._no_stream = True
        self._tag = deliveries[-1].tag
        self._news.set()

    async def take(self, seconds: float) -> Sequence[Streamed]:
        """Return what has come, and wait so long at most until something has.

        Raises:
            HistoryProblem: if this is no stream.
            Lost: when the channel or the connection is.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._news.wait()
        self._news.clear()
        if self._no_stream:  # what has come goes back as it is, when the channel is closed
            raise OtherQueue
        if self._channel.closing.done():
            error = await why_closed(self._channel)
            raise Lost(f"the broker closed our channel: {broker_text(error)}" if error else "")
        taken, self._waiting = self._waiting, []
        if taken:
            with failures_are_losses():
                await self._channel.basic_ack(self._tag, multiple=True, wait=False)
        return taken


@contextlib.asynccontextmanager
async def reading(link: Link, stream: str, offset: str | int) -> AsyncIterator[Reading]:
    """Read a stream from an offset on: a number, `first`, `last`, or an age such as `90s`.

    Raises:
        HistoryProblem: if the user may not, or this is no stream.
        Lost: when the channel or the connection is.
    """
    with failures_are_losses():
        channel = await link.channels.open()
    try:
        reading = Reading(channel)
        link.take_deliveries(channel, reading.receive)
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                with failures_are_losses():
                    await _consume(link, channel, stream, offset)
        except TimeoutError:
            raise Silent from None
        yield reading
    finally:
        link.drop_deliveries(channel)
        with contextlib.suppress(Lost), failures_are_losses():
            await link.channels.close(channel)


async def _consume(link: Link, channel: Channel, stream: str, offset: str | int) -> None:
    await channel.basic_qos(prefetch_count=PREFETCH)
    try:
        await link.consume(channel, stream, {_OFFSET: offset})
    except ChannelAccessRefused:
        raise _lacking("read", stream, link) from None
    except ChannelNotFoundEntity:
        raise NoHistory from None
    except ChannelPreconditionFailed as error:
        raise OtherQueue(broker_text(error)) from None


async def find_tail(link: Link, stream: str, *, messages: int) -> int:
    """Return the offset of one of the last messages, which was there when this began; -1 if there is none.

    `messages` is what `look` has told. Raises as `reading` does.
    """
    began = time.monotonic()
    tail = -1
    async with reading(link, stream, "last") as last:
        patience = ANSWER_SECONDS if messages else TAIL_SILENCE_SECONDS * 2
        while taken := await last.take(patience):
            tail = taken[-1].offset
            patience = TAIL_SILENCE_SECONDS
            if time.monotonic() - began >= TAIL_SECONDS:
                break
    if tail < 0 and messages:
        raise Silent
    return tail


async def read_first(link: Link, stream: str) -> Sequence[Streamed]:
    """Return some of the oldest messages; raise as `reading` does, and `Silent` where nothing comes."""
    async with reading(link, stream, "first") as first:
        if taken := await first.take(ANSWER_SECONDS):
            return taken
    raise Silent


async def find_age(link: Link, stream: str, seconds: int, *, otherwise: int) -> int:
    """Return the offset of the first message that the broker got so many seconds ago or later.

    `otherwise` if it has none. Raises as `reading` does.
    """
    async with reading(link, stream, f"{seconds}s") as since:
        taken = await since.take(TAIL_SECONDS)
    return taken[0].offset if taken else otherwise


def _lacking(permission: str, stream: str, link: Link) -> HistoryProblem:
    return HistoryProblem(missing(permission, f"queue `{clean_line(stream)}`", link.user).reason)
