"""One stay in a room: listening, acknowledging, and watching that the room hears us."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING, NoReturn

from aio_pika.abc import AbstractChannel
from aiormq.abc import AbstractChannel as RawChannel
from aiormq.exceptions import ChannelAccessRefused, ChannelClosed

from amqpchat_tui.client.errors import ChannelLost, Lost, first_problem
from amqpchat_tui.client.rooms.canary import Canary
from amqpchat_tui.client.rooms.hearing import Hearing
from amqpchat_tui.client.rooms.overflow import Backlog
from amqpchat_tui.client.rooms.publisher import Publisher
from amqpchat_tui.client.rooms.topology import OWN_QUEUES, declare_queue, missing
from amqpchat_tui.client.transport.failures import broker_text, failures_are_losses
from amqpchat_tui.client.transport.link import Link
from amqpchat_tui.client.transport.sieve import Delivery
from amqpchat_tui.model import Moment
from amqpchat_tui.wire.lines import decode

if TYPE_CHECKING:
    from amqpchat_tui.client.rooms.room import Room

LINES_LOOK_SECONDS = 0.25
"""How often lines under way are looked at; when there are none, nobody looks."""
LEAVE_SECONDS = 5.0
"""How long it may take to clean up after a stay on a connection that goes on: some ten answers."""


class Visit:
    """Joins a room over one connection, and stays in it.

    In this order: `enter`, `listen`, `stay`; and `leave` if the connection goes on. The first three raise
    `RoomRefused` when the broker does not let us, `ChannelLost` when our queue or channel is gone, and `Lost`
    when the link is, without a reason where that knows it better.
    """

    def __init__(self, link: Link, room: Room) -> None:
        self._link = link
        self._room = room.conversation.name
        self._exchange = self._room.encode()
        self._queue_length = room.queue_length
        self._window = room.prefetch
        self._inbox = room.inbox
        self._outbox = room.outbox
        self._seen = room.seen
        self._queue = ""
        self._declaring: asyncio.Future[str] | None = None
        self.entered = False
        """Whether our queue keeps what the room says."""
        self._channel: AbstractChannel | None = None
        self._publisher: Publisher | None = None
        self._to_hear = asyncio.Event()
        self._to_acknowledge = 0
        self._drained = asyncio.Event()
        self._queue_gone = asyncio.Event()
        self._canary = Canary(self._room, room.canaries)
        link.farewells.append(self._canary.remove)
        self._backlog = Backlog(
            room.inbox, limit=room.queue_length, window=room.prefetch, heartbeat=link.heartbeat
        )

    @property
    def silence(self) -> float:
        """For how many seconds we have heard nothing because the program stood still; 0 if it did not."""
        return self._backlog.silence

    @property
    def complete_until(self) -> Moment:
        """Up to when all that was said in the room has come to us, which we have entered."""
        return self._hearing.complete_until

    async def enter(self) -> str:
        """Declare and bind; from the return on, the queue keeps what the room says.

        Returns what is worth telling about the room's exchange, or an empty text.
        """
        with failures_are_losses():
            channel = self._channel = await self._link.connection.channel(publisher_confirms=False)
            self._raw_channel: RawChannel = await channel.get_underlay_channel()
            # Cancelled, it would leave a queue behind of which nobody knows the name.
            self._declaring = asyncio.ensure_future(
                declare_queue(channel, self._queue_length, self._link.user)
            )
            self._declaring.add_done_callback(lambda done: done.cancelled() or done.exception())
            self._queue = await asyncio.shield(self._declaring)
            await channel.set_qos(self._window)
        self._hearing = Hearing(
            self._link,
            self._raw_channel,
            self._inbox,
            self._outbox,
            self._canary,
            room=self._room,
            queue=self._queue,
            user=self._link.user,
            window=self._window,
        )
        remark = await self._hearing.join()
        self._publisher = Publisher(
            self._link.connection,
            self._outbox,
            room=self._room,
            user=self._link.user,
            reply_to=self._queue,
            writable=self._link.writable,
            rejoin=self._hearing.exchange_gone,
        )
        await self._publisher.open()
        self.entered = True
        return remark

    async def listen(self) -> None:
        """Begin to receive."""
        self._raw_channel.on_consumer_cancel_callbacks.add(lambda _: self._queue_gone.set())
        with failures_are_losses():
            try:
                await self._link.consume(self._raw_channel, self._queue, self._receive)
            except ChannelAccessRefused as error:
                raise missing("read", OWN_QUEUES, self._link.user) from error

    async def stay(self) -> NoReturn:
        """Publish, acknowledge and mend what breaks, until something cannot be mended."""
        assert self._publisher is not None, "one enters before one stays"
        try:
            async with asyncio.TaskGroup() as life:
                life.create_task(self._publisher.run())
                life.create_task(self._acknowledge())
                life.create_task(self._hearing.watch())
                life.create_task(self._watch_lines())
                life.create_task(self._watch_queue())
                life.create_task(self._backlog.watch(self._raw_channel, self._queue))
                await self._watch_channel()
        except BaseExceptionGroup as problems:
            problem = first_problem(problems)
            if isinstance(problem, Lost) and not problem.reason:
                problem = self._loss()
            raise problem from problems
        finally:
            self._link.drop_deliveries(self._raw_channel)

    async def leave(self) -> None:
        """Remove our queue, channels and canary from a connection that goes on, if they still exist."""
        with contextlib.suppress(Lost, TimeoutError):
            async with asyncio.timeout(LEAVE_SECONDS):
                await self._canary.remove(self._link.connection)
                self._link.farewells.remove(self._canary.remove)
                with failures_are_losses():
                    await self._canary.close()
                    if self._publisher is not None:
                        await self._publisher.close()
                    if self._declaring is not None:
                        await asyncio.wait({self._declaring})
                        if not self._declaring.cancelled() and self._declaring.exception() is None:
                            self._queue = self._declaring.result()
                    if self._channel is not None:
                        await self._channel.close()
                    if self._queue:
                        async with self._link.connection.channel(publisher_confirms=False) as channel:
                            await channel.queue_delete(self._queue)

    def outbox_changed(self) -> None:
        """Look into the outbox for lines to publish, and for those that have to come back."""
        if self._publisher is not None:
            self._publisher.wake()
        self._to_hear.set()

    def acknowledge(self, delivery_tag: int) -> None:
        """Tell the broker that everything up to this delivery has been drained."""
        self._to_acknowledge = delivery_tag
        self._drained.set()
        self._backlog.acknowledged(delivery_tag)

    def _receive(self, delivery: Delivery) -> None:
        properties = delivery.properties
        message_id = properties.message_id
        now = time.time()
        if delivery.exchange == self._exchange:  # else it came to our queue past the room
            self._hearing.heard()
        own = message_id is not None and self._outbox.echoed(message_id, time.monotonic())
        message = None
        if not message_id or self._seen.add(message_id):
            message = decode(
                delivery.body,
                routing_key=delivery.routing_key,
                received_at=now,
                message_id=message_id,
                timestamp=properties.timestamp,
                headers=properties.headers,
                own=own,
                left_out=delivery.missing,
            )
        self._inbox.receive(delivery.tag, message)

    async def _acknowledge(self) -> NoReturn:
        while True:
            await self._drained.wait()
            self._drained.clear()
            with failures_are_losses():
                await self._raw_channel.basic_ack(self._to_acknowledge, multiple=True, wait=False)

    async def _watch_lines(self) -> NoReturn:
        while True:
            await self._to_hear.wait()
            self._to_hear.clear()
            while self._outbox.unconfirmed_since is not None or self._outbox.unheard_since is not None:
                await asyncio.sleep(LINES_LOOK_SECONDS)
                await self._hearing.check()

    async def _watch_queue(self) -> NoReturn:
        await self._queue_gone.wait()
        raise ChannelLost("the broker deleted our queue")

    async def _watch_channel(self) -> NoReturn:
        await asyncio.wait({self._raw_channel.closing})
        raise self._loss()

    def _loss(self) -> Lost:
        """What the broker said when it closed our channel, if it did; whoever notices first may not know."""
        closing = self._raw_channel.closing
        error = closing.exception() if closing.done() and not closing.cancelled() else None
        if isinstance(error, ChannelClosed):
            return ChannelLost(f"the broker closed our channel: {broker_text(error)}")
        return Lost("")
