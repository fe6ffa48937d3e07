"""The tables, and how a database of an older version gets them."""

from __future__ import annotations

import time
from sqlite3 import SQLITE_BUSY, Connection, OperationalError

from amqpchat_tui.storage.errors import UnusableError

APPLICATION_ID = 0x616D7163
"""Tells our databases from others: "amqc" in ASCII (SQLite's file format, section 1.3.16)."""

NO_DATABASE = "it is not a database; move it away"
DAMAGED = "it is damaged; move it away to begin anew"

MIGRATIONS = (
    (
        """
        CREATE TABLE outbox (
            id INTEGER PRIMARY KEY,     -- in the order in which the lines were typed
            message_id TEXT NOT NULL UNIQUE,
            program TEXT NOT NULL,      -- whose line it is, while that program runs
            brokers TEXT NOT NULL,      -- sorted, one a line
            kind TEXT NOT NULL,
            name TEXT NOT NULL,
            nick TEXT NOT NULL,
            body TEXT NOT NULL,
            typed_at REAL NOT NULL      -- seconds since the epoch
        )
        """,
        "CREATE TABLE entered (id INTEGER PRIMARY KEY, line TEXT NOT NULL)",
        f"PRAGMA application_id = {APPLICATION_ID}",
    ),
    (
        """
        CREATE TABLE conversation (
            brokers TEXT NOT NULL,      -- sorted, one a line
            kind TEXT NOT NULL,
            name TEXT NOT NULL,
            pattern TEXT NOT NULL,
            number INTEGER NOT NULL,
            joined INTEGER NOT NULL,    -- 1: by the person, so at the next start again
            draft TEXT NOT NULL,
            level TEXT,                 -- NULL: as configured
            level_until REAL,           -- times are seconds since the epoch; NULL: for good
            read_id TEXT,               -- message id and time of the last line that was read
            read_at REAL,
            PRIMARY KEY (brokers, kind, name, pattern)
        ) WITHOUT ROWID
        """,
    ),
    (
        """
        CREATE TABLE hiding (
            id INTEGER PRIMARY KEY,     -- in the order in which the rules were given
            brokers TEXT NOT NULL,      -- sorted, one a line
            kind TEXT NOT NULL,
            name TEXT NOT NULL,         -- who is ignored, or what the filter is called
            pattern TEXT NOT NULL,
            room TEXT NOT NULL,         -- empty: all
            until REAL,                 -- seconds since the epoch; NULL: for good
            UNIQUE (brokers, kind, name)
        )
        """,
    ),
)
"""The statements that lead from each version to the next; a version that was released never changes."""

_SWITCH_SECONDS = 5.0
_SWITCH_PAUSE_SECONDS = 0.01


def look_at(connection: Connection) -> None:
    """Raise `UnusableError` unless a file that is not empty is ours, whole, and of a version that we know."""
    if _number(connection, "page_count") == 0:  # SQLite takes a single byte for an empty database
        raise UnusableError(NO_DATABASE)
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    version = _number(connection, "user_version")
    if (tables or version) and _number(connection, "application_id") != APPLICATION_ID:
        raise UnusableError("it belongs to another program; move it away")
    if version > len(MIGRATIONS):
        raise UnusableError("a newer amqpchat has written it; use that one, or move the file away")
    if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
        raise UnusableError(DAMAGED)


def update(connection: Connection) -> None:
    """Make the tables that a database does not have yet.

    Raises:
        UnusableError: if its file system cannot have it shared by several programs.
    """
    if _switch_to_wal(connection) != "wal":
        raise UnusableError("its file system is not made for it; set XDG_STATE_HOME to a folder on another")
    if _number(connection, "user_version") == len(MIGRATIONS):
        return
    connection.execute("BEGIN IMMEDIATE")
    for statements in MIGRATIONS[_number(connection, "user_version") :]:
        for statement in statements:
            connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
    connection.execute("COMMIT")


def _switch_to_wal(connection: Connection) -> str:
    """Switch, unless it is done; return the mode. A new file needs no other journal: it is empty before."""
    deadline = time.monotonic() + _SWITCH_SECONDS
    while True:
        try:
            if _number(connection, "page_count") == 0:
                connection.execute("PRAGMA journal_mode = OFF")
            (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
        except OperationalError as error:  # SQLite does not wait for others here
            if error.sqlite_errorcode & 0xFF != SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(_SWITCH_PAUSE_SECONDS)
        else:
            return str(mode)


def _number(connection: Connection, name: str) -> int:
    (number,) = connection.execute(f"PRAGMA {name}").fetchone()
    return int(number)
