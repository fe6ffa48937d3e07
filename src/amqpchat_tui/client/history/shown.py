"""Which lines of a room came last, as far as it takes to find them in its history again. Knows no broker."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from amqpchat_tui.client.history.matching import SHOWN_LINES, LineKey

DOUBTFUL_LINES = 50_000
"""How many lines that came since we were bound are compared with the history at most."""


@dataclass(slots=True, eq=False)
class Stretch:
    """What our queue has brought, or brings, without a line missing in between."""

    tail: int | None = None
    """Up to which offset the stream has nothing of it; None where unknown."""
    count: int = 0
    """How many lines it has."""
    others: int = 0
    """How many messages there were beside them that are none, of those that the stream may keep."""
    first: list[LineKey] = field(default_factory=list)
    """Those at its beginning."""
    ended: bool = False
    """Whether nothing more comes of it."""

    def end(self, *, with_others: bool) -> int | None:
        """About the offset of its last line, in a stream that has the others or has not."""
        return None if self.tail is None else self.tail + self.count + (self.others if with_others else 0)


class Shown:
    """The keys of the lines that our queue has brought, and of those that were filled in before them."""

    def __init__(self) -> None:
        self._before: Sequence[LineKey] = ()
        self._since: deque[LineKey] = deque(maxlen=SHOWN_LINES)
        self.settled = True
        """Whether nothing is missing between the two, or ever will be known to be."""
        self.stretch = Stretch()
        """What our queue has brought since it was bound, or since something was missing."""

    @property
    def count(self) -> int:
        """How many lines our queue has brought since it was bound, or since something was missing."""
        return self.stretch.count

    @property
    def latest(self) -> Sequence[LineKey]:
        """Those that came last, the oldest first, with none missing in between."""
        return [*(self._before if self.settled else ()), *self._since][-SHOWN_LINES:]

    @property
    def since(self) -> Sequence[LineKey]:
        """Those that our queue has brought since it was bound: all of them before `settle`."""
        return list(self._since)

    def bind(self) -> None:
        """Our queue is about to be bound: from now on, keep all that it brings until `settle`."""
        self._before = self.latest
        self.settled = False
        self._begin(DOUBTFUL_LINES)

    def interrupt(self) -> None:
        """Something is missing between what our queue has brought and what it brings from now on."""
        self._before = ()
        self.settled = True
        self._begin(SHOWN_LINES)

    def hear(self, keys: Sequence[LineKey], others: int = 0) -> None:
        """Our queue has brought lines, and so many other messages."""
        self._since.extend(keys)
        stretch = self.stretch
        stretch.count += len(keys)
        stretch.others += others
        if (missing := SHOWN_LINES - len(stretch.first)) > 0:
            stretch.first.extend(keys[:missing])

    def settle(
        self, filled_in: Sequence[LineKey] = (), tail: int | None = None, *, whole: bool = False
    ) -> None:
        """What came before our queue was bound is shown now, as far as it ever will be.

        Unless that is the `whole` of it, what was shown before is not followed by it.
        """
        self._before = [*(self._before if whole else ()), *filled_in][-SHOWN_LINES:]
        self.settled = True
        self._since = deque(self._since, maxlen=SHOWN_LINES)
        self.stretch.tail = tail

    def _begin(self, most: int) -> None:
        self.stretch.ended = True
        self.stretch = Stretch()
        self._since = deque(maxlen=most)
