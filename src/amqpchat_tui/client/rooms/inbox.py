"""What has arrived and is not on the screen yet."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

from amqpchat_tui.model import ChatMessage, Entry, Notice

IDS_REMEMBERED = 10_000


class SeenIds:
    """The last 10,000 message ids of a room: a line that was sent twice is shown once."""

    def __init__(self, limit: int = IDS_REMEMBERED) -> None:
        self._order: deque[str] = deque()
        self._ids: set[str] = set()
        self._limit = limit

    def add(self, message_id: str) -> bool:
        """Remember an id; tell whether it is new."""
        if message_id in self._ids:
            return False
        if len(self._order) == self._limit:
            self._ids.remove(self._order.popleft())
        self._order.append(message_id)
        self._ids.add(message_id)
        return True


class Inbox:
    """The buffer between broker and screen, in the room's order.

    It needs no bound of its own: the broker sends no more than the prefetch window beyond what has been
    acknowledged, and a delivery is acknowledged when the screen has drained it.
    """

    def __init__(self, arrived: Callable[[], None]) -> None:
        """`arrived` is called when something waits in a buffer that was empty."""
        self._arrived = arrived
        self._entries: list[Entry] = []
        self._latest_tag = 0
        self._unacknowledged = 0

    @property
    def unacknowledged(self) -> int:
        """How many deliveries of this connection wait to be drained."""
        return self._unacknowledged

    def receive(self, delivery_tag: int, message: ChatMessage | None) -> None:
        """Take a delivery; without a message there is nothing to show, only to acknowledge."""
        was_empty = not self._entries and not self._unacknowledged
        self._latest_tag = delivery_tag
        self._unacknowledged += 1
        if message is not None:
            self._entries.append(message)
        if was_empty:
            self._arrived()

    def put(self, notice: Notice) -> None:
        """Add a line of our own behind what has arrived so far."""
        was_empty = not self._entries and not self._unacknowledged
        self._entries.append(notice)
        if was_empty:
            self._arrived()

    def drain(self) -> tuple[Sequence[Entry], int]:
        """Take all entries, and the delivery tag up to which to acknowledge: 0 when there is nothing to."""
        entries, self._entries = self._entries, []
        tag = self._latest_tag if self._unacknowledged else 0
        self._unacknowledged = 0
        return entries, tag

    def forget_deliveries(self) -> None:
        """Acknowledge nothing of what has come so far: the channel that brought it is gone."""
        self._latest_tag = 0
        self._unacknowledged = 0
