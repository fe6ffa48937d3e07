"""What the list of what was found says, cell by cell. Knows no widget."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import NamedTuple, Self

from rich.cells import cell_len

from amqpchat_tui.matching import Span, folded, occurrences
from amqpchat_tui.model import LoggedLine
from amqpchat_tui.ui.panels.panel_text import Part, fill, fit
from amqpchat_tui.wire.text import one_line

PICKED_MARK = "❯"
"""Marks the picked row, also where there are no colours."""
HISTORY_MARK = "⋯ "
"""Marks a line that is in a room's history and not in the log."""
TIP = 'Words, and from:NICK, in:ROOM, to:me, since:2d, until:10:00; "a phrase".'

_ROOM_CELLS, _NICK_CELLS = 16, 12
_TEXT_MAX_CHARACTERS = 2_000
_BEFORE_HIT = 20
"""How many characters are left at most before a hit that would be beyond the row's end."""
_CUT = "…"


class Columns(NamedTuple):
    """How wide the columns are in which all rows stand, in cells."""

    when: int
    room: int
    nick: int

    @classmethod
    def of(cls, lines: Sequence[LoggedLine], time_format: str, now: float) -> Self:
        """As wide as what stands in them, within bounds."""
        return cls(
            max((cell_len(moment(line, time_format, now)) for line in lines), default=0),
            min(_ROOM_CELLS, max((cell_len(line.conversation.label) for line in lines), default=0)),
            min(_NICK_CELLS, max((cell_len(line.message.nick) for line in lines), default=0)),
        )


class Row(NamedTuple):
    """A row, of exactly so many cells."""

    head: str
    """When, where and who."""
    text: str
    hits: Sequence[Span]
    """Where the text has what was looked for."""


def moment(line: LoggedLine, time_format: str, now: float) -> str:
    """The day and the time of a line, as far as they are known; of this year, without the year."""
    if line.message.roughly is None:
        return ""
    then, today = time.localtime(line.message.received_at), time.localtime(now)
    day = "%d %b" if then.tm_year == today.tm_year else "%Y-%m-%d"
    return ("~" if line.message.roughly else "") + time.strftime(f"{day} {time_format}", then)


def row(
    line: LoggedLine,
    words: Sequence[str],
    columns: Columns,
    cells: int,
    *,
    when: str,
    picked: bool,
) -> Row:
    """The row of a line that was found for these words; a hit is brought into view."""
    mark = f"{PICKED_MARK if picked else ' '} "
    room, nick = _column(line.conversation.label, columns.room), _column(line.message.nick, columns.nick)
    head = fit(f"{mark}{when:<{columns.when}} {room} {nick} ", cells)
    left = cells - cell_len(head)
    before = (HISTORY_MARK if line.number < 0 else "") + ("* " if line.message.action else "")
    text = one_line(before + line.message.text, _TEXT_MAX_CHARACTERS)
    start, end = next(iter(_hits(text, words)), (0, 0))
    if cell_len(text[:end]) > left - len(_CUT):
        text = _CUT + text[max(0, start - min(_BEFORE_HIT, left // 4)) :]
    shown = "".join(part.text for part in fill([Part(text)], left))
    return Row(head, shown, [(start, min(end, len(shown))) for start, end in _hits(shown, words)])


def _hits(text: str, words: Sequence[str]) -> list[Span]:
    spans: list[Span] = []
    for start, end in sorted(span for word in words for span in occurrences(folded(word), text)):
        if spans and start <= spans[-1][1]:
            start, last = spans.pop()
            end = max(end, last)
        spans.append((start, end))
    return spans


def _column(text: str, cells: int) -> str:
    text = fit(text, cells)
    return text + " " * (cells - cell_len(text))
