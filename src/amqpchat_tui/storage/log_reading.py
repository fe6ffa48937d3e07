"""What the log's tables are asked for."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec

from amqpchat_tui.matching import folded
from amqpchat_tui.model import ConversationId, ConversationKind, LoggedLine, LogSearch
from amqpchat_tui.storage import log_words
from amqpchat_tui.storage.checks import LoggedRow, logged_line
from amqpchat_tui.storage.log_words import Execute

LOOKED_THROUGH = 20_000
"""In how many of the latest lines short words are looked for without the index: common ones are there."""

Condition = tuple[str, Sequence[object]]
"""A condition of SQL with its values."""

_FIELDS = LoggedRow.__struct_fields__
_COLUMNS = ", ".join(("line.id", *_FIELDS[1:]))
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
    return [*_select(execute, [here, earlier], newest_first=True, most=most)][::-1]


def around(execute: Execute, number: int, above: int, below: int) -> Sequence[LoggedLine]:
    """Return a line with so many of its conversation above and below, oldest first."""
    here: Condition = "line.conversation = (SELECT conversation FROM line WHERE id = ?)", (number,)
    upper = _select(execute, [here, ("line.id <= ?", (number,))], newest_first=True, most=above + 1)
    lower = _select(execute, [here, ("line.id > ?", (number,))], most=below)
    return [*[*upper][::-1], *lower]


def search(
    execute: Execute, brokers: str, wanted: LogSearch, most: int, below: int | None
) -> Sequence[LoggedLine]:
    """Return the latest lines that are looked for, newest first, with numbers less than `below`."""
    conditions = _conditions(execute, wanted, brokers)
    if below is not None:
        conditions.append(("line.id < ?", (below,)))
    up_to = _indexed_to(execute, wanted)
    if log_words.are_short(_folded(wanted)):
        up_to = max(0, up_to - LOOKED_THROUGH)
    later: Condition = "line.id > ?", (up_to,)
    found = [*_select(execute, [later, *conditions], newest_first=True, most=most)]
    if up_to and len(found) < most:
        rest = most - len(found)
        found += _indexed(execute, wanted, up_to, conditions, newest_first=True, most=rest)
    return found


def lines(execute: Execute, wanted: LogSearch) -> Iterator[LoggedLine]:
    """Go through the lines that are looked for, of all brokers, oldest first."""
    conditions = _conditions(execute, wanted)
    up_to = _indexed_to(execute, wanted)
    if up_to:
        yield from _indexed(execute, wanted, up_to, conditions)
    yield from _select(execute, [("line.id > ?", (up_to,)), *conditions])


def labelled(execute: Execute, label: str) -> Sequence[int]:
    """Return the numbers of the conversations with a label, of all brokers."""
    return _conversations(execute, lambda identity: identity.label == label)


def count(execute: Execute, conversations: Iterable[int]) -> int:
    """Return how many lines conversations have."""
    statement = "SELECT count(*) FROM line WHERE conversation = ?"
    return sum(execute(statement, (number,)).fetchone()[0] for number in conversations)


def _select(
    execute: Execute,
    conditions: Sequence[Condition],
    *,
    query: str = "",
    newest_first: bool = False,
    most: int = -1,
) -> Iterator[LoggedLine]:
    """Return lines in their order, `most` of them unless that is negative; what none could be is left out.

    With a `query`, only lines that the index of words finds.
    """
    if query:
        tables, order, conditions = _INDEXED, "words.rowid", [("words MATCH ?", (query,)), *conditions]
    else:
        tables, order = _LINES, "line.id"
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
