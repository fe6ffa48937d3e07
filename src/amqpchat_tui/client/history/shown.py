"""Which lines of a room came last, as far as it takes to find them in its history again. Knows no broker."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from amqpchat_tui.client.history.matching import SHOWN_LINES, LineKey

DOUBTFUL_LINES = 50_000
"""How many lines that came since we were bound are compared with the history at most."""


class Shown:
    """The keys of the lines that our queue has brought, and of those that were filled in before them."""

    def __init__(self) -> None:
        self._before: Sequence[LineKey] = ()
        self._since: deque[LineKey] = deque(maxlen=SHOWN_LINES)
        self._settled = True
        """Whether nothing is missing between the two."""
        self.count = 0
        """How many lines our queue has brought since it was bound."""
        self.others = 0
        """How many messages that are none, of those that the stream keeps."""
        self.tail: int | None = None
        """Up to which offset the stream has nothing that our queue has brought; None where unknown."""

    @property
    def latest(self) -> Sequence[LineKey]:
        """Those that came last, the oldest first, with none missing in between."""
        return [*(self._before if self._settled else ()), *self._since][-SHOWN_LINES:]

    @property
    def since(self) -> Sequence[LineKey]:
        """Those that our queue has brought since it was bound: all of them before `settle`."""
        return list(self._since)

    def bind(self) -> None:
        """Our queue is about to be bound: from now on, keep all that it brings until `settle`."""
        self._before = self.latest
        self._settled = False
        self._since = deque(maxlen=DOUBTFUL_LINES)
        self.count = self.others = 0
        self.tail = None

    def hear(self, keys: Sequence[LineKey], others: int = 0) -> None:
        """Our queue has brought lines, and so many other messages."""
        self._since.extend(keys)
        self.count += len(keys)
        self.others += others

    def settle(
        self, filled_in: Sequence[LineKey] = (), tail: int | None = None, *, whole: bool = False
    ) -> None:
        """What came before our queue was bound is shown now, as far as it ever will be.

        Unless that is the `whole` of it, what was shown before is not followed by it.
        """
        self._before = [*(self._before if whole else ()), *filled_in][-SHOWN_LINES:]
        self._settled = True
        self._since = deque(self._since, maxlen=SHOWN_LINES)
        self.tail = tail
