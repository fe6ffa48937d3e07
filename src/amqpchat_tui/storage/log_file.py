"""The log as a command has it, which waits for the disk."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator

from amqpchat_tui.files import reason
from amqpchat_tui.model import LogError, LoggedLine, LogSearch
from amqpchat_tui.storage import log_reading, log_writing
from amqpchat_tui.storage.errors import UnusableError
from amqpchat_tui.storage.files import state_file
from amqpchat_tui.storage.session import describe_problem, open_database
from amqpchat_tui.storage.tables import LOG


class DiskLogFile:
    """Implements `model.LogFile`; programs that log may do so meanwhile."""

    def __init__(self) -> None:
        self._path = state_file(LOG.file)

    def lines(self, search: LogSearch) -> Iterator[LoggedLine]:
        """Go through the lines that are looked for, oldest first."""
        with self._open() as connection:
            yield from log_reading.lines(connection.execute, search)

    def count(self, room: str) -> int:
        """Return how many lines of the conversations with that label there are."""
        with self._open() as connection:
            execute = connection.execute
            return log_reading.count(execute, log_reading.labelled(execute, room))

    def forget(self, room: str) -> None:
        """Delete them, so that nothing of them is left in the file."""
        with self._open() as connection:
            execute = connection.execute
            execute("BEGIN IMMEDIATE")
            log_writing.forget(execute, log_reading.labelled(execute, room))
            execute("COMMIT")
            execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            if not self._path.exists():
                raise LogError(f"nothing has been logged yet: there is no {self._path}")
            with contextlib.closing(open_database(self._path, LOG)) as connection:
                yield connection
        except OSError as error:
            raise LogError(f"{self._path}: {reason(error)}") from error
        except UnusableError as error:
            raise LogError(f"{self._path}: {error}") from error
        except sqlite3.Error as error:
            raise LogError(f"{self._path}: {describe_problem(error)}") from error
