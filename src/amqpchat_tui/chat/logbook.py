"""Has the log take what is said, and not more often than is worth it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from amqpchat_tui.chat.pace import Later, Pace
from amqpchat_tui.model import (
    ChatMessage,
    ConversationId,
    ConversationKind,
    Entry,
    LogComparison,
    LoggedLine,
    LogSearch,
    LogStore,
    NoLog,
    Replay,
)

LOG_SECONDS = 1.0
"""Between two portions of lines: so much is lost to a kill at most."""

PAGE_SECONDS = 3 * LOG_SECONDS
"""How long a page of a history waits: by then, other programs have logged what they have heard of it."""
AROUND_LINES = 300
"""How many lines above and below another are read with it."""


class Logbook:
    """Logs rooms, and private conversations if wanted; what is watched has a history of its own elsewhere."""

    def __init__(
        self,
        store: LogStore,
        brokers: Sequence[str],
        *,
        private: bool,
        later: Later,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self.brokers = brokers
        """At which brokers all is said that is logged now."""
        self._kinds = {ConversationKind.ROOM, *([ConversationKind.PRIVATE] if private else [])}
        self._due: list[tuple[ConversationId, Sequence[ChatMessage]]] = []
        self._pace = Pace(self._write_heard, LOG_SECONDS, later, clock)
        self._pages: list[tuple[ConversationId, Sequence[ChatMessage], float]] = []
        self._later = later

    def add(self, identity: ConversationId, entries: Sequence[Entry]) -> None:
        """Log the lines of what has arrived in a conversation."""
        if self._store.keeps and identity.kind in self._kinds:
            lines = [entry for entry in entries if isinstance(entry, ChatMessage)]
            if lines:
                self._due.append((identity, lines))
                self._pace.ask()

    def add_replay(self, identity: ConversationId, replay: Replay, until: float) -> None:
        """Log what has come from a room's history: what was missed in a gap, or a page before `until`."""
        if replay.gap is not None:
            self.add(identity, replay.lines)
        else:
            self.add_history(identity, replay.lines, until)

    def add_history(self, identity: ConversationId, page: Sequence[ChatMessage], until: float) -> None:
        """Log what is not there yet of a page of a room's history, as `LogStore.add_history` has it."""
        if self._store.keeps and page:
            self._pages.append((identity, page, until))
            self._later(PAGE_SECONDS, self._write_page)

    @property
    def keeps(self) -> bool:
        """Whether anything is logged."""
        return self._store.keeps

    async def search(self, search: LogSearch, most: int, below: int | None) -> Sequence[LoggedLine]:
        """Return the latest lines that are looked for, as `LogStore.search` does, up to this moment."""
        self._write_heard()
        return await self._store.search(self.brokers, search, most, below)

    async def around(self, line: LoggedLine) -> Sequence[LoggedLine]:
        """Return a line with those around it in its conversation."""
        return await self._store.around(line.number, AROUND_LINES, AROUND_LINES)

    async def above(self, line: LoggedLine, most: int) -> Sequence[LoggedLine]:
        """Return so many lines above one in its conversation, oldest first."""
        return (await self._store.around(line.number, most, 0))[:-1]

    def compare(self, identity: ConversationId) -> LogComparison:
        """Compare a room's history with what was logged of it."""
        return self._store.compare(self.brokers, identity)

    def follow(self, brokers: Sequence[str]) -> None:
        """Log what arrives from now on as said at these brokers."""
        self.write()
        self.brokers = brokers

    def write(self) -> None:
        """Hand over at once what waits."""
        self._write_heard()
        while self._pages:
            self._write_page()

    def _write_page(self) -> None:
        if self._pages:  # unless all was handed over
            self._store.add_history(self.brokers, *self._pages.pop(0))

    def _write_heard(self) -> None:
        due, self._due = self._due, []
        if due:
            self._store.add(self.brokers, due)


NOTHING_LOGGED = Logbook(NoLog(), (), private=False, later=lambda _, __: None)
"""For who keeps no log."""
