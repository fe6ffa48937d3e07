"""A store of this process, stores in programs of their own, and a look into the file."""

import asyncio
import contextlib
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from unittest.mock import patch

import pytest

from amqpchat_tui.config import LogSettings
from amqpchat_tui.model import ConversationId, OutboxLine
from amqpchat_tui.storage import database as database_module
from amqpchat_tui.storage.files import state_file
from amqpchat_tui.storage.log import Log
from amqpchat_tui.storage.store import NO_LOG, DiskStore

ROOM, BROKERS = ConversationId.room("lobby"), ["localhost:5672//"]


def line(number: int, body: str = "hello", *, to: ConversationId = ROOM) -> OutboxLine:
    return OutboxLine(to, f"{number:032x}", "ann", body, 1_800_000_000.0 + number)


ONE, TWO, THREE = line(1, "grüß dich\nzwei Zeilen"), line(2, "/me waves"), line(3)


class Complaints(list[str]):
    def __call__(self, text: str) -> None:
        self.append(text)


def database() -> Path:
    return state_file("amqpchat.db")


@contextlib.asynccontextmanager
async def open_store(
    complain: Callable[[str], None] = pytest.fail, log: LogSettings = NO_LOG
) -> AsyncIterator[DiskStore]:
    """A store that this process has beside others; in the end it is closed, and has nothing to tell."""
    store = DiskStore(log)
    store.start(complain)
    try:
        yield store
    finally:
        await close(store)


async def close(kept: DiskStore | Log) -> None:
    """Have all written, however busy the machine is."""
    with patch.object(database_module, "CLOSE_SECONDS", 60.0):
        assert await asyncio.to_thread(kept.close) == ""


async def written(store: DiskStore) -> None:
    """Wait until all that was given to a store is written."""
    await store.recall.latest()


async def left_behind(conversation: ConversationId = ROOM) -> list[OutboxLine]:
    """What the next program finds, and leaves."""
    async with open_store() as store:
        return list(await store.outbox.claim(conversation, BROKERS))


@contextlib.contextmanager
def look() -> Iterator[sqlite3.Connection]:
    """The database as somebody else sees it."""
    uri = f"{database().as_uri()}?mode=rw"
    with contextlib.closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as connection:
        yield connection


def bodies() -> list[str]:
    """The lines that are kept, of all programs; none before there are tables."""
    with contextlib.suppress(sqlite3.OperationalError), look() as connection:
        return [body for (body,) in connection.execute("SELECT body FROM outbox ORDER BY id")]
    return []


def record(entry: OutboxLine) -> bytes:
    """A line of the outbox as it was kept before there was a database."""
    fields = {"id": entry.message_id, "nick": entry.nick, "body": entry.body, "at": entry.typed_at}
    return b"\n" + json.dumps({"type": "typed", **fields}).encode()


def gone(message_id: str) -> bytes:
    return b"\n" + json.dumps({"type": "gone", "id": message_id}).encode()


PRELUDE = f"""
import asyncio, os, resource, signal, sys
from amqpchat_tui.model import ConversationId, OutboxLine
from amqpchat_tui.storage.store import NO_LOG, DiskStore

ROOM, BROKERS = ConversationId.room({ROOM.name!r}), {BROKERS!r}

def line(number):
    return OutboxLine(ROOM, f"{{number:x}}", "ann", f"line {{number}}", 1.0)

def tell(*words):
    os.write(1, " ".join(map(str, words)).encode() + b"\\n")
"""


@contextlib.contextmanager
def ready_program(code: str) -> Iterator[subprocess.Popen[str]]:
    """A program that has said that it is ready; it is killed when the test has not done so."""
    with program(code) as other:
        try:
            assert other.stdout is not None
            assert other.stdout.readline() == "ready\n"
            yield other
        finally:
            other.kill()


def program(code: str, *arguments: str) -> subprocess.Popen[str]:
    """Run a program that may have a store of its own; `code` defines its `main`."""
    return subprocess.Popen(
        [sys.executable, "-c", f"{PRELUDE}\n{code}\nasyncio.run(main())", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=dict(os.environ),
    )
