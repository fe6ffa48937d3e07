"""What the log's tables are asked for."""

from __future__ import annotations

import contextlib
import heapq
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice

import msgspec

from amqpchat_tui.matching import folded
from amqpchat_tui.model import ChatMessage, ConversationId, ConversationKind, LoggedLine, LogSearch
from amqpchat_tui.storage import log_words
from amqpchat_tui.storage.checks import LoggedRow, logged_line
from amqpchat_tui.storage.log_history import Border, Missing, missing
from amqpchat_tui.storage.log_places import IN_ORDER, MOVED, NUMBER, Execute, id_below, id_of

LOOKED_THROUGH = 20_000
"""In how many of the latest lines short words are looked for without the index: common ones are there."""

Condition = tuple[str, Sequence[object]]
"""A condition of SQL with its values."""

_FIELDS = LoggedRow.__struct_fields__
_COLUMNS = ", ".join((NUMBER, *_FIELDS[1:]))
_LINES = "line"
_INDEXED = "words CROSS JOIN line ON line.id = words.rowid"
# Cross joins, as SQLite might otherwise begin with the authors, and sort all that they have said.
_BESIDES = """
    CROSS JOIN author ON author.id = line.author
    CROSS JOIN conversation ON conversation.id = line.conversation
"""
_CONVERSATION = "SELECT id FROM conversation WHERE (brokers, kind, name, pattern) = (?, ?, ?, ?)"


def latest(
    execute: Execute, brokers: str, identity: ConversationId, most: int, before: float
) -> Sequence[LoggedLine]:
    """Return the latest lines of a conversation that were received before a time, oldest first."""
    here: Condition = f"line.conversation = ({_CONVERSATION})", (brokers, *identity)
    earlier: Condition = "received_at < ?", (round(before * 1000),)
    return [*_all(execute, [here, earlier], newest_first=True, most=most)][::-1]


def around(execute: Execute, number: int, above: int, below: int) -> Sequence[LoggedLine]:
    """Return a line with so many of its conversation above and below, oldest first."""
    line_id = id_of(number)
    its, value = ("place", number) if line_id is None else ("id", line_id)
    here: Condition = f"line.conversation = (SELECT conversation FROM line WHERE {its} = ?)", (value,)
    upper = _all(execute, [here], newest_first=True, most=above + 1, below=number + 1)
    lower = _all(execute, [here], most=below, above=number)
    return [*[*upper][::-1], *lower]


def search(
    execute: Execute, brokers: str, wanted: LogSearch, most: int, below: int | None
) -> Sequence[LoggedLine]:
    """Return the latest lines that are looked for, newest first, with numbers less than `below`."""
    conditions = _conditions(execute, wanted, brokers)
    moved = _moved(execute, conditions, newest_first=True, most=most, below=below)
    if below is not None:
        conditions.append(("line.id < ?", (id_below(below),)))
    return [*islice(_merged(_latest(execute, wanted, conditions, most), moved, newest_first=True), most)]


def _latest(
    execute: Execute, wanted: LogSearch, conditions: Sequence[Condition], most: int
) -> Iterator[LoggedLine]:
    """Go through the lines that stand where they were logged, newest first, up to so many."""
    up_to = _indexed_to(execute, wanted)
    if log_words.are_short(_folded(wanted)):
        up_to = max(0, up_to - LOOKED_THROUGH)
    later: Condition = "line.id > ?", (up_to,)
    for line in _select(execute, [later, *conditions], newest_first=True, most=most):
        most -= 1
        yield line
    if up_to and most:
        yield from _indexed(execute, wanted, up_to, conditions, newest_first=True, most=most)


def lines(execute: Execute, wanted: LogSearch) -> Iterator[LoggedLine]:
    """Go through the lines that are looked for, of all brokers, oldest first."""
    conditions = _conditions(execute, wanted)
    up_to = _indexed_to(execute, wanted)
    later: Condition = "line.id > ?", (up_to,)
    in_order = chain(
        _indexed(execute, wanted, up_to, conditions) if up_to else (), _select(execute, [later, *conditions])
    )
    yield from _merged(in_order, _moved(execute, conditions))


def lacking(
    execute: Execute,
    brokers: str,
    identity: ConversationId,
    page: Sequence[ChatMessage],
    until: float,
    newer: Border | None,
) -> Missing:
    """Return what the log does not have of a page of a history, as `log_history.missing` does."""
    row = execute(_CONVERSATION, (brokers, *identity)).fetchone()
    if row is None:
        return Missing(page, [None] * len(page), Border())
    return missing(execute, row[0], page, until, newer or Border())


def labelled(execute: Execute, label: str) -> Sequence[int]:
    """Return the numbers of the conversations with a label, of all brokers."""
    return _conversations(execute, lambda identity: identity.label == label)


def count(execute: Execute, conversations: Iterable[int]) -> int:
    """Return how many lines conversations have."""
    statement = "SELECT count(*) FROM line WHERE conversation = ?"
    return sum(execute(statement, (number,)).fetchone()[0] for number in conversations)


def _all(
    execute: Execute,
    conditions: Sequence[Condition],
    *,
    newest_first: bool = False,
    most: int,
    above: int | None = None,
    below: int | None = None,
) -> Iterator[LoggedLine]:
    """Return so many lines in their order, with numbers greater than `above` and less than `below`."""
    moved = _moved(execute, conditions, newest_first=newest_first, most=most, above=above, below=below)
    if above is not None:
        conditions = [*conditions, ("line.id >= ?", (id_below(above + 1),))]
    if below is not None:
        conditions = [*conditions, ("line.id < ?", (id_below(below),))]
    in_order = _select(execute, conditions, newest_first=newest_first, most=most)
    return islice(_merged(in_order, moved, newest_first=newest_first), most)


def _merged(
    one: Iterable[LoggedLine], other: Iterable[LoggedLine], *, newest_first: bool = False
) -> Iterator[LoggedLine]:
    return heapq.merge(one, other, key=lambda line: line.number, reverse=newest_first)


def _select(
    execute: Execute,
    conditions: Sequence[Condition],
    *,
    query: str = "",
    newest_first: bool = False,
    most: int = -1,
) -> Iterator[LoggedLine]:
    """Return lines that stand where they were logged, `most` of them unless that is negative.

    What none could be is left out. With a `query`, only lines that the index of words finds.
    """
    if query:
        tables, order, conditions = _INDEXED, "words.rowid", [("words MATCH ?", (query,)), *conditions]
    else:
        tables, order = _LINES, "line.id"
    return _rows(execute, tables, [*conditions, (IN_ORDER, ())], order, newest_first=newest_first, most=most)


def _moved(
    execute: Execute,
    conditions: Sequence[Condition],
    *,
    newest_first: bool = False,
    most: int = -1,
    above: int | None = None,
    below: int | None = None,
) -> Iterator[LoggedLine]:
    """Return lines that have a place of their own, as `_select` does the others."""
    conditions = [(MOVED, ()), *conditions]
    if above is not None:
        conditions.append(("line.place > ?", (above,)))
    if below is not None:
        conditions.append(("line.place < ?", (below,)))
    return _rows(execute, _LINES, conditions, "line.place", newest_first=newest_first, most=most)


def _rows(
    execute: Execute,
    tables: str,
    conditions: Sequence[Condition],
    order: str,
    *,
    newest_first: bool,
    most: int,
) -> Iterator[LoggedLine]:
    where = " AND ".join(condition for condition, _ in conditions)
    values = [value for _, values in conditions for value in values]
    direction = "DESC" if newest_first else "ASC"
    statement = (
        f"SELECT {_COLUMNS} FROM {tables} {_BESIDES} WHERE {where} ORDER BY {order} {direction} LIMIT ?"
    )
    for row in execute(statement, (*values, most)):
        with contextlib.suppress(msgspec.ValidationError):
            yield logged_line(msgspec.convert(dict(zip(_FIELDS, row, strict=True)), LoggedRow))


def _folded(wanted: LogSearch) -> Sequence[str]:
    return [folded(word) for word in wanted.words]


def _indexed_to(execute: Execute, wanted: LogSearch) -> int:
    """Return the last line for which the index of words may be asked; 0 if there is none."""
    return log_words.indexed_to(execute) if wanted.words else 0


def _indexed(
    execute: Execute,
    wanted: LogSearch,
    up_to: int,
    conditions: Sequence[Condition],
    *,
    newest_first: bool = False,
    most: int = -1,
) -> Iterator[LoggedLine]:
    """Return lines up to a number as `_select` does, by the index of words where that is faster."""
    query = log_words.query(execute, _folded(wanted))
    if query is not None:
        earlier: Condition = f"{'words.rowid' if query else 'line.id'} <= ?", (up_to,)
        yield from _select(execute, [earlier, *conditions], query=query, newest_first=newest_first, most=most)


def _conditions(execute: Execute, wanted: LogSearch, brokers: str | None = None) -> list[Condition]:
    """Return what lines have to be; None: those of any brokers."""
    conditions: list[Condition] = []
    if brokers is not None or wanted.rooms or wanted.labels:
        numbers = _conversations(execute, lambda identity: _is_in(identity, wanted), brokers)
        # By an index, lines would be read one here and one there, and have to be sorted.
        conditions.append((f"+line.conversation IN ({', '.join('?' * len(numbers))})", numbers))
    if wanted.since is not None:
        conditions.append(("received_at >= ?", (round(wanted.since * 1000),)))
    if wanted.until is not None:
        conditions.append(("received_at < ?", (round(wanted.until * 1000),)))
    if wanted.nicks:
        parts = " OR ".join("instr(folded, ?)" for _ in wanted.nicks)
        authors = f"+line.author IN (SELECT id FROM author WHERE {parts})"
        conditions.append((authors, [folded(nick) for nick in wanted.nicks]))
    # LIKE takes ASCII letters of either case for the same: so need not be in the form that is compared.
    conditions += [("ifnull(line.folded, text) LIKE ? ESCAPE '!'", (_like(word),)) for word in wanted.words]
    return conditions


def _like(word: str) -> str:
    """Return the pattern of texts that have a word in them."""
    escaped = re.sub("[%_!]", r"!\g<0>", folded(word))
    return f"%{escaped}%"


def _is_in(identity: ConversationId, wanted: LogSearch) -> bool:
    if wanted.labels and identity.label not in wanted.labels:
        return False
    return not wanted.rooms or any(folded(room) in folded(identity.label) for room in wanted.rooms)


def _conversations(
    execute: Execute, wanted: Callable[[ConversationId], bool], brokers: str | None = None
) -> Sequence[int]:
    statement = "SELECT id, kind, name, pattern FROM conversation WHERE brokers = ifnull(?, brokers)"
    return [
        number
        for number, kind, name, pattern in execute(statement, (brokers,)).fetchall()
        if kind in list(ConversationKind) and wanted(ConversationId(ConversationKind(kind), name, pattern))
    ]
