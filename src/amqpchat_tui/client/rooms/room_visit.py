"""One stay in a room: listening, speaking, and watching that the room hears us."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from amqpchat_tui.client.history.visit import HistoryVisit
from amqpchat_tui.client.rooms.canary import Canary
from amqpchat_tui.client.rooms.events_visit import EventsVisit
from amqpchat_tui.client.rooms.hearing import Hearing
from amqpchat_tui.client.rooms.publisher import Publisher
from amqpchat_tui.client.rooms.visit import CleanUp, Visit
from amqpchat_tui.client.transport.link import Link
from amqpchat_tui.client.transport.sieve import Delivery
from amqpchat_tui.model import ChatMessage, Gap, LineEvent, Moment
from amqpchat_tui.wire.lines import decode, decode_plain
from amqpchat_tui.wire.names import events_of
from amqpchat_tui.wire.received import NO_PROPERTIES

if TYPE_CHECKING:
    from amqpchat_tui.client.rooms.room import Room

LINES_LOOK_SECONDS = 0.25
"""How often lines under way are looked at; when there are none, nobody looks."""


class RoomVisit(Visit):
    """Joins a room, and stays in it."""

    channels = 3  # for what comes, for what goes, and for the canary

    def __init__(self, link: Link, room: Room) -> None:
        super().__init__(link, room)
        name = room.conversation.name
        self._exchange = name.encode()
        self._beside = (events_of(name) or "").encode()
        """The exchange for what becomes of lines, from which no line comes; empty where there can be none."""
        self._outbox = room.outbox
        self._seen = room.seen
        self._canary = Canary(link, name, room.canaries)
        self._history = room.history
        self._past = None
        if room.history is not None:
            self._past = HistoryVisit(link, room.history, self._canary, ready=self._settle_events)
        self._events = room.events
        self._telling = None
        if room.events is not None:
            self._telling = EventsVisit(
                link, room.events, self._listening, room.identity, bound=self._keep_events
            )
        self._hearing = Hearing(
            link,
            self._listening,
            room.inbox,
            room.outbox,
            self._canary,
            room=name,
            past=self._past,
            joined=self._renew_events,
        )
        self._publisher = Publisher(
            link,
            room.outbox,
            room=name,
            session=room.session,
            mailbox=room.mailbox,
            identity=room.identity,
            rejoin=self._hearing.exchange_gone,
        )
        self._to_hear = asyncio.Event()

    @property
    def complete_until(self) -> Moment:
        """Up to when all that was said has come to us, who have entered."""
        return self._hearing.complete_until

    def outbox_changed(self) -> None:
        """Look into the outbox for lines to publish, and for those that have to come back."""
        self._publisher.wake()
        self._to_hear.set()

    def look_back(self, gap: Gap | None) -> None:
        """Read in the room's history."""
        if self._past is not None:
            self._past.begin(gap)

    def _seek(self, gap: Gap, waiting: int) -> bool:
        """Look in the room's history."""
        return self._past is not None and self._past.note_missing(gap, waiting)

    async def _join(self, queue: str) -> str:
        if self._past is not None:
            await self._past.prepare()
        remark = await self._hearing.join()
        await self._publisher.open()
        return remark

    def _duties(self) -> Sequence[Coroutine[Any, Any, NoReturn]]:
        duties = [self._publisher.run(), self._hearing.watch(), self._watch_lines()]
        if self._past is not None:
            duties.append(self._past.renew())
        if self._telling is not None:
            duties.append(self._telling.run())
        return duties

    def _clean_ups(self) -> Sequence[CleanUp]:
        return self._canary.remove, self._publisher.close

    def _receive(self, deliveries: Sequence[Delivery]) -> None:
        if any(one.exchange == self._exchange for one in deliveries):  # else they came past the room
            self._hearing.heard()
        if self._history is not None:
            self._history.hear(deliveries)
        now = time.time()
        if all(one.properties is NO_PROPERTIES and one.exchange != self._beside for one in deliveries):
            read: Sequence[ChatMessage | LineEvent | None] = decode_plain(deliveries, received_at=now)
        else:
            read = [self._read(one, now) for one in deliveries]
        self._inbox.receive([(one.tag, entry) for one, entry in zip(deliveries, read, strict=True)])

    def _read(self, delivery: Delivery, now: float) -> ChatMessage | LineEvent | None:
        """Return what has come, unless it is there already."""
        if self._beside and delivery.exchange == self._beside:
            return self._events.hear(delivery, now) if self._events is not None else None
        message_id = delivery.properties.message_id
        if not message_id:
            return decode(delivery, received_at=now)
        own = self._outbox.echoed(message_id, time.monotonic())
        known = self._history is not None and self._history.has(delivery)
        is_new = self._seen.add(message_id) and not known
        return decode(delivery, received_at=now, own=own) if is_new else None

    def _renew_events(self) -> None:
        if self._telling is not None:
            self._telling.renew()

    async def _settle_events(self) -> None:
        """Wait until what becomes of lines comes to our queue: what came before is the history's to tell."""
        if self._telling is not None:
            await self._telling.settle()

    async def _keep_events(self) -> None:
        """Have the history keep what becomes of lines, now that its exchange is there."""
        if self._past is not None:
            await self._past.bind_events()

    async def _watch_lines(self) -> NoReturn:
        while True:
            await self._to_hear.wait()
            self._to_hear.clear()
            while self._outbox.unconfirmed_since is not None or self._outbox.unheard_since is not None:
                await asyncio.sleep(LINES_LOOK_SECONDS)
                await self._hearing.check()
