"""Some consecutive entries of a scrollback: how they are kept, and what they amount to."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile
from sys import getsizeof, intern
from typing import Final, cast

from msgspec.structs import replace

from amqpchat_tui.model import (
    ChatMessage,
    DaySeparator,
    Entry,
    FoldedMessage,
    LinkedMessage,
    Notice,
    Occupant,
    Severity,
)
from amqpchat_tui.scrollback.annotations import NO_ANNOTATION, WITHDREW, Annotation
from amqpchat_tui.scrollback.rows import extra_rows
from amqpchat_tui.scrollback.text import chat_text, display_text, rough_cells

BLOCK = 256
"""Entries that a block holds at most, and numbers that are set aside for it."""

BLOCK_BYTES = 1024 * 1024
"""Memory after which a block takes no more entries, about: budgets are kept by dropping whole blocks."""

RECORD_BYTES = 260
"""About what a message takes in memory beyond its text, with its times and its message id."""
SENDER_BYTES = 300
"""About what one who sends messages takes besides, once in each block."""

PlainRecord = tuple[str, str, float, bool, float | None, str | None, Occupant | None]
RareRecord = tuple[*PlainRecord, bool, bool | None, Severity | None]
FoldedRecord = tuple[*RareRecord, str]
LinkedRecord = tuple[*RareRecord, str, str, str]
"""The last two are what it is about; the one before is empty, as it folds nothing."""

ChatRecord = PlainRecord | RareRecord | FoldedRecord | LinkedRecord
"""The fields of a `ChatMessage`, as a tuple because the garbage collector leaves tuples of plain values
alone; walking over a million objects would stop the program for half a second. What few messages have
stands at the end, and only where there is something."""

_PLAIN, _FOLDED, _LINKED = 7, 11, 13
"""By how many fields these are told."""
MESSAGE_ID: Final = 5
_SENDER: Final = 6
"""Where these stand."""

Record = ChatRecord | Notice | DaySeparator


class Block:
    """Up to `BLOCK` consecutive entries, with the sums from which their height is estimated."""

    __slots__ = (
        "annotations",
        "bytes",
        "cells",
        "chats",
        "extra_rows",
        "faded",
        "filled_in",
        "first",
        "lines",
        "ordinal",
        "records",
        "senders",
    )

    def __init__(self, number: int, ordinal: int, *, filled_in: bool = False) -> None:
        self.first = number * BLOCK
        """`seq` of its first entry; the others follow by one."""
        self.filled_in = filled_in
        """Whether its entries are older than what was there when they came, and so no news."""
        self.ordinal = ordinal
        """Its place among the blocks of the scrollback: the next one's is greater by one."""
        self.records: Sequence[Record] = []
        """What the entries were from the start."""
        self.annotations: dict[int, Annotation] = {}
        """By index."""
        self.senders: set[Occupant] = set()
        """Who has sent those of a block that is not sealed; messages of one share what tells who that is."""
        self.bytes = 0
        """Memory that the entries take, about."""
        self.lines = 0
        """Lines of the texts of shown entries; an empty text is one line."""
        self.cells = 0
        """Terminal cells of these texts, about; none of those that are folded, as they are never wrapped."""
        self.extra_rows = 0
        """Rows that annotations add."""
        self.chats = 0
        """How many of the shown entries are chat messages, and news."""
        self.faded = 0
        """How many entries the person does not want to see."""

    @property
    def end(self) -> int:
        """One past the `seq` of its last entry."""
        return self.first + len(self.records)

    def add(self, entries: Sequence[Entry]) -> int:
        """Add some entries, unless it becomes full before; return how many. It is neither full nor sealed."""
        assert isinstance(self.records, list)
        records = [record_of(entry) for entry in entries[: BLOCK - len(self.records)]]
        texts = [record_text(record) for record in records]
        chats = [record for record in records if isinstance(record, tuple)]
        rare = [record for record in chats if len(record) > _PLAIN or record[_SENDER] is not None]
        senders = {sender for record in rare if (sender := record[_SENDER]) is not None} - self.senders
        size = RECORD_BYTES * len(texts) + sum(map(getsizeof, texts))
        size += SENDER_BYTES * len(senders) + sum(
            getsizeof(part) for record in rare for part in record[_PLAIN:]
        )
        if self.bytes + size > BLOCK_BYTES and len(records) > 1:
            return sum(self.add([entry]) for entry in takewhile(lambda _: not self.is_full, entries))
        self.records += records
        self.senders |= senders
        self.bytes += size
        joined = "\n".join(texts)
        self.lines += 1 + joined.count("\n")
        self.cells += len(joined) - len(texts) + 1 if joined.isascii() else sum(map(rough_cells, texts))
        self.cells -= sum(rough_cells(record_text(record)) for record in rare if is_folded(record))
        self.chats += 0 if self.filled_in else len(chats)
        return len(records)

    def seal(self) -> None:
        """Take no more entries."""
        self.records = tuple(self.records)
        self.senders.clear()

    def annotate(self, index: int, annotation: Annotation) -> int:
        """Put an annotation in place of what an entry had, and return how many bytes more that takes."""
        before = self.bytes
        self._count(index, -1)
        self.annotations.pop(index, None)
        if annotation != NO_ANNOTATION:
            self.annotations[index] = annotation
        self._count(index, 1)
        return self.bytes - before

    @property
    def is_full(self) -> bool:
        """Whether it is to take no more entries."""
        return len(self.records) >= BLOCK or self.bytes >= BLOCK_BYTES

    @property
    def is_shown(self) -> bool:
        """Whether any entry is shown."""
        return self.lines > 0

    def nearest_shown(self, index: int, step: int) -> int | None:
        """Return the first shown entry from an index on, down (`step` 1) or up (-1), by index."""
        while 0 <= index < len(self.records):
            if index not in self.annotations or not self.annotations[index].hidden:
                return index
            index += step
        return None

    def shown(self, start: int = 0, end: int = BLOCK) -> list[int]:
        """Return which of some entries are shown, by index."""
        indices = range(start, min(end, len(self.records)))
        hidden = {index for index, annotation in self.annotations.items() if annotation.hidden}
        return [index for index in indices if index not in hidden] if hidden else list(indices)

    def record(self, index: int) -> Record:
        """Return what an entry is now."""
        record = self.records[index]
        annotation = self.annotations.get(index)
        if annotation is None or isinstance(record, DaySeparator):
            return record
        if annotation.withdrawn and isinstance(record, tuple):
            return (record[0], WITHDREW, record[2], True, *record[4:])
        if annotation.text is None:
            return record
        if isinstance(record, tuple):
            return (record[0], annotation.text, *record[2:])
        return replace(record, text=annotation.text)

    def text(self, index: int) -> str:
        """Return the `display_text` of an entry."""
        return record_text(self.record(index))

    def folds(self, index: int) -> bool:
        """Whether an entry is shown on one row, however long its text is."""
        annotation = self.annotations.get(index, NO_ANNOTATION)
        return is_folded(self.records[index]) and annotation.text is None and not annotation.withdrawn

    def _count(self, index: int, times: int) -> None:
        annotation = self.annotations.get(index, NO_ANNOTATION)
        if annotation != NO_ANNOTATION:
            self.bytes += times * annotation.bytes
            self.faded += times * annotation.faded
        if not annotation.hidden:
            text = self.text(index)
            self.lines += times * (1 + text.count("\n"))
            self.cells += 0 if self.folds(index) else times * rough_cells(text)
            self.extra_rows += times * extra_rows(annotation)
            self.chats += times * (isinstance(self.records[index], tuple) and not self.filled_in)


def entry_of(record: Record) -> Entry:
    """Return what was kept as a record."""
    if not isinstance(record, tuple):
        return record
    if len(record) == _LINKED:
        linked = cast("LinkedRecord", record)
        return LinkedMessage(*linked[:10], *linked[11:])
    return FoldedMessage(*record) if is_folded(record) else ChatMessage(*record)


def record_of(entry: Entry) -> Record:
    """Return an entry as it is kept."""
    return chat_record_of(entry) if isinstance(entry, ChatMessage) else entry


def chat_record_of(message: ChatMessage) -> ChatRecord:
    """Return a message as it is kept, with a nick that is shared with others."""
    record = (
        intern(message.nick),
        message.text,
        message.received_at,
        message.action,
        message.sent_at,
        message.message_id,
        message.sender,
    )
    rare = message.own, message.roughly, message.level
    if isinstance(message, FoldedMessage):
        return (*record, *rare, message.whole)
    if isinstance(message, LinkedMessage):
        return (*record, *rare, "", message.answers, message.replaces)
    return record if rare == (False, False, None) else (*record, *rare)


def is_folded(record: Record) -> bool:
    """Whether a record is that of a `FoldedMessage`."""
    return isinstance(record, tuple) and len(record) == _FOLDED


def record_text(record: Record) -> str:
    """Return the `display_text` of what was kept as a record."""
    if isinstance(record, tuple):
        return chat_text(record[0], record[1], record[3])
    return display_text(record)
