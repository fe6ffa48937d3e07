"""A room's history as we know it: what outlives connections."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple, Self

from msgspec import Struct
from msgspec.structs import replace

from amqpchat_tui.client.history.matching import LineKey, key_of
from amqpchat_tui.client.history.shown import Shown
from amqpchat_tui.client.history.times import with_times
from amqpchat_tui.client.rooms.inbox import SeenIds
from amqpchat_tui.model import ChatMessage, Gap, LineEvent, NoticeKind, Replay
from amqpchat_tui.wire.heard import read_heard_by
from amqpchat_tui.wire.lines import decode
from amqpchat_tui.wire.names import events_of, history_of
from amqpchat_tui.wording.history import describe_problem

if TYPE_CHECKING:
    from amqpchat_tui.client.history.access import Access
    from amqpchat_tui.client.history.stream import Streamed
    from amqpchat_tui.client.history.visit import HistoryVisit
    from amqpchat_tui.client.rooms.room_events import RoomEvents
    from amqpchat_tui.client.rooms.talk import Talk
    from amqpchat_tui.client.transport.sieve import Delivery
    from amqpchat_tui.config import HistorySettings

_NEXT_SECONDS = 1e-6
"""How much later something is that came next, where nothing else tells when."""


class Wanted(Struct, frozen=True):
    """What a person wants of rooms' histories."""

    session: str
    """That of this run, which our own lines have."""
    lines: int
    """So many at most who joins is shown, and of what is asked for later; 0: none."""
    seconds: int
    """If not 0: what was said in the last so many seconds is shown instead, however much it is."""
    create: bool
    """Whether a room that has none gets one."""

    @classmethod
    def of(cls, settings: HistorySettings, session: str, seconds: int) -> Self:
        """What is configured, by who runs under that session."""
        return cls(session, settings.show, seconds, settings.create)


class Told(NamedTuple):
    """Something in the stream that tells what became of a line, read."""

    offset: int
    event: LineEvent


class RoomHistory:
    """What of a room's history is shown, and where in it that stands."""

    def __init__(
        self,
        talk: Talk,
        access: Access,
        wanted: Wanted,
        *,
        say: Callable[[str], None],
        events: RoomEvents | None,
        arrived: Callable[[Replay], None],
    ) -> None:
        """`say` says a line in the room, and `arrived` is given what has been read, of `events` as well."""
        self.access = access
        self.wanted = wanted
        self.arrived = arrived
        self.room = talk.conversation.name
        self.stream = history_of(self.room) or ""
        """Its name; empty where the room's leaves no place for it."""
        self.shown = Shown()
        self.oldest: int | None = None
        """The offset from which on all is shown; None before anything of it is."""
        self.kept_under = ""
        """The canary that watched the room when the stream was last bound to it; empty if none did."""
        self.visit: HistoryVisit | None = None
        """The stay in the room, if we are in it."""
        self._talk = talk
        self.say = say
        self._events = events
        self.keeps_events = False
        """Whether the stream was bound to their exchange when that was last seen to."""
        self._exchange = self.room.encode()
        self._beside = (events_of(self.room) or "").encode()
        self._ids = SeenIds()
        """Apart from those of live lines, which a long history would push out."""
        self._told = ""

    def hear(self, deliveries: Sequence[Delivery]) -> None:
        """Our queue has brought something."""
        keys = [self.key(one) for one in deliveries if self.is_line(one)]
        others = sum(map(self._is_event, deliveries)) if len(keys) < len(deliveries) else 0
        self.shown.hear(keys, others)

    def has(self, delivery: Delivery) -> bool:
        """Whether something that our queue has brought is shown already."""
        message_id = delivery.properties.message_id
        return message_id is not None and message_id in self._ids and self.is_line(delivery)

    def left(self) -> None:
        """We are in the room no more."""
        if self.visit is not None:
            self.visit.end()
            self.visit = None

    def tell(self, text: str) -> None:
        """Say something in the room that others do not hear."""
        self._talk.tell(text, NoticeKind.INFO)

    def tell_once(self, problem: str) -> None:
        """Say why the history cannot be had, once for each reason."""
        if problem != self._told:
            self._told = problem
            self.tell(describe_problem(self.room, problem))

    def key(self, delivery: Delivery) -> LineKey:
        """By what a line is known again."""
        message_id = delivery.properties.message_id
        return key_of(message_id, delivery.routing_key, delivery.body, delivery.missing)

    def is_line(self, delivery: Delivery) -> bool:
        """Whether something in the stream is a line: who may write to a stream can put anything into it."""
        return delivery.exchange == self._exchange

    def replay(
        self,
        streamed: Sequence[Streamed],
        events: Iterable[Told],
        *,
        gap: Gap | None = None,
        more: bool = False,
        left_out: int = 0,
    ) -> Replay:
        """Return what has not come yet: lines, with the times at which they were said, and events."""
        lines: list[ChatMessage] = []
        heard_by: dict[int, str] = {}
        for each in streamed:
            if (line := self._take(each.delivery)) is not None:
                if by := read_heard_by(each.delivery.properties.headers):
                    heard_by[len(lines)] = by
                lines.append(line)
        timed = with_times(lines, time.time())
        return Replay(timed, gap, more, heard_by, self._new(events), left_out)

    @property
    def hears_events(self) -> bool:
        """Whether it is heard what becomes of lines."""
        return self._events is not None

    def read_events(self, streamed: Iterable[Streamed], before: Sequence[Told]) -> Sequence[Told]:
        """Return what became of lines, as far as something in the stream tells that and we hear such things.

        What does not say when it was came after the last of those `before` it.
        """
        told: list[Told] = []
        if self._events is None:
            return told
        at = before[-1].event.at if before else 0.0
        for each in streamed:
            if self._is_event(each.delivery):
                event = self._events.read(each.delivery, at + _NEXT_SECONDS)
                if event is not None:
                    at = event.at
                    told.append(Told(each.offset, event))
        return told

    def hand_over(self, events: Iterable[Told]) -> None:
        """Have events taken in that come without lines."""
        for event in self._new(events):
            self._talk.inbox.put(event)

    def _new(self, events: Iterable[Told]) -> Sequence[LineEvent]:
        return () if self._events is None else self._events.recall(told.event for told in events)

    def peek(self, streamed: Sequence[Streamed]) -> Sequence[ChatMessage]:
        """Return lines that are not to be shown."""
        return [decode(each.delivery, received_at=0.0) for each in streamed if self.is_line(each.delivery)]

    def _is_event(self, delivery: Delivery) -> bool:
        return bool(self._beside) and delivery.exchange == self._beside

    def _take(self, delivery: Delivery) -> ChatMessage | None:
        """Read a line, which is heard if it is ours; nothing if it is shown already."""
        message_id = delivery.properties.message_id
        own = False
        if message_id:
            own = self._talk.outbox.echoed(message_id, time.monotonic())
            if message_id in self._talk.seen or not self._ids.add(message_id):
                return None
        line = decode(delivery, received_at=0.0, own=own)
        return line if line.who.session != self.wanted.session else replace(line, own=True)
