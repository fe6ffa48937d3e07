"""Somebody among the people of rooms: an amqpchat without a screen, who sees who is there."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence

from amqpchat_tui.chat.people.announcer import Part
from amqpchat_tui.chat.people.attendance import Attendance
from amqpchat_tui.chat.people.people import People
from amqpchat_tui.chat.speakers import last_lines
from amqpchat_tui.client import AmqpClient
from amqpchat_tui.config import PresenceSettings
from amqpchat_tui.model import ConversationId
from tests.client.support import Seat, settings
from tests.support.waiting import wait_until


class Member(Seat):
    """A seat whose people are seen by a `People`, as on the screen; implements `PeopleListener`."""

    def __init__(
        self,
        *urls: str,
        room: str,
        nick: str,
        presence: PresenceSettings | None = None,
        part: Part | None = None,
    ) -> None:
        super().__init__(AmqpClient(settings(*urls, room=room, nick=nick)))
        self.rows: list[str] = []
        self.people = People(
            self.client,
            presence or PresenceSettings(),
            self,
            part=part,
            later=lambda seconds, do: asyncio.get_running_loop().call_later(seconds, do),
        )
        self.client.start(self, self.people)

    def people_changed(self, conversation: ConversationId) -> None: ...

    def people_moved(self, conversation: ConversationId, row: str) -> None:
        self.rows.append(row)

    def people_marked(self) -> None: ...

    def people_doubted(self, conversation: ConversationId, text: str) -> None: ...

    def drain(self) -> None:
        before = len(self.entries)
        super().drain()
        self.people.said(self.conversation, last_lines(self.entries[before:]))

    async def close(self) -> None:
        self.people.leave_all()
        await super().close()

    @property
    def attendance(self) -> Attendance:
        """The people of the first room."""
        room = self.people.of(self.conversation)
        assert room is not None
        return room

    @property
    def here(self) -> Sequence[str]:
        """What those who are here are called, marks included."""
        return [str(one.called) for one in self.attendance.here(time.monotonic())]

    async def see(self, *labels: str) -> None:
        """Wait until just these are here."""
        await wait_until(lambda: self.here == sorted(labels), 20, lambda: f"{labels}, not {self.here}")

    async def settle_in(self) -> None:
        """Wait until others have been told that this one is here."""
        await wait_until(lambda: self.attendance.announcer.has_spoken, 20, "the first word")


Meet = Callable[..., Awaitable[Member]]
"""Lets somebody with a nick come into the room, and waits until they hear who is there."""
