"""What is new in the outboxes: many changes are passed on as one, and waited for."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from amqpchat_tui.client.rooms.talk import Talk


class OutboxNews:
    """Tells of each conversation once in a turn of the event loop."""

    def __init__(self, tell: Callable[[Talk], None]) -> None:
        self._tell = tell
        self._changed: dict[Talk, None] = {}
        self._told = asyncio.Event()
        self._closed = False

    def changed(self, talk: Talk) -> None:
        """Something in a conversation's outbox has changed."""
        if not self._changed:
            asyncio.get_running_loop().call_soon(self._tell_all)
        self._changed[talk] = None

    async def settle(self, *talks: Talk, seconds: float) -> None:
        """Give what was typed just before so long to go out."""
        for talk in talks:
            talk.outbox.hold(0.0)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not all(talk.settled for talk in talks):
                    self._told.clear()
                    await self._told.wait()

    def close(self) -> None:
        """Tell no more: each conversation keeps what the broker has not taken, and nothing else."""
        self._closed = True

    def _tell_all(self) -> None:
        changed, self._changed = self._changed, {}
        if self._closed:
            return
        for talk in changed:
            talk.keep()
        self._told.set()
        for talk in changed:
            self._tell(talk)
