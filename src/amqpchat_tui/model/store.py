"""What is kept for the next start, as client and screen see it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from msgspec import Struct

from amqpchat_tui.model.conversation import ConversationId, Level
from amqpchat_tui.model.hiding import HidingStore, NoHiding
from amqpchat_tui.model.log import LogStore, NoLog
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

    def release(self, conversation: ConversationId, brokers: Sequence[str]) -> None:
        """Leave what we keep there to whoever asks next, ourselves included."""


class KeptConversation(Struct, frozen=True):
    """What is known of a conversation at the next start."""

    id: ConversationId
    number: int
    """Its own as long as it is joined, from 1."""
    joined: bool
    """Whether the person has joined it, so that it is joined again; else only the rest is known of it."""
    draft: str = ""
    """What was written in the prompt and not sent."""
    level: Level | None = None
    """What the person chose; None: as configured."""
    level_until: float | None = None
    """When that level ends; None: never."""
    read_id: str | None = None
    """`message_id` of the last line that was read, if it had one."""
    read_at: float | None = None
    """When that line was received."""


class ConversationStore(Protocol):
    """The conversations of a person, apart for each set of brokers, which are named in any order."""

    async def all(self, brokers: Sequence[str]) -> Sequence[KeptConversation]:
        """Return those that are kept, by number; two may have one, of programs that ran at once."""

    def keep(self, brokers: Sequence[str], conversation: KeptConversation) -> None:
        """Keep what has changed of a conversation since `all` or the last `keep`.

        Of several programs the later one wins, by field.
        """

    def forget(self, brokers: Sequence[str], identity: ConversationId) -> None:
        """Keep nothing of a conversation any more."""


class RecallStore(Protocol):
    """The lines that were entered, in whatever conversation."""

    async def latest(self) -> Sequence[str]:
        """Return the latest `RECALL_MAX_LINES`, oldest first."""

    def add(self, line: str) -> None:
        """Keep a line that was entered, unless it is the one before again."""

    def forget(self) -> None:
        """Remove all of them."""


class KeptPanel(Struct, frozen=True):
    """When the person wants a panel beside the scrollback to be there."""

    there: str
    """A word for that, which panels know."""
    configured: str
    """What the configuration said when they chose it: it holds as long as that does not change."""


class PanelStore(Protocol):
    """When panels are there."""

    async def all(self) -> Mapping[str, KeptPanel]:
        """Return what was chosen, by the names of panels."""

    def keep(self, name: str, kept: KeptPanel) -> None:
        """Keep what was chosen of a panel."""


class Store(Protocol):
    """What one start leaves to the next. No call waits for a disk, and none raises for it."""

    @property
    def outbox(self) -> OutboxStore:
        """Lines under way."""

    @property
    def recall(self) -> RecallStore:
        """Lines that were entered."""

    @property
    def conversations(self) -> ConversationStore:
        """What is known of conversations."""

    @property
    def hiding(self) -> HidingStore:
        """What the person does not want to see."""

    @property
    def panels(self) -> PanelStore:
        """When panels are there."""

    @property
    def log(self) -> LogStore:
        """What was said."""

    def start(self, complain: Callable[[str], None]) -> None:
        """Begin, in the background of the running event loop.

        When something cannot be kept, `complain` is called there once, with a line for the person.
        """


class NoConversations:
    """Keeps nothing; implements `ConversationStore`."""

    async def all(self, brokers: Sequence[str]) -> Sequence[KeptConversation]:
        """Nothing is kept."""
        return ()

    def keep(self, brokers: Sequence[str], conversation: KeptConversation) -> None:
        """Do nothing."""

    def forget(self, brokers: Sequence[str], identity: ConversationId) -> None:
        """There is nothing to forget."""


class NoPanels:
    """Keeps nothing; implements `PanelStore`."""

    async def all(self) -> Mapping[str, KeptPanel]:
        """Nothing is kept."""
        return {}

    def keep(self, name: str, kept: KeptPanel) -> None:
        """Do nothing."""


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

    @property
    def conversations(self) -> ConversationStore:
        """A store of conversations that keeps none."""
        return NoConversations()

    @property
    def hiding(self) -> HidingStore:
        """A store of what is hidden that keeps none."""
        return NoHiding()

    @property
    def panels(self) -> PanelStore:
        """A store of what was chosen of panels that keeps none."""
        return NoPanels()

    @property
    def log(self) -> LogStore:
        """A log that keeps nothing."""
        return NoLog()

    def start(self, complain: Callable[[str], None]) -> None:
        """There is nothing to begin."""

    async def claim(self, conversation: ConversationId, brokers: Sequence[str]) -> Sequence[OutboxLine]:
        """Nothing was left."""
        return ()

    def keep(self, conversation: ConversationId, brokers: Sequence[str], lines: Sequence[OutboxLine]) -> None:
        """Do nothing: these lines end with the program."""

    def release(self, conversation: ConversationId, brokers: Sequence[str]) -> None:
        """Do nothing: nothing is kept."""

    async def latest(self) -> Sequence[str]:
        """Nothing was entered."""
        return ()

    def add(self, line: str) -> None:
        """Do nothing: this line ends with the program."""

    def forget(self) -> None:
        """There is nothing to remove."""
