"""The list of rooms at the left: which there are, and what is new in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, Literal

from rich.segment import Segment
from textual import events
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from amqpchat_tui.chat.listing import Listed
from amqpchat_tui.model import ConversationId
from amqpchat_tui.ui.panels.looks import LOOK_CLASSES, style_of
from amqpchat_tui.ui.panels.panel_text import ListRow, Visibility, list_cells, list_rows


class RoomList(ScrollView, can_focus=False):
    """A row for each conversation, drawn one by one, so that news in one paint one row.

    The conversation on the screen is in view, until one scrolls away from it.
    """

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = LOOK_CLASSES

    class Clicked(Message):
        """A conversation has been clicked."""

        def __init__(self, conversation: ConversationId) -> None:
            super().__init__()
            self.conversation = conversation

    def __init__(self, panels: Literal["auto", "never"], hint: Callable[[str], None]) -> None:
        """`panels` as in the settings."""
        super().__init__(id="rooms")
        self._visibility = Visibility.AUTOMATIC if panels == "auto" else Visibility.HIDDEN
        self._hint = hint
        self._listing: Sequence[Listed] = ()
        self._rows: Sequence[ListRow] = ()
        """As they were drawn."""
        self._columns = 0
        """The terminal's."""

    def show(self, listing: Sequence[Listed]) -> None:
        """Show these conversations; what looks as before is not painted again."""
        if listing != self._listing:
            self._listing = listing
            self._fit()

    def fit(self, columns: int) -> None:
        """Be as wide as a terminal of so many columns allows."""
        self._columns = columns
        self._fit()

    def do_room_list(self) -> None:
        """Be there always, never, or where there is space for it."""
        self._visibility = self._visibility.following
        self._hint(f"Rooms at the left: {self._visibility.value}.")
        self._fit()

    def _fit(self) -> None:
        cells = list_cells(self._visibility, self._columns, len(self._listing))
        self.display = cells > 0
        if self.display:
            self.styles.width = cells
            self._show_rows()

    def on_resize(self) -> None:
        """Fill the new width."""
        self._show_rows()
        self._scroll_to_shown()

    def _show_rows(self) -> None:
        before, self._rows = self._rows, list_rows(self._listing, self.scrollable_size.width)
        if len(before) != len(self._rows):
            self.virtual_size = Size(self.scrollable_size.width, len(self._rows))
            self.refresh()
        for y, (old, new) in enumerate(zip(before, self._rows, strict=False)):
            if old.parts != new.parts:
                self.refresh_line(y)
        if _shown_row(before) != _shown_row(self._rows):
            self._scroll_to_shown()

    def _scroll_to_shown(self) -> None:
        if (y := _shown_row(self._rows)) is not None:
            top, height = self.scroll_offset.y, self.scrollable_size.height
            self.scroll_to(y=min(max(top, y - height + 1), y), animate=False)

    def render_line(self, y: int) -> Strip:
        """Draw a row."""
        width = self.scrollable_size.width
        if (row := self._row_at(y)) is None:
            return Strip.blank(width, self.rich_style)
        return Strip([Segment(text, style_of(self, look)) for text, look in row.parts if text], width)

    def _row_at(self, y: int) -> ListRow | None:
        y += self.scroll_offset.y
        return self._rows[y] if y < len(self._rows) else None

    # -- the mouse ----------------------------------------------------------------------------------

    def on_click(self, event: events.Click) -> None:
        """Tell which conversation stands there."""
        if (row := self._row_at(event.y)) is not None and row.listed is not None:
            self.post_message(self.Clicked(row.listed.id))

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Have the tooltip say what is wrong with the one under the mouse."""
        row = self._row_at(event.y)
        problem = row.listed.problem if row is not None and row.listed is not None else ""
        self.tooltip = Content(problem) if problem else None


def _shown_row(rows: Sequence[ListRow]) -> int | None:
    return next((y for y, row in enumerate(rows) if row.listed is not None and row.listed.shown), None)
