"""A bounded list of what the room saw; every entry keeps its number for life."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from sys import getsizeof

from amqpchat_tui.model import ChatMessage, DaySeparator, Entry, Notice
from amqpchat_tui.scrollback.text import chat_text, display_text, expand_tabs, rough_cells

BLOCK = 256
"""Entries in a block. A block is trimmed as a whole, and block `n` holds the entries from `n * BLOCK` on."""

RECORD_BYTES = 275
"""About what a message takes in memory beyond its text, with its times and its message id."""

_QUARTER = 900
"""Seconds: as all time zones are whole quarters of an hour from UTC, no day begins within such a quarter."""

_MAX_NICKS = 4096

_ChatRecord = tuple[str, str, float, bool, bool, float | None, str | None]
"""The fields of a `ChatMessage`, as a tuple because the garbage collector leaves tuples of plain values
alone; walking over a million objects would stop the program for half a second."""

_Record = _ChatRecord | Notice | DaySeparator


class Block:
    """Consecutive entries of a scrollback, with the sums from which their height is estimated."""

    __slots__ = ("bytes", "cells", "chats_before", "lines", "records")

    def __init__(self, records: Sequence[_Record], chats_before: int) -> None:
        self.records = records
        self.bytes = 0
        """Memory that the entries take, about."""
        self.lines = 0
        """Lines of the entries' texts; an empty text is one line."""
        self.cells = 0
        """Terminal cells of the entries' texts, about."""
        self.chats_before = chats_before
        """How many chat messages there ever were before this block."""


class Scrollback:
    """Entries numbered by `seq`, which is never used twice.

    Holds at least the newest `max_lines` entries, unless those take more than about `max_bytes` of memory:
    then fewer, but always the newest `BLOCK`. As whole blocks are dropped when a new one begins, it may hold
    up to two blocks more. Appending takes constant time.
    """

    def __init__(self, max_lines: int, max_bytes: int = 512 * 1024 * 1024) -> None:
        self._max_lines = max_lines
        self._max_bytes = max_bytes
        self._blocks: list[Block] = []
        self._newest: list[_Record] = []
        self._first_block = 0
        self._end = 0
        self._bytes = 0
        self._chats = 0
        self._nicks: dict[str, str] = {}
        self._quarter: float | None = None
        self._day: tuple[int, int] | None = None

    @property
    def first(self) -> int:
        """`seq` of the oldest entry; `end` when there is none."""
        return self._first_block * BLOCK

    @property
    def end(self) -> int:
        """One past the `seq` of the newest entry."""
        return self._end

    @property
    def first_block(self) -> int:
        """Number of the oldest block."""
        return self._first_block

    @property
    def blocks(self) -> Sequence[Block]:
        """The blocks held, oldest first. All but the newest are full."""
        return self._blocks

    @property
    def bytes(self) -> int:
        """Memory that all entries take, about."""
        return self._bytes

    def __len__(self) -> int:
        return self._end - self.first

    def __getitem__(self, seq: int) -> Entry:
        if not self.first <= seq < self._end:
            raise IndexError(f"{seq} is not within {self.first} to {self._end}")
        return _unpack(self._blocks[seq // BLOCK - self._first_block].records[seq % BLOCK])

    def __iter__(self) -> Iterator[Entry]:
        return self.entries(self.first, self._end)

    def entries(self, start: int, end: int) -> Iterator[Entry]:
        """Go through the entries from `start` up to, not including, `end`, as far as they are held."""
        return map(_unpack, self._records(start, end))

    def texts(self, start: int, end: int) -> Iterator[str]:
        """Go through the `display_text` of the same entries, some times faster."""
        return map(_text, self._records(start, end))

    def joined_text(self, start: int, end: int) -> str:
        """Return the same texts, joined by newlines: to look through many at once is much faster."""
        return expand_tabs(
            "\n".join(
                [
                    record[1] if isinstance(record, tuple) and not record[3] else _text(record)
                    for record in self._records(start, end)
                ]
            )
        )

    def chats_since(self, seq: int) -> int:
        """Count the chat messages held from `seq` on."""
        seq = max(seq, self.first)
        if seq >= self._end:
            return 0
        block = self._blocks[seq // BLOCK - self._first_block]
        before = sum(isinstance(record, tuple) for record in block.records[: seq % BLOCK])
        return self._chats - block.chats_before - before

    def append(self, entry: Entry) -> int:
        """Add an entry and return its `seq`, after a `DaySeparator` when another local day has begun."""
        at = entry.received_at if isinstance(entry, ChatMessage) else entry.at
        if at // _QUARTER != self._quarter:
            self._quarter = at // _QUARTER
            local = time.localtime(at)
            previous, self._day = self._day, (local.tm_year, local.tm_yday)
            if previous not in (None, self._day) and not isinstance(entry, DaySeparator):
                self._put(DaySeparator(at))
        return self._put(entry)

    def extend(self, entries: Iterable[Entry]) -> None:
        """Add entries in their order, as `append` does."""
        for entry in entries:
            self.append(entry)

    def clear(self) -> None:
        """Drop all entries. Numbers go on, from the beginning of the next block."""
        self._first_block = -(-self._end // BLOCK)
        self._end = self._first_block * BLOCK
        self._blocks.clear()
        self._newest = []
        self._bytes = 0

    def _records(self, start: int, end: int) -> Iterator[_Record]:
        start, end = max(start, self.first), min(end, self._end)
        for base in range(start // BLOCK * BLOCK, end, BLOCK):
            if base >= self.first:  # else it has been trimmed while somebody goes through the entries
                records = self._blocks[base // BLOCK - self._first_block].records
                yield from records[max(start - base, 0) : end - base]

    def _put(self, entry: Entry) -> int:
        if self._end % BLOCK == 0:
            self._open_block()
        if isinstance(entry, ChatMessage):
            record: _Record = self._pack(entry)
            self._chats += 1
        else:
            record = entry
        text = _text(record)
        size = getsizeof(text) + RECORD_BYTES
        block = self._blocks[-1]
        block.lines += 1 + text.count("\n")
        block.cells += rough_cells(text)
        block.bytes += size
        self._bytes += size
        self._newest.append(record)
        self._end += 1
        return self._end - 1

    def _open_block(self) -> None:
        """Begin a block; the oldest that are not needed make room for it."""
        blocks = self._blocks
        if blocks:
            blocks[-1].records = tuple(self._newest)
        while len(blocks) > 1 and (
            len(blocks) * BLOCK - BLOCK >= self._max_lines or self._bytes > self._max_bytes
        ):
            self._bytes -= blocks.pop(0).bytes
            self._first_block += 1
        self._newest = []
        blocks.append(Block(self._newest, self._chats))

    def _pack(self, message: ChatMessage) -> _ChatRecord:
        if len(self._nicks) >= _MAX_NICKS:
            self._nicks.clear()
        return (
            self._nicks.setdefault(message.nick, message.nick),
            message.text,
            message.received_at,
            message.action,
            message.own,
            message.sent_at,
            message.message_id,
        )


def _unpack(record: _Record) -> Entry:
    return ChatMessage(*record) if isinstance(record, tuple) else record


def _text(record: _Record) -> str:
    if isinstance(record, tuple):
        return chat_text(record[0], record[1], record[3])
    return display_text(record)
