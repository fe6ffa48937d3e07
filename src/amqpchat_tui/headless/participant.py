"""Who takes part in a room by a command without a screen."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from amqpchat_tui.chat.attention import Attention
from amqpchat_tui.chat.conversation import Conversation
from amqpchat_tui.chat.presence import Presence
from amqpchat_tui.chat.session import Changes, Session
from amqpchat_tui.client import AmqpClient
from amqpchat_tui.config import Settings
from amqpchat_tui.headless.signals import on_signals
from amqpchat_tui.headless.streams import tell
from amqpchat_tui.model import ChatMessage, ConnectionState, ConversationId, Gap, Notice, OutboxLine, Phase
from amqpchat_tui.scrollback import Scrollback
from amqpchat_tui.wording.connection import describe

LINES_KEPT = 1
"""What is printed need not be kept; a scrollback holds a block at least."""


class Participant:
    """Somebody in the room for as long as a command runs; implements `chat.session.SessionListener`."""

    def __init__(self, settings: Settings, *, listens: bool, one_try: bool = False) -> None:
        """Who listens takes what the room says when they are ready for it; else it is dropped.

        `one_try`: end when no broker takes us, instead of dialling again and again.
        """
        self.refused = False
        """Whether the broker said no, or the only try failed: that ended the command."""
        self._one_try = one_try
        self._told: tuple[Phase, str, int] | None = None
        """What was told last of how the connection stands."""
        # What a script did not get through is told by its exit code, and is for nobody to keep.
        self._client = AmqpClient(settings)
        now = time.monotonic()
        presence = Presence(now)
        presence.report_focus(True, now)  # nobody is called
        self._session = Session(
            self._client,
            Attention(settings.nick),
            open_conversation=lambda identity: Conversation(identity, Scrollback(LINES_KEPT)),
            presence=presence,
            later=self._when_ready if listens else self._soon,
            listener=self,
        )
        self._conversation = self._session.shown.id
        self._news = asyncio.Event()
        self._batch: Callable[[], None] | None = None
        self._taken: list[ChatMessage | Gap] = []
        self._work: asyncio.Task[None] | None = None

    async def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Work in the room until that is done, a signal asks to end, or the broker says no.

        What the work raises, this raises.
        """
        task = self._work = asyncio.create_task(work)
        self._session.start()
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
        self._session.say(self._conversation, body)

    def withdraw(self, line: OutboxLine) -> None:
        """Take a failed line out of the outbox."""
        self._client.withdraw(line.to, line.message_id)

    async def news(self) -> None:
        """Wait until something arrives or changes."""
        await self._news.wait()
        self._news.clear()

    def take(self) -> Sequence[ChatMessage | Gap]:
        """Take a batch of what the room said, and of where something may be missing."""
        batch, self._batch = self._batch, None
        self._taken = []
        if batch is not None:
            batch()
        return self._taken

    def _when_ready(self, _: float, batch: Callable[[], None]) -> None:
        """Let the next batch wait until it is wanted: who reads slowly has the broker wait."""
        self._batch = batch
        self._news.set()

    def _soon(self, seconds: float, batch: Callable[[], None]) -> None:
        asyncio.get_running_loop().call_later(seconds, batch)

    # chat.session.SessionListener

    def changed(self, changes: Changes) -> None:
        """Keep what has arrived for `take`; all notices go to the person."""
        for entry in (entry for arrived in changes.arrived for entry in arrived.entries):
            if isinstance(entry, ChatMessage):
                self._taken.append(entry)
            elif isinstance(entry, Notice):
                tell(entry.text)
                if entry.gap is not None:
                    self._taken.append(entry.gap)

    def connection_changed(self, _: ConnectionState, state: ConnectionState) -> None:
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

    def listing_changed(self) -> None:
        """Nobody looks at a list."""
