"""What becomes of a room's lines, as far as it is heard and told here: what outlives connections."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from amqpchat_tui.client.rooms.inbox import SeenIds
from amqpchat_tui.model import LineEvent, NoticeKind
from amqpchat_tui.wire.events import decode
from amqpchat_tui.wire.names import events_of
from amqpchat_tui.wording.sentences import sentence

if TYPE_CHECKING:
    from amqpchat_tui.client.identity import Identity
    from amqpchat_tui.wire.received import Received

MOST_PENDING = 100
"""How much of what was done may wait until it comes back; of more, the latest."""
MOST_TRIES = 3
"""How often something is published that does not come back."""
UNHEARD_SECONDS = 5.0
"""How long it may take to come back until it may be published again."""

_NOT_IN = "You are not in the room at the moment."
_UNHEARD = "nobody sees your reactions: the broker takes them, and they do not come back"


class _Pending(Struct):
    """Something that was done here and has not come back; times are those of the caller's monotonic clock."""

    event: LineEvent
    published_at: float | None = None
    """None while it is to be published."""
    tries: int = 0


class RoomEvents:
    """What we hear of what becomes of lines, and what we do about them until we have heard that ourselves."""

    def __init__(
        self, room: str, session: str, identity: Identity, *, tell: Callable[[str, NoticeKind], None]
    ) -> None:
        """`session` is that of this run, `identity` knows our account, and `tell` says something in the room.

        Missing permissions are told of once each.
        """
        exchange = events_of(room)
        self.exchange = exchange or ""
        """The one beside the room; empty where its name leaves no place for it."""
        self.session = session
        self.news = asyncio.Event()
        """Set when there may be something to publish."""
        self._identity = identity
        self._tell = tell
        self._told: set[str] = set()
        self._user = ""
        self._bound = self._shown = False
        self._refusal = "" if exchange else _refusal("the room's name is too long")
        self._muted = ""
        self._seen = SeenIds()
        """Apart from those of lines, which a flood of events would push out."""
        self._recalled = SeenIds()
        """The same of past ones, which a long history would push out."""
        self._pending: dict[str, _Pending] = {}

    @property
    def problem(self) -> str:
        """Why nothing can be done about lines now, in a sentence; empty if it can."""
        if self._refusal or self._muted:
            return sentence(self._refusal or self._muted)
        return "" if self._bound else _NOT_IN

    def add(self, event: LineEvent) -> None:
        """Do something about a line, if that can be done."""
        if self.problem:
            return
        if len(self._pending) == MOST_PENDING:
            del self._pending[next(iter(self._pending))]
        self._pending[event.event_id] = _Pending(event)
        self.news.set()

    def hear(self, delivery: Received, at: float) -> LineEvent | None:
        """Read what has come from the exchange; None if it is no event, or came before. Never raises."""
        self._shown = True
        event = self.read(delivery, at)
        return event if event is not None and self._come(event, self._seen) else None

    def read(self, received: Received, at: float) -> LineEvent | None:
        """Read what comes from the exchange or came from it once; None if it is no event. Never raises."""
        return decode(received, received_at=at, me=(self._identity.account(self._user), self.session))

    def recall(self, events: Iterable[LineEvent]) -> Sequence[LineEvent]:
        """Return those of past events that have not come before."""
        return [
            event
            for event in events
            if event.event_id not in self._seen and self._come(event, self._recalled)
        ]

    # What a visit does, and finds out

    def take(self, now: float) -> LineEvent | None:
        """Take the oldest that is to be published; it is on its way from now on.

        Into an exchange that has not been shown to be a fanout, one is published at a time.
        """
        waiting = [one for one in self._pending.values() if one.published_at is None]
        if self.problem or not waiting or not (self._shown or len(waiting) == len(self._pending)):
            return None
        waiting[0].published_at = now
        waiting[0].tries += 1
        return waiting[0].event

    def bound(self, user: str, now: float, *, shown: bool) -> None:
        """We hear the exchange, as the broker's `user`; what has not come back for long is published again.

        It was `shown` to be a fanout, or may be something else.
        """
        self._user = user
        self._bound, self._refusal = True, ""
        self._shown |= shown
        for one in self._pending.values():
            if one.published_at is not None and now - one.published_at >= UNHEARD_SECONDS:
                one.published_at = None
        if any(one.tries == MOST_TRIES and one.published_at is None for one in self._pending.values()):
            self.mute(_UNHEARD)

    def publish_again(self, event: LineEvent) -> None:
        """Something was not taken, and may be now."""
        if event.event_id in self._pending:
            self._pending[event.event_id].published_at = None

    def refuse(self, reason: str) -> None:
        """The broker does not let us hear the exchange."""
        self._bound = False
        self._refusal = _refusal(reason)
        self._pending.clear()
        self._tell_once(self._refusal)

    def mute(self, problem: str) -> None:
        """The broker does not let us publish there, or nobody hears it."""
        self._muted = problem
        self._pending.clear()
        self._tell_once(problem)

    def unmute(self) -> None:
        """It may let us now."""
        self._muted = ""

    def left(self) -> None:
        """We are in the room no more; what has not come back is published again on our return."""
        self._bound = self._shown = False
        if self.exchange:
            self._refusal = self._muted = ""
        for one in self._pending.values():
            one.published_at, one.tries = None, 0

    def _come(self, event: LineEvent, ids: SeenIds) -> bool:
        """Take note that something has come; tell whether it has not come before."""
        if self._pending.pop(event.event_id, None) is not None:
            self.news.set()
        return ids.add(event.event_id)

    def _tell_once(self, problem: str) -> None:
        if problem not in self._told:
            self._told.add(problem)
            self._tell(sentence(problem), NoticeKind.INFO)


def _refusal(reason: str) -> str:
    return f"no reactions: {reason}"
