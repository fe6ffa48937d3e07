"""A bounded list of what a conversation saw; every entry keeps its number for life."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence

from amqpchat_tui.model import ChatMessage, DaySeparator, Entry, Notice, NoticeKind
from amqpchat_tui.scrollback.annotations import NO_ANNOTATION, Annotation, Changes
from amqpchat_tui.scrollback.block import (
    BLOCK,
    BLOCK_BYTES,
    Block,
    entry_of,
    record_text,
)
from amqpchat_tui.scrollback.budget import Budget
from amqpchat_tui.scrollback.days import Days, repeats_day, with_days
from amqpchat_tui.scrollback.text import expand_tabs


class Scrollback:
    """Entries in order, each with a number, its `seq`, which is never used twice.

    Numbers say nothing about the order: `seq` is the block's number times `BLOCK` and the index in the block,
    and blocks come in at the end, and later also above others (`insert`). Ask `ordinal`, `next`, `stretches`.

    Holds at least the newest `max_lines` entries, unless all who share the budget take more memory than
    it allows: then fewer, but always the newest `BLOCK`. As whole blocks are dropped when a new one begins,
    it may hold up to two blocks more. Appending takes constant time.
    """

    def __init__(self, max_lines: int, budget: Budget | None = None) -> None:
        self._max_lines = max_lines
        self.budget = budget or Budget()
        """What bounds it together with all others that share it."""
        self.budget.share(self)
        self._blocks: list[Block] = []
        self._by_number: dict[int, Block] = {}
        self._newest: Block | None = None
        """The block that takes what is appended."""
        self._next_number = 0
        self._next_ordinal = 0
        self._count = 0
        self._bytes = 0
        self._faded = 0
        self._days = Days()
        self._insertions = 0
        self._renumberings = 0
        self.changes = Changes()
        """Which entries got another annotation."""

    # -- what there is ------------------------------------------------------------------------------

    @property
    def blocks(self) -> Sequence[Block]:
        """The blocks held, oldest first; none is empty."""
        return self._blocks

    @property
    def first(self) -> int | None:
        """`seq` of the oldest entry."""
        return self._blocks[0].first if self._blocks else None

    @property
    def last(self) -> int | None:
        """`seq` of the newest entry."""
        return self._blocks[-1].end - 1 if self._blocks else None

    @property
    def bytes(self) -> int:
        """Memory that all entries take, about."""
        return self._bytes

    @property
    def faded(self) -> int:
        """How many entries the person does not want to see."""
        return self._faded

    @property
    def version(self) -> Hashable:
        """Another value after every change."""
        return self._insertions, self.changes.count, self.first_ordinal, self.last

    @property
    def insertions(self) -> int:
        """How often blocks came in above others."""
        return self._insertions

    @property
    def renumberings(self) -> int:
        """How often entries that were there got another `ordinal`: when blocks came in between."""
        return self._renumberings

    @property
    def first_ordinal(self) -> int:
        """`ordinal` of the oldest block; the next one's when there is none."""
        return self._next_ordinal - len(self._blocks)

    def __len__(self) -> int:
        return self._count

    def __contains__(self, seq: int) -> bool:
        block = self._by_number.get(seq // BLOCK)
        return block is not None and seq < block.end

    def __getitem__(self, seq: int) -> Entry:
        return entry_of(self._block_of(seq).record(seq % BLOCK))

    def __iter__(self) -> Iterator[Entry]:
        for block in list(self._blocks):
            if block.first in self:  # else it has been trimmed while somebody goes through the entries
                yield from [entry_of(block.record(index)) for index in range(len(block.records))]

    def original(self, seq: int) -> Entry:
        """Return what an entry was from the start."""
        return entry_of(self._block_of(seq).records[seq % BLOCK])

    def text(self, seq: int) -> str:
        """Return the `display_text` of an entry."""
        return self._block_of(seq).text(seq % BLOCK)

    def annotation(self, seq: int) -> Annotation:
        """Return what was added to an entry, or changed of it."""
        return self._block_of(seq).annotations.get(seq % BLOCK, NO_ANNOTATION)

    def is_shown(self, seq: int) -> bool:
        """Whether an entry is held and not hidden."""
        return seq in self and not self.annotation(seq).hidden

    @property
    def first_shown(self) -> int | None:
        """`seq` of the oldest entry that is shown."""
        first = self.first
        return first if first is None or self.is_shown(first) else self.next(first)

    @property
    def first_new(self) -> int | None:
        """`seq` of the oldest entry that is shown and was not filled in."""
        block = next((block for block in self._blocks if block.is_shown and not block.filled_in), None)
        return None if block is None else self._nearest_shown(block.ordinal - self.first_ordinal, 0, 1)

    @property
    def last_shown(self) -> int | None:
        """`seq` of the newest entry that is shown."""
        last = self.last
        return last if last is None or self.is_shown(last) else self.next(last, -1)

    # -- their order --------------------------------------------------------------------------------

    def ordinal(self, seq: int) -> int:
        """Return an entry's place in the order: greater than those of all entries above it.

        It stays the same until blocks come in between others (`renumberings`).
        """
        return self._block_of(seq).ordinal * BLOCK + seq % BLOCK

    def seq_at(self, ordinal: int) -> int | None:
        """Return the `seq` of the entry with that `ordinal`, else of the next below, if there is one."""
        index = max(0, ordinal // BLOCK - self.first_ordinal)
        for block in self._blocks[index : index + 2]:
            seq = block.first + max(0, ordinal - block.ordinal * BLOCK)
            if seq < block.end:
                return seq
        return None

    def next(self, seq: int, step: int = 1) -> int | None:
        """Return the `seq` of the next shown entry below (`step` 1) or above (-1), if there is one."""
        block = self._block_of(seq)
        return self._nearest_shown(block.ordinal - self.first_ordinal, seq % BLOCK + step, step)

    def stretches(self, start: int, step: int) -> Iterator[range]:
        """Go from an entry down to the end (`step` 1), or up (-1), a block at a time.

        Each stretch holds the numbers of a block's entries, the greater ones below. Blocks of which nothing
        is shown are left out.
        """
        block = self._block_of(start)
        yield range(start, block.end) if step > 0 else range(block.first, start + 1)
        index = block.ordinal - self.first_ordinal + step
        while 0 <= index < len(self._blocks):
            block = self._blocks[index]
            if block.is_shown:
                yield range(block.first, block.end)
            index += step

    def shown(self, start: int, step: int) -> Iterator[int]:
        """Go through the shown entries from one on, down to the end (`step` 1), or up (-1)."""
        for stretch in self.stretches(start, step):
            block = self._block_of(stretch.start)
            if block.annotations:
                first, last = stretch.start - block.first, stretch.stop - block.first
                yield from [block.first + index for index in block.shown(first, last)][::step]
            else:
                yield from stretch[::step]

    def texts(self, stretch: range) -> Iterator[tuple[int, str]]:
        """Go through the `display_text` of the shown entries of a stretch, each with its `seq`."""
        block = self._block_of(stretch.start)
        for index in block.shown(stretch.start - block.first, stretch.stop - block.first):
            yield block.first + index, block.text(index)

    def joined_text(self, stretch: range) -> str:
        """Return the same texts, joined by newlines: to look through many at once is much faster."""
        block = self._block_of(stretch.start)
        if block.annotations:
            return "\n".join([text for _, text in self.texts(stretch)])
        records = block.records[stretch.start - block.first : stretch.stop - block.first]
        return expand_tabs(
            "\n".join(
                [
                    record[1] if isinstance(record, tuple) and not record[3] else record_text(record)
                    for record in records
                ]
            )
        )

    def news_below(self, seq: int) -> int:
        """Count the shown chat messages below an entry which were not filled in.

        This takes a time that grows with the blocks below.
        """
        own = self._block_of(seq)
        shown = [] if own.filled_in else own.shown(seq % BLOCK + 1)
        count = sum(isinstance(own.records[index], tuple) for index in shown)
        return count + sum(block.chats for block in self._blocks[own.ordinal - self.first_ordinal + 1 :])

    def _nearest_shown(self, number: int, index: int, step: int) -> int | None:
        """Return the `seq` of the first shown entry from an index in one of the blocks on, down or up."""
        blocks = self._blocks
        while 0 <= number < len(blocks):
            block = blocks[number]
            if block.is_shown:
                shown = block.nearest_shown(index, step)
                if shown is not None:
                    return block.first + shown
            number += step
            if 0 <= number < len(blocks):
                index = 0 if step > 0 else len(blocks[number].records) - 1
        return None

    # -- how it changes -----------------------------------------------------------------------------

    def append(self, entry: Entry) -> int:
        """Add an entry and return its `seq`, after a `DaySeparator` when another local day has begun."""
        at = entry.received_at if isinstance(entry, ChatMessage) else entry.at
        if self._days.turn_to(at) and not isinstance(entry, DaySeparator):
            self._put([DaySeparator(at)])
        self._put([entry])
        return self._blocks[-1].end - 1

    def extend(self, entries: Iterable[Entry]) -> None:
        """Add entries in their order, as `append` does, but messages of the same day together."""
        messages: list[Entry] = []
        for entry in entries:
            if isinstance(entry, ChatMessage) and self._days.is_near(entry.received_at):
                messages.append(entry)
            else:
                self._put(messages)
                messages = []
                self.append(entry)
        self._put(messages)

    def insert(self, entries: Iterable[Entry], gap: int | None = None) -> bool:
        """Put older entries above all others, or right below a gap notice, in blocks of their own.

        What is there keeps its numbers. Days that begin among them, or right below, are said. What
        there is no room for is dropped at once, the oldest first. False, and nothing is done, when the gap
        notice is not held any more.

        Raises:
            ValueError: if `gap` is no gap notice.
        """
        index = 0
        if gap is not None:
            if gap not in self:
                return False
            if not _is_gap(self[gap]):
                raise ValueError(f"entry {gap} is no gap")
            index = self._by_number[gap // BLOCK].ordinal - self.first_ordinal + 1
        above = entry_of(self._blocks[index - 1].records[-1]) if index else None
        below = entry_of(self._blocks[index].records[0]) if index < len(self._blocks) else None
        blocks = self._blocks_of(with_days(above, entries, below), self.first_ordinal + index)
        if not blocks:
            return True
        self._insertions += 1
        if index == 0:
            for block in blocks:
                block.ordinal -= len(blocks)
        else:
            self._renumberings += 1
            self._next_ordinal += len(blocks)
            for block in self._blocks[index:]:
                block.ordinal += len(blocks)
        self._blocks[index:index] = blocks
        if below is not None and repeats_day(entry_of(blocks[-1].records[-1]), below):
            self.annotate(self._blocks[index + len(blocks)].first, Annotation(hidden=True))
        self._make_room()
        return True

    def annotate(self, seq: int, annotation: Annotation) -> bool:
        """Put an annotation in place of what an entry had; False, and nothing is done, if it is not held."""
        if seq not in self:
            return False
        self._faded += annotation.faded - self.annotation(seq).faded
        self._bytes += self._block_of(seq).annotate(seq % BLOCK, annotation)
        self.changes.add(seq)
        self.budget.make_room()
        return True

    def clear(self) -> None:
        """Drop all entries. Numbers go on."""
        self._blocks.clear()
        self._by_number.clear()
        self._newest = None
        self._count = self._bytes = self._faded = 0

    def drop_oldest(self) -> bool:
        """Drop the oldest block, unless fewer than `BLOCK` entries in less than `BLOCK_BYTES` were left."""
        if not self._blocks:
            return False
        oldest = self._blocks[0]
        if self._count - len(oldest.records) < BLOCK and self._bytes - oldest.bytes < BLOCK_BYTES:
            return False
        del self._blocks[0]
        del self._by_number[oldest.first // BLOCK]
        self._count -= len(oldest.records)
        self._bytes -= oldest.bytes
        self._faded -= oldest.faded
        return True

    def _put(self, entries: Sequence[Entry]) -> None:
        """Add entries; a gap notice comes alone."""
        while entries:
            block = self._open_block() if self._newest is None or self._newest.is_full else self._newest
            added = self._add(block, entries)
            if _is_gap(entries[0]):
                self._close_block()
            entries = entries[added:]

    def _add(self, block: Block, entries: Sequence[Entry]) -> int:
        """Add entries to a block, unless it becomes full before; return how many."""
        before = block.bytes
        added = block.add(entries)
        self._bytes += block.bytes - before
        self._count += added
        return added

    def _open_block(self) -> Block:
        """Begin a block; the oldest that are not needed make room for it."""
        self._close_block()
        self._make_room()
        self._newest = self._new_block(self._next_ordinal)
        self._next_ordinal += 1
        self._blocks.append(self._newest)
        return self._newest

    def _close_block(self) -> None:
        if self._newest is not None:
            self._newest.seal()
            self._newest = None

    def _new_block(self, ordinal: int, *, filled_in: bool = False) -> Block:
        block = Block(self._next_number, ordinal, filled_in=filled_in)
        self._by_number[self._next_number] = block
        self._next_number += 1
        return block

    def _make_room(self) -> None:
        blocks = self._blocks
        while blocks and self._count - len(blocks[0].records) >= self._max_lines and self.drop_oldest():
            pass
        self.budget.make_room()

    def _blocks_of(self, entries: Iterable[Entry], ordinal: int) -> list[Block]:
        """Make sealed blocks of entries, each ended by a gap notice if there is one."""
        blocks: list[Block] = []
        closed = True
        for entry in entries:
            if closed:
                blocks.append(self._new_block(ordinal + len(blocks), filled_in=True))
            self._add(blocks[-1], [entry])
            closed = blocks[-1].is_full or _is_gap(entry)
        for block in blocks:
            block.seal()
        return blocks

    def _block_of(self, seq: int) -> Block:
        """Return the block of an entry.

        Raises:
            KeyError: if the entry is not held.
        """
        block = self._by_number.get(seq // BLOCK)
        if block is None or seq >= block.end:
            raise KeyError(seq)
        return block


def _is_gap(entry: Entry) -> bool:
    return isinstance(entry, Notice) and entry.kind is NoticeKind.GAP
