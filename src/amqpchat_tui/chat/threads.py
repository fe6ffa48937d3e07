"""Which lines answer which: a line and all that stand beneath it, directly or not, are a thread."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import islice

from msgspec.structs import replace

from amqpchat_tui.scrollback import Scrollback

ANSWERS_KEPT = 20_000
"""Of how many answers it is known what they answer; of more, those that were heard of last."""
ANSWERS_SIGN = "↳"
"""Stands before the number of lines in a thread, at its first one."""


class Thread:
    """A line and all beneath it, each by its `seq`; whoever has seen one line of it has seen them all."""

    def __init__(self, root: int) -> None:
        self.root = root
        """The line that answers none."""
        self.members: dict[int, None] = {root: None}
        """All lines of it, the first included; those that were found to be its own last stand at the end."""
        self.joined = 1
        """How many lines were ever found to be."""
        self.counted: set[int] = set()
        """Those that are shown."""
        self.is_circular = False
        """Whether each of its lines answers another one of it, as somebody has made up."""
        self.marked: int | None = None
        """Which line tells the number of the others."""
        self.pruned_at = 0
        """How many blocks had been trimmed when it was looked last which of its lines are held."""


class Threads:
    """The threads of a scrollback. The first line of each tells how many are beneath it.

    Those in a row that answer each other are so counted once, at their top, and not each again. What the
    person does not want to see is not counted.
    """

    def __init__(self, scrollback: Scrollback) -> None:
        self._store = scrollback
        self._above: dict[int, int] = {}
        """What each answer answers."""
        self._below: dict[int, dict[int, None]] = {}
        """The answers to each line."""
        self._thread: dict[int, Thread] = {}

    @property
    def answers(self) -> Collection[int]:
        """All answers, which may be held no more."""
        return self._above.keys()

    def above(self, seq: int) -> int | None:
        """Return the line that one answers, which may be held no more."""
        return self._above.get(seq)

    def below(self, seq: int) -> Sequence[int]:
        """Return the direct answers to a line, which may be held no more."""
        return tuple(self._below.get(seq, ()))

    def of(self, seq: int) -> Thread | None:
        """Return the thread of a line, if it has an answer or is one."""
        return self._thread.get(seq)

    def ordered(self, thread: Thread, latest: int | None = None) -> Sequence[int]:
        """Return the lines of a thread that are held, from the top; or of those that joined it latest."""
        members = islice(reversed(thread.members), latest)
        return sorted((seq for seq in members if seq in self._store), key=self._store.ordinal)

    def add(self, answers: Mapping[int, int]) -> None:
        """Note what answers answer, also in place of what was thought before."""
        answers = {answer: line for answer, line in answers.items() if self._above.get(answer) != line}
        moved = {
            id(thread): thread
            for answer in answers.keys() & self._above
            if (thread := self.of(answer)) is not None
        }
        joined = dict(answers)
        for thread in moved.values():
            joined |= self._dissolve(thread, answers)
        for answer, line in joined.items():
            self._join(answer, line)
        touched = {id(thread): thread for seq in joined if (thread := self.of(seq)) is not None}
        while len(self._above) > ANSWERS_KEPT:
            thread = self._forget(next(iter(self._above)))
            touched[id(thread)] = thread
        for thread in touched.values():
            self._mark(thread)

    def note_change(self, seq: int) -> None:
        """A line is hidden or shown: it counts no more, or again."""
        if (thread := self.of(seq)) is not None:
            self._count(thread, (seq,))
            self._mark(thread)

    # -- how threads grow ---------------------------------------------------------------------------

    def _join(self, answer: int, line: int) -> None:
        """Have an answer, with all beneath it, stand beneath a line."""
        self._above[answer] = line
        self._below.setdefault(line, {})[answer] = None
        upper, lower = self._of(line), self._of(answer)
        if upper is lower:
            upper.is_circular = True
            self._choose_root(upper)
            return
        small, big = sorted((upper, lower), key=lambda thread: len(thread.members))
        big.members |= small.members
        big.joined += len(small.members)
        big.counted |= small.counted
        for seq in small.members:
            self._thread[seq] = big
        self._unmark(small)
        big.root, big.is_circular = upper.root, upper.is_circular
        if big.is_circular:
            self._choose_root(big)

    def _of(self, seq: int) -> Thread:
        if (thread := self.of(seq)) is None:
            thread = self._thread[seq] = Thread(seq)
            self._count(thread, (seq,))
        return thread

    def _choose_root(self, thread: Thread) -> None:
        """Have the topmost line stand for one that is not held, or that nobody can tell."""
        if held := self.ordered(thread):
            thread.root = held[0]

    def _dissolve(self, thread: Thread, but: Collection[int]) -> Mapping[int, int]:
        """Part all lines of a thread, and return which of them answer which, apart from some."""
        self._unmark(thread)
        for seq in thread.members:
            del self._thread[seq]
        answers = {seq: self._above.pop(seq) for seq in thread.members if seq in self._above}
        for answer, line in answers.items():
            self._part(answer, line)
        return {answer: line for answer, line in answers.items() if answer not in but}

    def _forget(self, answer: int) -> Thread:
        """Think of an answer as of any other line, unless something answers it; return its thread."""
        line = self._above.pop(answer)
        self._part(answer, line)
        thread = self._thread[answer]
        for seq in (answer, line):
            if seq not in self._below and seq not in self._above and seq != thread.root:
                del self._thread[seq]
                thread.members.pop(seq, None)
                thread.counted.discard(seq)
        if len(thread.members) == 1:
            del self._thread[thread.root]
            thread.counted.clear()
        return thread

    def _part(self, answer: int, line: int) -> None:
        del self._below[line][answer]
        if not self._below[line]:
            del self._below[line]

    # -- how many lines a thread has ----------------------------------------------------------------

    def _count(self, thread: Thread, seqs: Iterable[int]) -> None:
        for seq in seqs:
            annotation = self._store.annotation(seq) if seq in self._store else None
            if annotation is None or annotation.hidden or annotation.faded:
                thread.counted.discard(seq)
            else:
                thread.counted.add(seq)

    def _mark(self, thread: Thread) -> None:
        """Say at the first line of a thread how many are beneath it."""
        if thread.pruned_at != self._store.first_ordinal:
            thread.pruned_at = self._store.first_ordinal
            thread.counted = {seq for seq in thread.counted if seq in self._store}
        if thread.root not in self._store:
            self._choose_root(thread)
        if thread.marked != thread.root:
            self._unmark(thread)
        count = len(thread.counted) - (thread.root in thread.counted)
        self._say(thread.root, f"{ANSWERS_SIGN} {count}" if count else "")
        thread.marked = thread.root

    def _unmark(self, thread: Thread) -> None:
        if thread.marked is not None:
            self._say(thread.marked, "")
            thread.marked = None

    def _say(self, seq: int, answers: str) -> None:
        if seq in self._store and (before := self._store.annotation(seq)).answers != answers:
            self._store.annotate(seq, replace(before, answers=answers))
