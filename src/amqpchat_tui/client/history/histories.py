"""The histories of all rooms: what one can ask of them."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from amqpchat_tui.client.history.access import Access
from amqpchat_tui.client.history.room_history import RoomHistory, Wanted
from amqpchat_tui.model import ChatMessage, ConversationId, HistoryLimits

if TYPE_CHECKING:
    from amqpchat_tui.client.rooms.room import Room
    from amqpchat_tui.client.transport.link import Link


class Histories:
    """Implements `model.Histories`, over one connection for all."""

    def __init__(
        self,
        dial: Callable[[], Awaitable[Link]],
        wanted: Wanted | None,
        say: Callable[[ConversationId, str], None],
    ) -> None:
        """`dial` opens a connection to the broker on which the rooms are; `say` says a line in a room.

        Unless anything is `wanted` of them, none is read.
        """
        self._access = Access(dial)
        self._wanted = wanted
        self._say = say
        self._of: dict[ConversationId, RoomHistory] = {}

    def add(self, room: Room) -> None:
        """Have a room's history read when it is entered."""
        if self._wanted is None:
            return
        where = room.conversation
        room.history = self._of[where] = RoomHistory(
            room,
            self._access,
            self._wanted,
            say=lambda line: self._say(where, line),
            events=room.events,
            arrived=room.take_replay,
        )

    def older(self, conversation: ConversationId) -> None:
        """Have lines read that are older than all that has come."""
        if (visit := self._of[conversation].visit) is not None:
            visit.read_older()

    def tell(self, conversation: ConversationId) -> None:
        """Say in a room what history it has."""
        if (visit := self._of[conversation].visit) is not None:
            visit.describe()

    def begin(self, conversation: ConversationId, limits: HistoryLimits) -> None:
        """Have a room keep a history, and say so to all who are there."""
        if (visit := self._of[conversation].visit) is not None:
            visit.create(limits)

    async def look_back(self, conversation: ConversationId) -> AsyncGenerator[Sequence[ChatMessage], None]:
        """Go through pages of a room's history, the newest first, as far back as is worth it."""
        from amqpchat_tui.client.history.looking_back import look_back  # late: the first frame does without

        history = self._of.get(conversation)
        if history is not None and history.visit is not None and (beside := history.visit.source) is not None:
            async with contextlib.aclosing(look_back(history, beside)) as pages:
                async for page in pages:
                    yield page

    async def close(self) -> None:
        """Read nothing more, and close the connection."""
        await self._access.close()
