"""Looking for a text in a scrollback, a slice at a time, so that a million messages hold nobody up."""

from __future__ import annotations

import re

from amqpchat_tui.scrollback.store import Scrollback
from amqpchat_tui.scrollback.wrap import Span

SLICE = 5_000
"""Entries looked at in one step: a few milliseconds."""


class Search:
    """Goes from the newest entry to the oldest; cases differ only if the query has a capital."""

    def __init__(self, store: Scrollback, query: str) -> None:
        self.hits: list[int] = []
        """`seq` of each entry that holds the query, the newest first."""
        self._store = store
        self._query = query
        self._any_case = query == query.lower()
        self._pattern = re.compile(re.escape(query), re.IGNORECASE if self._any_case else 0)
        self._total = len(store)
        self._end = store.end

    @property
    def done(self) -> bool:
        """Whether all entries have been looked at."""
        return self._end <= self._store.first

    @property
    def progress(self) -> float:
        """How much has been looked at, 0 to 1."""
        return 1.0 if self.done else 1 - (self._end - self._store.first) / self._total

    def step(self) -> None:
        """Look at the next `SLICE` entries."""
        start = max(self._store.first, self._end - SLICE)
        texts = self._store.texts(start, self._end)
        query = self._query
        if self._any_case:
            found = [seq for seq, text in enumerate(texts, start) if query in text.lower()]
        else:
            found = [seq for seq, text in enumerate(texts, start) if query in text]
        self.hits.extend(reversed(found))
        self._end = start

    def spans(self, text: str) -> list[Span]:
        """Where a text holds the query, in characters."""
        return [match.span() for match in self._pattern.finditer(text)]
