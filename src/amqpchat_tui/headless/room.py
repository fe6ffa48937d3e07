"""A place in the room for a command without a screen."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine, Sequence
from typing import Any

from amqpchat_tui.client import AmqpClient
from amqpchat_tui.config import Settings
from amqpchat_tui.headless.signals import on_signals
from amqpchat_tui.headless.streams import tell
from amqpchat_tui.model import ChatMessage, ConnectionState, ConversationId, Gap, Notice, OutboxLine, Phase
from amqpchat_tui.wording.connection import describe

MOST_AT_ONCE = 1000
"""How many deliveries are taken at a time."""


class Room:
    """The room, for as long as a command runs; implements `model.ClientListener`."""

    def __init__(self, settings: Settings, *, listens: bool, one_try: bool = False) -> None:
        """Who does not listen need not drain: what the room says is dropped.

        `one_try`: end when no broker takes us, instead of dialling again and again.
        """
        self.refused = False
        """Whether the broker said no, or the only try failed: that ended the command."""
        self._one_try = one_try
        self._told: tuple[Phase, str, int] | None = None
        """What was told last of how the connection stands."""
        # What a script did not get through is told by its exit code, and is for nobody to keep.
        self._client = AmqpClient(settings)
        self._conversation = ConversationId.room(settings.room)
        self._news = asyncio.Event()
        self._listens = listens
        self._work: asyncio.Task[None] | None = None

    async def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Work in the room until that is done, a signal asks to end, or the broker says no.

        What the work raises, this raises.
        """
        task = self._work = asyncio.create_task(work)
        self._client.start(self)
        try:
            with on_signals(task.cancel):
                await asyncio.wait({task})
        finally:
            await self._client.close()
        if not task.cancelled():
            task.result()

    @property
    def outbox(self) -> Sequence[OutboxLine]:
        """What the room has not been seen to hear yet."""
        return self._client.outbox(self._conversation)

    def say(self, body: str) -> None:
        """Send a line, checked by `wire.text.check_body`."""
        self._client.say(self._conversation, body)

    def withdraw(self, line: OutboxLine) -> None:
        """Take a failed line out of the outbox."""
        self._client.withdraw(line.to, line.message_id)

    async def news(self) -> None:
        """Wait until something arrives or changes."""
        await self._news.wait()
        self._news.clear()

    def drain(self) -> Sequence[ChatMessage | Gap]:
        """Take what the room said, and where something may be missing; all notices go to the person."""
        arrived = self._client.drain(self._conversation, MOST_AT_ONCE)
        if arrived.more:
            self.entries_arrived(self._conversation)
        taken: list[ChatMessage | Gap] = []
        for entry in arrived.entries:
            if isinstance(entry, ChatMessage):
                taken.append(entry)
            elif isinstance(entry, Notice):
                tell(entry.text)
                if entry.gap is not None:
                    taken.append(entry.gap)
        return taken

    # model.ClientListener

    def connection_changed(self, state: ConnectionState) -> None:
        """Tell the person what is new in it; nobody is here to decide about a refusal."""
        waits = state.phase is Phase.BLOCKED or state.retry_at > 0
        self.refused = state.phase is Phase.REFUSED or (self._one_try and waits)
        news = state.phase, state.reason, state.attempt
        if self.refused and waits:
            tell(f"{state.broker}: {state.reason}")
        elif news != self._told:  # that the next dial has begun is none
            tell(f"{state.broker}: {describe(state, None, time.monotonic())}")
        self._told = news
        if self.refused and self._work is not None:
            self._work.cancel()

    def outbox_changed(self, conversation: ConversationId) -> None:
        """Wake who waits for it."""
        self._news.set()

    def entries_arrived(self, conversation: ConversationId) -> None:
        """Wake who waits for it."""
        if self._listens:
            self._news.set()
        else:
            self.drain()
