"""What is done here about lines that were said, in all rooms."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING

from amqpchat_tui.client.rooms.room_events import RoomEvents
from amqpchat_tui.model import ConversationId, Occupant, Reaction, Withdrawal

if TYPE_CHECKING:
    from amqpchat_tui.client.rooms.room import Room

_LEAST_SECONDS = 0.001
"""How far apart what we do is by our clock at least, as on the wire: of two things the later counts."""
_ONLY_IN_ROOMS = "Only in rooms."


class LineEvents:
    """Implements `model.LineEvents`."""

    def __init__(self, nick: Callable[[], str], *, wanted: bool) -> None:
        """`nick` gives the name under which we do it; unless it is `wanted`, nothing is heard or told."""
        self._nick = nick
        self._wanted = wanted
        self._of: dict[ConversationId, RoomEvents] = {}
        self._latest = 0.0

    def add(self, room: Room) -> None:
        """Have it heard and told what becomes of a room's lines."""
        if self._wanted:
            room.events = self._of[room.conversation] = RoomEvents(
                room.conversation.name, room.session, room.identity, tell=room.tell
            )

    def problem(self, conversation: ConversationId) -> str:
        """Return why nothing can be done about lines there now, in a sentence; empty if it can."""
        events = self._of.get(conversation)
        return events.problem if events is not None else _ONLY_IN_ROOMS

    def react(self, conversation: ConversationId, about: str, emoji: str, *, remove: bool = False) -> None:
        """Put something under a line, or take it away."""
        if (events := self._of.get(conversation)) is not None:
            who, at, event_id = self._sign(events)
            events.add(Reaction(about, who, at, event_id, own=True, emoji=emoji, remove=remove))

    def withdraw(self, conversation: ConversationId, about: str) -> None:
        """Say that one would rather not have said a line."""
        if (events := self._of.get(conversation)) is not None:
            who, at, event_id = self._sign(events)
            events.add(Withdrawal(about, who, at, event_id, own=True))

    def _sign(self, events: RoomEvents) -> tuple[Occupant, float, str]:
        """Return who does something, when, and its id."""
        self._latest = max(time.time(), self._latest + _LEAST_SECONDS)
        return Occupant(self._nick(), events.session), self._latest, uuid.uuid4().hex
