"""One stay in a room, as what becomes of lines has it: our queue is bound, and what we do is published."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, NoReturn

from aiormq.exceptions import (
    ChannelAccessRefused,
    ChannelClosed,
    ChannelNotFoundEntity,
    ChannelPreconditionFailed,
)

from amqpchat_tui.client.errors import ChannelLost, RoomRefused
from amqpchat_tui.client.rooms.topology import join, missing
from amqpchat_tui.client.transport.failures import broker_text, failures_are_losses
from amqpchat_tui.client.transport.properties import event_properties
from amqpchat_tui.wire.events import encode
from amqpchat_tui.wire.text import clean_line

if TYPE_CHECKING:
    from amqpchat_tui.client.identity import Identity
    from amqpchat_tui.client.rooms.listening import Listening
    from amqpchat_tui.client.rooms.room_events import RoomEvents
    from amqpchat_tui.client.transport.link import Link
    from amqpchat_tui.model import LineEvent

RETRY_SECONDS = 300.0
"""How long to wait until something is tried again that the broker does not let us do: it logs that."""
SETTLE_SECONDS = 5.0
"""How long others may wait until our queue is bound."""


class EventsVisit:
    """Whatever the broker has against it costs reactions and withdrawals, and nothing else of the room."""

    def __init__(
        self,
        link: Link,
        events: RoomEvents,
        listening: Listening,
        identity: Identity,
        *,
        bound: Callable[[], Awaitable[None]],
    ) -> None:
        """`bound` is called whenever the exchange is there, and our queue bound to it."""
        self._link = link
        self._events = events
        self._listening = listening
        self._identity = identity
        self._tell_of_binding = bound
        self._due = False
        self._settled = asyncio.Event()
        self._settled.set()
        self._refused_until = self._muted_until = 0.0

    def renew(self) -> None:
        """Declare and bind anew, as the room was: either may be gone."""
        self._due = bool(self._events.exchange)
        if self._due:
            self._settled.clear()
            self._events.news.set()

    async def settle(self) -> None:
        """Wait until our queue is bound again, or cannot be; no longer than that is worth."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(SETTLE_SECONDS):
                await self._settled.wait()

    async def run(self) -> NoReturn:
        """Do what there is to do, for ever.

        Raises:
            Lost: when the connection is.
        """
        while True:
            self._events.news.clear()
            if self._due:
                self._due = False
                await self._bind()
                self._settled.set()
            elif (event := self._events.take(time.monotonic())) is not None:
                await self._publish(event)
            else:
                await self._events.news.wait()

    async def _bind(self) -> None:
        now = time.monotonic()
        if now >= self._muted_until:
            self._events.unmute()
        if now < self._refused_until:
            return
        exchange, user = self._events.exchange, self._link.user
        try:
            with failures_are_losses():
                joined = await join(self._link.channels, exchange, self._listening.queue, user)
        except RoomRefused as refusal:
            self._refused_until = now + RETRY_SECONDS
            self._events.refuse(refusal.reason)
        except ChannelLost:  # somebody deletes it again and again: it is tried again with the room's
            return
        else:
            self._events.bound(user, time.monotonic(), shown=joined.shown)
            await self._tell_of_binding()

    async def _publish(self, event: LineEvent) -> None:
        exchange, account = self._events.exchange, self._identity.account(self._link.user)
        outgoing = encode(event)
        properties = event_properties(outgoing)
        properties.user_id = account or None
        await self._link.writable.wait()
        with failures_are_losses():
            try:
                async with self._link.channels.brief() as channel:
                    await channel.basic_publish(
                        b"", exchange=exchange, routing_key=outgoing.routing_key, properties=properties
                    )
                    await channel.exchange_declare(exchange, passive=True)  # answered when that was taken
            except ChannelAccessRefused:
                self._mute(missing("write", f"exchange `{clean_line(exchange)}`", self._link.user).reason)
            except ChannelNotFoundEntity:
                self._events.publish_again(event)
                self._due = True
            except ChannelPreconditionFailed as error:
                if account and self._identity.is_disowned(self._link.user, error):
                    self._events.publish_again(event)
                else:
                    self._mute(broker_text(error))
            except ChannelClosed as error:
                self._mute(broker_text(error))

    def _mute(self, reason: str) -> None:
        self._muted_until = time.monotonic() + RETRY_SECONDS
        self._events.mute(f"nobody sees your reactions: {clean_line(reason)}")
