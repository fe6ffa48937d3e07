"""The tables of our databases."""

from __future__ import annotations

from typing import NamedTuple


class Layout(NamedTuple):
    """A database of ours, and how it has become what it is."""

    file: str
    """What its file is called."""
    keeps: str
    """What is in it, for people, as a sentence begins."""
    application_id: int
    """Tells it from other programs' databases (SQLite's file format, section 1.3.16)."""
    migrations: tuple[tuple[str, ...], ...]
    """The statements that lead from each version to the next; a version that was released never changes."""
    owned: bool = False
    """Whether there are rows that belong to a program while it runs."""
    large: bool = False
    """Whether it may grow so large that nobody waits until all of it was looked through."""


KEPT = Layout(
    file="amqpchat.db",
    keeps="Unsent lines, rooms and input history",
    application_id=0x616D7163,  # "amqc" in ASCII
    owned=True,
    migrations=(
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
        ("ALTER TABLE outbox ADD COLUMN answers TEXT NOT NULL DEFAULT ''",),
        ("ALTER TABLE outbox ADD COLUMN replaces TEXT NOT NULL DEFAULT ''",),
        (
            """
            CREATE TABLE panel (
                name TEXT PRIMARY KEY,
                there TEXT NOT NULL,        -- when it is: by itself, always or never
                configured TEXT NOT NULL    -- what the configuration said when that was chosen
            ) WITHOUT ROWID
            """,
        ),
    ),
)
"""What one start leaves to the next."""

LOG = Layout(
    file="log.db",
    keeps="The log",
    application_id=0x616D716C,  # "amql"
    large=True,
    migrations=(
        (
            """
            CREATE TABLE conversation (
                id INTEGER PRIMARY KEY,
                brokers TEXT NOT NULL,      -- sorted, one a line
                kind TEXT NOT NULL,
                name TEXT NOT NULL,
                pattern TEXT NOT NULL,
                UNIQUE (brokers, kind, name, pattern)
            )
            """,
            """
            CREATE TABLE author (
                id INTEGER PRIMARY KEY,
                nick TEXT NOT NULL,
                account TEXT NOT NULL,      -- checked by the broker; empty where it was not
                session TEXT NOT NULL,      -- empty for who says none
                folded TEXT NOT NULL,       -- the nick in the form in which it is compared
                UNIQUE (nick, account, session)
            )
            """,
            """
            CREATE TABLE line (
                id INTEGER PRIMARY KEY AUTOINCREMENT,  -- in the order in which lines were logged
                conversation INTEGER NOT NULL,
                author INTEGER NOT NULL,
                received_at INTEGER NOT NULL,          -- milliseconds since the epoch
                sent_at INTEGER,                       -- the same; NULL where the sender does not say
                action INTEGER NOT NULL,               -- 0 or 1
                own INTEGER NOT NULL,                  -- 0 or 1
                message_id TEXT,
                text TEXT NOT NULL,
                folded TEXT                            -- as it is compared; NULL: as lower(text)
            )
            """,
            "CREATE INDEX line_conversation ON line (conversation)",
            "CREATE INDEX line_author ON line (author)",
            "CREATE VIEW folded_line AS SELECT id, ifnull(folded, lower(text)) AS folded FROM line",
            "CREATE TABLE indexed (up_to INTEGER NOT NULL)  -- which lines are in `words`, if there is one",
            "INSERT INTO indexed VALUES (0)",
        ),
        ("ALTER TABLE line ADD COLUMN level TEXT",),  # how bad the news is; NULL: what a person says
        (
            "ALTER TABLE line ADD COLUMN answers TEXT",  # which line it is about; NULL: none
            "ALTER TABLE line ADD COLUMN replaces TEXT",
        ),
        (
            "DROP VIEW folded_line",
            """
            CREATE VIEW folded_line AS  -- with what `log_words` has at the end of each line
            SELECT id, ifnull(folded, lower(text)) || char(10, 10) AS folded FROM line
            """,
            "UPDATE indexed SET up_to = -1",  # the index is to be made anew
        ),
        (
            # 1: it was received roughly then, 0: nobody knows when; NULL: just then
            "ALTER TABLE line ADD COLUMN roughly INTEGER",
            # of a line from a history, as `log_places` has it, 0: by its id; NULL: heard as it was said
            "ALTER TABLE line ADD COLUMN place INTEGER",
            "CREATE INDEX line_place ON line (place) WHERE place > 0",
            "CREATE INDEX line_conversation_place ON line (conversation, place) WHERE place > 0",
        ),
    ),
)
"""What was said, as it was seen; `storage.log_words` adds the index of words."""
