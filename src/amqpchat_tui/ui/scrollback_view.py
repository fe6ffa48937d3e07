"""The scrollback on the screen: a thin widget over `amqpchat_tui.scrollback`, drawn row by row."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import ClassVar

from rich.cells import split_graphemes
from rich.style import Style
from textual import events
from textual.app import ComposeResult
from textual.cache import LRUCache
from textual.geometry import Offset
from textual.message import Message
from textual.scrollbar import ScrollBar, ScrollDown, ScrollTo, ScrollUp
from textual.selection import Selection
from textual.strip import Strip
from textual.widget import Widget

from amqpchat_tui.config import UiSettings
from amqpchat_tui.model import Entry
from amqpchat_tui.scrollback import Position, Scrollback, Viewport, display_text
from amqpchat_tui.ui.columns import Columns
from amqpchat_tui.ui.row_painter import Palette, RowPainter

WHEEL_ROWS = 3
_CACHED_STRIPS = 1024


class ScrollbackView(Widget):
    """What the room saw, newest at the bottom; it stands still while one reads further up.

    Textual's own scrolling knows line numbers only; here the position is the viewport's anchor, so the widget
    has a scrollbar but scrolls itself. Selections are in message coordinates: x is a character of an entry's
    `display_text`, y is its `seq`.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"scrollback--{part}"
        for part in ("time", "rule", "own-rule", "notice", "error", "gap", "day", "selection")
    }

    class Scrolled(Message):
        """The reader has moved."""

    def __init__(self, ui: UiSettings) -> None:
        super().__init__(id="scrollback")
        self.auto_links = False
        self._ui = ui
        self._store = Scrollback(ui.scrollback_lines)
        self._viewport = Viewport(self._store)
        self._bar = ScrollBar(vertical=True)
        self._strips: LRUCache[Position, Strip] = LRUCache(_CACHED_STRIPS)
        self._painter: RowPainter | None = None
        self._rows: list[Position] = []

    def compose(self) -> ComposeResult:
        """Only the scrollbar is a widget; rows are drawn, so that a message costs no widget."""
        yield self._bar

    @property
    def new_below(self) -> int:
        """How many messages have come in below what the reader sees."""
        return self._viewport.new_below

    # -- content ------------------------------------------------------------------------------------

    def extend(self, entries: Iterable[Entry]) -> None:
        """Add a batch of entries; one repaint."""
        self._store.extend(entries)
        self._viewport.sync()
        self._show()

    def clear(self) -> None:
        """Drop everything."""
        self._store.clear()
        self._viewport.sync()
        self._show()

    # -- scrolling ----------------------------------------------------------------------------------

    def scroll_rows(self, rows: int) -> None:
        """Move by rows; down is positive. Reaching the end follows again."""
        self._viewport.scroll_by(rows)
        self._moved()

    def scroll_pages(self, pages: int) -> None:
        """Move by pages, with a row in common; down is positive."""
        self._viewport.page(pages)
        self._moved()

    def scroll_to_top(self) -> None:
        """Go to the oldest entry."""
        self._viewport.to_top()
        self._moved()

    def scroll_to_end(self) -> None:
        """Go to the newest entry and follow."""
        self._viewport.to_end()
        self._moved()

    def _moved(self) -> None:
        self._show()
        self.post_message(self.Scrolled())

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The wheel moves a few rows."""
        event.stop()
        self.scroll_rows(-WHEEL_ROWS)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """The wheel moves a few rows."""
        event.stop()
        self.scroll_rows(WHEEL_ROWS)

    def on_scroll_up(self, message: ScrollUp) -> None:
        """A click above the scrollbar's handle."""
        message.stop()
        message.prevent_default()
        self.scroll_pages(-1)

    def on_scroll_down(self, message: ScrollDown) -> None:
        """A click below the scrollbar's handle."""
        message.stop()
        message.prevent_default()
        self.scroll_pages(1)

    def on_scroll_to(self, message: ScrollTo) -> None:
        """The scrollbar's handle is being dragged."""
        message.stop()
        message.prevent_default()
        if message.y is not None:
            self._viewport.scroll_to_row(round(message.y))
            self._moved()

    # -- drawing ------------------------------------------------------------------------------------

    def on_resize(self) -> None:
        """Wrap to the new width, keeping what is read in place."""
        self._fit()

    def notify_style_update(self) -> None:
        """Another theme: draw everything anew."""
        super().notify_style_update()
        self._painter = None
        self._strips.clear()

    def _fit(self) -> None:
        self._painter = None
        self._strips.clear()
        self._viewport.resize(self._columns().text, self.size.height)
        self._show()

    def _columns(self) -> Columns:
        width = self.size.width - 1
        return Columns.fit(width, time=len(time.strftime(self._ui.time_format)), nick=self._ui.nick_width)

    def _show(self) -> None:
        """Ask the viewport which rows are to be seen, and for a repaint."""
        self._rows = self._viewport.visible()
        self._bar.window_size = self.size.height
        self._bar.window_virtual_size = self._viewport.total_rows
        self._bar.position = self._viewport.top_row
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw row `y` of the view; content that does not fill it stands at the bottom."""
        index = y - (self.size.height - len(self._rows))
        if index < 0:
            return Strip.blank(self.size.width, self.rich_style)
        position = self._rows[index]
        selection = self.text_selection
        selected = selection.get_span(position.seq) if selection is not None else None
        if selected is None and (strip := self._strips.get(position)) is not None:
            return strip
        if self._painter is None:
            self._painter = RowPainter(self._palette(), self._columns(), self._ui.time_format)
        entry = self._store[position.seq]
        span = self._viewport.layout.rows_of(position.seq)[position.row]
        strip = self._painter.paint(entry, display_text(entry), position.row, span, selected)
        if selected is None:
            self._strips[position] = strip
        return strip

    def _palette(self) -> Palette:
        def part(name: str) -> Style:
            return self.get_component_rich_style(f"scrollback--{name}")

        _, background = self.background_colors
        return Palette(
            text=self.rich_style,
            time=part("time"),
            rule=part("rule"),
            own_rule=part("own-rule"),
            notice=part("notice"),
            error=part("error"),
            gap=part("gap"),
            day=part("day"),
            selection=self.get_component_rich_style("scrollback--selection", partial=True),
            background=background.rgb,
            ansi=self.app.current_theme.ansi,
        )

    # -- selection ----------------------------------------------------------------------------------

    def offset_at(self, x: int, y: int) -> Offset | None:
        """The character (x) and `seq` (y) at a cell of the view, or None where there is no entry."""
        index = y - (self.size.height - len(self._rows))
        if not 0 <= index < len(self._rows):
            return None
        seq, row = self._rows[index]
        start, end = self._viewport.layout.rows_of(seq)[row]
        cells = x - self._columns().text_start
        text = display_text(self._store[seq])
        return Offset(start + _characters(text[start:end], cells), seq)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The selected text: whole lines as they were sent, without nicks, times or the rows' breaks."""
        first = selection.start.y if selection.start is not None else self._store.first
        last = selection.end.y if selection.end is not None else self._store.end - 1
        lines = []
        for seq in range(max(first, self._store.first), min(last + 1, self._store.end)):
            text = display_text(self._store[seq])
            if (span := selection.get_span(seq)) is not None:
                start, end = span
                lines.append(text[max(start, 0) : len(text) if end == -1 else end])
        return ("\n".join(lines), "\n") if lines else None


def _characters(text: str, cells: int) -> int:
    """How many characters of a row lie before a cell."""
    position = 0
    for start, _, width in split_graphemes(text)[0]:
        position += width
        if position > cells:
            return start
    return len(text)
