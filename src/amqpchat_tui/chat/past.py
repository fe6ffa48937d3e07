"""What was said in a conversation before we came, as far as the log has it."""

from __future__ import annotations

import math
from collections.abc import Sequence

from amqpchat_tui.chat.hiding import Hiding
from amqpchat_tui.chat.placing import place
from amqpchat_tui.model import ChatMessage, ConversationId, Notice, NoticeKind
from amqpchat_tui.scrollback import Annotation, Scrollback

FROM_LOG = "from your log"
"""Stands above lines from the log."""


class Past:
    """The latest lines of the log above all else in a scrollback, unless the room's history tells more."""

    def __init__(self, scrollback: Scrollback) -> None:
        self._scrollback = scrollback
        self._is_over = False
        self._entries: Sequence[int] = ()
        """`seq` of each entry from the log, from the top."""

    def show_log(self, identity: ConversationId, lines: Sequence[ChatMessage], hiding: Hiding) -> None:
        """Put the log's lines above all that has come, once; they are no news."""
        came_at = self._first_came_at()  # a stranger's line is there before their conversation is
        lines = [line for line in lines if line.received_at < came_at]
        if not lines or self._is_over:
            return
        self._is_over = True
        store = self._scrollback
        self._entries = place(store, [Notice(FROM_LOG, lines[0].received_at, NoticeKind.BORDER), *lines])
        hidden = {lines[index] for index in hiding.hidden(identity, lines)}
        for seq in self._entries:
            if store[seq] in hidden:
                hiding.mark(store, seq)

    def _first_came_at(self) -> float:
        store = self._scrollback
        entries = (store[seq] for seq in (store.shown(store.first, 1) if store.first is not None else ()))
        return next((entry.received_at for entry in entries if isinstance(entry, ChatMessage)), math.inf)

    def __contains__(self, seq: int) -> bool:
        """Whether an entry comes from the log."""
        return seq in self._entries

    def give_way(self) -> None:
        """Take the log's lines away, and show none later: the room's history is put in their place."""
        self._is_over = True
        for seq in self._entries:
            self._scrollback.annotate(seq, Annotation(hidden=True))
