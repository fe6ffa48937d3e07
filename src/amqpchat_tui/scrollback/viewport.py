"""What of a scrollback is on the screen: the end of it, or a place that keeps still."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from amqpchat_tui.scrollback.layout import Layout, Position
from amqpchat_tui.scrollback.rows import RowKind
from amqpchat_tui.scrollback.store import Scrollback


class Anchor(NamedTuple):
    """A character of an entry, in its text or around it; the row that contains it stays the view's top row.

    For an entry that is hidden, the next below stands in.
    """

    seq: int
    offset: int
    kind: RowKind = RowKind.TEXT


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
        self._visible: Sequence[Position] | None = None
        """The rows in view, once they have been asked for."""
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
        """The view's top row; there must be rows."""
        return self._lowest_top() if self._top is None else self._position_of(self._top)

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
        if self._top is None or not self._has_rows:
            return True
        return not self.layout.before(self.top, self._lowest_top())

    @property
    def new_below(self) -> int:
        """How many chat messages have arrived below the view since the reader left the end.

        What was filled in there is none of them.
        """
        if self._top is None:
            return 0
        rows = self.visible()
        if not rows:
            return 0
        ordinal = self._store.ordinal
        seen = rows[-1].seq
        if self._left_at is not None and self._left_at in self._store:
            seen = max(seen, self._left_at, key=ordinal)
        return self._store.news_below(seen)

    def visible(self) -> Sequence[Position]:
        """Return the rows in view, from the top: `height` of them, or all when there are fewer."""
        if self._visible is None:
            self._visible = self._find_visible()
        return self._visible

    def _find_visible(self) -> list[Position]:
        rows: list[Position] = []
        if not self._has_rows:
            return rows
        top = self.top
        skip = top.row
        for seq in self._store.shown(top.seq, 1):
            rows += [Position(seq, row) for row in range(skip, len(self.layout.rows_of(seq)))]
            skip = 0
            if len(rows) >= self._height:
                break
        return rows[: self._height]

    def sync(self) -> None:
        """Take in what happened to the scrollback: call it after every change, before anything else."""
        self._visible = None
        appended = self._store.last != self._last
        self._last = self._store.last
        changed = self.layout.sync()
        if self._anchor is None:
            return
        if appended:
            self._anchor = self._top
        if self._anchor is None or self._anchor.seq not in self._store:
            if self._has_rows:
                self.to_top()
            else:
                self.to_end()
        elif changed or (self._top is not None and self._top.seq not in self._store):
            self._fill()

    def resize(self, width: int, height: int) -> None:
        """Give rows `width` cells, and the view `height` rows; both are at least 1."""
        self.sync()
        self.layout.set_width(width)
        self._height = max(1, height)
        self._fill()

    def scroll_by(self, rows: int) -> None:
        """Move down by some rows, or up when negative; following resumes at the end."""
        if self._has_rows:
            self._show_from(self.layout.move(self.top, rows))

    def page(self, pages: int) -> None:
        """Move down by some pages, or up when negative; a page leaves one row of the last in view."""
        self.scroll_by(pages * max(1, self._height - 1))

    def to_top(self) -> None:
        """Go to the oldest entry."""
        if (first := self._store.first_shown) is not None:
            self._show_from(Position(first, 0))

    def to_end(self) -> None:
        """Go to the newest entry, and follow."""
        self._anchor = self._top = self._visible = None

    @property
    def _has_rows(self) -> bool:
        return self._store.last_shown is not None

    def scroll_to_row(self, row: int) -> None:
        """Go where about `row` rows are above the view, as from a dragged scrollbar."""
        if row + self._height < self.total_rows:
            self._show_from(self.layout.locate(row))
        elif self._has_rows:
            self.to_end()

    def reveal(self, seq: int, offset: int = 0) -> None:
        """Bring a character of an entry into view, in the middle when it is not there yet."""
        if not self._has_rows:
            return
        position = self._position_of(Anchor(seq, offset))
        if position not in self.visible():
            self._show_from(self.layout.move(position, -(self._height // 2)))

    def return_to(self, anchor: Anchor | None) -> None:
        """Go back to where `anchor` was, or to the oldest entry if that has been trimmed."""
        if anchor is None or not self._has_rows:
            self.to_end()
        elif anchor.seq not in self._store:
            self.to_top()
        else:
            self._show_from(self._position_of(anchor))

    def _show_from(self, top: Position) -> None:
        if not self.layout.before(top, self._lowest_top()):
            self.to_end()
            return
        if self._anchor is None:
            self._left_at = self._store.last
        self._anchor = self._top = self._anchor_of(top)
        self._visible = None

    def _fill(self) -> None:
        """Begin at the anchor, or further up when the view would not be full."""
        self._top, self._visible = self._anchor, None
        if self._anchor is not None and self._has_rows:
            lowest = self._lowest_top()
            if self.layout.before(lowest, self.top):
                self._top = self._anchor_of(lowest)

    def _lowest_top(self) -> Position:
        """The top row of a view that shows the end: a view that began lower would not be full."""
        last = self._store.last_shown
        assert last is not None
        end = Position(last, len(self.layout.rows_of(last)) - 1)
        return self.layout.move(end, 1 - self._height)

    def _anchor_of(self, position: Position) -> Anchor:
        row = self.layout.rows_of(position.seq)[position.row]
        return Anchor(position.seq, row.start, row.kind)

    def _position_of(self, anchor: Anchor) -> Position:
        """Return the row of an anchor, or the one that stands in for it; there must be rows."""
        if self._store.is_shown(anchor.seq):
            return self.layout.position_of(*anchor)
        if (below := self._store.next(anchor.seq)) is not None:
            return Position(below, 0)
        above = self._store.next(anchor.seq, -1)
        assert above is not None
        return Position(above, len(self.layout.rows_of(above)) - 1)
