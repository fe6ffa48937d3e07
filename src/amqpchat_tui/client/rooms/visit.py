"""One connection's life in the room: listening, acknowledging, and watching that the room hears us."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from typing import NoReturn

from aiormq.abc import AbstractChannel as RawChannel
from aiormq.exceptions import ChannelAccessRefused, ChannelClosed

from amqpchat_tui.client.errors import ConnectionProblem, Lost
from amqpchat_tui.client.rooms.canary import Canary
from amqpchat_tui.client.rooms.hearing import Hearing
from amqpchat_tui.client.rooms.inbox import Inbox, SeenIds
from amqpchat_tui.client.rooms.outbox import Outbox
from amqpchat_tui.client.rooms.overflow import Backlog
from amqpchat_tui.client.rooms.publisher import Publisher
from amqpchat_tui.client.rooms.topology import OWN_QUEUES, declare_queue, missing
from amqpchat_tui.client.transport.failures import broker_text, failures_are_losses
from amqpchat_tui.client.transport.link import Link
from amqpchat_tui.client.transport.sieve import Delivery
from amqpchat_tui.model import Moment
from amqpchat_tui.wire.lines import decode

PREFETCH = 1000
"""How many messages may be here without being on the screen."""
LOOK_SECONDS = 0.25
"""How often lines under way are looked at; when there are none, nobody looks."""


class Room:
    """Joins the room and stays in it until the connection is lost.

    In this order: `enter`, `listen`, `stay`. All raise `Refused` when the broker does not let us, and `Lost`,
    without a reason where the link knows it better.
    """

    def __init__(
        self,
        link: Link,
        inbox: Inbox,
        outbox: Outbox,
        seen: SeenIds,
        *,
        name: str,
        user: str,
        queue_length: int,
        canaries: set[str],
        blocked: Callable[[bool], None],
    ) -> None:
        """`canaries` holds those left on the broker by earlier visits, and then perhaps this one's.

        `blocked` is told when the broker stops taking messages, and when it takes them again.
        """
        self._link = link
        self._inbox = inbox
        self._outbox = outbox
        self._seen = seen
        self._name = name
        self._user = user
        self._queue_length = queue_length
        self._blocked = blocked
        self._to_confirm = asyncio.Event()
        self._to_hear = asyncio.Event()
        self._to_acknowledge = 0
        self._drained = asyncio.Event()
        self._queue_gone = asyncio.Event()
        self._canary = Canary(name, canaries)
        link.before_close(self._canary.remove)
        self._backlog = Backlog(inbox, limit=queue_length, window=PREFETCH, heartbeat=link.heartbeat)

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
            self._channel = await self._link.connection.channel(publisher_confirms=False)
            self._raw_channel: RawChannel = await self._channel.get_underlay_channel()
            self._queue = await declare_queue(self._channel, self._queue_length, self._user)
            await self._channel.set_qos(PREFETCH)
        self._hearing = Hearing(
            self._link,
            self._raw_channel,
            self._inbox,
            self._outbox,
            self._canary,
            room=self._name,
            queue=self._queue,
            user=self._user,
            window=PREFETCH,
        )
        remark = await self._hearing.join()
        self._publisher = Publisher(
            self._link.connection,
            self._outbox,
            room=self._name,
            user=self._user,
            reply_to=self._queue,
            rejoin=self._hearing.exchange_gone,
        )
        await self._publisher.open()
        return remark

    async def listen(self) -> None:
        """Begin to receive."""
        self._raw_channel.on_consumer_cancel_callbacks.add(lambda _: self._queue_gone.set())
        with failures_are_losses():
            try:
                await self._link.consume(self._raw_channel, self._queue, self._receive)
            except ChannelAccessRefused as error:
                raise missing("read", OWN_QUEUES, self._user) from error

    async def stay(self) -> NoReturn:
        """Publish, acknowledge and mend what breaks, until something cannot be mended."""
        try:
            async with asyncio.TaskGroup() as life:
                life.create_task(self._publisher.run())
                life.create_task(self._acknowledge())
                life.create_task(self._hearing.watch())
                # A broker that takes no messages answers no question either: the second may have to wait.
                life.create_task(self._watch_lines(self._to_confirm, self._check_blocked))
                life.create_task(self._watch_lines(self._to_hear, self._hearing.check))
                life.create_task(self._watch_queue())
                life.create_task(self._backlog.watch(self._raw_channel, self._queue))
                await self._watch_link()
        except BaseExceptionGroup as problems:
            problem = _first(problems)
            if isinstance(problem, Lost) and not problem.reason:
                problem = self._loss()
            raise problem from problems
        finally:
            self._link.drop_deliveries(self._raw_channel)

    def outbox_changed(self) -> None:
        """Look into the outbox."""
        self._publisher.wake()
        self._to_confirm.set()
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

    async def _watch_lines(self, news: asyncio.Event, check: Callable[[], Awaitable[None]]) -> NoReturn:
        while True:
            await news.wait()
            news.clear()
            while self._outbox.unconfirmed_since is not None or self._outbox.unheard_since is not None:
                await asyncio.sleep(LOOK_SECONDS)
                await check()

    async def _check_blocked(self) -> None:
        since = self._outbox.unconfirmed_since
        if since is None or time.monotonic() - since < LOOK_SECONDS or await self._takes_messages():
            return
        self._publisher.pause()
        self._blocked(True)
        await self._link.unblocked()
        self._blocked(False)
        self._publisher.resume()

    async def _takes_messages(self) -> bool:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LOOK_SECONDS):
                await self._link.unblocked()
                return True
        return False

    async def _watch_queue(self) -> NoReturn:
        await self._queue_gone.wait()
        raise Lost("the broker deleted our queue")

    async def _watch_link(self) -> NoReturn:
        closing = self._raw_channel.closing
        silence = asyncio.create_task(self._link.silence())
        try:
            await asyncio.wait({self._link.lost, closing, silence}, return_when=asyncio.FIRST_COMPLETED)
            if silence.done():
                raise silence.result()
        finally:
            silence.cancel()
        raise self._loss()

    def _loss(self) -> Lost:
        """What the broker said when it closed our channel, if it did; whoever notices first may not know."""
        closing = self._raw_channel.closing
        error = closing.exception() if closing.done() and not closing.cancelled() else None
        if isinstance(error, ChannelClosed):
            return Lost(f"the broker closed our channel: {broker_text(error)}")
        return Lost("")


def _first(problems: BaseExceptionGroup[BaseException]) -> BaseException:
    """Pick the problem to tell of, if the group holds nothing worse than connection problems."""
    known, worse = problems.split(ConnectionProblem)
    if worse is not None or known is None:
        return problems
    first = known.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first
