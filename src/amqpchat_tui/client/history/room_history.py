"""A room's history as we know it: what outlives connections."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from amqpchat_tui.client.history.matching import LineKey, key_of
from amqpchat_tui.client.history.shown import Shown
from amqpchat_tui.client.history.times import with_times
from amqpchat_tui.client.rooms.inbox import SeenIds
from amqpchat_tui.model import ChatMessage, NoticeKind, Past
from amqpchat_tui.wire.lines import decode
from amqpchat_tui.wire.names import history_of
from amqpchat_tui.wording.history import describe_problem

if TYPE_CHECKING:
    from amqpchat_tui.client.history.access import Access
    from amqpchat_tui.client.history.stream import Streamed
    from amqpchat_tui.client.history.visit import HistoryVisit
    from amqpchat_tui.client.rooms.talk import Talk
    from amqpchat_tui.client.transport.sieve import Delivery


class Wanted(Struct, frozen=True):
    """What who joins a room wants to see of its history."""

    lines: int = 200
    """So many at most, also of what is asked for later; 0: none."""
    seconds: int = 0
    """If not 0: what was said in the last so many seconds, however much it is."""


class RoomHistory:
    """What of a room's history is shown, and where in it that stands."""

    def __init__(
        self, talk: Talk, session: str, access: Access, wanted: Wanted, arrived: Callable[[Past], None]
    ) -> None:
        """`session` is that of this run. `arrived` is given what has been read."""
        self.access = access
        self.wanted = wanted
        self.arrived = arrived
        self.room = talk.conversation.name
        self.stream = history_of(self.room) or ""
        """Its name; empty where the room's leaves no place for it."""
        self.shown = Shown()
        self.oldest: int | None = None
        """The offset from which on all is shown; None before anything of it is."""
        self.visit: HistoryVisit | None = None
        """The stay in the room, if we are in it."""
        self._talk = talk
        self._session = session
        self._exchange = self.room.encode()
        self._ids = SeenIds()
        """Apart from those of live lines, which a long history would push out."""
        self._told = ""

    def hear(self, delivery: Delivery) -> bool:
        """Our queue has brought something; tell whether it is shown already."""
        if delivery.exchange != self._exchange:
            return False
        self.shown.hear(self.key(delivery))
        message_id = delivery.properties.message_id
        return message_id is not None and message_id in self._ids

    def older(self) -> None:
        """Read what is older than all that is shown."""
        if self.visit is not None and self.oldest is not None:
            self.visit.read_older()

    def left(self) -> None:
        """We are in the room no more."""
        if self.visit is not None:
            self.visit.end()
            self.visit = None

    def tell(self, problem: str) -> None:
        """Say why the history cannot be had, once for each reason."""
        if problem != self._told:
            self._told = problem
            self._talk.tell(describe_problem(self.room, problem), NoticeKind.INFO)

    def key(self, delivery: Delivery) -> LineKey:
        """By what a line is known again."""
        message_id = delivery.properties.message_id
        return key_of(message_id, delivery.routing_key, delivery.body, delivery.missing)

    def is_line(self, delivery: Delivery) -> bool:
        """Whether something in the stream is a line: who may write to a stream can put anything into it."""
        return delivery.exchange == self._exchange

    def lines(self, streamed: Sequence[Streamed]) -> Sequence[ChatMessage]:
        """Return those lines that are not shown yet, with the times at which they were said."""
        now = time.time()
        read = (self._decode(each.delivery, now) for each in streamed)
        return with_times([line for line in read if line is not None], now)

    def _decode(self, delivery: Delivery, now: float) -> ChatMessage | None:
        properties = delivery.properties
        message_id = properties.message_id
        own = False
        if message_id:
            own = self._talk.outbox.echoed(message_id, time.monotonic())
            if message_id in self._talk.seen or not self._ids.add(message_id):
                return None
        line = decode(
            delivery.body,
            routing_key=delivery.routing_key,
            received_at=now,
            message_id=message_id,
            timestamp=properties.timestamp,
            headers=properties.headers,
            user_id=properties.user_id,
            reply_to=properties.reply_to,
            own=own,
            left_out=delivery.missing,
        )
        return line if line.who.session != self._session else replace(line, own=True)
