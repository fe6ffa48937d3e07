"""Looks at a database before it is used, and brings one of an older version up to date."""

from __future__ import annotations

import time
from sqlite3 import SQLITE_BUSY, Connection, OperationalError

from amqpchat_tui.storage.errors import UnusableError
from amqpchat_tui.storage.tables import Layout

NO_DATABASE = "it is not a database; move it away"
DAMAGED = "it is damaged; move it away to begin anew"

_SWITCH_SECONDS = 5.0
_SWITCH_PAUSE_SECONDS = 0.01


def look_at(connection: Connection, layout: Layout) -> None:
    """Raise `UnusableError` unless a file that is not empty is ours, whole, and of a version that we know.

    Damage in one that grows large is found when it is met.
    """
    if _number(connection, "page_count") == 0:  # SQLite takes a single byte for an empty database
        raise UnusableError(NO_DATABASE)
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    version = _number(connection, "user_version")
    if (tables or version) and _number(connection, "application_id") != layout.application_id:
        raise UnusableError("it belongs to another program; move it away")
    if version > len(layout.migrations):
        raise UnusableError("a newer amqpchat has written it; use that one, or move the file away")
    if not layout.large and connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
        raise UnusableError(DAMAGED)


def update(connection: Connection, layout: Layout) -> None:
    """Make the tables that a database does not have yet.

    Raises:
        UnusableError: if its file system cannot have it shared by several programs.
    """
    if _switch_to_wal(connection) != "wal":
        raise UnusableError("its file system is not made for it; set XDG_STATE_HOME to a folder on another")
    if _number(connection, "user_version") == len(layout.migrations):
        return
    connection.execute("BEGIN IMMEDIATE")
    for statements in layout.migrations[_number(connection, "user_version") :]:
        for statement in statements:
            connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {layout.application_id}")
    connection.execute(f"PRAGMA user_version = {len(layout.migrations)}")
    connection.execute("COMMIT")


def _switch_to_wal(connection: Connection) -> str:
    """Switch, unless it is done; return the mode. A new file needs no other journal: it is empty before."""
    deadline = time.monotonic() + _SWITCH_SECONDS
    while True:
        try:
            if _number(connection, "page_count") == 0:
                connection.execute("PRAGMA auto_vacuum = INCREMENTAL")  # can be chosen now or never
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
