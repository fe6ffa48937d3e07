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
        self._left_at = 0
        """The scrollback's end when the reader left it."""

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
        if self._top is None:
            return self._lowest_top()
        return self.layout.position_of(*self._top)

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
        return self._top is None or self.top >= self._lowest_top()

    @property
    def new_below(self) -> int:
        """How many chat messages have arrived below the view since the reader left the end."""
        if self._top is None:
            return 0
        return self._store.chats_since(max(self._left_at, self.visible()[-1].seq + 1))

    def visible(self) -> list[Position]:
        """Return the rows in view, from the top: `height` of them, or all when there are fewer."""
        rows: list[Position] = []
        if self.layout.first == self.layout.end:
            return rows
        seq, row = self.top
        while len(rows) < self._height and seq < self.layout.end:
            end = min(len(self.layout.rows_of(seq)), row + self._height - len(rows))
            rows.extend(Position(seq, row) for row in range(row, end))
            seq, row = seq + 1, 0
        return rows

    def sync(self) -> None:
        """Take in what was appended to the scrollback, trimmed or cleared: call it after every change."""
        end = self.layout.end
        self.layout.sync()
        if self._top is None:
            return
        if self.layout.end != end:
            self._anchor = self._top
        if self.layout.first == self.layout.end:
            self.to_end()
        elif self._top.seq < self.layout.first:
            self.to_top()

    def resize(self, width: int, height: int) -> None:
        """Give rows `width` cells, and the view `height` rows; both are at least 1."""
        self.sync()
        self.layout.set_width(width)
        self._height = max(1, height)
        self._top = self._anchor
        if self._anchor is not None and (lowest := self._lowest_top()) < self.top:
            self._top = self._anchor_of(lowest)

    def scroll_by(self, rows: int) -> None:
        """Move down by some rows, or up when negative; following resumes at the end."""
        if self.layout.first != self.layout.end:
            self._show_from(self.layout.move(self.top, rows))

    def page(self, pages: int) -> None:
        """Move down by some pages, or up when negative; a page leaves one row of the last in view."""
        self.scroll_by(pages * max(1, self._height - 1))

    def to_top(self) -> None:
        """Go to the oldest entry."""
        if self.layout.first != self.layout.end:
            self._show_from(Position(self.layout.first, 0))

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
        if anchor is None or self.layout.first == self.layout.end:
            self.to_end()
        elif anchor.seq < self.layout.first:
            self.to_top()
        else:
            self._show_from(self.layout.position_of(*anchor))

    def _show_from(self, top: Position) -> None:
        if top >= self._lowest_top():
            self.to_end()
            return
        if self._anchor is None:
            self._left_at = self.layout.end
        self._anchor = self._top = self._anchor_of(top)

    def _lowest_top(self) -> Position:
        """The top row of a view that shows the end: a view that began lower would not be full."""
        last = self.layout.end - 1
        end = Position(last, len(self.layout.rows_of(last)) - 1)
        return self.layout.move(end, 1 - self._height)

    def _anchor_of(self, position: Position) -> Anchor:
        return Anchor(position.seq, self.layout.rows_of(position.seq)[position.row][0])
