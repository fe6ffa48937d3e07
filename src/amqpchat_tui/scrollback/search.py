"""Looking for a text in a scrollback, a slice at a time, so that a million messages hold nobody up."""

from __future__ import annotations

import re

from amqpchat_tui.scrollback.store import Scrollback
from amqpchat_tui.scrollback.wrap import Span

SLICE = 2_048
"""Entries looked at in one step: one or two milliseconds."""


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
        found: list[int] = []
        for first, end, joined in self._store.joined_texts(start, self._end):
            if self._query in self._comparable(joined):  # else none of them holds it
                texts = enumerate(self._store.texts(first, end), first)
                found.extend(seq for seq, text in texts if self._query in self._comparable(text))
        self.hits.extend(reversed(found))
        self._end = start

    def _comparable(self, text: str) -> str:
        return text.lower() if self._any_case else text

    def spans(self, text: str) -> list[Span]:
        """Where a text holds the query, in characters."""
        return [match.span() for match in self._pattern.finditer(text)]
