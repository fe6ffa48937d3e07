"""A room's history in its scrollback: where its lines stand, and the rows that say so."""

from __future__ import annotations

from collections.abc import Sequence

from amqpchat_tui.chat.hiding import Hiding
from amqpchat_tui.chat.links import is_correcting
from amqpchat_tui.chat.past import Past
from amqpchat_tui.chat.placing import place
from amqpchat_tui.model import ChatMessage, ConversationId, Gap, Notice, NoticeKind, Replay
from amqpchat_tui.scrollback import Annotation, Reader, Scrollback
from amqpchat_tui.scrollback.text import display_text
from amqpchat_tui.wording.gaps import describe_filled
from amqpchat_tui.wording.history import OLDER, describe_hearsay, describe_history

GAPS_KEPT = 100
"""How many gaps are remembered that may still be filled."""


class History:
    """What has been read of it, above all else and in the gaps."""

    def __init__(self, scrollback: Scrollback, reader: Reader, past: Past, came_at: float) -> None:
        """`past` is what the log has instead, and gives way; `came_at` is when the person came."""
        self._store = scrollback
        self._reader = reader
        self._past = past
        self._came_at = came_at
        self._gaps: dict[Gap, int] = {}
        self._border: int | None = None
        """The row below which all is live."""
        self._older: int | None = None
        """The row above which there is more."""
        self._asked = False
        self._lines = 0
        self._ended: float | None = None

    def note_gap(self, gap: Gap, seq: int) -> None:
        """There is a notice of a gap, which may be filled later."""
        self._gaps[gap] = seq
        while len(self._gaps) > GAPS_KEPT:
            del self._gaps[next(iter(self._gaps))]

    def ask(self) -> bool:
        """Whether to ask for older lines: there are, and nobody has asked."""
        wanted = self._older is not None and self._older in self._store and not self._asked
        self._asked |= wanted
        return wanted

    def add(self, identity: ConversationId, replay: Replay, hiding: Hiding) -> Sequence[ChatMessage]:
        """Put lines where they belong, and return those that are news: missed, and not hidden."""
        if replay.gap is None:
            self._add_above(identity, replay, hiding)
            return ()
        gap = self._gaps.pop(replay.gap, None)
        if gap is None or gap not in self._store:
            return ()
        notice = display_text(self._store[gap])
        hidden = self._insert(identity, replay, hiding, gap)
        text = describe_filled(notice, len(replay.lines), more=replay.more, left_out=replay.left_out)
        self._store.annotate(gap, Annotation(text=text))
        return [line for index, line in enumerate(replay.lines) if index not in hidden]

    def _add_above(self, identity: ConversationId, replay: Replay, hiding: Hiding) -> None:
        self._asked = False
        lines = replay.lines
        if lines or self._border is not None:
            self._past.follow(lines, ended=not replay.more)
        if lines and self._border is None:
            self._store.insert([Notice("", self._came_at, NoticeKind.BORDER)])
            self._border = self._store.first
            self._ended = next(
                (line.received_at for line in reversed(lines) if line.roughly is not None), None
            )
        before, self._older = self._older, None
        followed = before is not None and (place := self._reader.place) is not None and place.seq == before
        if before is not None:
            self._store.annotate(before, Annotation(hidden=True))
        self._insert(identity, replay, hiding)
        if replay.more and self._border is not None:
            self._store.insert(
                [Notice(OLDER, lines[0].received_at if lines else self._came_at, NoticeKind.BORDER)]
            )
            self._older = self._store.first
        if followed:
            self._reader.scroll_by(-1)  # what is read stays where it is, as its row above has gone
        self._lines += sum(not is_correcting(line) for line in lines)
        if lines and self._border is not None:
            began = next((line.received_at for line in lines if line.roughly is not None), None)
            text = describe_history(self._lines, began, self._ended, self._came_at)
            self._store.annotate(self._border, Annotation(text=text))

    def _insert(
        self, identity: ConversationId, replay: Replay, hiding: Hiding, gap: int | None = None
    ) -> set[int]:
        """Put lines above all others, or below a gap, and return which are hidden, by index."""
        store, lines = self._store, replay.lines
        placed = [seq for seq in place(store, lines, gap) if isinstance(store[seq], ChatMessage)]
        hidden = set(hiding.hidden(identity, lines))
        for index, seq in zip(reversed(range(len(lines))), reversed(placed), strict=False):
            if index in replay.heard_by:
                store.annotate(seq, Annotation(origin=describe_hearsay(replay.heard_by[index])))
            if index in hidden:
                hiding.mark(store, seq)
        return hidden
