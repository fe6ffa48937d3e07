"""When panels are there, in the database."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING

from amqpchat_tui.model import KeptPanel
from amqpchat_tui.storage.database import Database
from amqpchat_tui.storage.jobs import Write

if TYPE_CHECKING:
    from amqpchat_tui.storage.session import Transaction

_SELECT = "SELECT name, there, configured FROM panel"
_INSERT = "INSERT OR REPLACE INTO panel (name, there, configured) VALUES (?, ?, ?)"


class Panels:
    """Implements `model.PanelStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> Mapping[str, KeptPanel]:
        """Return what is kept of each panel."""
        nothing: Mapping[str, KeptPanel] = {}
        return await asyncio.wrap_future(self._database.submit(_read, nothing))

    def keep(self, name: str, kept: KeptPanel) -> None:
        """Keep what was chosen of a panel."""
        self._database.submit(Write((_INSERT, (name, kept.there, kept.configured))), None)


def _read(transaction: Transaction) -> Mapping[str, KeptPanel]:
    rows = transaction.execute(_SELECT).fetchall()
    return {row[0]: KeptPanel(*row[1:]) for row in rows if all(isinstance(value, str) for value in row)}
