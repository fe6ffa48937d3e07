"""The lines under way, between scrollback and status line."""

from __future__ import annotations

import time
from collections.abc import Sequence

from textual.content import Content
from textual.reactive import reactive
from textual.timer import Timer
from textual.widget import Widget

from amqpchat_tui.model import Fate, OutboxLine
from amqpchat_tui.ui.columns import OWN_RULE, Columns

MAX_ROWS = 5
"""More lines than this are counted, not shown."""

PATIENCE = 0.25
"""Seconds for which a line may be under way unseen: most echoes are faster, and a flashing row disturbs."""

_MARKS = {Fate.QUEUED: "waiting", Fate.SENT: "sending", Fate.FAILED: "failed"}


class OutboxView(Widget):
    """Each line that the room has not been seen to hear, with what has become of it."""

    lines: reactive[Sequence[OutboxLine]] = reactive((), layout=True)

    def __init__(self, *, time_format: str, nick_width: int) -> None:
        super().__init__(id="outbox")
        self._time_format = time_format
        self._nick_width = nick_width
        self._waiting: Sequence[OutboxLine] = ()
        self._timer: Timer | None = None

    def show(self, lines: Sequence[OutboxLine]) -> None:
        """Show these lines, each only once it has been under way for `PATIENCE` seconds, or has failed."""
        self._waiting = lines
        overdue = time.time() - PATIENCE
        self.lines = [line for line in lines if line.typed_at <= overdue or line.fate is Fate.FAILED]
        if self._timer is None and len(self.lines) < len(lines):
            self._timer = self.set_timer(PATIENCE, self._look_again)

    def _look_again(self) -> None:
        self._timer = None
        self.show(self._waiting)

    def watch_lines(self, lines: Sequence[OutboxLine]) -> None:
        """Take no room when there is nothing to show."""
        self.display = bool(lines)

    def render(self) -> Content:
        """One row per line, the oldest first; what does not fit is counted."""
        columns = Columns.fit(self.size.width, time_format=self._time_format, nick=self._nick_width)
        shown = self.lines if len(self.lines) <= MAX_ROWS else self.lines[: MAX_ROWS - 1]
        rows = [self._row(line, columns) for line in shown]
        if more := len(self.lines) - len(shown):
            rows.append(Content(" " * columns.text_start + f"… and {more} more"))
        return Content("\n").join(rows)

    def _row(self, line: OutboxLine, columns: Columns) -> Content:
        when = time.strftime(self._time_format, time.localtime(line.typed_at))
        nick = Content(line.nick).truncate(columns.nick, ellipsis=True)
        mark = f"({_MARKS[line.fate]}: {line.reason}) " if line.reason else f"({_MARKS[line.fate]}) "
        head = Content.assemble(when, " ", " " * (columns.nick - nick.cell_length), nick, f" {OWN_RULE} ")
        style = "$text-error" if line.fate is Fate.FAILED else ""
        text = Content.assemble((mark, style), line.body.replace("\n", " ⏎ ").replace("\t", " "))
        return head + text.truncate(columns.text, ellipsis=True)
