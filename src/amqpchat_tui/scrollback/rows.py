"""The rows that an entry takes: its text, what is quoted above, and reactions below."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

from rich.cells import cell_len, split_graphemes

from amqpchat_tui.scrollback.annotations import Annotation
from amqpchat_tui.scrollback.text import rough_cells
from amqpchat_tui.scrollback.wrap import wrap

QUOTE_SIGN = "╭ "
"""Begins a quoted row."""
CUT_SIGN = "…"
"""Ends a row that shows less than there is."""


class RowKind(IntEnum):
    """What a row shows; kinds stand below one another in this order."""

    QUOTE = 0
    TEXT = 1
    REACTIONS = 2


class Row(NamedTuple):
    """A row of an entry: some characters of its `display_text`, or of the annotation that the kind names."""

    kind: RowKind
    start: int
    end: int


def rows(text: str, annotation: Annotation, width: int, *, folded: bool = False) -> list[Row]:
    """Return the rows that a text takes with its annotation, from the top: none if it is hidden.

    A `folded` text, quote and reactions are a row each, cut where it ends. A mark for which there is no room
    at the end of the last row has a row of reactions for itself. What is withdrawn has neither quote nor
    reactions.
    """
    if annotation.hidden:
        return []
    kind = RowKind.TEXT
    spans = [(0, _fitting(text, width))] if folded else wrap(text, width)
    found = [Row(kind, start, end) for start, end in spans]
    if annotation.quote and not annotation.withdrawn:
        room = width - len(QUOTE_SIGN)
        found.insert(0, Row(RowKind.QUOTE, 0, _fitting(annotation.quote, room)))
    room = width - cell_len(annotation.mark) - 1 if annotation.mark else width
    if annotation.reactions and not annotation.withdrawn:
        found.append(Row(RowKind.REACTIONS, 0, _fitting(annotation.reactions, room)))
    elif annotation.mark and cell_len(text[found[-1].start : found[-1].end]) > room:
        found.append(Row(RowKind.REACTIONS, 0, 0))
    return found


def estimate(text: str, annotation: Annotation, width: int, *, folded: bool = False) -> int:
    """Guess how many rows a text takes with its annotation: exact for 0, and at least 1 else."""
    if annotation.hidden:
        return 0
    return (1 if folded else estimate_text(text, width)) + extra_rows(annotation)


def estimate_text(text: str, width: int) -> int:
    """Guess how many rows a text takes by itself."""
    return max(1 + text.count("\n"), -(-rough_cells(text) // width))


def extra_rows(annotation: Annotation) -> int:
    """Return how many rows an annotation adds."""
    return 0 if annotation.withdrawn else bool(annotation.quote) + bool(annotation.reactions)


def _fitting(line: str, cells: int) -> int:
    """Return how many characters of a line are shown in so many cells, with `CUT_SIGN` if not all are."""
    if cell_len(line) <= cells:
        return len(line)
    left = cells - len(CUT_SIGN)
    for start, _, size in split_graphemes(line)[0]:
        left -= size
        if left < 0:
            return start
    return len(line)
