"""Wrapping a text into rows of terminal cells, with the widths that Textual draws with (`rich.cells`)."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from itertools import accumulate

from rich.cells import split_graphemes

Span = tuple[int, int]
"""A row of a text: where it starts and ends, in characters."""

_ONE_CELL_EACH = re.compile(
    "[ -~\u00a0-\u02ff\u0370-\u0482\u048a-\u0590\u2010-\u2027\u2030-\u205e\u2190-\u2319\u2400-\u2426\ufffd]*"
)
"""Characters that take one cell and never join with a neighbour: most of what European languages write, and
what stands for control characters."""

_JOINER = "\u200d"
_ZERO_WIDTH_SPACE = "\u200b"


def wrap(text: str, width: int) -> list[Span]:
    """Return the rows that a text without tabs takes when a row has `width` cells (at least 1), from the top.

    Every newline ends a row, and an empty line is one empty row. Other rows end before a word that does not
    fit; the spaces there belong to no row, nor do those at the end of a line. Spaces that begin a line stay
    with its first word, and are dropped when it does not fit behind them. A word longer than a row, such as
    a URL, begins on a row of its own and is chopped between graphemes. A row is too wide only when it is
    a single grapheme wider than `width`. The rows' starts strictly increase.
    """
    rows: list[Span] = []
    start = 0
    for line in text.split("\n"):
        _wrap_line(line, start, width, rows)
        start += len(line) + 1
    return rows


def _wrap_line(line: str, offset: int, width: int, rows: list[Span]) -> None:
    """Append the rows of a line that begins at `offset` of its text."""
    if line.isascii() or _ONE_CELL_EACH.fullmatch(line):
        reach: Callable[[int], int] = width.__add__  # a character a cell
    else:
        line, reach = _measure(line, width)
    start, end = 0, len(line.rstrip(" "))
    while (limit := reach(start)) < end:
        cut = line.rfind(" ", start, limit + 1)
        if cut < 0:
            rows.append((offset + start, offset + limit))
            start = limit
            continue
        stop = start + len(line[start:cut].rstrip(" "))
        if stop > start:
            rows.append((offset + start, offset + stop))
        start = cut + 1
        while line[start] == " ":
            start += 1
    rows.append((offset + start, offset + end))


def _measure(line: str, width: int) -> tuple[str, Callable[[int], int]]:
    """Return a stand-in for a line, as long and with spaces only where it may break, and its reach.

    The reach says how far a row of `width` cells goes that starts at a boundary between graphemes.
    """
    # Rich's `cell_len` and `split_graphemes` differ on joiners that begin a line, and so join nothing.
    line = line.lstrip(_JOINER).rjust(len(line), _ZERO_WIDTH_SPACE)
    graphemes, _ = split_graphemes(line)
    boundaries = [0, *(end for _, end, _ in graphemes)]
    cells = list(accumulate((size for _, _, size in graphemes), initial=0))
    # A space that a combining mark or a joiner ties to its neighbour is no place to break.
    stand_in = "".join(" " if line[start:end] == " " else "_" * (end - start) for start, end, _ in graphemes)

    def reach(start: int) -> int:
        index = bisect_left(boundaries, start)
        furthest = bisect_right(cells, cells[index] + width) - 1
        return boundaries[max(furthest, index + 1)]

    return stand_in, reach
