"""The scrollback on the screen: a thin widget over `amqpchat_tui.scrollback`, drawn row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import ClassVar

from rich.style import Style
from textual import events
from textual.app import ComposeResult
from textual.cache import LRUCache
from textual.geometry import Offset, Region
from textual.message import Message
from textual.scrollbar import ScrollDown, ScrollTo, ScrollUp
from textual.selection import Selection
from textual.strip import Strip
from textual.widget import Widget

from amqpchat_tui.chat.attention import Attention
from amqpchat_tui.chat.people.accounts import Called
from amqpchat_tui.config import UiSettings
from amqpchat_tui.model import ChatMessage, Entry, Occupant
from amqpchat_tui.scrollback import Anchor, Position, Reader, RowKind
from amqpchat_tui.scrollback.search import Search
from amqpchat_tui.ui.scrollback.bar import Bar
from amqpchat_tui.ui.scrollback.clicked import EntryClicked, part_at
from amqpchat_tui.ui.scrollback.columns import Columns
from amqpchat_tui.ui.scrollback.palette import PARTS, Palette
from amqpchat_tui.ui.scrollback.row_painter import Mark, RowPainter
from amqpchat_tui.ui.scrollback.selection import character_at, characters_before, selected_text
from amqpchat_tui.ui.scrollback.text_marks import text_marks

WHEEL_ROWS = 3
_CACHED_STRIPS = 1024


class ScrollbackView(Widget):
    """What the room saw, newest at the bottom; it stands still while one reads further up.

    Textual's own scrolling knows line numbers only; here the position is the reader's anchor, so the widget
    has a scrollbar but scrolls itself. Selections are in message coordinates: x is a character of an entry's
    `display_text`, y is its `ordinal`, as Textual sorts by it.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = set(PARTS)

    class Scrolled(Message):
        """The reader has moved."""

    class ReachedTop(Message):
        """The reader has gone up to the oldest entry."""

    class ReactionsClicked(Message):
        """A row of reactions has been clicked."""

        def __init__(self, seq: int, character: int) -> None:
            """`character` is which one of the row."""
            super().__init__()
            self.seq = seq
            self.character = character

    def __init__(
        self, ui: UiSettings, attention: Attention, reader: Reader, called: Callable[[Occupant], Called]
    ) -> None:
        """`called` tells what to call a sender."""
        super().__init__(id="scrollback")
        self.auto_links = False
        self._ui = ui
        self._attention = attention
        self._called = called
        self._reader = reader
        self._bar = Bar()
        self._strips: LRUCache[Position, Strip] = LRUCache(_CACHED_STRIPS)
        self._generation = reader.generation
        """The reader's, when the strips were drawn."""
        self._renumberings = reader.store.renumberings
        """The store's, when the selection was made."""
        self._painter: RowPainter | None = None
        self._palette: Palette
        self._rows: Sequence[Position] = []
        """Those on the screen."""

    def compose(self) -> ComposeResult:
        """Only the scrollbar is a widget; rows are drawn, so that a message costs no widget."""
        yield self._bar

    # -- what is shown ------------------------------------------------------------------------------

    @property
    def reader(self) -> Reader:
        """Whose view this is. Who moves it, or changes what it reads, calls `sync` afterwards."""
        return self._reader

    def configure(self, ui: UiSettings) -> None:
        """Show times and nicks as the settings say."""
        self._ui = ui
        self._fit()

    def do_clear(self) -> None:
        """Empty the scrollback."""
        self._reader.store.clear()
        self.sync()
        self.post_message(self.Scrolled())

    @property
    def time_format(self) -> str:
        """How times are written, for `time.strftime`."""
        return self._ui.time_format

    def show(self, reader: Reader) -> None:
        """Show another reader's view: where it was, with what it has picked and looks for."""
        if reader is not self._reader:
            self._reader.look_away()
            self._reader = reader
            self._generation = reader.generation
            self._drop_selection()
            self._fit()
            self.post_message(self.Scrolled())

    def sync(self) -> None:
        """Show what has happened to the scrollback; one repaint."""
        if self._reader.store.renumberings != self._renumberings:
            self._drop_selection()
        if not self._keep_to_what_is_held():
            self._rows = self._reader.rows
        self._show_bar()
        self.refresh(self.size.region.shrink((0, 1, 0, 0)))  # the scrollbar paints itself

    def show_news(self) -> None:
        """Show what was added at the end; whoever reads further up sees only the scrollbar move."""
        if self._reader.rows == self._rows and self._reader.generation == self._generation:
            self._show_bar()
        else:
            self.sync()

    def repaint(self) -> None:
        """Draw anew what is on the screen: its senders may be called otherwise."""
        self._strips.clear()
        self.sync()

    def _show_bar(self) -> None:
        reader = self._reader
        self._bar.show(rows=reader.total_rows, height=self.size.height, top=reader.top_row)

    def _drop_selection(self) -> None:
        """Textual remembers ordinals, which mean other entries now."""
        self._renumberings = self._reader.store.renumberings
        self.screen.clear_selection()

    # -- picking, finding, mentions -----------------------------------------------------------------

    def pick(self, step: int) -> bool:
        """Pick the next message below (1) or above (-1) the picked one, at first the lowest in view."""
        return self._moved(self._reader.pick(step))

    def pick_mention(self, step: int) -> bool:
        """Pick the next message below (1) or above (-1) that concerns the reader."""
        attention = self._attention
        return self._moved(self._reader.pick_where(step, attention.concerns, attention.may_concern))

    def unfold(self) -> bool:
        """Show all of the picked message, and next time its line again; False if there is no more of it."""
        return self._moved(self._reader.unfold())

    def unpick(self) -> None:
        """Pick nothing any more, and have what was unfolded on a line again."""
        self._reader.unpick()
        self._moved()

    def show_search(self, search: Search | None) -> None:
        """Highlight what a search finds, or nothing any more; repaint only if that is to be seen."""
        if self._reader.look_for(search):
            self.refresh()

    def show_hit(self, seq: int) -> bool:
        """Bring an entry that was found into view, if it is still held and not hidden."""
        return self._moved(self._reader.show_hit(seq))

    def return_to(self, place: Anchor | None) -> None:
        """Go back to where the reader was."""
        self._reader.return_to(place)
        self._moved()

    def scroll_to_unread(self) -> bool:
        """Go to where reading stopped; False where that is in view."""
        before = self._reader.place
        self._moved(self._reader.to_unread())
        return self._reader.place != before

    # -- scrolling ----------------------------------------------------------------------------------

    def scroll_rows(self, rows: int) -> None:
        """Move by rows; down is positive. Reaching the end follows again."""
        self._reader.scroll_by(rows)
        self._moved()
        self._tell_of_top(rows)

    def scroll_pages(self, pages: int) -> None:
        """Move by pages, with a row in common; down is positive."""
        self._reader.page(pages)
        self._moved()
        self._tell_of_top(pages)

    def scroll_to_top(self) -> None:
        """Go to the oldest entry."""
        self._reader.to_top()
        self._moved()
        self._tell_of_top(-1)

    def scroll_to_end(self) -> None:
        """Go to the newest entry and follow."""
        self._reader.to_end()
        self._moved()

    def _tell_of_top(self, step: int) -> None:
        if step < 0 and self._reader.top_row == 0:
            self.post_message(self.ReachedTop())

    def do_page_up(self) -> None:
        """Scroll a page up."""
        self.scroll_pages(-1)

    def do_page_down(self) -> None:
        """Scroll a page down."""
        self.scroll_pages(1)

    do_unread = scroll_to_unread
    do_oldest = do_home = scroll_to_top
    do_newest = do_end = scroll_to_end

    def _moved(self, moved: bool = True) -> bool:
        """Show where the reader is now, if that has changed; return whether it has."""
        if moved:
            self.sync()
            self.post_message(self.Scrolled())
        return moved

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
            self._reader.scroll_to_row(round(message.y))
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
        self._reader.resize(self._columns().text, self.size.height)
        self.sync()

    def _columns(self) -> Columns:
        width = self.size.width - 1
        return Columns.fit(width, time_format=self._ui.time_format, nick=self._ui.nick_width)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw without Textual's cache of styled lines, which only costs here: half of each repaint.

        Only its filters matter: those for terminals without colours, or with their own.
        """
        if self._keep_to_what_is_held():
            self.refresh()  # of what is drawn now, only what was to be painted goes to the terminal
        if self.app.no_color or self.app.current_theme.ansi:
            return super().render_lines(crop)
        strips = [self.render_line(y) for y in crop.line_range]
        if crop.x or crop.width != self.size.width:
            strips = [strip.crop(crop.x, crop.right) for strip in strips]
        return strips

    def _keep_to_what_is_held(self) -> bool:
        """What is on the screen may have changed or been dropped since it was shown; tell whether it has."""
        changed = self._generation != self._reader.generation
        if changed:
            self._generation = self._reader.generation
            self._strips.clear()
        if changed or (self._rows and self._rows[0].seq not in self._reader.store):
            self._rows = self._reader.rows
            return True
        return False

    def render_line(self, y: int) -> Strip:
        """Draw row `y` of the view; content that does not fill it stands at the bottom."""
        position = self._position_at(y)
        if position is None:
            return Strip.blank(self.size.width, self.visual_style.rich_style)
        seq, index = position
        store = self._reader.store
        selection = self.text_selection
        selected = selection.get_span(store.ordinal(seq)) if selection is not None else None
        if selected is None and (strip := self._strips.get(position)) is not None:
            return strip
        if self._painter is None:
            self._palette = Palette.of(self)
            self._painter = RowPainter(self._palette, self._columns(), self._ui.time_format, self._called)
        entry, text, rows = store[seq], store.text(seq), self._reader.rows_of(seq)
        marks = list(self._marks(entry, text))
        if selected is not None:
            marks.append(Mark(*selected, self._palette.selection))
        band = self._band(entry, position)
        strip = self._painter.paint(entry, text, store.annotation(seq), rows, index, marks, band)
        if selected is None:
            self._strips[position] = strip
        return strip

    def _position_at(self, y: int) -> Position | None:
        index = y - (self.size.height - len(self._rows))
        return self._rows[index] if 0 <= index < len(self._rows) else None

    def _marks(self, entry: Entry, text: str) -> Iterator[Mark]:
        if isinstance(entry, ChatMessage):
            yield from text_marks(text, self._palette)
        if self._reader.search is not None:
            for start, end in self._reader.search.spans(text):
                yield Mark(start, end, self._palette.hit)

    def _band(self, entry: Entry, position: Position) -> Style | None:
        """What sets a whole row off: being picked, naming the reader, being the last that was read."""
        band = None
        if self._reader.is_picked(position.seq):
            band = self._palette.picked
        elif self._attention.concerns(entry) or self._reader.store.annotation(position.seq).concerns:
            band = self._palette.mention
        if self._reader.is_last_read(position):
            line = Style(underline=True)
            band = line if band is None else band + line
        return band

    def on_click(self, event: events.Click) -> None:
        """Tell what was clicked besides text, unless something was selected so."""
        position = self._position_at(event.y)
        if position is None or self.text_selection is not None:
            return
        kind, start, end = self._reader.rows_of(position.seq)[position.row]
        entry, columns = self._reader.store[position.seq], self._columns()
        part = part_at(event.x, position.row, kind, columns)
        if part is not None and isinstance(entry, ChatMessage):
            self.post_message(EntryClicked(position.seq, part, entry.nick))
        cell = event.x - columns.text_start
        if kind is RowKind.REACTIONS and cell >= 0:
            text = self._reader.store.annotation(position.seq).reactions[start:end]
            self.post_message(self.ReactionsClicked(position.seq, start + characters_before(text, cell)))

    # -- selection ----------------------------------------------------------------------------------

    def offset_at(self, x: int, y: int) -> Offset | None:
        """The character (x) and `ordinal` (y) at a cell of the view, or None where there is no entry."""
        if self._keep_to_what_is_held():
            self.refresh()
        position = self._position_at(y)
        if position is None:
            return None
        character = character_at(self._reader, position, x - self._columns().text_start)
        return Offset(character, self._reader.store.ordinal(position.seq))

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The selected text, and what stands between it and that of another widget."""
        text = selected_text(self._reader.store, selection)
        return None if text is None else (text, "\n")
