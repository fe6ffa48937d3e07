"""The lines of a scrollback by their names, which lines and events about them use."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence, Set

from amqpchat_tui.model import ChatMessage
from amqpchat_tui.scrollback import Scrollback
from amqpchat_tui.scrollback.block import MESSAGE_ID, Block, entry_of
from amqpchat_tui.wire.lines import PLAIN_MARK, line_name

LOOKED_BACK_BLOCKS = 40
"""How many of the blocks that are there the first time are gone through."""
NAMES_KEPT = 20_000
"""How many lines can be found by their names; of more, those that came in last."""
EQUAL_KEPT = 8
"""How many lines of one name can be told apart, the latest ones."""


class LineNames:
    """Which lines have which name, as `wire.lines.line_name` gives it. Nobody looks who needs none."""

    def __init__(self, scrollback: Scrollback) -> None:
        self._store = scrollback
        self._looked: dict[int, int] = {}
        """How many entries of each block were gone through, by its first one."""
        self._named: dict[str, deque[int]] = {}
        self._sought: Set[str] = frozenset()
        """What was looked for last further up."""
        self._sought_from = 0
        """From which block on, by its `ordinal`."""

    def look(self) -> dict[int, ChatMessage]:
        """Take in the lines that have come since the last time, and return them by `seq`."""
        found: dict[int, ChatMessage] = {}
        for block in self._unlooked():
            for seq, message in self._look_at(block):
                self._named.setdefault(line_name(message), deque(maxlen=EQUAL_KEPT)).append(seq)
                found[seq] = message
        while len(self._named) > NAMES_KEPT:
            del self._named[next(iter(self._named))]
        return found

    def note(self, seq: int) -> None:
        """Have a line found that may have been there long before the first look."""
        line = self._store.original(seq)
        if isinstance(line, ChatMessage) and seq not in self.all(line_name(line)):
            self._named.setdefault(line_name(line), deque(maxlen=EQUAL_KEPT)).append(seq)

    def seek(self, names: Set[str], most: int) -> bool:
        """Look in so many blocks for lines of some ids, the next time further up; tell whether any was found.

        For others than the last time it begins anew. Lines without an id are not looked for.
        """
        blocks, first = self._store.blocks, self._store.first_ordinal
        if not names <= self._sought:
            self._sought_from = first + len(blocks)
        self._sought = names
        end = max(0, min(self._sought_from - first, len(blocks)))
        start = max(0, end - most)
        self._sought_from = first + start
        found = [
            block.first + index
            for block in blocks[start:end]
            if not names.isdisjoint(
                [record[MESSAGE_ID] for record in block.records if isinstance(record, tuple)]
            )
            for index, record in enumerate(block.records)
            if isinstance(record, tuple) and record[MESSAGE_ID] in names
        ]
        for seq in found:
            self.note(seq)
        return bool(found)

    def find(self, name: str, above: int | None = None) -> int | None:
        """Return the latest line of a name that is held; above another if there is one, else the first below.

        What has given way to others, as the log's lines to the history's, is found if nothing else is.
        """
        store = self._store
        held = [seq for seq in self._held(name) if seq != above]
        if above is not None:
            place = store.ordinal(above)
            higher = [seq for seq in held if store.ordinal(seq) < place]
            if not higher:
                return min(held, key=store.ordinal, default=None)
            held = higher
        return max(held, key=store.ordinal, default=None)

    def all(self, name: str) -> Sequence[int]:
        """Return the lines of a name that are held, from the top; only of those without an id are several."""
        if not name.startswith(PLAIN_MARK):
            return [] if (found := self.find(name)) is None else [found]
        return sorted(self._held(name), key=self._store.ordinal)

    def _held(self, name: str) -> Sequence[int]:
        held = [seq for seq in self._named.get(name, ()) if seq in self._store]
        return [seq for seq in held if not self._has_given_way(seq)] or held

    def _has_given_way(self, seq: int) -> bool:
        annotation = self._store.annotation(seq)
        return annotation.hidden and not annotation.faded

    def _unlooked(self) -> list[Block]:
        blocks, looked = self._store.blocks, self._looked
        if not looked:
            skipped = blocks[:-LOOKED_BACK_BLOCKS]
            looked.update((block.first, len(block.records)) for block in skipped)
        found = [block for block in blocks if looked.get(block.first, 0) < len(block.records)]
        if len(looked) > 2 * len(blocks):
            self._looked = {block.first: looked[block.first] for block in blocks if block.first in looked}
        return found

    def _look_at(self, block: Block) -> Iterator[tuple[int, ChatMessage]]:
        begin = self._looked.get(block.first, 0)
        self._looked[block.first] = len(block.records)
        for index in range(begin, len(block.records)):
            entry = entry_of(block.records[index])
            if isinstance(entry, ChatMessage):
                yield block.first + index, entry
