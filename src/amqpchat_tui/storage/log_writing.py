"""How lines come into the log's tables, and how the oldest go.

Lines are handed to SQLite many at a time: each call gives up the interpreter, which a loop that is busy gives
back after 5 ms, and a flood has 10,000 lines a second.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from amqpchat_tui.matching import folded
from amqpchat_tui.model import ChatMessage, ConversationId, LinkedMessage
from amqpchat_tui.storage import log_history, log_words
from amqpchat_tui.storage.log_history import Border
from amqpchat_tui.storage.log_places import END, Execute, number_of
from amqpchat_tui.storage.sightings import Sighting, Sightings

if TYPE_CHECKING:
    from amqpchat_tui.config import LogSettings
    from amqpchat_tui.storage.log import Portion
    from amqpchat_tui.storage.session import Transaction


_DAY_SECONDS = 24 * 60 * 60
_MEGABYTE = 1_000_000
_LOOKED_BACK = 2_000
"""How many of the lines that were there before us a program looks at."""
_QUIET_LINES = 500
"""How many lines come at once when there is time to index them."""
_INSERTED_AT_ONCE = 256 if sqlite3.sqlite_version_info >= (3, 32) else 64
"""How many lines a statement has at most, a power of two; before 3.32 it can have 999 values."""
_TRIMMED_AT_ONCE = 500
"""How many lines go with a transaction, besides twice as many as came."""
_FREE_PAGES = 2_048
"""How many unused pages the file may have: the space is soon needed again."""
_PAGES_AT_ONCE = 64

_CONVERSATION = "INSERT OR IGNORE INTO conversation (brokers, kind, name, pattern) VALUES (?, ?, ?, ?)"
_CONVERSATION_ID = "SELECT id FROM conversation WHERE (brokers, kind, name, pattern) = (?, ?, ?, ?)"
_THEIRS = """
    SELECT json_group_array(json_array(conversation, message_id, nick, action, text, received_at)) FROM (
        SELECT * FROM line JOIN author ON author.id = line.author
        WHERE line.id > ? AND (place IS NULL OR message_id IS NOT NULL) ORDER BY line.id
    )
"""
_AUTHORS = """
    INSERT OR IGNORE INTO author (nick, account, session, folded)
    SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'),
        json_extract(value, '$[3]')
    FROM json_each(?)
"""
_AUTHOR_IDS = """
    SELECT json_group_array(id) FROM (
        SELECT author.id FROM json_each(?) CROSS JOIN author
            ON nick = json_extract(value, '$[0]') AND account = json_extract(value, '$[1]')
            AND session = json_extract(value, '$[2]')
        ORDER BY key
    )
"""
# Up to the first that is not: the time of a line from a history is what its sender says.
_FIRST_YOUNG = """
    SELECT id FROM (SELECT id, received_at FROM line ORDER BY id LIMIT ?) WHERE received_at >= ? LIMIT 1
"""
_OLD = "SELECT max(id) FROM (SELECT id FROM line WHERE id < ? ORDER BY id LIMIT ?)"
_ROUGHLY = {False: None, True: 1, None: 0}
_BORDERS = 200
"""Of how many histories is remembered where the last page begins."""
_FORGET_AUTHORS = """
    DELETE FROM author WHERE id IN (SELECT author FROM line WHERE {gone})
    AND NOT EXISTS (SELECT 1 FROM line WHERE author = author.id AND NOT ({gone}))
"""


_Fresh = tuple[ChatMessage, Sighting, int | None]
"""A line that is to be logged, what tells it from others, and its place, if it has one of its own."""


class Writer:
    """Writes what one program has seen."""

    def __init__(self, settings: LogSettings, began_at: float) -> None:
        """Lines from before `began_at` this program has not seen."""
        self._settings = settings
        self._sightings = Sightings(_milliseconds(began_at))
        self._seen_to: int | None = None
        """The last line in the log that we know of."""
        self._borders: dict[tuple[int, float], Border] = {}
        """Where in the log the last page of a conversation's history begins, for each `until`."""

    def write(self, transaction: Transaction, batch: Sequence[Portion]) -> None:
        """Log what no other program has logged, and let some of the oldest lines go if it is time."""
        execute = transaction.execute
        sightings = self._sightings.copy()
        seen_to = _last(execute) - _LOOKED_BACK if self._seen_to is None else self._seen_to
        (theirs,) = execute(_THEIRS, (seen_to,)).fetchone()
        sightings.note(msgspec.json.decode(theirs, type=list[Sighting]))
        lines, seen = _see(execute, [portion for portion in batch if portion.until is None])
        fresh = [(lines[place], seen[place], None) for place in sightings.sift(seen)]
        if fresh:
            _insert(execute, fresh)
        count = len(fresh)
        borders = dict(self._borders)
        for portion in batch:
            if portion.until is not None:
                count += _add_page(execute, portion, portion.until, sightings, borders)
        if count <= _QUIET_LINES:  # else when the flood is over: searches look through what it has brought
            log_words.index_lines(execute)
        last = _last(execute)
        _trim(execute, self._settings, _TRIMMED_AT_ONCE + 2 * count)

        def written() -> None:
            self._sightings, self._seen_to, self._borders = sightings, last, borders

        transaction.once_written.append(written)


def _add_page(
    execute: Execute,
    page: Portion,
    until: float,
    sightings: Sightings,
    borders: dict[tuple[int, float], Border],
) -> int:
    """Log what is not there yet of a page of a history, and return how many lines that is."""
    where = _number(execute, page.brokers, page.conversation)
    newer = borders.pop((where, until), Border())
    lacks = log_history.missing(execute, where, page.lines, until, newer)
    seen = [_sighting(where, line) for line in lacks.lines]
    fresh = sightings.unknown(seen)
    sightings.note(line for line in seen if line.message_id is not None)
    _insert(execute, [(lacks.lines[index], seen[index], lacks.places[index] or 0) for index in fresh])
    first = _last(execute) - len(fresh) + 1
    behind = [number_of(at) for at, index in enumerate(fresh, first) if lacks.places[index] is None]
    begin, least, taken = lacks.border
    if begin is None and behind:
        begin = behind[0]
    borders[where, until] = Border(begin, min(least, *behind, END), taken | set(behind))
    while len(borders) > _BORDERS:
        del borders[next(iter(borders))]
    return len(fresh)


def forget(execute: Execute, conversations: Sequence[int]) -> None:
    """Delete all lines of some conversations, so that nothing of them is left in the file."""
    for conversation in conversations:
        _delete(execute, "conversation = ?", conversation)
        execute("DELETE FROM conversation WHERE id = ?", (conversation,))
    log_words.leave_no_trace(execute)


def _see(execute: Execute, batch: Sequence[Portion]) -> tuple[Sequence[ChatMessage], Sequence[Sighting]]:
    """Return all lines, and what tells them from others."""
    numbers: dict[tuple[str, ConversationId], int] = {}
    lines: list[ChatMessage] = []
    seen: list[Sighting] = []
    for brokers, identity, said, _ in batch:
        if (brokers, identity) not in numbers:
            numbers[brokers, identity] = _number(execute, brokers, identity)
        where = numbers[brokers, identity]
        lines += said
        seen += [_sighting(where, line) for line in said]
    return lines, seen


def _number(execute: Execute, brokers: str, identity: ConversationId) -> int:
    row = brokers, *identity
    execute(_CONVERSATION, row)
    (number,) = execute(_CONVERSATION_ID, row).fetchone()
    return int(number)


def _sighting(where: int, line: ChatMessage) -> Sighting:
    return Sighting(where, line.message_id, line.nick, line.action, line.text, round(line.received_at * 1000))


def _insert(execute: Execute, lines: Sequence[_Fresh]) -> None:
    """Add lines to the table."""
    authors = _with_authors(execute, [line for line, *_ in lines])
    start = 0
    while start < len(lines):
        # Powers of two, as SQLite's plan for each number of rows is kept.
        end = start + min(_INSERTED_AT_ONCE, 1 << (len(lines) - start).bit_length() - 1)
        columns = _columns(lines[start:end], authors[start:end])
        # What all lack is left out, as Python's sqlite3 takes long over each NULL.
        filled = {name: values for name, values in columns.items() if values.count(None) < len(values)}
        row = f"({', '.join('?' * len(filled))})"
        execute(
            f"INSERT INTO line ({', '.join(filled)}) VALUES {', '.join([row] * (end - start))}",
            [value for row in zip(*filled.values(), strict=True) for value in row],
        )
        start = end


def _columns(fresh: Sequence[_Fresh], authors: Sequence[int]) -> dict[str, Sequence[str | int | None]]:
    """Return what the table has of lines, by column; no bools, over which sqlite3 takes long, too."""
    lines = [line for line, *_ in fresh]
    links = [line if isinstance(line, LinkedMessage) else None for line in lines]
    return {
        "conversation": [seen.conversation for _, seen, _ in fresh],
        "author": authors,
        "received_at": [seen.received_at for _, seen, _ in fresh],
        "sent_at": [None if line.sent_at is None else _milliseconds(line.sent_at) for line in lines],
        "action": [int(line.action) for line in lines],
        "own": [int(line.own) for line in lines],
        "message_id": [line.message_id for line in lines],
        "text": [line.text for line in lines],
        "folded": [None if line.text.isascii() else folded(line.text) for line in lines],
        "level": [line.level for line in lines],
        "answers": [link.answers or None if link else None for link in links],
        "replaces": [link.replaces or None if link else None for link in links],
        "roughly": [_ROUGHLY[line.roughly] for line in lines],
        "place": [place for *_, place in fresh],
    }


def _with_authors(execute: Execute, lines: Sequence[ChatMessage]) -> Sequence[int]:
    """Return the number of each line's author."""
    senders = [_author(line) for line in lines]
    authors = list(dict.fromkeys(senders))
    execute(_AUTHORS, (_json([(*author, folded(author[0])) for author in authors]),))
    (ids,) = execute(_AUTHOR_IDS, (_json(authors),)).fetchone()
    numbers = dict(zip(authors, msgspec.json.decode(ids, type=list[int]), strict=True))
    return [numbers[sender] for sender in senders]


def _author(line: ChatMessage) -> tuple[str, str, str]:
    sender = line.sender
    return (line.nick, "", "") if sender is None else (line.nick, sender.account, sender.session)


def _trim(execute: Execute, settings: LogSettings, most: int) -> None:
    """Delete the oldest lines where they are too old or too many, but no more than `most`."""
    earliest = _milliseconds(time.time() - settings.days * _DAY_SECONDS)
    is_too_large = _bytes(execute) > settings.megabytes * _MEGABYTE
    young = None if is_too_large else execute(_FIRST_YOUNG, (most, earliest)).fetchone()
    end = _last(execute) + 1 if young is None else young[0]
    (up_to,) = execute(_OLD, (end, most)).fetchone()
    if up_to is not None:
        _delete(execute, "id <= ?", up_to)
    for _ in range(min(_PAGES_AT_ONCE, _pragma(execute, "freelist_count") - _FREE_PAGES)):
        execute("PRAGMA incremental_vacuum(1)")  # it is done a page at a time, however many are said


def _delete(execute: Execute, gone: str, value: int) -> None:
    log_words.remove_lines(execute, f"id IN (SELECT id FROM line WHERE {gone})", (value,))
    execute(_FORGET_AUTHORS.format(gone=gone), (value, value))
    execute(f"DELETE FROM line WHERE {gone}", (value,))


def _last(execute: Execute) -> int:
    (last,) = execute("SELECT ifnull(max(id), 0) FROM line").fetchone()
    return int(last)


def _bytes(execute: Execute) -> int:
    pages = _pragma(execute, "page_count") - _pragma(execute, "freelist_count")
    return pages * _pragma(execute, "page_size")


def _pragma(execute: Execute, name: str) -> int:
    (value,) = execute(f"PRAGMA {name}").fetchone()
    return int(value)


def _json(rows: Sequence[object]) -> str:
    return msgspec.json.encode(rows).decode()


def _milliseconds(at: float) -> int:
    return round(at * 1000)
