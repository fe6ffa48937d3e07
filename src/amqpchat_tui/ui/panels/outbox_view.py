"""The lines under way, between scrollback and status line."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence

from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.timer import Timer
from textual.widget import Widget

from amqpchat_tui.actions.help import with_keys
from amqpchat_tui.actions.keymap import Keymap
from amqpchat_tui.config import UiSettings
from amqpchat_tui.model import ConversationId, Fate, OutboxLine
from amqpchat_tui.ui.scrollback.columns import OWN_RULE, Columns
from amqpchat_tui.wording.lists import enumerated

OUTBOX_MAX_ROWS = 5
"""More lines than this are counted, not shown."""

SHOW_AFTER_SECONDS = 0.25
"""Seconds for which a line may be under way unseen: most echoes are faster, and a flashing row disturbs."""

PICKED_RULE = "❯"
"""Marks the picked line, also where there are no colours."""

_MARKS = {Fate.QUEUED: "waiting", Fate.SENT: "sending", Fate.FAILED: "failed"}


class OutboxView(Widget):
    """Each line that its room has not been seen to hear, with what has become of it.

    They are those of the conversation on the screen; while one decides about them, those of all.
    """

    lines: reactive[Sequence[OutboxLine]] = reactive((), layout=True)
    picked: reactive[str | None] = reactive(None)
    """The message id of the line that one is about to do something with."""

    class Clicked(Message):
        """A line has been clicked."""

        def __init__(self, message_id: str) -> None:
            super().__init__()
            self.message_id = message_id

    def __init__(
        self,
        ui: UiSettings,
        *,
        hint: Callable[[str], None],
        keymap: Keymap,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`hint` says what one can do about a line that has failed."""
        super().__init__(id="outbox")
        self._hint = hint
        self._keymap = keymap
        self._failed: Counter[ConversationId] = Counter()
        self._clock = clock
        self._since: dict[str, float] = {}
        """When each line was first to be shown, by its message id."""
        self._ui = ui
        self._waiting: Sequence[OutboxLine] = ()
        self._here: ConversationId | None = None
        self._has_all = False
        """Whether one decides about lines, and sees those of all conversations."""
        self._timer: Timer | None = None

    def show(self, lines: Sequence[OutboxLine], here: ConversationId) -> None:
        """Show these lines, each once it has been under way for `SHOW_AFTER_SECONDS` or has failed.

        They are those of all conversations, in the order in which one decides about them; `here` is the one
        on the screen.
        """
        self._waiting, self._here = lines, here
        now = self._clock()
        self._since = {line.message_id: self._since.get(line.message_id, now) for line in lines}
        before, self._failed = self._failed, Counter(line.to for line in lines if line.fate is Fate.FAILED)
        if more := self._failed - before:
            where = "" if set(more) == {here} else f" in {enumerated(to.label for to in more)}"
            key = with_keys("{outbox}", self._keymap.actions)
            self._hint(f"{key} sends again, edits or drops what failed{where}.")
        self._show_due()

    def configure(self, ui: UiSettings) -> None:
        """Show times and nicks as the settings say."""
        self._ui = ui
        self.refresh()

    def _show_due(self) -> None:
        now = self._clock()
        wanted = [line for line in self._waiting if self._has_all or line.to == self._here]
        seen = {line.message_id for line in self.lines}
        self.lines = [
            line
            for line in wanted
            if line.fate is Fate.FAILED
            or line.message_id in seen
            or now - self._since[line.message_id] >= SHOW_AFTER_SECONDS
        ]
        if self._timer is None and len(self.lines) < len(wanted):
            self._timer = self.set_timer(SHOW_AFTER_SECONDS, self._look_again)

    def _look_again(self) -> None:
        self._timer = None
        self._show_due()

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
    def has_all(self) -> bool:
        """Whether the lines of all conversations are shown, to decide about them."""
        return self._has_all

    @property
    def picked_line(self) -> OutboxLine | None:
        """The line that is picked."""
        return next((line for line in self.lines if line.message_id == self.picked), None)

    @property
    def _picked_index(self) -> int:
        """Where the picked line stands; 0 when none is."""
        ids = [line.message_id for line in self.lines]
        return ids.index(self.picked) if self.picked in ids else 0

    def open(self, message_id: str = "") -> bool:
        """Show the lines of all conversations and pick one; False when there is none.

        Without a `message_id` it is the first line that failed, else the first.
        """
        self._has_all = True
        self._show_due()
        lines = [line for line in self.lines if line.fate is Fate.FAILED] or self.lines
        if lines:
            self.picked = message_id or lines[0].message_id
        else:
            self.close()
        return bool(lines)

    def close(self) -> None:
        """Show only what is of the conversation on the screen, and pick nothing."""
        self._has_all = False
        self.picked = None
        self._show_due()

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
        columns = Columns.fit(self.size.width, time_format=self._ui.time_format, nick=self._ui.nick_width)
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
        when = time.strftime(self._ui.time_format, time.localtime(line.typed_at))
        nick = Content(line.nick).truncate(columns.nick, ellipsis=True)
        where = "" if line.to == self._here else f" in {line.to.label}"
        mark = f"({_MARKS[line.fate]}{where}{': ' if line.reason else ''}{line.reason}) "
        picked = line.message_id == self.picked
        rule = PICKED_RULE if picked else OWN_RULE
        head = Content.assemble(when, " ", " " * (columns.nick - nick.cell_length), nick, f" {rule} ")
        style = "$text-error" if line.fate is Fate.FAILED else ""
        text = Content.assemble((mark, style), line.body.replace("\n", " ⏎ ").replace("\t", " "))
        row = head + text.truncate(columns.text, ellipsis=True, pad=picked)
        return row.stylize("on $primary 40%") if picked else row
