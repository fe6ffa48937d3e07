"""What of a scrollback is on the screen: the end of it, or a place that keeps still."""

from __future__ import annotations

from typing import NamedTuple

from amqpchat_tui.scrollback.layout import Layout, Position
from amqpchat_tui.scrollback.store import Scrollback


class Anchor(NamedTuple):
    """A character of an entry's `display_text`; the row that contains it stays the top row of the view."""

    seq: int
    offset: int


class Viewport:
    """A window of `height` rows on a scrollback, that follows its end until the reader scrolls up.

    From then on nothing that happens to the scrollback moves the text in view: the reader's place is an
    `Anchor`. A view that a resize makes reach beyond the end is filled from above, until it is made smaller
    again. Following resumes when the reader scrolls down to the end.
    """

    def __init__(self, store: Scrollback, width: int = 80, height: int = 24) -> None:
        self.layout = Layout(store, width)
        self._store = store
        self._height = height
        self._anchor: Anchor | None = None
        self._top: Anchor | None = None
        """The anchor, or where the view begins instead so that it is filled."""
        self._left_at: int | None = None
        """The newest entry when the reader left the end."""
        self._last = store.last
        """The newest entry of the scrollback as it was taken in."""

    @property
    def height(self) -> int:
        """Rows of the view."""
        return self._height

    @property
    def anchor(self) -> Anchor | None:
        """The reader's place; None while the view follows the end. To come back to it, `return_to` it."""
        return self._anchor

    @property
    def follow(self) -> bool:
        """Whether the view keeps showing the newest entry as more arrive."""
        return self._anchor is None

    @property
    def top(self) -> Position:
        """The view's top row; there must be entries."""
        return self._lowest_top() if self._top is None else self.layout.position_of(*self._top)

    @property
    def top_row(self) -> int:
        """How many rows are above the view, as far as is known; 0 exactly when there are none."""
        rows = self.visible()
        return self.layout.row_of(rows[0]) if rows else 0

    @property
    def total_rows(self) -> int:
        """How many rows there are, as far as is known; exact from the view's top to its bottom."""
        self.visible()
        return self.layout.total_rows

    @property
    def at_end(self) -> bool:
        """Whether the last row is in view."""
        return self._top is None or not self.layout.before(self.top, self._lowest_top())

    @property
    def new_below(self) -> int:
        """How many chat messages have arrived below the view since the reader left the end."""
        if self._top is None:
            return 0
        ordinal = self._store.ordinal
        seen = self.visible()[-1].seq
        if self._left_at is not None and self._left_at in self._store:
            seen = max(seen, self._left_at, key=ordinal)
        return self._store.chats_below(seen)

    def visible(self) -> list[Position]:
        """Return the rows in view, from the top: `height` of them, or all when there are fewer."""
        rows: list[Position] = []
        if not self._store.blocks:
            return rows
        top = self.top
        skip = top.row
        for stretch in self._store.stretches(top.seq, 1):
            for seq in stretch:
                rows += [Position(seq, row) for row in range(skip, len(self.layout.rows_of(seq)))]
                skip = 0
                if len(rows) >= self._height:
                    return rows[: self._height]
        return rows

    def sync(self) -> None:
        """Take in what happened to the scrollback: call it after every change, before anything else."""
        appended = self._store.last != self._last
        self._last = self._store.last
        inserted = self.layout.sync()
        if self._anchor is None:
            return
        if appended:
            self._anchor = self._top
        if self._last is None:
            self.to_end()
        elif self._anchor is not None and self._anchor.seq not in self._store:
            self.to_top()
        elif inserted or (self._top is not None and self._top.seq not in self._store):
            self._fill()

    def resize(self, width: int, height: int) -> None:
        """Give rows `width` cells, and the view `height` rows; both are at least 1."""
        self.sync()
        self.layout.set_width(width)
        self._height = max(1, height)
        self._fill()

    def scroll_by(self, rows: int) -> None:
        """Move down by some rows, or up when negative; following resumes at the end."""
        if self._store.blocks:
            self._show_from(self.layout.move(self.top, rows))

    def page(self, pages: int) -> None:
        """Move down by some pages, or up when negative; a page leaves one row of the last in view."""
        self.scroll_by(pages * max(1, self._height - 1))

    def to_top(self) -> None:
        """Go to the oldest entry."""
        if self._store.blocks:
            self._show_from(Position(self._store.blocks[0].first, 0))

    def to_end(self) -> None:
        """Go to the newest entry, and follow."""
        self._anchor = self._top = None

    def scroll_to_row(self, row: int) -> None:
        """Go where about `row` rows are above the view, as from a dragged scrollbar."""
        if row + self._height >= self.total_rows:
            self.to_end()
        else:
            self._show_from(self.layout.locate(row))

    def reveal(self, seq: int, offset: int = 0) -> None:
        """Bring a character of an entry into view, in the middle when it is not there yet."""
        position = self.layout.position_of(seq, offset)
        if position not in self.visible():
            self._show_from(self.layout.move(position, -(self._height // 2)))

    def return_to(self, anchor: Anchor | None) -> None:
        """Go back to where `anchor` was, or to the oldest entry if that has been trimmed."""
        if anchor is None or not self._store.blocks:
            self.to_end()
        elif anchor.seq not in self._store:
            self.to_top()
        else:
            self._show_from(self.layout.position_of(*anchor))

    def _show_from(self, top: Position) -> None:
        if not self.layout.before(top, self._lowest_top()):
            self.to_end()
            return
        if self._anchor is None:
            self._left_at = self._store.last
        self._anchor = self._top = self._anchor_of(top)

    def _fill(self) -> None:
        """Begin at the anchor, or further up when the view would not be full."""
        self._top = self._anchor
        if self._anchor is not None:
            lowest = self._lowest_top()
            if self.layout.before(lowest, self.top):
                self._top = self._anchor_of(lowest)

    def _lowest_top(self) -> Position:
        """The top row of a view that shows the end: a view that began lower would not be full."""
        last = self._store.blocks[-1].end - 1
        end = Position(last, len(self.layout.rows_of(last)) - 1)
        return self.layout.move(end, 1 - self._height)

    def _anchor_of(self, position: Position) -> Anchor:
        return Anchor(position.seq, self.layout.rows_of(position.seq)[position.row][0])
