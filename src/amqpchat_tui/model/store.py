"""What is kept for the next start, as client and screen see it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from amqpchat_tui.model.conversation import ConversationId
from amqpchat_tui.model.outgoing import OutboxLine

RECALL_MAX_LINES = 1000
"""How many of the lines that were entered can be recalled."""


class OutboxStore(Protocol):
    """Lines under way, so that none is lost however the program ends."""

    async def claim(self, conversation: ConversationId, brokers: Sequence[str]) -> Sequence[OutboxLine]:
        """Take over what was left there by programs that have ended, oldest first.

        Of several programs that ask, each line goes to one. `brokers`, in any order, tell apart conversations
        of the same name.
        """

    def keep(self, conversation: ConversationId, brokers: Sequence[str], lines: Sequence[OutboxLine]) -> None:
        """Keep these lines, which are all that is in the conversation's outbox now."""


class RecallStore(Protocol):
    """The lines that were entered, in whatever conversation."""

    async def latest(self) -> Sequence[str]:
        """Return the latest `RECALL_MAX_LINES`, oldest first."""

    def add(self, line: str) -> None:
        """Keep a line that was entered, unless it is the one before again."""

    def forget(self) -> None:
        """Remove all of them."""


class Store(Protocol):
    """What one start leaves to the next. No call waits for a disk, and none raises for it."""

    @property
    def outbox(self) -> OutboxStore:
        """Lines under way."""

    @property
    def recall(self) -> RecallStore:
        """Lines that were entered."""

    def start(self, complain: Callable[[str], None]) -> None:
        """Begin, in the background of the running event loop.

        When something cannot be kept, `complain` is called there once, with a line for the person.
        """


class NoStore:
    """Keeps nothing; implements `Store`, `OutboxStore` and `RecallStore`."""

    @property
    def outbox(self) -> OutboxStore:
        """A store of lines under way that keeps none."""
        return self

    @property
    def recall(self) -> RecallStore:
        """A store of entered lines that keeps none."""
        return self

    def start(self, complain: Callable[[str], None]) -> None:
        """There is nothing to begin."""

    async def claim(self, conversation: ConversationId, brokers: Sequence[str]) -> Sequence[OutboxLine]:
        """Nothing was left."""
        return ()

    def keep(self, conversation: ConversationId, brokers: Sequence[str], lines: Sequence[OutboxLine]) -> None:
        """Do nothing: these lines end with the program."""

    async def latest(self) -> Sequence[str]:
        """Nothing was entered."""
        return ()

    def add(self, line: str) -> None:
        """Do nothing: this line ends with the program."""

    def forget(self) -> None:
        """There is nothing to remove."""
