"""Which rows a scrollback's entries take at a width: exact for what was looked at, estimated for the rest."""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from itertools import accumulate
from math import exp
from typing import NamedTuple

from amqpchat_tui.scrollback.annotations import NO_ANNOTATION
from amqpchat_tui.scrollback.block import BLOCK, Block, is_folded, record_text
from amqpchat_tui.scrollback.rows import Row, RowKind, estimate, estimate_text, rows
from amqpchat_tui.scrollback.store import Scrollback

_CACHED_ROWS = 4096
"""Rows of wrapped entries that are kept: some screens full."""


class Position(NamedTuple):
    """A row of an entry; the first is 0."""

    seq: int
    row: int


class Layout:
    """Maps the entries of a scrollback to rows at a width.

    Only entries that are asked for are wrapped. In a block that holds such an entry, each entry has its own
    height, exact once wrapped, else guessed from its text; the height of other blocks is guessed from sums.
    So the number of a row changes as more is looked at, and a place is a `Position`, never a number.

    Call `sync` after every change of the scrollback, before anything else.
    """

    def __init__(self, store: Scrollback, width: int = 80) -> None:
        self.wraps = 0
        """How many entries have been wrapped so far: the work done."""
        self._store = store
        self._width = width
        self._first_ordinal = store.first_ordinal
        self._insertions = store.insertions
        self._changes = store.changes.count
        self._block_rows: list[int] = []
        self._block_starts = [0]
        """Rows above each block from some row on, as far as they are summed up; at least the first."""
        self._entry_rows: dict[int, list[int]] = {}
        """By the first `seq` of their block."""
        self._rows: OrderedDict[int, list[Row]] = OrderedDict()
        self._cached_rows = 0
        self.sync()

    @property
    def width(self) -> int:
        """Cells of a row."""
        return self._width

    @property
    def total_rows(self) -> int:
        """Rows of all entries, as far as is known."""
        starts = self._starts()
        return starts[-1] - starts[0]

    def set_width(self, width: int) -> None:
        """Lay out for rows of `width` cells, at least 1, in a time that grows with the number of blocks."""
        width = max(1, width)
        if width == self._width:
            return
        self._width = width
        self._forget_entries()
        self.sync()

    def sync(self) -> bool:
        """Take in what happened to the scrollback, quickly if entries only came and went.

        Returns whether entries came in above others, or changed.
        """
        store = self._store
        changed = store.changes.since(self._changes)
        self._changes = store.changes.count
        if changed is None:
            self._forget_entries()
        inserted = store.insertions != self._insertions
        self._insertions = store.insertions
        trimmed = store.first_ordinal - self._first_ordinal
        self._first_ordinal = store.first_ordinal
        if inserted or trimmed:
            self._entry_rows = {first: rows for first, rows in self._entry_rows.items() if first in store}
        if inserted:
            self._forget_blocks()
        elif trimmed:
            del self._block_rows[:trimmed]
            self._block_starts = self._block_starts[trimmed:] or [0]
        unchanged = max(0, len(self._block_rows) - 1)
        del self._block_rows[unchanged:]
        self._forget_starts(unchanged)
        for block in store.blocks[unchanged:]:
            entry_rows = self._entry_rows.get(block.first)
            if entry_rows is None:
                self._block_rows.append(self._estimate_block(block))
            else:
                self._estimate_entries(block, entry_rows)
                self._block_rows.append(sum(entry_rows))
        for seq in changed or ():
            if seq in store:
                self._measure_anew(seq)
        return inserted or changed is None or bool(changed)

    def rows_of(self, seq: int) -> list[Row]:
        """Return the rows of an entry, from the top: none if it is hidden."""
        found = self._rows.get(seq)
        if found is not None:
            self._rows.move_to_end(seq)
            return found
        index, place = self._place_of(seq)
        folded = self._store.blocks[index].folds(place)
        found = rows(self._store.text(seq), self._store.annotation(seq), self._width, folded=folded)
        if not found:
            return found
        self.wraps += 1
        self._correct(seq, len(found))
        self._rows[seq] = found
        self._cached_rows += len(found)
        while self._cached_rows > _CACHED_ROWS and len(self._rows) > 1:
            self._cached_rows -= len(self._rows.popitem(last=False)[1])
        return found

    def position_of(self, seq: int, offset: int, kind: RowKind = RowKind.TEXT) -> Position:
        """Return the row of a shown entry with a character of that kind of row, or the next to it."""
        found = self.rows_of(seq)
        row = bisect_right(found, (kind, offset), key=_begin) - 1
        if row < 0 or (found[row].kind < kind and row + 1 < len(found) and found[row + 1].kind == kind):
            row += 1
        return Position(seq, row)

    def locate(self, row: int) -> Position:
        """Return the row that has `row` rows above it, as far as is known; there must be rows."""
        starts = self._starts()
        row = starts[0] + min(max(0, row), self.total_rows - 1)
        index = bisect_right(starts, row) - 1
        within = row - starts[index]
        ends = list(accumulate(self._rows_of_block(index)))
        place = bisect_right(ends, min(within, ends[-1] - 1))
        seq = self._store.blocks[index].first + place
        above = ends[place - 1] if place else 0
        return Position(seq, min(within - above, len(self.rows_of(seq)) - 1))

    def row_of(self, position: Position) -> int:
        """Return how many rows are above a row, as far as is known."""
        index, place = self._place_of(position.seq)
        above = sum(self._rows_of_block(index)[:place]) + position.row
        starts = self._starts()
        return starts[index] - starts[0] + above

    def before(self, one: Position, other: Position) -> bool:
        """Whether a row is above another."""
        ordinal = self._store.ordinal
        return (ordinal(one.seq), one.row) < (ordinal(other.seq), other.row)

    def move(self, start: Position, rows: int) -> Position:
        """Return the position some rows below `start` (above, when negative), or the last (first) there is.

        Wraps what lies between: for long ways there is `locate`.
        """
        if rows < 0:
            return self._move_up(start, -rows)
        row = start.row + rows
        for seq in self._store.shown(start.seq, 1):
            height = len(self.rows_of(seq))
            if row < height:
                return Position(seq, row)
            row -= height
        return Position(seq, height - 1)

    def _move_up(self, start: Position, rows: int) -> Position:
        if rows <= start.row:
            return Position(start.seq, start.row - rows)
        rows += len(self.rows_of(start.seq)) - start.row
        for seq in self._store.shown(start.seq, -1):
            rows -= len(self.rows_of(seq))
            if rows <= 0:
                return Position(seq, -rows)
        return Position(seq, 0)

    def _starts(self) -> list[int]:
        """Rows above each block from some row on, and at last where the end is."""
        starts = self._block_starts
        if (summed := len(starts) - 1) < len(self._block_rows):
            starts.extend(accumulate(self._block_rows[summed:], initial=starts.pop()))
        return starts

    def _forget_starts(self, index: int) -> None:
        """Have the rows above all blocks after this one of `blocks` summed up anew."""
        del self._block_starts[index + 1 :]

    def _measure_anew(self, seq: int) -> None:
        """Guess the height of an entry that has changed."""
        self._cached_rows -= len(self._rows.pop(seq, ()))
        index, place = self._place_of(seq)
        block = self._store.blocks[index]
        entry_rows = self._entry_rows.get(block.first)
        if entry_rows is None:
            self._block_rows[index] = self._estimate_block(block)
        else:
            entry_rows[place] = self._estimate_entry(block, place)
            self._block_rows[index] = sum(entry_rows)
        self._forget_starts(index)

    def _forget_entries(self) -> None:
        self._entry_rows.clear()
        self._rows.clear()
        self._cached_rows = 0
        self._forget_blocks()

    def _forget_blocks(self) -> None:
        self._block_rows.clear()
        self._block_starts = [0]

    def _place_of(self, seq: int) -> tuple[int, int]:
        """Return which of the blocks an entry is in, and its index there."""
        index, place = divmod(self._store.ordinal(seq), BLOCK)
        return index - self._first_ordinal, place

    def _rows_of_block(self, index: int) -> list[int]:
        """Rows of each entry in a block."""
        block = self._store.blocks[index]
        entry_rows = self._entry_rows.get(block.first)
        if entry_rows is None:
            entry_rows = self._entry_rows[block.first] = []
            self._estimate_entries(block, entry_rows)
            self._block_rows[index] = sum(entry_rows)
            self._forget_starts(index)
        return entry_rows

    def _correct(self, seq: int, rows: int) -> None:
        index, place = self._place_of(seq)
        entry_rows = self._rows_of_block(index)
        if entry_rows[place] != rows:
            self._block_rows[index] += rows - entry_rows[place]
            self._forget_starts(index)
            entry_rows[place] = rows

    def _estimate_entries(self, block: Block, entry_rows: list[int]) -> None:
        """Append a guess for each entry of a block that has no height yet."""
        start, width = len(entry_rows), self._width
        if block.annotations:
            entry_rows += [self._estimate_entry(block, index) for index in range(start, len(block.records))]
        else:
            entry_rows += [
                1 if is_folded(record) else estimate_text(record_text(record), width)
                for record in block.records[start:]
            ]

    def _estimate_entry(self, block: Block, index: int) -> int:
        annotation = block.annotations.get(index, NO_ANNOTATION)
        return estimate(block.text(index), annotation, self._width, folded=block.folds(index))

    def _estimate_block(self, block: Block) -> int:
        """Guess the rows of a block, at least its lines: exact on average if lengths spread geometrically."""
        if block.cells == 0:
            return block.lines + block.extra_rows
        return block.extra_rows + round(block.lines / (1 - exp(-self._width * block.lines / block.cells)))


def _begin(row: Row) -> tuple[RowKind, int]:
    return row.kind, row.start
