"""A log of this process, and a look into its file."""

import contextlib
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from pathlib import Path

import pytest

from amqpchat_tui.config import LogSettings
from amqpchat_tui.model import ChatMessage, ConversationId, LinkedMessage, LogSearch, Occupant
from amqpchat_tui.storage.files import state_file
from amqpchat_tui.storage.log import Log
from tests.storage.support import close

LOBBY, LAB = map(ConversationId.room, ("lobby", "lab"))
BOB = ConversationId.private("bob", "bobby")
BROKERS = ["b:5672//", "a:5672//"]
DEFAULT = LogSettings()
START = float(int(time.time()))
"""When the first line was received."""


def said(
    text: str, *, nick: str = "bob", at: float = 0.0, message_id: str | None = None, own: bool = False
) -> ChatMessage:
    """A line that was received `at` seconds after the start."""
    return ChatMessage(nick, text, START + at, own=own, message_id=message_id)


FULL = LinkedMessage(
    "bob",
    "wäscht\nab",
    START + 0.125,
    action=True,
    own=True,
    sent_at=START - 1.5,
    message_id="6f8a",
    sender=Occupant("bob", "5e55", "bobby"),
    level="warn",
    answers="~0123",
    replaces="5e55",
)
"""A line of which everything is known."""


def log_path() -> Path:
    return state_file("log.db")


@contextlib.asynccontextmanager
async def open_log(
    settings: LogSettings = DEFAULT,
    complain: Callable[[str], None] = pytest.fail,
) -> AsyncIterator[Log]:
    """A log that this process has beside others; in the end it is closed, and has nothing to tell."""
    log = Log(settings)
    log.start(complain)
    try:
        yield log
    finally:
        await close(log)


async def fill(*lines: ChatMessage, to: ConversationId = LOBBY) -> None:
    """Let a program log some lines, and end."""
    async with open_log() as log:
        log.add(BROKERS, [(to, lines)])


async def found(log: Log, **search: object) -> list[str]:
    """The texts of all lines that a search finds, newest first."""
    wanted = LogSearch(**search)  # type: ignore[arg-type]
    return [line.message.text for line in await log.search(BROKERS, wanted, 1000)]


async def texts(log: Log, conversation: ConversationId = LOBBY) -> list[str]:
    """The texts of a conversation, oldest first."""
    lines = await log.latest(BROKERS, conversation, 100_000, START + 10**6)
    return [line.message.text for line in lines]


@contextlib.contextmanager
def look() -> Iterator[sqlite3.Connection]:
    """The database as somebody else sees it."""
    uri = f"{log_path().as_uri()}?mode=rw"
    with contextlib.closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as connection:
        yield connection


def check_whole() -> None:
    """Have SQLite compare all tables with their indexes, that of words included."""
    with look() as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        connection.execute("INSERT INTO words (words) VALUES ('integrity-check')")


def kept() -> Sequence[str]:
    """The texts of all lines, in the order in which they were logged."""
    with look() as connection:
        return [text for (text,) in connection.execute("SELECT text FROM line ORDER BY id")]
