"""The index of the log's words, by trigrams, in any script.

It is one of FTS5 (https://www.sqlite.org/fts5.html), with neither places nor sizes of words, as it only says
where to look. Two more characters stand at the end of each line in it, so that any two, and any one, begin a
trigram. Lines that are not in it yet, or where SQLite has no trigrams, before 3.34, are looked through.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from amqpchat_tui.storage.log_places import Execute

_CHARACTERS = 3
"""Shorter words are only the beginning of trigrams."""
_COMMON_TRIGRAMS = 200
_COMMON_LINES = 200_000
"""What begins more trigrams, or is in more lines, is found sooner by looking through the lines."""
INDEXED_AT_ONCE = 20_000
"""How many lines one transaction brings in, where there was no index before."""

_CREATE = """
    CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5 (
        folded, content = 'folded_line', content_rowid = 'id',
        tokenize = 'trigram case_sensitive 1', detail = none, columnsize = 0
    )
"""
_UP_TO = "SELECT up_to FROM indexed"
_OUTDATED = -1
"""Stands in the place of the last line where the index is to be made anew."""
_ADD = "INSERT INTO words (rowid, folded) SELECT id, folded FROM folded_line WHERE id > ? AND id <= ?"
_NEXT = "SELECT max(id) FROM (SELECT id FROM line WHERE id > ? ORDER BY id LIMIT ?)"
_REMOVE = "INSERT INTO words (words, rowid, folded) SELECT 'delete', id, folded FROM folded_line WHERE "
_TRIGRAMS = "CREATE VIRTUAL TABLE IF NOT EXISTS temp.trigram USING fts5vocab (main, words, row)"
_BEGINNING = "SELECT term, doc FROM temp.trigram WHERE term >= ? AND term < ? || char(0x10FFFF)"
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
    (up_to,) = execute(_UP_TO).fetchone()
    return max(0, int(up_to))


def are_short(words: Sequence[str]) -> bool:
    """Whether none of these has a trigram of its own."""
    return all(len(word) < _CHARACTERS for word in words)


def query(execute: Execute, words: Sequence[str]) -> str | None:
    """Return what FTS5 looks for to find lines that may have all of these.

    Empty where that would take longer than looking through the lines; None where no line in it has them.
    """
    trigrams = {
        word[start : start + _CHARACTERS] for word in words for start in range(len(word) - _CHARACTERS + 1)
    }
    if trigrams:
        return " AND ".join(map(_quoted, sorted(trigrams)))
    alternatives = [_beginning_with(execute, word) for word in words]
    if [] in alternatives:
        return None
    return " AND ".join(f"({' OR '.join(map(_quoted, found))})" for found in alternatives if found)


def _beginning_with(execute: Execute, word: str) -> Sequence[str] | None:
    """Return the trigrams that begin with a shorter word; None if it is a common one."""
    execute(_TRIGRAMS)
    found: list[str] = []
    lines = 0
    for trigram, count in execute(_BEGINNING, (word, word)):
        found.append(trigram)
        lines += count
        if len(found) > _COMMON_TRIGRAMS or lines > _COMMON_LINES:
            return None
    return found


def _quoted(trigram: str) -> str:
    return '"' + trigram.replace('"', '""') + '"'


def _make(execute: Execute) -> bool:
    try:
        if execute(_UP_TO).fetchone() == (_OUTDATED,):
            execute("DROP TABLE IF EXISTS words")
            execute("UPDATE indexed SET up_to = 0")
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
