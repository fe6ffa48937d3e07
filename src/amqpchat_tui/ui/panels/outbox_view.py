"""The lines under way, between scrollback and status line."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.timer import Timer
from textual.widget import Widget

from amqpchat_tui.model import Fate, OutboxLine
from amqpchat_tui.ui.scrollback.columns import OWN_RULE, Columns

OUTBOX_MAX_ROWS = 5
"""More lines than this are counted, not shown."""

SHOW_AFTER_SECONDS = 0.25
"""Seconds for which a line may be under way unseen: most echoes are faster, and a flashing row disturbs."""

PICKED_RULE = "❯"
"""Marks the picked line, also where there are no colours."""

_MARKS = {Fate.QUEUED: "waiting", Fate.SENT: "sending", Fate.FAILED: "failed"}


class OutboxView(Widget):
    """Each line that the room has not been seen to hear, with what has become of it."""

    lines: reactive[Sequence[OutboxLine]] = reactive((), layout=True)
    picked: reactive[str | None] = reactive(None)
    """The message id of the line that one is about to do something with."""

    class Clicked(Message):
        """A line has been clicked."""

        def __init__(self, message_id: str) -> None:
            super().__init__()
            self.message_id = message_id

    def __init__(
        self, *, time_format: str, nick_width: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(id="outbox")
        self._clock = clock
        self._since: dict[str, float] = {}
        """When each line was first to be shown, by its message id."""
        self._time_format = time_format
        self._nick_width = nick_width
        self._waiting: Sequence[OutboxLine] = ()
        self._timer: Timer | None = None

    def show(self, lines: Sequence[OutboxLine]) -> None:
        """Show these lines, each only once it has been under way for `SHOW_AFTER_SECONDS`, or has failed."""
        self._waiting = lines
        now = self._clock()
        self._since = {line.message_id: self._since.get(line.message_id, now) for line in lines}
        self.lines = [
            line
            for line in lines
            if line.fate is Fate.FAILED or now - self._since[line.message_id] >= SHOW_AFTER_SECONDS
        ]
        if self._timer is None and len(self.lines) < len(lines):
            self._timer = self.set_timer(SHOW_AFTER_SECONDS, self._look_again)

    def _look_again(self) -> None:
        self._timer = None
        self.show(self._waiting)

    def validate_lines(self, lines: Sequence[OutboxLine]) -> Sequence[OutboxLine]:
        """When the picked line goes, its place is taken by the one behind it, else the one before it."""
        ids = [line.message_id for line in lines]
        if self.picked is not None and self.picked not in ids:
            self.picked = ids[min(self._picked_index, len(ids) - 1)] if ids else None
        return lines

    def watch_lines(self, lines: Sequence[OutboxLine]) -> None:
        """Take no room when there is nothing to show."""
        self.display = bool(lines)

    @property
    def picked_line(self) -> OutboxLine | None:
        """The line that is picked."""
        return next((line for line in self.lines if line.message_id == self.picked), None)

    @property
    def _picked_index(self) -> int:
        """Where the picked line stands; 0 when none is."""
        ids = [line.message_id for line in self.lines]
        return ids.index(self.picked) if self.picked in ids else 0

    def pick_first(self) -> bool:
        """Pick the oldest line that failed, else the oldest; False when there is none."""
        lines = [line for line in self.lines if line.fate is Fate.FAILED] or self.lines
        if lines:
            self.picked = lines[0].message_id
        return bool(lines)

    def pick_next(self, step: int) -> None:
        """Pick the line so many further down, or up."""
        if self.lines:
            index = min(max(0, self._picked_index + step), len(self.lines) - 1)
            self.picked = self.lines[index].message_id

    def on_click(self, event: events.Click) -> None:
        """Tell which line stands there; for those that are only counted, the first of them."""
        index = self._first_shown + event.y
        if index < len(self.lines):
            self.post_message(self.Clicked(self.lines[index].message_id))

    @property
    def _first_shown(self) -> int:
        """Lines above the picked one give way to it."""
        if len(self.lines) <= OUTBOX_MAX_ROWS:
            return 0
        return max(0, self._picked_index - (OUTBOX_MAX_ROWS - 2))

    def render(self) -> Content:
        """One row per line, the oldest first; what does not fit is counted."""
        first = self._first_shown
        columns = Columns.fit(self.size.width, time_format=self._time_format, nick=self._nick_width)
        shown = (
            self.lines
            if len(self.lines) <= OUTBOX_MAX_ROWS
            else self.lines[first : first + OUTBOX_MAX_ROWS - 1]
        )
        rows = [self._row(line, columns) for line in shown]
        if more := len(self.lines) - len(shown):
            rows.append(Content(" " * columns.text_start + f"… and {more} more"))
        return Content("\n").join(rows)

    def _row(self, line: OutboxLine, columns: Columns) -> Content:
        when = time.strftime(self._time_format, time.localtime(line.typed_at))
        nick = Content(line.nick).truncate(columns.nick, ellipsis=True)
        mark = f"({_MARKS[line.fate]}: {line.reason}) " if line.reason else f"({_MARKS[line.fate]}) "
        picked = line.message_id == self.picked
        rule = PICKED_RULE if picked else OWN_RULE
        head = Content.assemble(when, " ", " " * (columns.nick - nick.cell_length), nick, f" {rule} ")
        style = "$text-error" if line.fate is Fate.FAILED else ""
        text = Content.assemble((mark, style), line.body.replace("\n", " ⏎ ").replace("\t", " "))
        row = head + text.truncate(columns.text, ellipsis=True, pad=picked)
        return row.stylize("on $primary 40%") if picked else row
