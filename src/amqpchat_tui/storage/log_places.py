"""In which order the log's lines were said: mostly in that in which they were logged.

What comes late, as an older page of a room's history does, has a place of its own between two others. A
line's number is greater than those of lines before it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

Execute = Callable[..., sqlite3.Cursor]
"""Runs a statement with a sequence of values."""

_BITS = 20
_LINES_BETWEEN = 1 << _BITS
"""How many numbers there are from one line to the next that is logged."""
END = 1 << 62
"""Greater than all numbers."""

NUMBER = f"CASE WHEN line.place > 0 THEN line.place ELSE line.id << {_BITS} END"
"""A line's number, in SQL."""
IN_ORDER = "ifnull(line.place, 0) = 0"
"""Whether a line stands where it was logged."""
MOVED = "line.place > 0"
"""Whether it has a place of its own."""


def number_of(line_id: int) -> int:
    """Return the number of a line that stands where it was logged."""
    return line_id << _BITS


def id_below(number: int) -> int:
    """Return what the ids of lines that stand where they were logged are less than, if their numbers are."""
    return -(-number >> _BITS)


def id_of(number: int) -> int | None:
    """Return the id of a line that stands where it was logged; None for another."""
    return None if number % _LINES_BETWEEN else number >> _BITS


def places_before(number: int, after: int, count: int) -> range | None:
    """Return so many places right before a line, all behind another; None where there are too few."""
    lowest = max(after, (number - 1) >> _BITS << _BITS)
    return range(number - count, number) if number - count > lowest else None
