"""Several things in one sentence."""

from __future__ import annotations

from collections.abc import Iterable

_NAMED_AT_MOST = 5
"""More are counted; a sentence has to fit under a prompt."""


def enumerated(names: Iterable[str]) -> str:
    """Name some things, as in `ops, lab and alerts`; of many, the first ones and how many more."""
    first = list(names)
    if len(first) > _NAMED_AT_MOST:
        first[_NAMED_AT_MOST - 1 :] = [f"{len(first) - _NAMED_AT_MOST + 1} more"]
    *others, last = first
    return f"{', '.join(others)} and {last}" if others else last
