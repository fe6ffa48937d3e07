"""The list of people at the right: who is in the room, and which plain scripts were heard there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from textual import events
from textual.message import Message

from amqpchat_tui.ui.panels.panel import Panel
from amqpchat_tui.ui.panels.panel_text import WIDER_COLUMNS
from amqpchat_tui.ui.panels.people_text import Company, PersonRow, has_space, people_cells, people_rows


class PeopleList(Panel[PersonRow]):
    """A row for each of those in the room on the screen."""

    key = "people"

    class Clicked(Message):
        """Somebody has been clicked."""

        def __init__(self, nick: str) -> None:
            super().__init__()
            self.nick = nick

    def __init__(self, panels: Literal["auto", "never"], hint: Callable[[str], None]) -> None:
        super().__init__(
            panels=panels,
            hint=hint,
            name="People at the right",
            automatic=f"where the terminal has {WIDER_COLUMNS} columns and there are others",
        )
        self._look: Callable[[], Company] | None = None
        self._company: Company | None = None
        """As it was seen last; None where it is not shown."""

    def show(self, look: Callable[[], Company] | None) -> None:
        """Show who is in the room, which `look` tells where there is space; None where nobody can tell."""
        self._look = look
        self._fit()

    def _cells(self) -> int:
        if self._look is None or not has_space(self._visibility, self._columns):
            self._company = None
            return 0
        self._company = self._look()
        return people_cells(self._visibility, self._columns, self._company)

    def _make_rows(self, cells: int) -> Sequence[PersonRow]:
        return people_rows(self._company, cells) if self._company is not None else ()

    def on_click(self, event: events.Click) -> None:
        """Tell who stands there."""
        if (row := self._row_at(event.y)) is not None and row.nick:
            self.post_message(self.Clicked(row.nick))
