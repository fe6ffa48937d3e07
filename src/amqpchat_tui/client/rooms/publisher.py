"""The way out: lines from the outbox to the room, many under way at once, in order."""

from __future__ import annotations

import asyncio
import contextlib
import re
import time
from collections.abc import Awaitable, Callable
from typing import NoReturn

from aiormq.abc import AbstractChannel as Channel
from aiormq.exceptions import (
    ChannelAccessRefused,
    ChannelClosed,
    ChannelNotFoundEntity,
    ChannelPreconditionFailed,
    DeliveryError,
)

from amqpchat_tui.client.errors import Lost
from amqpchat_tui.client.identity import Identity
from amqpchat_tui.client.rooms.outbox import Outbox
from amqpchat_tui.client.rooms.topology import missing
from amqpchat_tui.client.transport.failures import broker_text, failures_are_losses, why_closed
from amqpchat_tui.client.transport.link import Link
from amqpchat_tui.client.transport.properties import line_properties
from amqpchat_tui.model import OutboxLine
from amqpchat_tui.wire.lines import encode
from amqpchat_tui.wire.text import clean_line

IN_FLIGHT = 100
"""How many lines may wait for their confirms."""

_SIZE_LIMIT = re.compile(r"configured max size (\d+)")


class Publisher:
    """Publishes lines on a channel of its own: what the broker says against one closes no other."""

    def __init__(
        self,
        link: Link,
        outbox: Outbox,
        *,
        room: str,
        session: str,
        mailbox: Callable[[], str],
        identity: Identity,
        rejoin: Callable[[], Awaitable[object]],
    ) -> None:
        """`session` is our own, and `mailbox` gives where answers reach us, or an empty name.

        `identity` is what lines tell of our account: where the broker knows us under another name, they go
        without. `rejoin` is called when the room's exchange turns out to be gone.
        """
        self._link = link
        self._outbox = outbox
        self._room = room
        self._session = session
        self._mailbox = mailbox
        self._identity = identity
        self._account_told = False
        """Whether any line on this channel has told our account."""
        self._rejoin = rejoin
        self._channel: Channel | None = None
        self._pipelining = False
        self._news = asyncio.Event()

    def wake(self) -> None:
        """Look into the outbox for lines to publish."""
        self._news.set()

    async def open(self) -> Channel:
        """Open the channel to publish on.

        Raises:
            Lost: when the connection is.
        """
        with failures_are_losses():
            self._channel = await self._link.channels.open(confirms=True)
        return self._channel

    async def close(self) -> None:
        """Close the channel; raise as it does."""
        if self._channel is not None:
            await self._link.channels.close(self._channel)

    async def run(self) -> NoReturn:
        """Publish what the outbox holds, for ever.

        Raises:
            Lost: when the connection is.
            RoomRefused: when the room cannot be joined again.
        """
        while True:
            channel = self._channel or await self.open()
            try:
                await self._publish_all(channel)
            except BaseExceptionGroup as failures:
                if failures.split(Lost)[1] is not None:
                    raise
                self._channel = None
                await self._recover(await why_closed(channel), failures)

    async def _publish_all(self, channel: Channel) -> NoReturn:
        """Publish until the channel is closed.

        The first line of several goes alone; once it is confirmed, or has come back, the others follow
        without waiting for each other. What the broker has against lines in this room, it says to the first.
        """
        self._pipelining = self._account_told = False
        slots = asyncio.Semaphore(IN_FLIGHT)
        async with asyncio.TaskGroup() as under_way:
            while True:
                await self._link.writable.wait()
                await slots.acquire()
                self._news.clear()
                line = self._outbox.take(time.monotonic())
                if line is None:
                    slots.release()
                    self._pipelining = False
                    await self._wait_for_lines()
                    continue
                # aiormq puts lines on the wire in the order in which their tasks began.
                task = under_way.create_task(self._publish(channel, line))
                task.add_done_callback(lambda _: slots.release())
                if not self._pipelining:
                    await self._until_answered(task, line)
                    self._pipelining = True

    async def _until_answered(self, task: asyncio.Task[None], line: OutboxLine) -> None:
        """Wait for a line's confirm or its echo: a confirm may wait for the stream that keeps lines."""
        while not task.done() and self._outbox.has(line.message_id):
            self._news.clear()
            news = asyncio.create_task(self._news.wait())
            try:
                await asyncio.wait({task, news}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                news.cancel()

    async def _wait_for_lines(self) -> None:
        held_for = self._outbox.held_until - time.monotonic()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(held_for if held_for > 0 else None):
                await self._news.wait()

    async def _publish(self, channel: Channel, line: OutboxLine) -> None:
        outgoing = encode(line, self._session)
        properties = line_properties(outgoing)
        properties.reply_to = self._mailbox() or None
        properties.user_id = self._identity.account(self._link.user) or None
        self._account_told |= properties.user_id is not None
        try:
            with failures_are_losses():
                await channel.basic_publish(
                    outgoing.body,
                    exchange=self._room,
                    routing_key=outgoing.routing_key,
                    properties=properties,
                )
        except Lost as lost:
            if not isinstance(lost.__cause__, DeliveryError):
                raise
            self._outbox.failed(line.message_id, "the broker did not take it")
        else:
            self._outbox.confirmed(line.message_id, time.monotonic())

    async def _recover(
        self, closed: ChannelClosed | None, failures: BaseExceptionGroup[BaseException]
    ) -> None:
        """Deal with a channel that the broker closed because of what we published on it."""
        match closed:
            case None:
                raise Lost("") from failures
            case ChannelAccessRefused():
                room = f"exchange `{clean_line(self._room)}`"
                self._outbox.fail_unconfirmed(missing("write", room, self._link.user).reason)
            case ChannelPreconditionFailed() if self._account_told and self._identity.is_disowned(
                self._link.user, closed
            ):
                pass
            case ChannelPreconditionFailed():
                limit = _SIZE_LIMIT.search(str(closed))
                if limit is None:
                    raise Lost(f"the broker closed our channel: {broker_text(closed)}") from failures
                self._outbox.fail_unconfirmed(broker_text(closed), longer_than=int(limit[1]))
            case ChannelNotFoundEntity():
                await self._rejoin()
            case _:
                raise Lost(f"the broker closed our channel: {broker_text(closed)}") from failures
        self._outbox.channel_lost()
        if self._pipelining:
            # aiormq may have sent more lines on the closed channel, and for that brokers hang up.
            raise Lost(f"the broker closed our channel: {broker_text(closed)}") from failures
