"""Whether a room has a history, as one connection shows it, and that it is one: its stream is kept bound."""

from __future__ import annotations

import contextlib

from amqpchat_tui.client.history import stream
from amqpchat_tui.client.history.problems import HistoryProblem, NoHistory
from amqpchat_tui.client.history.room_history import RoomHistory
from amqpchat_tui.client.rooms.canary import Canary
from amqpchat_tui.client.transport.link import Link
from amqpchat_tui.wire.names import events_of

HOST_PRODUCT = "amqpchat"
"""What a broker calls itself that keeps histories in memory."""


class Existence:
    """The stream, looked at over the connection on which the room is."""

    def __init__(self, link: Link, history: RoomHistory, canary: Canary) -> None:
        """`link` is that connection, and the `canary` watches the room on it."""
        self._link = link
        self._history = history
        self._canary = canary
        self.exists: bool | None = None
        """Whether there is one; None while that is not known."""
        self.readable = False
        """Whether it is a stream, which has been read."""
        self.messages = 0
        """How many it had when we looked, about."""

    async def look(self) -> None:
        """See whether there is one; raise as `stream.look` does, or `HistoryProblem`."""
        self.exists = False
        if not self._history.stream:
            raise HistoryProblem("the room's name is too long for one")
        self.messages = await stream.look(self._link.channels, self._history.stream)
        self.exists = True

    async def is_there(self) -> bool:
        """See whether there is one; raise as `look` does otherwise."""
        with contextlib.suppress(NoHistory):
            await self.look()
        return bool(self.exists)

    async def find_tail(self, link: Link) -> int:
        """Return the offset at which it ends; raise as `stream.find_tail` does."""
        return await stream.find_tail(link, self._history.stream, messages=self.messages)

    async def find_end(self, link: Link, tail: int) -> int:
        """Return up to where to read: what becomes of lines comes to our queue only since a moment ago."""
        if not self._history.hears_events:
            return tail
        found = await stream.find_tail(link, self._history.stream, messages=self.messages or tail + 1)
        return max(tail, found)

    @property
    def is_hosted(self) -> bool:
        """Whether it is kept by an amqpchat, in memory."""
        return self._link.product == HOST_PRODUCT

    async def keep_bound(self) -> None:
        """Have the stream keep what is said, if we may; a queue of another kind is none of ours to fill.

        Raises:
            Lost: when the connection is.
        """
        if self.readable:
            watched_by = self._canary.name
            with contextlib.suppress(HistoryProblem):  # others may keep it bound
                bound = await stream.bind(self._link, self._history.stream, self._history.room)
                self._history.kept_under = watched_by if bound else ""
            await self.bind_events()

    @property
    def was_kept(self) -> bool:
        """Whether it was bound all the time since we are in the room, as far as the canary tells."""
        return bool(self._history.kept_under) and self._history.kept_under == self._canary.name

    async def bind_events(self) -> None:
        """Have it keep what becomes of lines, if we may and there is an exchange for that; raise as above."""
        if self.readable and (events := events_of(self._history.room)) is not None:
            with contextlib.suppress(HistoryProblem):
                keeps = await stream.bind(self._link, self._history.stream, events)
                self._history.keeps_events = keeps
