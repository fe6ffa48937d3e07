"""The fate of typed lines: queued → sent → echoed, or failed. Knows no clock and no broker."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from amqpchat_tui.model import Fate, OutboxLine

UNHEARD_LIMIT = 3
"""How often a line may be taken by the broker and not come back, for no known reason, before it fails."""


class _Pending(Struct):
    """A line with what only the outbox needs to know; times are those of the caller's monotonic clock."""

    line: OutboxLine
    published_at: float = 0.0
    confirmed_at: float | None = None
    unheard: int = 0


class Outbox:
    """Typed lines, in the order in which they were typed, until the room has been seen to hear them."""

    def __init__(self, changed: Callable[[], None]) -> None:
        """`changed` is called after each change."""
        self._changed = changed
        self._pending: dict[str, _Pending] = {}
        self._lag: float | None = None
        self.echoed_at = 0.0
        """When the latest line came back; 0 before the first one."""
        self._held_until = 0.0

    @property
    def lines(self) -> Sequence[OutboxLine]:
        """The lines that have not come back from the room, oldest first."""
        return tuple(pending.line for pending in self._pending.values())

    @property
    def lag(self) -> float | None:
        """Seconds from publishing the latest line to its echo; None before the first echo."""
        return self._lag

    @property
    def held_until(self) -> float:
        """Before this time nothing is given to `take`."""
        return self._held_until

    @property
    def unconfirmed_since(self) -> float | None:
        """When the oldest of the lines that wait for their confirm was published."""
        return min((pending.published_at for pending in self._sent(confirmed=False)), default=None)

    @property
    def unheard_since(self) -> float | None:
        """When the oldest of the lines that are confirmed but not echoed was confirmed."""
        return min((pending.confirmed_at or 0.0 for pending in self._sent(confirmed=True)), default=None)

    @property
    def settled(self) -> bool:
        """Whether nothing waits to be published or confirmed."""
        return all(
            pending.confirmed_at is not None or pending.line.fate is Fate.FAILED
            for pending in self._pending.values()
        )

    @property
    def unconfirmed(self) -> Sequence[OutboxLine]:
        """The lines that the broker is not known to have taken, failed ones included, oldest first."""
        return tuple(pending.line for pending in self._pending.values() if pending.confirmed_at is None)

    def hold(self, until: float) -> None:
        """Give nothing to `take` before a time, unless the person wants something sent before that."""
        self._held_until = until
        self._changed()

    def add(self, line: OutboxLine) -> None:
        """Put a line at the end; one with the fate FAILED waits there for the person's word."""
        self._pending[line.message_id] = _Pending(line)
        if line.fate is not Fate.FAILED:
            self._held_until = 0.0
        self._changed()

    def offer(self, lines: Sequence[OutboxLine]) -> None:
        """Put failed lines, typed in an earlier run, before all that have been typed in this one."""
        if lines:
            self._pending = {line.message_id: _Pending(line) for line in lines} | self._pending
            self._changed()

    def take(self, now: float) -> OutboxLine | None:
        """Take the oldest queued line for publishing; it is sent from now on."""
        if now < self._held_until:
            return None
        for pending in self._pending.values():
            if pending.line.fate is Fate.QUEUED:
                pending.published_at = now
                pending.line = replace(pending.line, fate=Fate.SENT)
                self._changed()
                return pending.line
        return None

    def has(self, message_id: str) -> bool:
        """Whether a line is here: it has not come back, nor was it taken out."""
        return message_id in self._pending

    def confirmed(self, message_id: str, now: float) -> None:
        """The broker has taken a line. Its echo may have come before."""
        pending = self._pending.get(message_id)
        if pending is not None and pending.line.fate is Fate.SENT:
            pending.confirmed_at = now
            self._changed()

    def echoed(self, message_id: str, now: float) -> bool:
        """A line came back from the room: if it is one of these, it is done; tell whether it is."""
        pending = self._pending.pop(message_id, None)
        if pending is None:
            return False
        if pending.line.fate is Fate.SENT:
            self._lag = now - pending.published_at
            self.echoed_at = now
        self._changed()
        return True

    def failed(self, message_id: str, reason: str) -> None:
        """A line was not taken, and will not be; it stays, with the reason."""
        pending = self._pending.get(message_id)
        if pending is not None:
            pending.confirmed_at = None
            pending.line = replace(pending.line, fate=Fate.FAILED, reason=reason)
            self._changed()

    def resend(self, message_id: str) -> None:
        """Queue a failed line again, in its old place; any other is left alone."""
        pending = self._pending.get(message_id)
        if pending is not None and pending.line.fate is Fate.FAILED:
            pending.unheard = 0
            self._held_until = 0.0
            self._queue_again(pending)

    def withdraw(self, message_id: str) -> OutboxLine | None:
        """Take a line out, unless it is under way, and return it."""
        pending = self._pending.get(message_id)
        if pending is None or pending.line.fate is Fate.SENT:
            return None
        del self._pending[message_id]
        self._changed()
        return pending.line

    def fail_unconfirmed(self, reason: str, longer_than: int = -1) -> None:
        """Fail all lines that wait for their confirm and have more than so many bytes."""
        for pending in self._sent(confirmed=False):
            if len(pending.line.body.encode()) > longer_than:
                self.failed(pending.line.message_id, reason)

    def channel_lost(self) -> None:
        """Queue again, in order, the lines that wait for their confirm."""
        for pending in self._sent(confirmed=False):
            self._queue_again(pending)

    def connection_lost(self) -> None:
        """Queue again, in order, all lines that were sent: their echo cannot come back any more."""
        for pending in self._sent():
            self._queue_again(pending)

    def queue_unheard(self, confirmed_before: float, *, explained: bool) -> None:
        """Queue again the lines that were confirmed before a time and did not come back.

        Unless that is explained, they are given up when it has happened too often.
        """
        for pending in self._sent(confirmed=True):
            if pending.confirmed_at is not None and pending.confirmed_at <= confirmed_before:
                pending.unheard += not explained
                if pending.unheard < UNHEARD_LIMIT:
                    self._queue_again(pending)
                else:
                    self.failed(
                        pending.line.message_id, "the broker takes this line, but the room does not hear it"
                    )

    def fail_unheard(self, reason: str) -> None:
        """Fail the lines that were confirmed and did not come back."""
        for pending in self._sent(confirmed=True):
            self.failed(pending.line.message_id, reason)

    def _sent(self, confirmed: bool | None = None) -> Iterator[_Pending]:
        for pending in self._pending.values():
            if pending.line.fate is Fate.SENT and confirmed in (None, pending.confirmed_at is not None):
                yield pending

    def _queue_again(self, pending: _Pending) -> None:
        pending.confirmed_at = None
        pending.line = replace(pending.line, fate=Fate.QUEUED, reason="")
        self._changed()
