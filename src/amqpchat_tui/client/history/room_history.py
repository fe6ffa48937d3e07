"""A room's history as we know it: what outlives connections."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Self

from msgspec import Struct
from msgspec.structs import replace

from amqpchat_tui.client.history.matching import LineKey, key_of
from amqpchat_tui.client.history.shown import Shown
from amqpchat_tui.client.history.times import with_times
from amqpchat_tui.client.rooms.inbox import SeenIds
from amqpchat_tui.model import ChatMessage, Gap, NoticeKind, Replay
from amqpchat_tui.wire.heard import read_heard_by
from amqpchat_tui.wire.lines import decode
from amqpchat_tui.wire.names import history_of
from amqpchat_tui.wording.history import describe_problem

if TYPE_CHECKING:
    from amqpchat_tui.client.history.access import Access
    from amqpchat_tui.client.history.stream import Streamed
    from amqpchat_tui.client.history.visit import HistoryVisit
    from amqpchat_tui.client.rooms.talk import Talk
    from amqpchat_tui.client.transport.sieve import Delivery
    from amqpchat_tui.config import HistorySettings


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


class RoomHistory:
    """What of a room's history is shown, and where in it that stands."""

    def __init__(
        self,
        talk: Talk,
        access: Access,
        wanted: Wanted,
        *,
        say: Callable[[str], None],
        arrived: Callable[[Replay], None],
    ) -> None:
        """`say` says a line in the room, and `arrived` is given what has been read."""
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
        self._exchange = self.room.encode()
        self._ids = SeenIds()
        """Apart from those of live lines, which a long history would push out."""
        self._told = ""

    def hear(self, deliveries: Sequence[Delivery]) -> None:
        """Our queue has brought something."""
        self.shown.hear([self.key(one) for one in deliveries if self.is_line(one)])

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
        self, streamed: Sequence[Streamed], *, gap: Gap | None = None, more: bool = False, left_out: int = 0
    ) -> Replay:
        """Return those lines that are not shown yet, with the times at which they were said."""
        lines: list[ChatMessage] = []
        heard_by: dict[int, str] = {}
        for each in streamed:
            if (line := self._take(each.delivery)) is not None:
                if by := read_heard_by(each.delivery.properties.headers):
                    heard_by[len(lines)] = by
                lines.append(line)
        return Replay(with_times(lines, time.time()), gap, more, heard_by, left_out=left_out)

    def peek(self, streamed: Sequence[Streamed]) -> Sequence[ChatMessage]:
        """Return lines that are not to be shown."""
        return [decode(each.delivery, received_at=0.0) for each in streamed if self.is_line(each.delivery)]

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
