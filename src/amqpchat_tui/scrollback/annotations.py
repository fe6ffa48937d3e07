"""What is added to an entry later, or changed of it: a table with few rows beside the many records."""

from __future__ import annotations

from collections import deque
from itertools import islice
from sys import getsizeof

from msgspec import Struct

ANNOTATION_BYTES = 250
"""About what an annotation takes in memory beyond its texts."""

_KEPT_CHANGES = 4096


WITHDREW = "withdrew this line"
"""What the author of a withdrawn line is said to have done, in its place."""


class Annotation(Struct, frozen=True):
    """What stands around an entry, or instead of it. All but `text` are lines without tabs."""

    hidden: bool = False
    """Whether it takes no row, is not found, not copied and not counted."""
    faded: bool = False
    """Whether the person does not want to see it: it is hidden, or drawn in grey."""
    text: str | None = None
    """What a message or a notice says now; None for what it has said from the start."""
    quote: str = ""
    """A row above: what it is about."""
    reactions: str = ""
    """A row below."""
    underlined: tuple[tuple[int, int], ...] = ()
    """Which characters of that row are about the person."""
    withdrawn: bool = False
    """Whether a message says no more than that its author would rather not have said it."""
    concerns: bool = False
    """Whether it is meant for the person, whatever it says."""
    origin: str = ""
    """How it is known, where it was not heard here."""
    version: str = ""
    """That it says something else than from the start."""
    answers: str = ""
    """How many lines are beneath it."""

    @property
    def mark(self) -> str:
        """A few cells at the right end of its last row."""
        version = "" if self.withdrawn else self.version
        return "  ".join(part for part in (self.origin, version, self.answers) if part)

    @property
    def bytes(self) -> int:
        """Memory that it takes, about."""
        texts = (self.text, self.quote, self.reactions, self.origin, self.version, self.answers)
        return ANNOTATION_BYTES + sum(getsizeof(text) for text in texts if text)


NO_ANNOTATION = Annotation()


class Changes:
    """Which entries have changed, for all who look now and then, each from where they were."""

    def __init__(self) -> None:
        self.count = 0
        """How many changes there ever were."""
        self._latest: deque[int] = deque(maxlen=_KEPT_CHANGES)

    def add(self, seq: int) -> None:
        """Note that an entry has changed."""
        self.count += 1
        self._latest.append(seq)

    def since(self, count: int) -> set[int] | None:
        """Return which have changed since there were `count` changes; None if that is long ago."""
        missed = self.count - count
        if missed > len(self._latest):
            return None
        return set(islice(reversed(self._latest), missed))
