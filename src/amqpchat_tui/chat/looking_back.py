"""Searching rooms' histories for what the log does not have: what nobody was there to hear, for instance."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence

from amqpchat_tui.chat.logbook import Logbook
from amqpchat_tui.chat.mentions import Finder
from amqpchat_tui.matching import folded
from amqpchat_tui.model import (
    ChatMessage,
    ConversationId,
    ConversationKind,
    Histories,
    LoggedLine,
    LogSearch,
)

MOST_FOUND = 200
"""How many lines are found at most, each with those around it."""
AROUND_LINES = 100
"""How many of those, above and below."""
CLOCKS_SECONDS = 3600.0
"""How wrong the clocks may be by which it is known when lines were said."""


class LookingBack:
    """One search, back through the histories of some rooms; what it finds has numbers below 0."""

    def __init__(
        self, histories: Histories, logbook: Logbook, finder: Finder, rooms: Sequence[ConversationId]
    ) -> None:
        self._histories = histories
        self._logbook = logbook
        self._finder = finder
        self._rooms = [room for room in rooms if room.kind is ConversationKind.ROOM]
        self._around: list[Sequence[LoggedLine]] = []

    async def look(self, search: LogSearch) -> AsyncGenerator[Sequence[LoggedLine], None]:
        """Go back page by page, and tell what each has that is looked for, newest first.

        Raises:
            HistoryError: if a history cannot be read.
            LogError: if the log cannot be read.
        """
        for room in self._rooms:
            if _is_in(search, room):
                compared = self._logbook.compare(room)
                async for page in self._histories.look_back(room):
                    lacking = {id(line) for line in await compared.lacking(page)}
                    yield self._found(search, room, page, lacking)[::-1]
                    if _is_over(search, page):
                        break
                    if len(self._around) >= MOST_FOUND:
                        return

    def around(self, line: LoggedLine) -> Sequence[LoggedLine]:
        """Return a line that was found with those around it, oldest first."""
        return self._around[-line.number - 1]

    def _found(
        self, search: LogSearch, room: ConversationId, page: Sequence[ChatMessage], lacking: set[int]
    ) -> list[LoggedLine]:
        found = []
        for index, message in enumerate(page):
            line = LoggedLine(-len(self._around) - 1, room, message)
            if id(message) in lacking and _has(search, message) and self._finder.takes(search, line):
                near = page[max(0, index - AROUND_LINES) : index + AROUND_LINES + 1]
                self._around.append([LoggedLine(line.number, room, other) for other in near])
                found.append(line)
        return found


def _is_in(search: LogSearch, room: ConversationId) -> bool:
    return not search.rooms or any(folded(part) in folded(room.label) for part in search.rooms)


def _is_over(search: LogSearch, page: Sequence[ChatMessage]) -> bool:
    """Whether all that is older than a page was said before the time that is asked for."""
    known = [line.received_at for line in page if line.roughly is not None]
    return search.since is not None and bool(known) and max(known) < search.since - CLOCKS_SECONDS


def _has(search: LogSearch, line: ChatMessage) -> bool:
    """Whether a line is one that is looked for; of some nobody knows when they were said."""
    if search.since is not None and (line.roughly is None or line.received_at < search.since):
        return False
    if search.until is not None and (line.roughly is None or line.received_at >= search.until):
        return False
    if search.nicks and not any(folded(part) in folded(line.nick) for part in search.nicks):
        return False
    text = folded(line.text)
    return all(folded(word) in text for word in search.words)
