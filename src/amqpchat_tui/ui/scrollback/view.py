"""The scrollback on the screen: a thin widget over `amqpchat_tui.scrollback`, drawn row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import ClassVar

from rich.cells import split_graphemes
from rich.style import Style
from textual import events
from textual.app import ComposeResult
from textual.cache import LRUCache
from textual.geometry import Offset, Region
from textual.message import Message
from textual.scrollbar import ScrollBar, ScrollDown, ScrollTo, ScrollUp
from textual.selection import Selection
from textual.strip import Strip
from textual.widget import Widget

from amqpchat_tui.chat.attention import Attention
from amqpchat_tui.config import UiSettings
from amqpchat_tui.model import ChatMessage, Entry
from amqpchat_tui.scrollback import Anchor, Position, Scrollback, Viewport, display_text
from amqpchat_tui.scrollback.search import Search, nearest
from amqpchat_tui.ui.scrollback.columns import Columns
from amqpchat_tui.ui.scrollback.links import find_links
from amqpchat_tui.ui.scrollback.palette import PARTS, Palette
from amqpchat_tui.ui.scrollback.row_painter import Mark, RowPainter, link_style

WHEEL_ROWS = 3
_CACHED_STRIPS = 1024


class ScrollbackView(Widget):
    """What the room saw, newest at the bottom; it stands still while one reads further up.

    Textual's own scrolling knows line numbers only; here the position is the viewport's anchor, so the widget
    has a scrollbar but scrolls itself. Selections are in message coordinates: x is a character of an entry's
    `display_text`, y is its `ordinal`, as Textual sorts by it.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = set(PARTS)

    class Scrolled(Message):
        """The reader has moved."""

    def __init__(self, ui: UiSettings, attention: Attention) -> None:
        super().__init__(id="scrollback")
        self.auto_links = False
        self._ui = ui
        self._attention = attention
        self._store = Scrollback(ui.scrollback_lines)
        self._viewport = Viewport(self._store)
        self._bar = ScrollBar(vertical=True)
        self._strips: LRUCache[Position, Strip] = LRUCache(_CACHED_STRIPS)
        self._painter: RowPainter | None = None
        self._palette: Palette
        self._rows: list[Position] = []
        self._picked: int | None = None
        self._search: Search | None = None
        self._read_to: int | None = None
        """The last entry that was read; nothing was, at first."""
        self._renumberings = 0
        self._followed = True
        self._caught_up = True

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

    # -- what is unread -----------------------------------------------------------------------------

    def note_presence(self, present: bool) -> None:
        """The reader looks at the terminal, or does not."""
        if not present and self._viewport.follow:
            self._mark_unread()

    def _note_move(self) -> None:
        """Scrolling away from the end stops reading there, unless one goes back to what is unread."""
        followed, self._followed = self._followed, self._viewport.follow
        if followed and not self._followed and self._caught_up:
            self._mark_unread()
        elif self._followed and not followed:
            self._caught_up = True

    def _mark_unread(self) -> None:
        self._read_to = self._store.last
        self._caught_up = False
        self._strips.clear()

    def scroll_to_unread(self) -> None:
        """Go to where reading stopped."""
        unread = self._store.first if self._read_to is None else self._beside(self._read_to, 1)
        if unread is not None:
            self._viewport.reveal(unread)
            self._moved()

    # -- picking, finding, mentions -----------------------------------------------------------------

    @property
    def store(self) -> Scrollback:
        """The entries."""
        return self._store

    @property
    def picked(self) -> ChatMessage | None:
        """The message that was picked."""
        if self._picked is None or self._picked not in self._store:
            return None
        entry = self._store[self._picked]
        return entry if isinstance(entry, ChatMessage) else None

    def pick(self, step: int) -> bool:
        """Pick the next message below (1) or above (-1) the picked one, at first the lowest in view."""
        if self._picked is not None:
            start = self._beside(self._picked, step)
        else:
            start = self._rows[-1].seq if self._rows else None
        return self._pick_nearest(start, step, lambda entry: isinstance(entry, ChatMessage), lambda _: True)

    def pick_mention(self, step: int) -> bool:
        """Pick the next message below (1) or above (-1) that concerns the reader."""
        if self._picked is not None:
            start = self._beside(self._picked, step)
        else:
            start = self._rows[-1].seq if self._rows and step < 0 else None
        return self._pick_nearest(start, step, self._attention.concerns, self._attention.may_concern)

    def _beside(self, seq: int, step: int) -> int | None:
        """The entry below (1) or above (-1) another; below a trimmed one is the oldest."""
        if seq in self._store:
            return self._store.next(seq, step)
        return self._store.first if step > 0 else None

    def _pick_nearest(
        self, start: int | None, step: int, wanted: Callable[[Entry], bool], hint: Callable[[str], bool]
    ) -> bool:
        seq = nearest(self._store, start, step, wanted, hint) if start is not None else None
        if seq is not None:
            self.show_hit(seq)
        return seq is not None

    def unpick(self) -> None:
        """Pick nothing any more."""
        self._picked = None
        self._strips.clear()
        self.refresh()

    def show_search(self, search: Search | None) -> None:
        """Highlight what a search finds, or nothing any more; repaint only if that is to be seen."""
        searches = [each for each in (self._search, search) if each is not None]
        self._search = search
        self._strips.clear()
        texts = [self._store.text(seq) for seq in {position.seq for position in self._rows}]
        if any(each.spans(text) for each in searches for text in texts):
            self.refresh()

    def show_hit(self, seq: int) -> None:
        """Bring an entry that was found into view."""
        if seq in self._store:
            self._picked = seq
            self._reveal(seq)

    def _reveal(self, seq: int) -> None:
        self._strips.clear()
        self._viewport.reveal(seq)
        self._moved()

    @property
    def place(self) -> Anchor | None:
        """Where the reader is, for `return_to`; None while following."""
        return self._viewport.anchor

    def return_to(self, place: Anchor | None) -> None:
        """Go back to where the reader was."""
        self._viewport.return_to(place)
        self._moved()

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
        self._note_move()
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
        """The scrollbar's handle is being dragged; its lowest and highest cell are the ends."""
        message.stop()
        message.prevent_default()
        if message.y is None:
            return
        row = self.app.mouse_position.y - self.region.y
        if row <= 0:
            self.scroll_to_top()
        elif row >= self.size.height - 1:
            self.scroll_to_end()
        else:
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
        return Columns.fit(width, time_format=self._ui.time_format, nick=self._ui.nick_width)

    def _show(self) -> None:
        """Ask the viewport which rows are to be seen, and for a repaint."""
        if self._store.renumberings != self._renumberings:
            self._renumberings = self._store.renumberings
            self.screen.clear_selection()
        self._rows = self._viewport.visible()
        self._bar.window_size = self.size.height
        self._bar.window_virtual_size = self._viewport.total_rows
        self._bar.position = self._viewport.top_row
        self.refresh()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw without Textual's cache of styled lines, which only costs here: half of each repaint.

        Only its filters matter: those for terminals without colours, or with their own.
        """
        if self.app.no_color or self.app.current_theme.ansi:
            return super().render_lines(crop)
        strips = [self.render_line(y) for y in crop.line_range]
        if crop.x or crop.width != self.size.width:
            strips = [strip.crop(crop.x, crop.right) for strip in strips]
        return strips

    def render_line(self, y: int) -> Strip:
        """Draw row `y` of the view; content that does not fill it stands at the bottom."""
        index = y - (self.size.height - len(self._rows))
        if index < 0:
            return Strip.blank(self.size.width, self.visual_style.rich_style)
        position = self._rows[index]
        selection = self.text_selection
        selected = selection.get_span(self._store.ordinal(position.seq)) if selection is not None else None
        if selected is None and (strip := self._strips.get(position)) is not None:
            return strip
        if self._painter is None:
            self._palette = Palette.of(self)
            self._painter = RowPainter(self._palette, self._columns(), self._ui.time_format)
        entry = self._store[position.seq]
        span = self._viewport.layout.rows_of(position.seq)[position.row]
        text = display_text(entry)
        marks = list(self._marks(entry, text))
        if selected is not None:
            marks.append(Mark(*selected, self._palette.selection))
        strip = self._painter.paint(entry, text, position.row, span, marks, self._band(entry, position))
        if selected is None:
            self._strips[position] = strip
        return strip

    def _marks(self, entry: Entry, text: str) -> Iterator[Mark]:
        if isinstance(entry, ChatMessage):
            for start, end, url in find_links(text):
                yield Mark(start, end, link_style(url))
        if self._search is not None:
            for start, end in self._search.spans(text):
                yield Mark(start, end, self._palette.hit)

    def _band(self, entry: Entry, position: Position) -> Style | None:
        """What sets a whole row off: being picked, naming the reader, being the last that was read."""
        band = None
        if position.seq == self._picked:
            band = self._palette.picked
        elif self._attention.concerns(entry):
            band = self._palette.mention
        if position.seq == self._read_to and self._read_to != self._store.last:
            last = position.row == len(self._viewport.layout.rows_of(position.seq)) - 1
            if last:
                line = Style(underline=True)
                band = line if band is None else band + line
        return band

    # -- selection ----------------------------------------------------------------------------------

    def offset_at(self, x: int, y: int) -> Offset | None:
        """The character (x) and `ordinal` (y) at a cell of the view, or None where there is no entry."""
        index = y - (self.size.height - len(self._rows))
        if not 0 <= index < len(self._rows):
            return None
        seq, row = self._rows[index]
        start, end = self._viewport.layout.rows_of(seq)[row]
        cells = x - self._columns().text_start
        text = self._store.text(seq)
        return Offset(start + _characters(text[start:end], cells), self._store.ordinal(seq))

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The selected text: whole lines as they were sent, without nicks, times or the rows' breaks."""
        lines = []
        for ordinal, text in self._texts_from(selection.start.y if selection.start is not None else None):
            if (span := selection.get_span(ordinal)) is None:
                break
            start, end = span
            lines.append(text[max(start, 0) : len(text) if end == -1 else end])
        return ("\n".join(lines), "\n") if lines else None

    def _texts_from(self, ordinal: int | None) -> Iterator[tuple[int, str]]:
        """Go down from the first entry at or below an `ordinal`, each text with its own."""
        start = self._store.first if ordinal is None else self._store.seq_at(ordinal)
        for stretch in self._store.stretches(start, 1) if start is not None else ():
            for seq, text in self._store.texts(stretch):
                yield self._store.ordinal(seq), text


def _characters(text: str, cells: int) -> int:
    """How many characters of a row lie before a cell."""
    position = 0
    for start, _, width in split_graphemes(text)[0]:
        position += width
        if position > cells:
            return start
    return len(text)
