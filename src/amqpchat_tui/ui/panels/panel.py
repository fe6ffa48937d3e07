"""What the panels beside the scrollback have in common: rows drawn one by one, and when they are there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, Generic, Literal, Protocol, TypeVar

from rich.segment import Segment
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from amqpchat_tui.model import KeptPanel
from amqpchat_tui.ui.panels.looks import LOOK_CLASSES, Looks
from amqpchat_tui.ui.panels.panel_text import Part, Visibility


class PanelRow(Protocol):
    """A row of a panel."""

    @property
    def parts(self) -> Sequence[Part]:
        """What it says."""


AnyRow = TypeVar("AnyRow", bound=PanelRow)


class Panel(ScrollView, Generic[AnyRow], can_focus=False):
    """A column of rows, of which only those are painted that read otherwise than before."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = LOOK_CLASSES

    key: ClassVar[str]
    """What tells it from other panels."""

    class Turned(Message):
        """The person has chosen when it is there."""

        def __init__(self, key: str, chosen: KeptPanel) -> None:
            super().__init__()
            self.key = key
            self.chosen = chosen

    def __init__(
        self, *, panels: Literal["auto", "never"], hint: Callable[[str], None], name: str, automatic: str
    ) -> None:
        """`panels` as in the settings; `name` is what a person calls it.

        `automatic` says when it is there by itself.
        """
        super().__init__(classes="panel")
        self._panels = panels
        self._visibility = _visibility(panels)
        self._was_turned = False
        self._hint = hint
        self._called = name
        self._words = {
            Visibility.AUTOMATIC: automatic,
            Visibility.SHOWN: "always",
            Visibility.HIDDEN: "never",
        }
        self._rows: Sequence[AnyRow] = ()
        """As they were drawn."""
        self._looks = Looks(self)
        self._columns = 0
        """The terminal's."""

    def configure(self, panels: Literal["auto", "never"]) -> None:
        """Be there as the settings say, if they say something else now."""
        if panels != self._panels:
            self._panels, self._visibility = panels, _visibility(panels)
            self._fit()

    def restore(self, kept: KeptPanel) -> None:
        """Be there as an earlier start has left it, unless something else was configured or chosen since."""
        if kept.configured == self._panels and kept.there in self._words and not self._was_turned:
            self._visibility = Visibility(kept.there)
            self._fit()

    def fit(self, columns: int) -> None:
        """Be as wide as a terminal of so many columns allows."""
        self._columns = columns
        self._fit()

    def turn(self) -> None:
        """Be there always, never, or where there is space for it; where it is by itself, it goes at once."""
        self._was_turned = True
        there = self._visibility is Visibility.AUTOMATIC and self.display
        self._visibility = Visibility.HIDDEN if there else self._visibility.following
        self._fit()
        self._hint(f"{self._called}: {self._words[self._visibility]}.")
        self.post_message(self.Turned(self.key, KeptPanel(self._visibility.value, self._panels)))

    def _cells(self) -> int:
        """How wide it is; 0 where it is not there."""
        raise NotImplementedError

    def _make_rows(self, cells: int) -> Sequence[AnyRow]:
        """Return what it says now."""
        raise NotImplementedError

    def _fit(self) -> None:
        cells = self._cells()
        self.display = cells > 0
        if self.display:
            self.styles.width = cells
            self._show_rows()

    def on_resize(self) -> None:
        """Fill the new width."""
        self._show_rows()

    def _show_rows(self) -> None:
        before, self._rows = self._rows, self._make_rows(self.scrollable_size.width)
        if len(before) != len(self._rows):
            # The scrollbar is laid out anew; were the reactive told, all rows would be painted, too.
            self.set_reactive(ScrollView.virtual_size, Size(self.scrollable_size.width, len(self._rows)))
            self.refresh(repaint=False, layout=True)
        top = self.scroll_offset.y
        for y in range(top, top + self.scrollable_size.height):
            if _parts_of(before, y) != _parts_of(self._rows, y):
                self.refresh_line(y)

    def render_line(self, y: int) -> Strip:
        """Draw a row."""
        width = self.scrollable_size.width
        if (row := self._row_at(y)) is None:
            return Strip.blank(width, self.rich_style)
        return Strip([Segment(text, self._looks.style(look)) for text, look in row.parts if text], width)

    def notify_style_update(self) -> None:
        """Another theme."""
        super().notify_style_update()
        self._looks.forget()

    def _row_at(self, y: int) -> AnyRow | None:
        y += self.scroll_offset.y
        return self._rows[y] if y < len(self._rows) else None


def _parts_of(rows: Sequence[PanelRow], y: int) -> Sequence[Part] | None:
    """What a row says; None where there is none."""
    return rows[y].parts if y < len(rows) else None


def _visibility(panels: Literal["auto", "never"]) -> Visibility:
    return Visibility.AUTOMATIC if panels == "auto" else Visibility.HIDDEN
