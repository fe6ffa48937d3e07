"""Whether the broker takes messages: it does not while it is low on memory or disk.

RabbitMQ says so by `connection.blocked` (https://www.rabbitmq.com/docs/connection-blocked).
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from typing import NoReturn

from amqpchat_tui.client.transport.link import Link

ALARM_LOOK_SECONDS = 0.25
"""How often we look while messages wait for their confirms; when there are none, nobody looks."""


class Alarm:
    """Holds up what is published on a link (`Link.writable`) for as long as the broker takes nothing."""

    def __init__(
        self, link: Link, unconfirmed_since: Callable[[], float | None], blocked: Callable[[bool], None]
    ) -> None:
        """`unconfirmed_since` gives when the oldest message that waits for its confirm was published.

        `blocked` is told when the broker stops taking messages, and when it takes them again.
        """
        self._link = link
        self._unconfirmed_since = unconfirmed_since
        self._blocked = blocked
        self._published = asyncio.Event()

    def look(self) -> None:
        """Something may have been published."""
        self._published.set()

    async def watch(self) -> NoReturn:
        """Look whenever something waits for its confirm."""
        while True:
            await self._published.wait()
            self._published.clear()
            while self._unconfirmed_since() is not None:
                await asyncio.sleep(ALARM_LOOK_SECONDS)
                await self._check()

    async def _check(self) -> None:
        since = self._unconfirmed_since()
        if since is None or time.monotonic() - since < ALARM_LOOK_SECONDS or await self._takes_messages():
            return
        self._link.writable.clear()
        self._blocked(True)
        await self._link.unblocked()
        self._blocked(False)
        self._link.writable.set()

    async def _takes_messages(self) -> bool:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ALARM_LOOK_SECONDS):
                await self._link.unblocked()
                return True
        return False
