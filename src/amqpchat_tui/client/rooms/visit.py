"""One stay in a room: listening, speaking, and watching that the room hears us."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING, NoReturn

from amqpchat_tui.client.errors import Lost, first_problem
from amqpchat_tui.client.rooms.canary import Canary
from amqpchat_tui.client.rooms.hearing import Hearing
from amqpchat_tui.client.rooms.listening import Listening
from amqpchat_tui.client.rooms.publisher import Publisher
from amqpchat_tui.client.transport.failures import failures_are_losses
from amqpchat_tui.client.transport.link import Link
from amqpchat_tui.client.transport.sieve import Delivery
from amqpchat_tui.model import Moment
from amqpchat_tui.wire.lines import decode

if TYPE_CHECKING:
    from amqpchat_tui.client.rooms.room import Room

CHANNELS = 3
"""How many stay open: for what comes, for what goes, and for the canary."""
LINES_LOOK_SECONDS = 0.25
"""How often lines under way are looked at; when there are none, nobody looks."""
LEAVE_SECONDS = 30.0
"""How long the broker may take to answer while we clean up after a stay on a connection that goes on."""


class Visit:
    """Joins a room over one connection, and stays in it.

    In this order: `enter`, `listen`, `stay`; and `leave` if the connection goes on. The first three raise
    `RoomRefused` when the broker does not let us, `ChannelLost` when our queue or channel is gone, and `Lost`
    when the link is, without a reason where that knows it better.
    """

    def __init__(self, link: Link, room: Room) -> None:
        self._link = link
        self._exchange = room.conversation.name.encode()
        self._inbox = room.inbox
        self._outbox = room.outbox
        self._seen = room.seen
        self.entered = False
        """Whether our queue keeps what the room says."""
        self._reserved = 0
        self._canary = Canary(link, room.conversation.name, room.canaries)
        self._listening = Listening(
            link, room.inbox, limit=room.queue_length, window=room.window, receive=self._receive
        )
        self._hearing = Hearing(
            link, self._listening, room.inbox, room.outbox, self._canary, room=room.conversation.name
        )
        self._publisher = Publisher(
            link, room.outbox, room=room.conversation.name, rejoin=self._hearing.exchange_gone
        )
        self._to_hear = asyncio.Event()

    @property
    def silence(self) -> float:
        """For how many seconds we have heard nothing because the program stood still; 0 if it did not."""
        return self._listening.backlog.silence

    @property
    def complete_until(self) -> Moment:
        """Up to when all that was said in the room has come to us, which we have entered."""
        return self._hearing.complete_until

    async def enter(self) -> str:
        """Declare and bind; from the return on, the queue keeps what the room says.

        Returns what is worth telling about the room's exchange, or an empty text.
        """
        self._link.channels.reserve(CHANNELS)
        self._reserved = CHANNELS
        await self._listening.open()
        remark = await self._hearing.join()
        await self._publisher.open(reply_to=self._listening.queue)
        self.entered = True
        return remark

    async def listen(self) -> None:
        """Begin to receive."""
        await self._listening.begin()

    async def stay(self) -> NoReturn:
        """Publish, acknowledge and mend what breaks, until something cannot be mended."""
        try:
            async with asyncio.TaskGroup() as life:
                life.create_task(self._publisher.run())
                life.create_task(self._hearing.watch())
                life.create_task(self._watch_lines())
                await self._listening.go_on()
        except BaseExceptionGroup as problems:
            raise self._listening.explain(first_problem(problems)) from problems

    async def leave(self) -> None:
        """Remove our queue, channels and canary from a connection that goes on, if they still exist."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LEAVE_SECONDS):
                for clean_up in self._canary.remove, self._publisher.close, self._listening.end:
                    with contextlib.suppress(Lost), failures_are_losses():
                        await clean_up()
        self._link.channels.give_back(self._reserved)
        self._reserved = 0

    def outbox_changed(self) -> None:
        """Look into the outbox for lines to publish, and for those that have to come back."""
        self._publisher.wake()
        self._to_hear.set()

    def acknowledge(self, delivery_tag: int) -> None:
        """Tell the broker that everything up to this delivery has been drained."""
        self._listening.acknowledge(delivery_tag)

    def resize(self, window: int) -> None:
        """Have another number of messages here at most which are not drained."""
        self._listening.resize(window)

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

    async def _watch_lines(self) -> NoReturn:
        while True:
            await self._to_hear.wait()
            self._to_hear.clear()
            while self._outbox.unconfirmed_since is not None or self._outbox.unheard_since is not None:
                await asyncio.sleep(LINES_LOOK_SECONDS)
                await self._hearing.check()
