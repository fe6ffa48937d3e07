"""What of an entry was clicked: what it says aside, its time, its nick and what is quoted above it."""

from __future__ import annotations

from enum import Enum, auto

from textual.message import Message

from amqpchat_tui.scrollback import RowKind
from amqpchat_tui.ui.scrollback.columns import Columns


class Part(Enum):
    """A part of an entry that stands for something."""

    TIME = auto()
    NICK = auto()
    QUOTE = auto()
    """The row of what it answers."""


class EntryClicked(Message):
    """Such a part has been clicked."""

    def __init__(self, seq: int, part: Part, nick: str) -> None:
        """`nick` is whose entry it is."""
        super().__init__()
        self.seq = seq
        self.part = part
        self.nick = nick


def part_at(x: int, row: int, kind: RowKind, columns: Columns) -> Part | None:
    """Return what stands at a cell of one of an entry's rows."""
    if kind is RowKind.QUOTE and x >= columns.text_start:
        return Part.QUOTE
    if row == 0 and x < columns.time:
        return Part.TIME
    return Part.NICK if row == 0 and columns.time < x <= columns.time + columns.nick else None
