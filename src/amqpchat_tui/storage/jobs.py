"""A job that only writes, which most are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from amqpchat_tui.storage.session import Transaction  # late: the first frame does without


class Write:
    """Runs statements."""

    def __init__(self, *statements: tuple[str, Sequence[Any]], to_be_synced: bool = False) -> None:
        """Each comes with its values; `to_be_synced`: they have to outlive a power cut."""
        self._statements = statements
        self._to_be_synced = to_be_synced

    @property
    def single(self) -> bool:
        """Whether it needs no transaction around it: SQLite makes one for each statement."""
        return len(self._statements) == 1

    def __call__(self, transaction: Transaction) -> None:
        """Run the statements in order."""
        for statement, values in self._statements:
            transaction.execute(statement, values)
        transaction.to_be_synced |= self._to_be_synced
