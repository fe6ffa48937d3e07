"""What is known of conversations in the database: numbers, drafts, levels and read marks."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from amqpchat_tui.model import ConversationId, KeptConversation
from amqpchat_tui.storage.checks import ConversationRow, kept_conversation
from amqpchat_tui.storage.database import Database, brokers_key
from amqpchat_tui.storage.jobs import Write

if TYPE_CHECKING:
    from amqpchat_tui.storage.session import Transaction

_IDENTITY = ConversationId._fields
_FIELDS = "number", "joined", "draft", "level", "level_until", "read_id", "read_at"
_READ_MARK = {"read_id", "read_at"}
"""What may be lost to a power cut, as it changes with each line that is read."""

_SELECT = f"""
    SELECT {", ".join((*_IDENTITY, *_FIELDS))} FROM conversation
    WHERE brokers = ? ORDER BY number, joined DESC, kind, name, pattern
"""
_DELETE = "DELETE FROM conversation WHERE brokers = ? AND kind = ? AND name = ? AND pattern = ?"

_Values = tuple[str | float | None, ...]


class Conversations:
    """Implements `model.ConversationStore`.

    Only fields that have changed are written, so that of two programs, none undoes what the other one did.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept: dict[tuple[str, ConversationId], _Values] = {}
        """What we have read or written last."""

    async def all(self, brokers: Sequence[str]) -> Sequence[KeptConversation]:
        """Return those that are kept, by number; what none of ours can be is left where it is."""
        key = brokers_key(brokers)

        def work(transaction: Transaction) -> Sequence[KeptConversation]:
            rows = transaction.execute(_SELECT, (key,)).fetchall()
            return [kept for row in rows if (kept := _read(row)) is not None]

        nothing: Sequence[KeptConversation] = ()
        found = await asyncio.wrap_future(self._database.submit(work, nothing))
        for kept in found:
            self._kept.setdefault((key, kept.id), _values(kept))
        return found

    def keep(self, brokers: Sequence[str], conversation: KeptConversation) -> None:
        """Keep what has changed of a conversation."""
        key, now = brokers_key(brokers), _values(conversation)
        before = self._kept.get((key, conversation.id))
        self._kept[key, conversation.id] = now
        changed = [
            field for index, field in enumerate(_FIELDS) if before is None or before[index] != now[index]
        ]
        if changed:
            write = Write(
                (_upsert(changed), (key, *conversation.id, *now)),
                to_be_synced=not _READ_MARK.issuperset(changed),
            )
            self._database.submit(write, None)

    def forget(self, brokers: Sequence[str], identity: ConversationId) -> None:
        """Keep nothing of a conversation any more."""
        key = brokers_key(brokers)
        self._kept.pop((key, identity), None)
        self._database.submit(Write((_DELETE, (key, *identity)), to_be_synced=True), None)


def _upsert(changed: Sequence[str]) -> str:
    columns = "brokers", *_IDENTITY, *_FIELDS
    return f"""
        INSERT INTO conversation ({", ".join(columns)}) VALUES ({", ".join("?" * len(columns))})
        ON CONFLICT (brokers, {", ".join(_IDENTITY)})
        DO UPDATE SET {", ".join(f"{field} = excluded.{field}" for field in changed)}
    """


def _values(conversation: KeptConversation) -> _Values:
    return tuple(getattr(conversation, field) for field in _FIELDS)


def _read(row: Sequence[object]) -> KeptConversation | None:
    try:
        kept = msgspec.convert(dict(zip((*_IDENTITY, *_FIELDS), row, strict=True)), ConversationRow)
    except msgspec.ValidationError:
        return None
    return kept_conversation(kept)
