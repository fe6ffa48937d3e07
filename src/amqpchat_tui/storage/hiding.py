"""What the person does not want to see, in the database."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from amqpchat_tui.model import HidingRule
from amqpchat_tui.storage.checks import HidingRow, kept_rule
from amqpchat_tui.storage.database import Database, brokers_key
from amqpchat_tui.storage.jobs import Write

if TYPE_CHECKING:
    from amqpchat_tui.storage.session import Transaction

_FIELDS = HidingRule.__struct_fields__
_SELECT = f"SELECT {', '.join(_FIELDS)} FROM hiding WHERE brokers = ? ORDER BY id"
_DELETE = "DELETE FROM hiding WHERE brokers = ? AND kind = ? AND name = ?"
_INSERT = f"""
    INSERT OR REPLACE INTO hiding (brokers, {", ".join(_FIELDS)}) VALUES (?{", ?" * len(_FIELDS)})
"""


class Hiding:
    """Implements `model.HidingStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self, brokers: Sequence[str]) -> Sequence[HidingRule]:
        """Return those that are kept; what none of ours can be is left where it is."""
        key = brokers_key(brokers)

        def work(transaction: Transaction) -> Sequence[HidingRule]:
            rows = transaction.execute(_SELECT, (key,)).fetchall()
            return [rule for row in rows if (rule := _read(row)) is not None]

        nothing: Sequence[HidingRule] = ()
        return await asyncio.wrap_future(self._database.submit(work, nothing))

    def keep(self, brokers: Sequence[str], rule: HidingRule) -> None:
        """Keep a rule, in the place of one of its kind and name."""
        values = (brokers_key(brokers), rule.kind.value, rule.name, rule.pattern, rule.room, rule.until)
        self._database.submit(Write((_INSERT, values), to_be_synced=True), None)

    def forget(self, brokers: Sequence[str], rule: HidingRule) -> None:
        """Keep a rule no more."""
        values = (brokers_key(brokers), rule.kind.value, rule.name)
        self._database.submit(Write((_DELETE, values), to_be_synced=True), None)


def _read(row: Sequence[object]) -> HidingRule | None:
    try:
        return kept_rule(msgspec.convert(dict(zip(_FIELDS, row, strict=True)), HidingRow))
    except msgspec.ValidationError:
        return None
