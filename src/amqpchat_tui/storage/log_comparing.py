"""Comparing a room's history with the log while one goes back through it."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from amqpchat_tui.model import ChatMessage, ConversationId

if TYPE_CHECKING:
    from amqpchat_tui.storage.log_history import Border, Missing
    from amqpchat_tui.storage.log_places import Execute

_AHEAD_SECONDS = 60.0
"""Nothing was heard so much later than now."""


class Comparing:
    """Implements `model.LogComparison`."""

    def __init__(
        self,
        ask: Callable[[Callable[[Execute], Missing]], Awaitable[Missing]],
        brokers: str,
        conversation: ConversationId,
    ) -> None:
        """`ask` asks the log's tables."""
        self._ask = ask
        self._brokers = brokers
        self._conversation = conversation
        self._until = time.time() + _AHEAD_SECONDS
        self._newer: Border | None = None

    async def lacking(self, page: Sequence[ChatMessage]) -> Sequence[ChatMessage]:
        """Return those lines of the next page that are not in the log."""
        from amqpchat_tui.storage import log_reading  # late, as SQLite comes with it

        newer = self._newer
        found = await self._ask(
            lambda execute: log_reading.lacking(
                execute, self._brokers, self._conversation, page, self._until, newer
            )
        )
        self._newer = found.border
        return found.lines
