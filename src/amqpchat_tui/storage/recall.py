"""The lines that were entered, in the database."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from amqpchat_tui.model import RECALL_MAX_LINES
from amqpchat_tui.storage.database import Database
from amqpchat_tui.storage.jobs import Write
from amqpchat_tui.wire.text import clean_text

if TYPE_CHECKING:
    from amqpchat_tui.storage.session import Transaction

_INSERT = "INSERT INTO entered (line) VALUES (?)"
_BOUND = "DELETE FROM entered WHERE id <= (SELECT max(id) FROM entered) - ?"


class Recall:
    """Implements `model.RecallStore`; several programs may add at the same time."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._latest: str | None = None

    async def latest(self) -> Sequence[str]:
        """Return the latest lines, oldest first."""
        return await asyncio.wrap_future(self._database.submit(_latest, ()))

    def add(self, line: str) -> None:
        """Keep a line that was entered, unless it is the one before again."""
        if line == self._latest:
            return
        self._latest = line
        self._database.submit(Write((_INSERT, (clean_text(line),))), None)

    def forget(self) -> None:
        """Remove all lines."""
        self._latest = None
        self._database.submit(_forget, None)


def _latest(transaction: Transaction) -> Sequence[str]:
    from amqpchat_tui.storage import legacy  # late: the first frame does without

    left = legacy.left_entered()
    if left is not None:
        latest = list(left[-RECALL_MAX_LINES:])
        if _read(transaction)[-len(latest) :] != latest:  # else it ended before the old file was removed
            for line in latest:
                transaction.execute(_INSERT, (line,))
        transaction.once_durable.append(legacy.remove_entered)
    transaction.execute(_BOUND, (RECALL_MAX_LINES,))
    return _read(transaction)


def _read(transaction: Transaction) -> list[str]:
    rows = transaction.execute("SELECT line FROM entered ORDER BY id").fetchall()
    return [cleaned for (line,) in rows if isinstance(line, str) and (cleaned := clean_text(line))]


def _forget(transaction: Transaction) -> None:
    from amqpchat_tui.storage import legacy  # late, as above

    transaction.execute("DELETE FROM entered")
    transaction.once_durable.append(legacy.remove_entered)
