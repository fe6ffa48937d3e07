"""`amqpchat who`: who is in rooms, one person a line."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import Iterator

from amqpchat_tui.chat.people.announcer import Part
from amqpchat_tui.chat.people.attendance import Person
from amqpchat_tui.config import Settings
from amqpchat_tui.headless.participant import Participant
from amqpchat_tui.headless.streams import write
from amqpchat_tui.model import ConversationId
from amqpchat_tui.stdio import ReaderGoneError
from amqpchat_tui.wording.people import describe_headcount, describe_present

PATIENCE_SECONDS = 10.0
"""How long it may take until we hear who is in a room."""
LOOK_SECONDS = 0.1
"""How often we look whether all have answered: that nobody does is told by nothing."""


async def who(settings: Settings, *, as_json: bool = False) -> int:
    """Print who is in each room; return 0 if that is known of all of them."""
    participant = Participant(settings, listens=False, one_try=True, part=Part.ASKS)
    roll_call = _RollCall(participant, as_json=as_json)
    with contextlib.suppress(ReaderGoneError):
        await participant.run(roll_call.hold())
    return 0 if roll_call.complete and not participant.refused else 1


class _RollCall:
    """Asks in all rooms, and prints when all have answered."""

    def __init__(self, participant: Participant, *, as_json: bool) -> None:
        self._participant = participant
        self._as_json = as_json
        self.complete = False
        """Whether it was found out who is in each of the rooms."""

    async def hold(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_SECONDS):
                while not all(
                    self._participant.is_refused(room) or self._is_settled(room) for room in self._rooms
                ):
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(LOOK_SECONDS):
                            await self._participant.news()
        self.complete = all(map(self._is_settled, self._rooms))
        await write("".join(f"{line}\n" for room in self._rooms for line in self._lines(room)))

    @property
    def _rooms(self) -> tuple[ConversationId, ...]:
        return tuple(self._participant.rooms)

    def _is_settled(self, room: ConversationId) -> bool:
        attendance = self._participant.people.of(room)
        return attendance is not None and attendance.is_settled(time.monotonic())

    def _lines(self, room: ConversationId) -> Iterator[str]:
        attendance = self._participant.people.of(room)
        if attendance is None or not self._is_settled(room):
            self._participant.tell(room, "nobody tells who is here")
            return
        if attendance.roster.is_large:
            self._participant.tell(room, describe_headcount(attendance.headcount, is_estimate=True))
        now = time.monotonic()
        for person in attendance.here(now):
            if self._as_json:
                yield _as_json(person, room.name, now)
            else:
                yield f"{room.name} {_as_text(person)}" if len(self._rooms) > 1 else _as_text(person)


def _as_text(person: Person) -> str:
    return describe_present(str(person.called), person.sessions, person.away)


def _as_json(person: Person, room: str, now: float) -> str:
    return json.dumps(
        {
            "room": room,
            "nick": person.nick,
            "account": person.account or None,
            "sessions": person.sessions,
            "away": person.away,
            "since": time.time() - (now - person.since),
            "heard_at": time.time() - (now - person.heard_at),
        }
    )
