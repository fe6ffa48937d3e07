"""The lines under way in the database, each with the program whose line it is."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import closing
from typing import TYPE_CHECKING

import msgspec

from amqpchat_tui.model import ConversationId, OutboxLine
from amqpchat_tui.storage.checks import KeptLine, kept_line
from amqpchat_tui.storage.database import Database, brokers_key
from amqpchat_tui.storage.jobs import Write

if TYPE_CHECKING:
    from amqpchat_tui.storage.session import Transaction

_NOBODY = ""
_KEPT = ("id", "nick", "body", "at", "answers", "replaces")
"""The fields of a `KeptLine`, in the order in which they are asked for."""

_INSERT = """
    INSERT INTO outbox (message_id, program, brokers, kind, name, nick, body, typed_at, answers, replaces)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (message_id) DO UPDATE SET brokers = excluded.brokers WHERE program = excluded.program
"""
_DELETE = "DELETE FROM outbox WHERE message_id = ? AND program = ?"
_RELEASE = "UPDATE outbox SET program = ? WHERE brokers = ? AND kind = ? AND name = ? AND program = ?"
_SELECT = """
    SELECT program, message_id, nick, body, typed_at, answers, replaces FROM outbox
    WHERE brokers = ? AND kind = ? AND name = ? AND program <> ? ORDER BY id
"""


class Outbox:
    """Implements `model.OutboxStore`.

    A row is its program's while that runs; then whoever asks for it first gets it.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept: dict[ConversationId, dict[str, str]] = {}
        """The brokers of each line that we keep, by message id."""

    async def claim(self, conversation: ConversationId, brokers: Sequence[str]) -> Sequence[OutboxLine]:
        """Take over what was left there by programs that have ended, oldest first."""

        def work(transaction: Transaction) -> Sequence[OutboxLine]:
            from amqpchat_tui.storage.legacy import LeftOutbox  # late: the first frame does without

            left = transaction.held.enter_context(closing(LeftOutbox(conversation, brokers)))
            for line in left.lines:
                transaction.execute(_INSERT, _row(line, _NOBODY, key))
            if left.any:
                transaction.once_durable.append(left.remove)
            return _claim(transaction, self._database.program, conversation, key)

        key = brokers_key(brokers)
        nothing: Sequence[OutboxLine] = ()
        lines = await asyncio.wrap_future(self._database.submit(work, nothing))
        kept = self._kept.setdefault(conversation, {})
        kept.update((line.message_id, key) for line in lines)
        return lines

    def keep(self, conversation: ConversationId, brokers: Sequence[str], lines: Sequence[OutboxLine]) -> None:
        """Keep these lines, which are all that is in the conversation's outbox now."""
        key = brokers_key(brokers)
        before = self._kept.get(conversation, {})
        now = {line.message_id: key for line in lines}
        program = self._database.program
        come = [line for line in lines if before.get(line.message_id) != key]
        gone = [message_id for message_id in before if message_id not in now]
        self._kept[conversation] = now
        statements = [
            *((_INSERT, _row(line, program, key)) for line in come),
            *((_DELETE, (message_id, program)) for message_id in gone),
        ]
        if statements:
            self._database.submit(Write(*statements, to_be_synced=bool(come)), None)

    def release(self, conversation: ConversationId, brokers: Sequence[str]) -> None:
        """Leave what we keep there to whoever asks next, ourselves included."""
        self._kept.pop(conversation, None)
        where = brokers_key(brokers), *_where(conversation)
        self._database.submit(Write((_RELEASE, (_NOBODY, *where, self._database.program))), None)


def _where(conversation: ConversationId) -> tuple[str, str]:
    """Return kind and name as they are kept, in one text; neither name nor pattern has a line end in it."""
    return conversation.kind.value, "\n".join(filter(None, conversation[1:]))


def _row(line: OutboxLine, program: str, key: str) -> Sequence[str | float]:
    where, bearing = (key, *_where(line.to)), line.bearing
    told = line.nick, line.body, line.typed_at, bearing.answers, bearing.replaces
    return line.message_id, program, *where, *told


def _claim(
    transaction: Transaction, ours: str, conversation: ConversationId, key: str
) -> Sequence[OutboxLine]:
    running = transaction.others()
    claimed: list[OutboxLine] = []
    where = key, *_where(conversation)
    for program, *values in transaction.execute(_SELECT, (*where, ours)).fetchall():
        if program not in running and (line := _read(conversation, values)) is not None:
            transaction.execute("UPDATE outbox SET program = ? WHERE message_id = ?", (ours, line.message_id))
            claimed.append(line)
    return claimed


def _read(conversation: ConversationId, values: Sequence[object]) -> OutboxLine | None:
    try:
        kept = msgspec.convert(dict(zip(_KEPT, values, strict=True)), KeptLine)
    except msgspec.ValidationError:
        return None
    return kept_line(conversation, kept)
