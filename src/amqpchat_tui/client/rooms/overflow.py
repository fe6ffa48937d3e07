"""Whether the broker had to drop what we were too slow for."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from typing import NoReturn

from aiormq.abc import AbstractChannel as RawChannel

from amqpchat_tui.client.rooms.inbox import Inbox
from amqpchat_tui.client.rooms.topology import waiting
from amqpchat_tui.model import Gap, Moment, Notice, NoticeKind
from amqpchat_tui.wording.gaps import describe_overflow

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


@dataclass(slots=True)
class _Overflow:
    """More waited for us than the broker keeps."""

    began: Moment
    noticed: Moment
    ended: Moment


class Backlog:
    """Watches our queue, of which the broker keeps only the latest messages (`x-overflow: drop-head`).

    It tells nobody what it drops. But messages wait in the queue only while as many as the prefetch window
    allows are with us and not acknowledged. So what waits when we look, and what has come since the last look
    from beyond that window, are together at least as many as ever waited in between.
    """

    def __init__(self, inbox: Inbox, *, limit: int, window: int, heartbeat: int) -> None:
        """`limit` is the queue's `x-max-length`, `window` the consumer's prefetch count."""
        self._inbox = inbox
        self._limit = limit
        self.window = self._least_window = window
        """How many messages may be here and not be drained."""
        self._pulse = min(PULSE_SECONDS, heartbeat / 2)
        self._acknowledged = 0
        self._acknowledged_then = 0
        self._looked_at = self._awake_at = Moment.now()
        self._much_came = asyncio.Event()
        self._overflow: _Overflow | None = None

    @property
    def silence(self) -> float:
        """For how many seconds we have been out of touch by standing still; 0 when we have not."""
        seconds = Moment.now() - self._awake_at
        return seconds if seconds > self._pulse + STANDSTILL_SECONDS else 0.0

    def resize(self, window: int) -> None:
        """Have another number of messages here at most which are not drained."""
        self.window = window
        self._least_window = min(self._least_window, window)

    def acknowledged(self, delivery_tag: int) -> None:
        """All deliveries up to this one have been drained."""
        self._acknowledged = delivery_tag
        if delivery_tag - self._acknowledged_then >= self._limit // 4:
            self._much_came.set()

    async def watch(self, channel: RawChannel, queue: str) -> NoReturn:
        """Look now and then, whenever much has come, and after a standstill; tell what may be missing.

        Raises:
            Lost: when channel or connection are.
        """
        self._looked_at = self._awake_at = Moment.now()
        try:
            while True:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(CATCH_UP_SECONDS if self._overflow else self._pulse):
                        await self._much_came.wait()
                now = Moment.now()
                stood_still = self.silence > 0
                if (
                    stood_still
                    or self._much_came.is_set()
                    or self._overflow is not None
                    or now - self._looked_at > QUEUE_LOOK_SECONDS
                ):
                    await self._look(channel, queue, since=self._awake_at if stood_still else self._looked_at)
                    self._looked_at = now
                self._awake_at = now
        finally:
            self._tell()

    async def _look(self, channel: RawChannel, queue: str, since: Moment) -> None:
        now = Moment.now()
        acknowledged = self._acknowledged
        self._much_came.clear()
        count = await waiting(channel, queue)
        received = self._acknowledged + self._inbox.unacknowledged
        from_beyond = max(0, received - self._acknowledged_then - self._least_window)
        self._acknowledged_then = acknowledged
        # With a full network part of the prefetch window is still on its way, and counts nowhere.
        if count + from_beyond >= self._limit - min(self._least_window, self._limit // 50):
            self._overflow = self._overflow or _Overflow(since, now, now)
            self._overflow.ended = now
        self._least_window = self.window
        if self._overflow and (not count or now - self._overflow.noticed > TELL_SECONDS):
            self._tell()

    def _tell(self) -> None:
        """Put the notice below what had waited: who comes back begins to read there."""
        if (overflow := self._overflow) is not None:
            self._overflow = None
            gap = Gap.between(overflow.began, overflow.ended)
            text = describe_overflow(gap, self._limit)
            self._inbox.put(Notice(text, Moment.now().wall, NoticeKind.GAP, gap))
