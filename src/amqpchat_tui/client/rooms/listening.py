"""A queue of our own and what comes out of it: received, acknowledged when drained, and watched."""

from __future__ import annotations

import asyncio
from typing import NoReturn

from aiormq.abc import AbstractChannel as Channel
from aiormq.exceptions import ChannelAccessRefused, ChannelClosed

from amqpchat_tui.client.errors import ChannelLost, Lost, first_problem
from amqpchat_tui.client.rooms.inbox import Inbox
from amqpchat_tui.client.rooms.overflow import Backlog, Seek
from amqpchat_tui.client.rooms.topology import OWN_QUEUES, declare_queue, missing, waiting
from amqpchat_tui.client.transport.failures import broker_text, failures_are_losses
from amqpchat_tui.client.transport.link import Link
from amqpchat_tui.client.transport.sieve import Receive
from amqpchat_tui.wire.lines import BODY_READ_BYTES


class Listening:
    """Consumes a queue on a channel of its own, as what is acknowledged in bulk is a channel's.

    In this order: `open`, `begin`, `go_on`; and `end` if the connection goes on. The first three raise
    `RoomRefused` when the broker does not let us, `ChannelLost` when our queue or channel is gone, and `Lost`
    when the link is, without a reason where that knows it better.
    """

    def __init__(
        self,
        link: Link,
        inbox: Inbox,
        *,
        limit: int,
        window: int,
        receive: Receive,
        seek: Seek | None = None,
        body_bytes: int = BODY_READ_BYTES,
    ) -> None:
        """The queue keeps the latest `limit` messages; `window` of them may be here and not be drained.

        Where the broker has dropped some, `seek` may look for them; None: nobody asks where that is. No more
        than `body_bytes` of a body are received.
        """
        self._link = link
        self._inbox = inbox
        self._limit = limit
        self._receive = receive
        self._body_bytes = body_bytes
        self._declaring: asyncio.Future[str] | None = None
        self._channel: Channel | None = None
        self._consumer = ""
        self._queue_gone = asyncio.Event()
        self._drained = asyncio.Event()
        self._to_acknowledge = 0
        self._resized = asyncio.Event()
        self.queue = ""
        """Its name, once it is declared."""
        self.backlog = Backlog(inbox, limit=limit, window=window, heartbeat=link.heartbeat, seek=seek)

    @property
    def channel(self) -> Channel:
        """On which it is consumed, once that is open."""
        assert self._channel is not None, "it is opened before"
        return self._channel

    @property
    def is_behind(self) -> bool:
        """Whether as much has come as may be here without being drained: more may wait in the queue."""
        return self._inbox.unacknowledged >= self.backlog.window

    async def open(self) -> None:
        """Declare the queue."""
        with failures_are_losses():
            channel = self._channel = await self._link.channels.open()
            # Cancelled, it would leave a queue behind of which nobody knows the name.
            self._declaring = asyncio.ensure_future(declare_queue(channel, self._limit, self._link.user))
            self._declaring.add_done_callback(lambda done: done.cancelled() or done.exception())
            self.queue = await asyncio.shield(self._declaring)

    async def begin(self) -> None:
        """Begin to receive."""
        self.channel.on_consumer_cancel_callbacks.add(lambda _: self._queue_gone.set())
        self._link.take_deliveries(self.channel, self._receive, self._body_bytes)
        with failures_are_losses():
            await self._consume()

    async def go_on(self) -> NoReturn:
        """Acknowledge what is drained, and tell what the broker had to drop, until something breaks."""
        try:
            async with asyncio.TaskGroup() as life:
                life.create_task(self._acknowledge())
                life.create_task(self._resize())
                life.create_task(self._watch_queue())
                life.create_task(self.backlog.watch(self.channel, self.queue))
                await self._watch_channel()
        except BaseExceptionGroup as problems:
            raise self.explain(first_problem(problems)) from problems
        finally:
            self._link.drop_deliveries(self.channel)

    async def end(self) -> None:
        """Remove queue and channel from a connection that goes on; raise as aiormq does when it does not."""
        if self._declaring is not None:
            await asyncio.wait({self._declaring})
            if not self._declaring.cancelled() and self._declaring.exception() is None:
                self.queue = self._declaring.result()
        if self._channel is not None:
            await self._link.channels.close(self._channel)
        if self.queue:
            async with self._link.channels.brief() as channel:
                await channel.queue_delete(self.queue)

    def acknowledge(self, delivery_tag: int) -> None:
        """Tell the broker that everything up to this delivery has been drained."""
        self._to_acknowledge = delivery_tag
        self._drained.set()
        self.backlog.drained(delivery_tag)

    def resize(self, window: int) -> None:
        """Have another number of messages here at most which are not drained."""
        if window != self.backlog.window:
            self.backlog.resize(window)
            self._resized.set()

    def explain(self, problem: BaseException) -> BaseException:
        """Return a problem with its reason, if the broker gave that when it closed our channel."""
        if not isinstance(problem, Lost) or problem.reason or self._channel is None:
            return problem
        closing = self._channel.closing
        error = closing.exception() if closing.done() and not closing.cancelled() else None
        if isinstance(error, ChannelClosed):
            return ChannelLost(f"the broker closed our channel: {broker_text(error)}")
        return problem

    async def nothing_waits(self) -> bool:
        """Whether the queue is empty, and all that was in it has come."""
        return not await waiting(self.channel, self.queue)

    async def _consume(self) -> None:
        await self.channel.basic_qos(prefetch_count=self.backlog.window)
        try:
            self._consumer = await self._link.consume(self.channel, self.queue)
        except ChannelAccessRefused as error:
            raise missing("read", OWN_QUEUES, self._link.user) from error

    async def _acknowledge(self) -> NoReturn:
        while True:
            await self._drained.wait()
            self._drained.clear()
            if await self.backlog.may_acknowledge(self.channel, self.queue):
                tag = self._to_acknowledge
                self._drained.clear()  # some may have been drained during that look
                with failures_are_losses():
                    await self.channel.basic_ack(tag, multiple=True, wait=False)
                self.backlog.acknowledged(tag)

    async def _resize(self) -> NoReturn:
        """A prefetch count is for consumers to come (AMQP 0-9-1, section 1.8.3.1, as RabbitMQ reads it)."""
        while True:
            await self._resized.wait()
            self._resized.clear()
            former = self._consumer
            with failures_are_losses():
                await self._consume()
                await self.channel.basic_cancel(former)

    async def _watch_queue(self) -> NoReturn:
        await self._queue_gone.wait()
        raise ChannelLost("the broker deleted our queue")

    async def _watch_channel(self) -> NoReturn:
        await asyncio.wait({self.channel.closing})
        raise self.explain(Lost(""))
