"""What has arrived and is not on the screen yet."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

from amqpchat_tui.model import ChatMessage, Entry

IDS_REMEMBERED = 10_000


class SeenIds:
    """The last 10,000 message ids of a room: a line that was sent twice is shown once."""

    def __init__(self, limit: int = IDS_REMEMBERED) -> None:
        self._order: deque[str] = deque()
        self._ids: set[str] = set()
        self._limit = limit

    def __contains__(self, message_id: str) -> bool:
        return message_id in self._ids

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
    """The buffer between broker and screen for one conversation, in its order.

    It needs no bound of its own: the broker sends no more than the prefetch window beyond what has been
    acknowledged, and a delivery is acknowledged when the screen has drained it.
    """

    def __init__(self, arrived: Callable[[], None]) -> None:
        """`arrived` is called when something waits in a buffer that was empty."""
        self._arrived = arrived
        self._waiting: deque[tuple[int, Entry | None]] = deque()
        """Entries with their delivery tags: an entry of our own has the tag 0, a duplicate is no entry."""
        self._unacknowledged = 0

    @property
    def unacknowledged(self) -> int:
        """How many deliveries of this connection wait to be drained."""
        return self._unacknowledged

    def receive(self, deliveries: Sequence[tuple[int, ChatMessage | None]]) -> None:
        """Take deliveries, each with its tag; without a message there is nothing to show of one."""
        self._unacknowledged += len(deliveries)
        self._add(deliveries)

    def put(self, entry: Entry) -> None:
        """Add what is not to be acknowledged here behind what has arrived so far."""
        self._add([(0, entry)])

    def wake(self) -> None:
        """Have it drained, though nothing may wait in it."""
        if not self._waiting:
            self._arrived()

    def _add(self, arrived: Sequence[tuple[int, Entry | None]]) -> None:
        was_empty = not self._waiting
        self._waiting.extend(arrived)
        if was_empty and arrived:
            self._arrived()

    def drain(self, most: int) -> tuple[Sequence[Entry], int]:
        """Take so much at most, and the delivery tag up to which to acknowledge: 0 for nothing."""
        waiting = self._waiting
        taken = [waiting.popleft() for _ in range(min(most, len(waiting)))]
        tags = [tag for tag, _ in taken if tag]
        self._unacknowledged -= len(tags)
        return [entry for _, entry in taken if entry is not None], tags[-1] if tags else 0

    @property
    def empty(self) -> bool:
        """Whether nothing waits to be drained."""
        return not self._waiting

    def forget_deliveries(self) -> None:
        """Acknowledge nothing of what has come so far: the channel that brought it is gone."""
        self._waiting = deque((0, entry) for _, entry in self._waiting)
        self._unacknowledged = 0
