"""Looking for a text in a scrollback, a slice at a time, so that a million messages hold nobody up."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from amqpchat_tui.matching import Span, folded, normalized, occurrences
from amqpchat_tui.model import Entry
from amqpchat_tui.scrollback.store import Scrollback

SLICE_ENTRIES = 1_024
"""Entries looked at in one step: less than a millisecond."""


class Search:
    """Goes from the newest entry to the oldest; cases differ only if the query has a capital (`matching`)."""

    def __init__(self, store: Scrollback, query: str) -> None:
        self.hits: list[int] = []
        """`seq` of each entry that holds the query, the newest first."""
        self._store = store
        self._form = folded if query == query.lower() else normalized
        self._query = self._form(query)
        self.spans = lru_cache(maxsize=64)(self._spans)
        """Where a text holds the query, in characters; what overlaps or adjoins is one span."""
        self._next = store.last
        """The newest entry that has not been looked at."""
        self._looked_at = 0
        self._total = len(store)

    @property
    def done(self) -> bool:
        """Whether all entries have been looked at."""
        return self._next is None or self._next not in self._store

    @property
    def progress(self) -> float:
        """How much has been looked at, 0 to 1."""
        return 1.0 if self.done else min(1.0, self._looked_at / self._total)

    def step(self) -> None:
        """Look at the next `SLICE_ENTRIES` entries, as far as they are still held."""
        if self._next is None or self._next not in self._store:
            return
        left = SLICE_ENTRIES
        for whole in self._store.stretches(self._next, -1):
            stretch = whole[-left:]
            self._look_at(stretch)
            left -= len(stretch)
            self._looked_at += len(stretch)
            if not left:
                break
        self._next = self._store.next(stretch.start, -1)

    def _look_at(self, stretch: range) -> None:
        if self._query and self._query in self._form(self._store.joined_text(stretch)):
            texts = self._store.texts(stretch)
            found = [seq for seq, text in texts if self._query in self._form(text)]
            self.hits.extend(reversed(found))

    def _spans(self, text: str) -> list[Span]:
        spans: list[Span] = []
        for start, end in occurrences(self._query, text, self._form):
            if spans and start <= spans[-1][1]:
                start = spans.pop()[0]
            spans.append((start, end))
        return spans


def nearest(
    store: Scrollback, start: int, step: int, wanted: Callable[[Entry], bool], hint: Callable[[str], bool]
) -> int | None:
    """Return the nearest shown and wanted entry from `start` on, down (`step` 1) or up (-1); None without.

    `hint` tells of the joined texts of many entries whether one of them may be wanted; else they are skipped.
    """
    for stretch in store.stretches(start, step):
        if hint(store.joined_text(stretch)):
            for seq in stretch[::step]:
                if store.is_shown(seq) and wanted(store[seq]):
                    return seq
    return None
