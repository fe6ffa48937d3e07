"""The index of the log's words, by trigrams: it finds what has three characters or more, in any script.

It is one of FTS5 (https://www.sqlite.org/fts5.html), with neither places nor sizes of words, as it only says
where to look. Lines that are not in it yet, or where SQLite has no trigrams, before 3.34, are looked through.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence

Execute = Callable[..., sqlite3.Cursor]
"""Runs a statement with a sequence of values."""

MIN_CHARACTERS = 3
"""Shorter words are in no trigram."""
INDEXED_AT_ONCE = 20_000
"""How many lines one transaction brings in, where there was no index before."""

_CREATE = """
    CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5 (
        folded, content = 'folded_line', content_rowid = 'id',
        tokenize = 'trigram case_sensitive 1', detail = none, columnsize = 0
    )
"""
_ADD = "INSERT INTO words (rowid, folded) SELECT id, folded FROM folded_line WHERE id > ? AND id <= ?"
_NEXT = "SELECT max(id) FROM (SELECT id FROM line WHERE id > ? ORDER BY id LIMIT ?)"
_REMOVE = "INSERT INTO words (words, rowid, folded) SELECT 'delete', id, folded FROM folded_line WHERE "
_OPTIMIZE = "INSERT INTO words (words) VALUES ('optimize')"


def index_lines(execute: Execute) -> None:
    """Bring the latest lines in, if this SQLite can."""
    if not _make(execute):
        return
    before = indexed_to(execute)
    (up_to,) = execute(_NEXT, (before, INDEXED_AT_ONCE)).fetchone()
    if up_to is not None:
        execute(_ADD, (before, up_to))
        execute("UPDATE indexed SET up_to = ?", (up_to,))


def remove_lines(execute: Execute, where: str, values: Sequence[int]) -> None:
    """Take lines out before they are deleted; `where` is a condition on their `id`."""
    if _is_usable(execute):
        execute(f"{_REMOVE} ({where}) AND id <= ?", (*values, indexed_to(execute)))


def leave_no_trace(execute: Execute) -> None:
    """Write the index anew, so that nothing is left in it of lines that were taken out."""
    if _is_usable(execute):
        execute(_OPTIMIZE)


def indexed_to(execute: Execute) -> int:
    """Return the number of the last line that is in the index; 0 if it cannot be used."""
    if not _is_usable(execute):
        return 0
    (up_to,) = execute("SELECT up_to FROM indexed").fetchone()
    return int(up_to)


def query(words: Sequence[str]) -> str:
    """Return what FTS5 looks for to find lines that may have all of these; empty where it cannot tell."""
    trigrams = {
        word[start : start + MIN_CHARACTERS]
        for word in words
        for start in range(len(word) - MIN_CHARACTERS + 1)
    }
    return " AND ".join('"' + trigram.replace('"', '""') + '"' for trigram in sorted(trigrams))


def _make(execute: Execute) -> bool:
    try:
        execute(_CREATE)
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_ERROR:
            raise
        return False  # there is no FTS5, or no trigrams
    return _is_usable(execute)


def _is_usable(execute: Execute) -> bool:
    try:
        execute("SELECT rowid FROM words WHERE rowid = 0")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_ERROR:
            raise
        return False
    return True
