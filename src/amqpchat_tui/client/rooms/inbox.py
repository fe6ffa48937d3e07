"""What has arrived and is not on the screen yet."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import NamedTuple

from amqpchat_tui.model import ChatMessage, Entry, LineEvent

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


class Drained(NamedTuple):
    """What has been taken out of an inbox."""

    entries: Sequence[Entry]
    events: Sequence[LineEvent]
    tag: int
    """The delivery tag up to which to acknowledge; 0 for nothing."""


class Inbox:
    """The buffer between broker and screen for one conversation, in its order.

    It needs no bound of its own: the broker sends no more than the prefetch window beyond what has been
    acknowledged, and a delivery is acknowledged when the screen has drained it.
    """

    def __init__(self, arrived: Callable[[], None]) -> None:
        """`arrived` is called when something waits in a buffer that was empty."""
        self._arrived = arrived
        self._waiting: deque[tuple[int, Entry | LineEvent | None]] = deque()
        """What has come, with delivery tags: what is our own has the tag 0, and a duplicate is nothing."""
        self._unacknowledged = 0

    @property
    def unacknowledged(self) -> int:
        """How many deliveries of this connection wait to be drained."""
        return self._unacknowledged

    def receive(self, deliveries: Sequence[tuple[int, ChatMessage | LineEvent | None]]) -> None:
        """Take deliveries, each with its tag; of one with nothing, there is nothing but that to hand back."""
        self._unacknowledged += len(deliveries)
        self._add(deliveries)

    def put(self, arrived: Entry | LineEvent) -> None:
        """Add what is not to be acknowledged here behind what has arrived so far."""
        self._add([(0, arrived)])

    def wake(self) -> None:
        """Have it drained, though nothing may wait in it."""
        if not self._waiting:
            self._arrived()

    def _add(self, arrived: Sequence[tuple[int, Entry | LineEvent | None]]) -> None:
        was_empty = not self._waiting
        self._waiting.extend(arrived)
        if was_empty and arrived:
            self._arrived()

    def drain(self, most: int) -> Drained:
        """Take so much at most."""
        waiting = self._waiting
        taken = [waiting.popleft() for _ in range(min(most, len(waiting)))]
        tags = [tag for tag, _ in taken if tag]
        self._unacknowledged -= len(tags)
        return Drained(
            [one for _, one in taken if one is not None and not isinstance(one, LineEvent)],
            [one for _, one in taken if isinstance(one, LineEvent)],
            tags[-1] if tags else 0,
        )

    @property
    def empty(self) -> bool:
        """Whether nothing waits to be drained."""
        return not self._waiting

    def forget_deliveries(self) -> None:
        """Acknowledge nothing of what has come so far: the channel that brought it is gone."""
        self._waiting = deque((0, one) for _, one in self._waiting)
        self._unacknowledged = 0
