"""What the thread is asked to do with the database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sqlite3  # late: the first frame does without

    from amqpchat_tui.storage.running import Running


@dataclass(slots=True)
class Transaction:
    """What jobs read and write in. Several may share one, so what one has written the next one sees."""

    execute: Callable[..., sqlite3.Cursor]
    """Run a statement with a sequence of values."""
    running: Running
    held: ExitStack
    """Closed in the end, whatever becomes of all this."""
    once_durable: list[Callable[[], None]] = field(default_factory=list)
    """What is to be done when all of this has reached the disk itself."""
    to_be_synced: bool = False
    """Whether this has to outlive a power cut; whatever else is written may as well."""


@dataclass(frozen=True, slots=True)
class Write:
    """A job that only writes."""

    statements: Sequence[tuple[str, Sequence[Any]]]
    """Each with its values."""
    to_be_synced: bool = False
    """Whether it has to outlive a power cut."""

    @property
    def single(self) -> bool:
        """Whether it needs no transaction around it: SQLite makes one for each statement."""
        return len(self.statements) == 1

    def __call__(self, transaction: Transaction) -> None:
        """Do it."""
        for statement, values in self.statements:
            transaction.execute(statement, values)
        transaction.to_be_synced |= self.to_be_synced
