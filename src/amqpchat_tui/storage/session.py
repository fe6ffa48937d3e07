"""The database as its thread sees it: opened with the first jobs, which are written together.

What has been written is the system's, and outlives the program; another thread has it synced meanwhile, so
that no line waits for the disk before it is written, and a power cut takes only the latest moment.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import stat
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from amqpchat_tui.files import reason
from amqpchat_tui.storage import schema
from amqpchat_tui.storage.errors import NotWrittenError, UnusableError
from amqpchat_tui.storage.files import make_state_folder
from amqpchat_tui.storage.jobs import Write
from amqpchat_tui.storage.running import Running
from amqpchat_tui.storage.syncing import Syncer, sync
from amqpchat_tui.storage.tables import Layout

BUSY_SECONDS = 2.0
"""How long other programs may take to write."""

_REASONS = {
    sqlite3.SQLITE_BUSY: "another program keeps it locked",
    sqlite3.SQLITE_READONLY: "it may not be written to; change its permissions",
    sqlite3.SQLITE_FULL: "no space left on the disk; make room",
}
_UNUSABLE = {
    sqlite3.SQLITE_CORRUPT: schema.DAMAGED,
    sqlite3.SQLITE_NOTADB: schema.NO_DATABASE,
}


@dataclass(slots=True)
class Transaction:
    """What jobs read and write in. Several may share one, so what one has written the next one sees."""

    execute: Callable[..., sqlite3.Cursor]
    """Run a statement with a sequence of values."""
    others: Callable[[], set[str]]
    """Return the ids of the other programs that run."""
    held: contextlib.ExitStack
    """Closed in the end, whatever becomes of all this."""
    once_written: list[Callable[[], None]] = field(default_factory=list)
    """What is to be done when all of this is written."""
    once_durable: list[Callable[[], None]] = field(default_factory=list)
    """What is to be done when all of this has reached the disk itself."""
    to_be_synced: bool = False
    """Whether this has to outlive a power cut; whatever else is written may as well."""


class Session:
    """The open database."""

    def __init__(self, path: Path, layout: Layout, program: str, sync_failed: Callable[[str], None]) -> None:
        """`sync_failed` is called from another thread, with the reason."""
        self._path = path
        self._layout = layout
        self._program = program
        self._log_path = path.with_name(f"{path.name}-wal")
        self._sync_failed = sync_failed
        self._syncer = Syncer(self._log_path, sync_failed)
        self._running: Running | None = None
        self._connection: sqlite3.Connection | None = None

    def do(self, jobs: Sequence[Callable[[Transaction], Any]]) -> Sequence[Any]:
        """Do all of these or none; return their results.

        Raises:
            NotWrittenError: if none was done.
            UnusableError: if none ever will be.
        """
        with contextlib.ExitStack() as held:
            try:
                transaction, results = self._transact(jobs, held)
            except OSError as error:
                raise NotWrittenError(reason(error)) from error
            except sqlite3.Error as error:
                kind = UnusableError if _code(error) in _UNUSABLE else NotWrittenError
                raise kind(describe_problem(error)) from error
            for do in transaction.once_written:
                do()
            if transaction.once_durable:
                self._finish(transaction.once_durable)
            elif transaction.to_be_synced:
                self._syncer.ask()
        return results

    def close(self) -> None:
        """Have all that was written synced, and leave the rest to others."""
        self._syncer.end()
        try:
            if self._connection is not None:
                self._finish([])
                self._connection.close()
        finally:
            if self._running is not None:
                self._running.end()

    def _transact(
        self, jobs: Sequence[Callable[[Transaction], Any]], held: contextlib.ExitStack
    ) -> tuple[Transaction, Sequence[Any]]:
        if self._connection is None:
            make_state_folder()
        if self._running is None and self._layout.owned:
            self._running = Running(self._program)
        if self._connection is None:
            self._connection = open_database(self._path, self._layout)
        connection = self._connection
        others = set if self._running is None else self._running.others
        transaction = Transaction(connection.execute, others, held)
        if len(jobs) == 1 and isinstance(jobs[0], Write) and jobs[0].single:
            # Each call gives up the interpreter, which a loop that draws gives back after 5 ms: one will do.
            return transaction, [jobs[0](transaction)]
        connection.execute("BEGIN IMMEDIATE")
        try:
            results = [job(transaction) for job in jobs]
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        return transaction, results

    def _finish(self, once_durable: Sequence[Callable[[], None]]) -> None:
        try:
            sync(self._log_path)
        except OSError as error:
            self._sync_failed(reason(error))
            return
        for do in once_durable:
            do()


def describe_problem(error: sqlite3.Error) -> str:
    """Say for a person what is wrong with a database, and what to do about it."""
    code = _code(error)
    return _UNUSABLE.get(code) or _REASONS.get(code, str(error))


def _code(error: sqlite3.Error) -> int:
    return int(getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)) & 0xFF


def open_database(path: Path, layout: Layout) -> sqlite3.Connection:
    """Open the database, and bring it up to date.

    Raises:
        OSError, sqlite3.Error: if that cannot be done now.
        UnusableError: if the file is not to be touched.
    """
    if _make_file(path):
        with contextlib.closing(connect(path, "ro")) as looking:  # this cannot change anything
            schema.look_at(looking, layout)
    connection = connect(path, "rw")
    try:
        schema.update(connection, layout)
        for suffix in "", "-wal", "-shm":
            path.with_name(path.name + suffix).chmod(0o600)  # it may be older
    except BaseException:
        connection.close()
        raise
    return connection


def _make_file(path: Path) -> bool:
    """Make an empty file if there is none; tell whether there is something in it.

    A file that is there is not opened: closing it would give back SQLite's locks, which are the process's.
    """
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise UnusableError("it is not a regular file; move it away")
    return status.st_size > 0


def connect(path: Path, mode: str) -> sqlite3.Connection:
    """Connect to the database in a file, `ro` to read or `rw` to write; raise sqlite3.Error if it cannot."""
    connection = sqlite3.connect(
        f"{path.as_uri()}?mode={mode}", uri=True, timeout=BUSY_SECONDS, isolation_level=None
    )
    connection.text_factory = lambda text: text.decode(errors="replace")
    connection.execute("PRAGMA synchronous = NORMAL")  # what must be synced we have synced
    connection.execute("PRAGMA secure_delete = ON")  # what is forgotten is gone
    return connection
