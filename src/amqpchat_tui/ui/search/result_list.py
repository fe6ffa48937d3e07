"""The list of what was found, in the scrollback's place."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.strip import Strip
from textual.widget import Widget

from amqpchat_tui.model import LoggedLine
from amqpchat_tui.ui.panels.looks import LOOK_CLASSES, Looks
from amqpchat_tui.ui.panels.panel_text import Look, Part, fill
from amqpchat_tui.ui.search.search_text import Columns, Row, moment, row


class ResultList(Widget):
    """Rows from the top, the newest first; the picked one is in view."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = LOOK_CLASSES | {"result--picked", "result--hit"}

    def __init__(self, time_format: str) -> None:
        super().__init__()
        self.clicked: Callable[[int], None] = lambda _: None
        """Called with the place of a line that was clicked."""
        self._looks = Looks(self)
        self._time_format = time_format
        self._lines: Sequence[LoggedLine] = ()
        self._words: Sequence[str] = ()
        self._columns = Columns(0, 0, 0)
        self._remark = Part("")
        self._picked = 0
        self._top = 0
        self._now = 0.0

    def show(self, lines: Sequence[LoggedLine], words: Sequence[str], picked: int) -> None:
        """Show what was found for these words."""
        self._lines, self._words, self._picked, self._remark = lines, words, picked, Part("")
        self._now = time.time()
        self._columns = Columns.of(lines, self._time_format, self._now)
        self.refresh()

    def remark(self, remark: Part) -> None:
        """Say something instead."""
        self._lines, self._remark = (), remark
        self.refresh()

    @property
    def page(self) -> int:
        """How far a page leads: one row stays in view."""
        return max(1, self.size.height - 1)

    def notify_style_update(self) -> None:
        """Another theme."""
        super().notify_style_update()
        self._looks.forget()

    def render_line(self, y: int) -> Strip:
        """Draw a row."""
        height, width = self.size.height, self.size.width
        self._top = min(max(self._top, self._picked - height + 1), self._picked)
        index = self._top + y
        if y == 0 and not self._lines:
            (text, look), *_ = fill([self._remark], width)
            return Strip([Segment(text, self._looks.style(look))]).adjust_cell_length(width, self.rich_style)
        if index >= len(self._lines):
            return Strip.blank(width, self.rich_style)
        line = self._lines[index]
        drawn = row(
            line,
            self._words,
            self._columns,
            width,
            when=moment(line, self._time_format, self._now),
            picked=index == self._picked,
        )
        return Strip(self._segments(drawn, is_picked=index == self._picked), width)

    def _segments(self, drawn: Row, *, is_picked: bool) -> Iterator[Segment]:
        picked = self.get_component_rich_style("result--picked") if is_picked else Style()
        hit = self.get_component_rich_style("result--hit")
        plain = self._looks.style(Look.PLAIN) + picked
        yield Segment(drawn.head, self._looks.style(Look.MUTED) + picked)
        place = 0
        for start, end in drawn.hits:
            yield Segment(drawn.text[place:start], plain)
            yield Segment(drawn.text[start:end], hit)
            place = end
        yield Segment(drawn.text[place:], plain)

    def on_click(self, event: events.Click) -> None:
        """Tell which line stands there."""
        if (index := self._top + event.y) < len(self._lines):
            self.clicked(index)
