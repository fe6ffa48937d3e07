"""Conversations that are left: what was typed just before goes out, then the broker is tidied up."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from amqpchat_tui.client.rooms.room import Room
from amqpchat_tui.client.rooms.talk import Talk
from amqpchat_tui.model import ConversationId


class Leaving:
    """All that are still to be tidied up, or that have something to say."""

    def __init__(
        self, *, settle: Callable[[Talk], Awaitable[None]], move_out: Callable[[Room], Awaitable[None]]
    ) -> None:
        """`settle` waits a moment for what was typed; `move_out` removes what a room has on the broker."""
        self._settle = settle
        self._move_out = move_out
        self._tasks: dict[Talk, asyncio.Task[None]] = {}

    def begin(self, talk: Talk) -> None:
        """Leave a conversation, while others go on."""
        task = self._tasks[talk] = asyncio.create_task(self._leave(talk))
        task.add_done_callback(lambda _: self._tasks.pop(talk))

    def hand_over(self, conversation: ConversationId) -> None:
        """It is joined again: what those before could not say any more is offered in the one that follows."""
        for former in self._tasks:
            if former.conversation == conversation:
                former.release()

    async def end(self) -> None:
        """Wait for nothing more."""
        for task in self._tasks.values():
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks.values())

    async def _leave(self, talk: Talk) -> None:
        try:
            await self._settle(talk)
        finally:
            talk.release()
        if isinstance(talk, Room):
            await self._move_out(talk)
