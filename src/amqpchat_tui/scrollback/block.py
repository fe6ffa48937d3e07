"""Some consecutive entries of a scrollback: how they are kept, and what they amount to."""

from __future__ import annotations

from collections.abc import Sequence
from sys import getsizeof

from amqpchat_tui.model import ChatMessage, DaySeparator, Entry, Notice
from amqpchat_tui.scrollback.text import chat_text, display_text, rough_cells

BLOCK = 256
"""Entries that a block holds at most, and numbers that are set aside for it."""

RECORD_BYTES = 275
"""About what a message takes in memory beyond its text, with its times and its message id."""

ChatRecord = tuple[str, str, float, bool, bool, float | None, str | None]
"""The fields of a `ChatMessage`, as a tuple because the garbage collector leaves tuples of plain values
alone; walking over a million objects would stop the program for half a second."""

Record = ChatRecord | Notice | DaySeparator


class Block:
    """Up to `BLOCK` consecutive entries, with the sums from which their height is estimated."""

    __slots__ = ("bytes", "cells", "chats", "first", "lines", "ordinal", "records")

    def __init__(self, number: int, ordinal: int) -> None:
        self.first = number * BLOCK
        """`seq` of its first entry; the others follow by one."""
        self.ordinal = ordinal
        """Its place among the blocks of the scrollback: the next one's is greater by one."""
        self.records: Sequence[Record] = []
        self.bytes = 0
        """Memory that the entries take, about."""
        self.lines = 0
        """Lines of the entries' texts; an empty text is one line."""
        self.cells = 0
        """Terminal cells of the entries' texts, about."""
        self.chats = 0
        """How many of the entries are chat messages."""

    @property
    def end(self) -> int:
        """One past the `seq` of its last entry."""
        return self.first + len(self.records)

    def add(self, record: Record) -> int:
        """Add a record to a block that is not sealed, and return the bytes that it takes."""
        assert isinstance(self.records, list)
        text = record_text(record)
        size = getsizeof(text) + RECORD_BYTES
        self.records.append(record)
        self.bytes += size
        self.lines += 1 + text.count("\n")
        self.cells += rough_cells(text)
        self.chats += isinstance(record, tuple)
        return size

    def seal(self) -> None:
        """Take no more entries."""
        self.records = tuple(self.records)

    def text(self, index: int) -> str:
        """Return the `display_text` of an entry."""
        return record_text(self.records[index])

    def texts(self, start: int = 0, end: int = BLOCK) -> list[str]:
        """Return the `display_text` of some entries."""
        return [record_text(record) for record in self.records[start:end]]


def entry_of(record: Record) -> Entry:
    """Return what was kept as a record."""
    return ChatMessage(*record) if isinstance(record, tuple) else record


def record_text(record: Record) -> str:
    """Return the `display_text` of what was kept as a record."""
    if isinstance(record, tuple):
        return chat_text(record[0], record[1], record[3])
    return display_text(record)
