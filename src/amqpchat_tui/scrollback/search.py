"""Looking for a text in a scrollback, a slice at a time, so that a million messages hold nobody up."""

from __future__ import annotations

import re
from collections.abc import Callable

from amqpchat_tui.model import Entry
from amqpchat_tui.scrollback.store import BLOCK, Scrollback
from amqpchat_tui.scrollback.text import folded
from amqpchat_tui.scrollback.wrap import Span

SLICE = 1_024
"""Entries looked at in one step: about half a millisecond."""


class Search:
    """Goes from the newest entry to the oldest; cases differ only if the query has a capital."""

    def __init__(self, store: Scrollback, query: str) -> None:
        self.hits: list[int] = []
        """`seq` of each entry that holds the query, the newest first."""
        self._store = store
        self._any_case = query == query.lower()
        self._query = self._comparable(query)
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
        for first, end in _parts(start, self._end):
            if self._query in self._comparable(self._store.joined_text(first, end)):
                texts = enumerate(self._store.texts(first, end), first)
                found.extend(seq for seq, text in texts if self._query in self._comparable(text))
        self.hits.extend(reversed(found))
        self._end = start

    def _comparable(self, text: str) -> str:
        return folded(text) if self._any_case else text

    def spans(self, text: str) -> list[Span]:
        """Where a text holds the query, in characters."""
        return [match.span() for match in self._pattern.finditer(text)]


def nearest(
    store: Scrollback, seq: int, step: int, wanted: Callable[[Entry], bool], hint: Callable[[str], bool]
) -> int | None:
    """Return the `seq` of the nearest wanted entry below (`step` 1) or above (-1) a `seq`; None without one.

    `hint` tells of the joined texts of many entries whether one of them may be wanted; else they are skipped.
    """
    start, end = (max(store.first, seq + 1), store.end) if step > 0 else (store.first, min(store.end, seq))
    for first, last in _parts(start, end)[::step]:
        if hint(store.joined_text(first, last)):
            for candidate in range(first, last)[::step]:
                if wanted(store[candidate]):
                    return candidate
    return None


def _parts(start: int, end: int) -> list[Span]:
    """Cut a range of entries where blocks begin."""
    return [(max(start, base), min(end, base + BLOCK)) for base in range(start // BLOCK * BLOCK, end, BLOCK)]
