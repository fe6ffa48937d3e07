"""Whether the broker had to drop what we were too slow for."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

from aiormq.abc import AbstractChannel as RawChannel

from amqpchat_tui.client.rooms.inbox import Inbox
from amqpchat_tui.client.rooms.topology import waiting
from amqpchat_tui.model import Gap, Moment, Notice, NoticeKind
from amqpchat_tui.wording.gaps import describe_backlog, describe_overflow

PULSE_SECONDS = 5.0
"""How often we note that we are running, if heartbeats are not more frequent."""
STANDSTILL_SECONDS = 2.0
"""When such a note is so late, the program was stopped, or the machine asleep."""
CATCH_UP_SECONDS = 1.0
"""How often we look whether we have caught up."""
QUEUE_LOOK_SECONDS = 30.0
"""How often we look when nothing else makes us look."""
TELL_SECONDS = 60.0
"""How long the person may wait to be told, when there is no end of it."""
MOST_A_SECOND = 100_000
"""More messages than any broker puts into a queue in a second."""
LOOKS = 3
"""How often we look again at most, where a look takes longer than others."""

Seek = Callable[[Gap, int], bool]
"""Looks for what is missing between all that has come and the so many messages that wait, if it can."""


@dataclass(slots=True)
class _Overflow:
    """More waited for us than the broker keeps."""

    began: Moment
    noticed: Moment
    ended: Moment
    sought: bool = True
    """Whether all that is missing is looked for in the room's history."""


class Backlog:
    """Watches our queue, of which the broker keeps only the latest messages (`x-overflow: drop-head`).

    It tells nobody what it drops. But messages wait in the queue only while as many as the prefetch window
    allows are with us and not acknowledged. What is dropped then is missing right behind those, until we
    acknowledge: so we look before that whenever the queue may have become full since we looked last. What
    waits when we look, and what has come since the last look from beyond that window, are together at least
    as many as ever waited in between.
    """

    def __init__(self, inbox: Inbox, *, limit: int, window: int, heartbeat: int, seek: Seek | None) -> None:
        """`limit` is the queue's `x-max-length`, `window` the consumer's prefetch count.

        Without `seek` nobody wants to know where something is missing.
        """
        self._inbox = inbox
        self._limit = limit
        self._seek = seek
        self.window = self._least_window = window
        """How many messages may be here and not be drained."""
        self._pulse = min(PULSE_SECONDS, heartbeat / 2)
        self._drained = 0
        self._acknowledged = 0
        self._acknowledged_then = 0
        self._has_looked = False
        """Whether we have looked right before we acknowledge."""
        self._look_seconds = 0.0
        self._least_seconds = float("inf")
        """How long the latest look has taken, and the quickest."""
        self._waited = 0
        """How many messages waited when we looked."""
        self._looked_at = self._awake_at = self._sure_at = Moment.now()
        """The last is up to when we are sure that nothing was dropped, but what we have told of."""
        self._overflow: _Overflow | None = None
        self._to_look = asyncio.Event()

    @property
    def silence(self) -> float:
        """For how many seconds we have been out of touch by standing still; 0 when we have not."""
        seconds = Moment.now() - self._awake_at
        return seconds if seconds > self._pulse + STANDSTILL_SECONDS else 0.0

    def resize(self, window: int) -> None:
        """Have another number of messages here at most which are not drained."""
        self.window = window
        self._least_window = min(self._least_window, window)

    def drained(self, delivery_tag: int) -> None:
        """All deliveries up to this one have been drained."""
        self._drained = delivery_tag

    def acknowledged(self, delivery_tag: int) -> None:
        """All deliveries up to this one have been acknowledged."""
        self._acknowledged = delivery_tag
        # Else each batch from a queue that is no longer than the window would look as if it had been full.
        if self._has_looked and (self._is_full or self._limit < 4 * self.window):
            self._acknowledged_then = delivery_tag
        if delivery_tag - self._acknowledged_then >= self._limit // 4:
            self._to_look.set()

    async def may_acknowledge(self, channel: RawChannel, queue: str) -> bool:
        """Look whether something is missing, where that may be, before what is drained is acknowledged.

        False where that had better wait until all is drained, as each time something else is dropped.

        Raises:
            Lost: when channel or connection are.
        """
        if self._seek is None:
            return True
        if self._is_full and self._inbox.unacknowledged:
            return False
        self._has_looked = False
        for _ in range(LOOKS):
            if not self._may_be_full:
                break
            await self._look(channel, queue)
            self._has_looked = True
            if self._is_full or self._look_seconds <= 2 * self._least_seconds:
                break  # else so much time has gone by that what it has told may not be so any more
        if self._is_full and self._overflow is not None:
            if self._inbox.unacknowledged:
                return False
            self._tell_here(self._overflow)
        return True

    async def watch(self, channel: RawChannel, queue: str) -> NoReturn:
        """Look now and then, and after a standstill; tell what may be missing and is not looked for.

        Raises:
            Lost: when channel or connection are.
        """
        self._awake_at = Moment.now()
        try:
            while True:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(CATCH_UP_SECONDS if self._overflow else self._pulse):
                        await self._to_look.wait()
                now = Moment.now()
                looks = self._to_look.is_set() or self.silence > 0 or self._overflow is not None
                self._to_look.clear()
                if looks or now - self._looked_at > QUEUE_LOOK_SECONDS:
                    await self._look(channel, queue)
                self._awake_at = now
        finally:
            self._tell()

    @property
    def _most(self) -> int:
        """When so many messages wait, some may have been dropped.

        With a full network part of the prefetch window is still on its way, and counts nowhere.
        """
        return self._limit - min(self._least_window, self._limit // 50)

    @property
    def _may_be_full(self) -> bool:
        """Whether so many messages may have come since we looked that some were dropped."""
        return self._waited + (Moment.now() - self._looked_at) * MOST_A_SECOND >= self._most

    @property
    def _is_full(self) -> bool:
        return self._waited >= self._most

    async def _look(self, channel: RawChannel, queue: str) -> None:
        now, acknowledged = Moment.now(), self._acknowledged
        if self.silence and self._overflow is None:
            self._sure_at = max(self._sure_at, self._awake_at)
        count = await waiting(channel, queue)
        self._look_seconds = Moment.now() - now
        self._least_seconds = min(self._least_seconds, self._look_seconds)
        received = self._drained + self._inbox.unacknowledged
        from_beyond = max(0, received - self._acknowledged_then - self._least_window)
        self._acknowledged_then = acknowledged
        self._looked_at, self._waited = now, count
        if count + from_beyond >= self._most:
            self._overflow = self._overflow or _Overflow(self._sure_at, now, now)
            self._overflow.ended = now
            self._overflow.sought &= self._is_full and self._seek is not None  # else nobody knows where
        elif self._overflow is None:
            self._sure_at = now
        self._least_window = self.window
        if self._overflow and (not count or now - self._overflow.noticed > TELL_SECONDS):
            self._tell()

    def _tell_here(self, overflow: _Overflow) -> None:
        """Put a notice behind all that has come; of several that stay, only the first."""
        now = Moment.now()
        gap = Gap.between(self._sure_at, now)
        self._sure_at = now
        sought = self._seek is not None and self._seek(gap, self._waited)
        if sought or overflow.sought:
            self._inbox.put(Notice(describe_overflow(gap), now.wall, NoticeKind.GAP, gap))
        overflow.sought &= sought

    def _tell(self) -> None:
        """Put the notice below what had waited: who comes back begins to read there."""
        overflow, self._overflow = self._overflow, None
        if overflow is not None and not overflow.sought:
            text = describe_backlog(Gap.between(overflow.began, overflow.ended), self._limit)
            self._inbox.put(Notice(text, Moment.now().wall, NoticeKind.GAP))
