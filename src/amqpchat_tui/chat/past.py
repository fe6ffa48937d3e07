"""What was said in a conversation before we came, as far as the log has it."""

from __future__ import annotations

import math
from collections.abc import Sequence

from amqpchat_tui import overlap
from amqpchat_tui.chat.hiding import Hiding
from amqpchat_tui.chat.placing import place
from amqpchat_tui.model import ChatMessage, ConversationId, Entry, LoggedLine, Notice, NoticeKind
from amqpchat_tui.scrollback import Annotation, Reader, Scrollback
from amqpchat_tui.scrollback.days import moment
from amqpchat_tui.wording.history import FROM_HISTORY, OLDER

FROM_LOG = "from your log"
"""Stands above lines from the log."""


class Past:
    """The latest lines of the log above all else in a scrollback; above a room's history, those before it."""

    def __init__(self, scrollback: Scrollback, reader: Reader) -> None:
        self._scrollback = scrollback
        self._reader = reader
        self._entries: set[int] = set()
        """`seq` of each entry from the log."""
        self._head: Sequence[int] = ()
        """Those of the rows above them, from the top."""
        self._logged: list[LoggedLine] = []
        """What was read of the log."""
        self._more = False
        """Whether it has older ones."""
        self._shown = 0
        """How many of those are shown, or in the history, from the end."""
        self._history: list[ChatMessage] | None = None
        """What was read of the room's history, if there is one."""
        self._has_ended = True
        """Whether the history has none older."""
        self._asked = False
        self.is_due = False
        """Whether the log is to go on above the history, which has just ended."""

    def __contains__(self, seq: int) -> bool:
        """Whether an entry comes from the log."""
        return seq in self._entries

    @property
    def oldest(self) -> LoggedLine | None:
        """The oldest line that was read of the log, if that has older ones."""
        return self._logged[0] if self._logged and self._more else None

    def take(self, lines: Sequence[LoggedLine], *, more: bool) -> None:
        """Take lines of the log that are older than those before; `more`: it has others."""
        if self._history is None and not self._logged:
            came_at = self._first_came_at()  # a stranger's line is there before their conversation is
            lines = [line for line in lines if line.message.received_at < came_at]
        if self._logged:
            lines = [line for line in lines if line.number < self._logged[0].number]
        self._logged[:0] = lines
        self._more = more

    def follow(self, page: Sequence[ChatMessage], *, ended: bool) -> None:
        """A page of the room's history stands above all else, and what the log has gives way to it.

        Above a history that has `ended`, the log goes on.
        """
        if self._history is None:
            self._history = []
            for seq in self._entries:
                self._scrollback.annotate(seq, Annotation(hidden=True))
            self._head, self._shown = (), 0
        self._history[:0] = page
        self._has_ended = self.is_due = ended

    def ask(self) -> bool:
        """Whether to read older lines of the log: there are, and nobody has asked."""
        wanted = self._has_ended and self._more and not self._asked
        self._asked |= wanted
        return wanted

    @property
    def is_enough(self) -> bool:
        """Whether some of what was read is to be shown, or the log has nothing older."""
        return not self._more or bool(self._to_be_shown())

    def show(self, identity: ConversationId, hiding: Hiding) -> None:
        """Put what was read and is not shown above all that has come; it is no news."""
        self._asked = self.is_due = False
        store, before, lines = self._scrollback, self._head, self._to_be_shown()
        if not lines and (self._more or len(before) < 2):  # the rows above them are right already
            return
        at = moment(lines[0] if lines else store[before[0]])
        rows = [Notice(text, at, NoticeKind.BORDER) for text in ([OLDER] if self._more else []) + [FROM_LOG]]
        entries: list[Entry] = [*rows, *lines]
        if self._history and not before:
            entries.append(Notice(FROM_HISTORY, moment(self._history[0]), NoticeKind.BORDER))
        reads = self._reader.place
        left = len(before) - before.index(reads.seq) if reads is not None and reads.seq in before else 0
        for seq in before:
            store.annotate(seq, Annotation(hidden=True))
        self._shown = len(self._logged)
        placed = place(store, entries)
        self._entries.update(placed)
        self._head = [seq for seq in placed if store[seq] in rows]
        hidden = {lines[index] for index in hiding.hidden(identity, lines)}
        for seq in placed:
            if store[seq] in hidden:
                hiding.mark(store, seq)
        if left:
            self._reader.scroll_by(-left)  # what is read stays where it is, as rows above it have gone

    def _to_be_shown(self) -> Sequence[ChatMessage]:
        if not self._has_ended:
            return ()
        lines = [line.message for line in self._logged]
        history = overlap.partners([*map(overlap.key_of, lines)], [*map(overlap.key_of, self._history or ())])
        return [lines[place] for place in range(len(lines) - self._shown) if place not in history]

    def _first_came_at(self) -> float:
        store = self._scrollback
        entries = (store[seq] for seq in (store.shown(store.first, 1) if store.first is not None else ()))
        return next((entry.received_at for entry in entries if isinstance(entry, ChatMessage)), math.inf)
