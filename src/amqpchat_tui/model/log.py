"""The log: what this person saw said, kept over many starts and searched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from msgspec import Struct

from amqpchat_tui.model.conversation import ConversationId
from amqpchat_tui.model.messages import ChatMessage

ConversationLines = tuple[ConversationId, Sequence[ChatMessage]]
"""Lines of a conversation, in their order."""


class LogError(Exception):
    """The log cannot be read; the message is a sentence for a person, without a full stop."""


class LoggedLine(Struct, frozen=True):
    """A line in the log."""

    number: int
    """Greater than those of all lines that were said before in its conversation."""
    conversation: ConversationId
    message: ChatMessage


class LogSearch(Struct, frozen=True, kw_only=True):
    """Which lines are looked for: those to which all of this applies; `matching` says what is the same."""

    words: tuple[str, ...] = ()
    """What the text has in it, each of these."""
    nicks: tuple[str, ...] = ()
    """A part of the author's nick, one of these; empty: whoever it is."""
    rooms: tuple[str, ...] = ()
    """A part of what the conversation is called, one of these; empty: wherever it was said."""
    labels: tuple[str, ...] = ()
    """What the conversation is called, one of these, to the letter; empty: as `rooms` has it."""
    to_me: bool = False
    """Whether it concerns the person, of which the log knows nothing: `chat.mentions` does."""
    since: float | None = None
    """When it was received at the earliest."""
    until: float | None = None
    """Before when it was received."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is said of what is looked for."""
        return self == LogSearch()


class LogComparison(Protocol):
    """A room's history beside the log, while one goes back through it."""

    async def lacking(self, page: Sequence[ChatMessage]) -> Sequence[ChatMessage]:
        """Return those lines of a page that are not in the log; it is followed by the one before.

        Raises:
            LogError: if the log cannot be read.
        """


class LogStore(Protocol):
    """What was said, as this person saw it.

    Conversations are apart for each set of brokers, which are named in any order.
    """

    @property
    def keeps(self) -> bool:
        """Whether anything is logged."""

    async def begun(self) -> str:
        """Return where the log is if this program has begun it; else an empty text."""

    def add(self, brokers: Sequence[str], lines: Sequence[ConversationLines]) -> None:
        """Log lines that were seen; of several programs that see a line, one has it in the log.

        It returns at once and never raises. Whoever calls it once a second costs the disk a transaction each.
        """

    def add_history(
        self, brokers: Sequence[str], conversation: ConversationId, page: Sequence[ChatMessage], until: float
    ) -> None:
        """Log what is not there yet of a page of a room's history, where it was said; returns at once.

        Each page is followed by the one before with the same `until`, and the first by what was heard then.
        """

    async def latest(
        self, brokers: Sequence[str], conversation: ConversationId, most: int, before: float
    ) -> Sequence[LoggedLine]:
        """Return the latest lines of a conversation that were received before a time, oldest first.

        There are none where the log cannot be read.
        """

    async def around(self, number: int, above: int, below: int) -> Sequence[LoggedLine]:
        """Return a line with so many of its conversation above and below, oldest first.

        Raises:
            LogError: if the log cannot be read.
        """

    async def search(
        self, brokers: Sequence[str], search: LogSearch, most: int, below: int | None = None
    ) -> Sequence[LoggedLine]:
        """Return the latest lines that are looked for, newest first, with numbers less than `below`.

        What is cancelled is interrupted at once.

        Raises:
            LogError: if the log cannot be read.
        """

    def compare(self, brokers: Sequence[str], conversation: ConversationId) -> LogComparison:
        """Compare a room's history with the log."""


class LogFile(Protocol):
    """The log beside no chat, of all brokers. Each call waits for the disk, and raises `LogError`."""

    def lines(self, search: LogSearch) -> Iterator[LoggedLine]:
        """Go through the lines that are looked for, oldest first, however many there are."""

    def count(self, room: str) -> int:
        """Return how many lines of the conversations with that label there are."""

    def forget(self, room: str) -> None:
        """Delete them, so that nothing of them is left in the file."""


class NoLog:
    """Keeps nothing; implements `LogStore`."""

    keeps = False

    async def begun(self) -> str:
        """Nothing was begun."""
        return ""

    def add(self, brokers: Sequence[str], lines: Sequence[ConversationLines]) -> None:
        """Do nothing."""

    def add_history(
        self, brokers: Sequence[str], conversation: ConversationId, page: Sequence[ChatMessage], until: float
    ) -> None:
        """Do nothing."""

    async def latest(
        self, brokers: Sequence[str], conversation: ConversationId, most: int, before: float
    ) -> Sequence[LoggedLine]:
        """Nothing is kept."""
        return ()

    async def around(self, number: int, above: int, below: int) -> Sequence[LoggedLine]:
        """Nothing is kept."""
        return ()

    async def search(
        self, brokers: Sequence[str], search: LogSearch, most: int, below: int | None = None
    ) -> Sequence[LoggedLine]:
        """Nothing is kept."""
        return ()

    def compare(self, brokers: Sequence[str], conversation: ConversationId) -> LogComparison:
        """All of it is lacking."""
        return _NothingLogged()


class _NothingLogged:
    async def lacking(self, page: Sequence[ChatMessage]) -> Sequence[ChatMessage]:
        return page
