"""The list of rooms at the left: which there are, and what is new in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from textual import events
from textual.content import Content
from textual.message import Message

from amqpchat_tui.chat.listing import Listed
from amqpchat_tui.model import ConversationId
from amqpchat_tui.ui.panels.panel import Panel
from amqpchat_tui.ui.panels.panel_text import WIDE_COLUMNS, ListRow, list_cells, list_rows


class RoomList(Panel[ListRow]):
    """A row for each conversation; the one on the screen is in view, until one scrolls away from it."""

    key = "rooms"

    class Clicked(Message):
        """A conversation has been clicked."""

        def __init__(self, conversation: ConversationId) -> None:
            super().__init__()
            self.conversation = conversation

    def __init__(self, panels: Literal["auto", "never"], hint: Callable[[str], None]) -> None:
        super().__init__(
            panels=panels,
            hint=hint,
            name="Rooms at the left",
            automatic=f"where the terminal has {WIDE_COLUMNS} columns and there are two or more",
        )
        self._listing: Sequence[Listed] = ()

    def show(self, listing: Sequence[Listed]) -> None:
        """Show these conversations; what looks as before is not painted again."""
        if listing != self._listing:
            self._listing = listing
            self._fit()

    def do_room_list(self) -> None:
        """Be there always, never, or where there is space for it."""
        self.turn()

    def _cells(self) -> int:
        return list_cells(self._visibility, self._columns, len(self._listing))

    def _make_rows(self, cells: int) -> Sequence[ListRow]:
        return list_rows(self._listing, cells)

    def on_resize(self) -> None:
        """Fill the new width."""
        super().on_resize()
        self._scroll_to_shown()

    def _show_rows(self) -> None:
        before = self._rows
        super()._show_rows()
        if _shown_row(before) != _shown_row(self._rows):
            self._scroll_to_shown()

    def _scroll_to_shown(self) -> None:
        if (y := _shown_row(self._rows)) is not None:
            top, height = self.scroll_offset.y, self.scrollable_size.height
            self.scroll_to(y=min(max(top, y - height + 1), y), animate=False)

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
