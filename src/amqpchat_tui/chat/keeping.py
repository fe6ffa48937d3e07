"""Has the store keep what changes of conversations, and not more often than is worth it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from amqpchat_tui.chat.conversation import Conversation
from amqpchat_tui.chat.pace import Later, Pace
from amqpchat_tui.model import ConversationId, ConversationStore

KEEP_SECONDS = 1.0
"""Between two looks at what has been read."""


class Keeping:
    """Keeps conversations from when it is known what had been kept of them: else it would be undone."""

    def __init__(self, store: ConversationStore, later: Later, clock: Callable[[], float]) -> None:
        self._store = store
        self._brokers: Sequence[str] | None = None
        self._due: dict[ConversationId, Conversation] = {}
        self._pace = Pace(self.keep_due, KEEP_SECONDS, later, clock)

    def begin(self, brokers: Sequence[str]) -> None:
        """Keep what changes from now on, for these brokers."""
        self._brokers = brokers

    def keep(self, conversation: Conversation) -> None:
        """Keep a conversation as it is now."""
        self._due.pop(conversation.id, None)
        if self._brokers is not None:
            self._store.keep(self._brokers, conversation.kept)

    def keep_soon(self, conversation: Conversation) -> None:
        """Keep a conversation as it is in a moment: it changes often."""
        if self._brokers is not None:
            self._due[conversation.id] = conversation
            self._pace.ask()

    def keep_due(self) -> None:
        """Keep what waits for it."""
        for conversation in list(self._due.values()):
            self.keep(conversation)

    def drop(self, identity: ConversationId) -> None:
        """Leave what is kept of a conversation as it is."""
        self._due.pop(identity, None)

    def forget(self, conversation: Conversation) -> None:
        """Keep nothing of a conversation that is left, but what was written in it."""
        self.drop(conversation.id)
        if self._brokers is not None:
            self._store.forget(self._brokers, conversation.id)
            if conversation.left is not None:
                self._store.keep(self._brokers, conversation.left)
