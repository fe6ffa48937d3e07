"""Which lines answer which: an answer has above it what it answers."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from msgspec.structs import replace

from amqpchat_tui.model import AnsweringMessage, ChatMessage
from amqpchat_tui.scrollback import Scrollback
from amqpchat_tui.scrollback.block import Block, entry_of
from amqpchat_tui.wire.lines import line_name

LOOKED_BACK_BLOCKS = 40
"""How many of the blocks that are there when the first answer comes are gone through."""
NAMES_KEPT = 20_000
"""How many lines can be found by their names; of more, those that came in last."""
EQUAL_KEPT = 8
"""How many lines of one name can be told apart, the latest ones."""
WAITING_KEPT = 1_000
"""How many answers wait for the line that they answer."""

HIDDEN = "a hidden line"
"""Stands for what the person does not want to see."""


class Answers:
    """The answers in a scrollback. Nothing is done about lines as long as none is one."""

    def __init__(self, scrollback: Scrollback) -> None:
        self._store = scrollback
        self._looked: dict[int, int] = {}
        """How many entries of each block were gone through, by its first one."""
        self._named: dict[str, deque[int]] = {}
        self._waiting: dict[int, str] = {}
        """What each answer is about for which nothing was found, by `seq`."""

    def look(self) -> None:
        """Take in what has come since the last time, and quote what is answered."""
        answers, self._waiting = self._waiting, {}
        for block in self._unlooked():
            for seq, message in self._look_at(block):
                self._named.setdefault(line_name(message), deque(maxlen=EQUAL_KEPT)).append(seq)
                if isinstance(message, AnsweringMessage):
                    answers[seq] = message.answers
        while len(self._named) > NAMES_KEPT:
            del self._named[next(iter(self._named))]
        for seq, name in answers.items():
            if seq in self._store:
                self._quote(seq, name)
        while len(self._waiting) > WAITING_KEPT:
            del self._waiting[next(iter(self._waiting))]

    def answered(self, seq: int) -> int | None:
        """Return the `seq` of what an entry answers, if that is here."""
        if seq not in self._store:
            return None
        answer = self._store[seq]
        return self._find(answer.answers, above=seq) if isinstance(answer, AnsweringMessage) else None

    def named(self, name: str) -> ChatMessage | None:
        """Return the latest line of a name, if it is here and was looked at."""
        found = self._find(name)
        line = None if found is None else self._store[found]
        return line if isinstance(line, ChatMessage) else None

    def is_to_own(self, answer: AnsweringMessage) -> bool:
        """Whether a line answers one that was typed here."""
        answered = self.named(answer.answers)
        return answered is not None and answered.own

    def _find(self, name: str, above: int | None = None) -> int | None:
        """Return the latest line of a name that is held, and stands above another."""
        store = self._store
        held = [seq for seq in self._named.get(name, ()) if seq in store and seq != above]
        if above is not None:
            place = store.ordinal(above)
            held = [seq for seq in held if store.ordinal(seq) < place] or held
        return max(held, key=store.ordinal, default=None)

    def _quote(self, seq: int, name: str) -> None:
        found = self._find(name, above=seq)
        if found is None:
            self._waiting[seq] = name  # what it answers may come from the history
            return
        if found == self._store.next(seq, -1):
            quote = ""
        elif self._store.annotation(found).faded:
            quote = HIDDEN
        else:
            answered = self._store[found]
            quote = quoted(answered) if isinstance(answered, ChatMessage) else ""
        self._store.annotate(seq, replace(self._store.annotation(seq), quote=quote))

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


def quoted(message: ChatMessage) -> str:
    """Return a line that tells a message again: whose it is, and how it begins."""
    begin = message.text.replace("\t", " ").split("\n", 1)[0]
    return f"{message.nick} {begin}" if message.action else f"{message.nick}: {begin}"
