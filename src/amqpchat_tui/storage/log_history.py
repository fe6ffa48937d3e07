"""What the log does not have of a room's history, and where that belongs.

Most of it was heard and logged when it was said, by this program or another, or came with a history before.
What cannot be told from those is left out.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence, Set
from typing import NamedTuple

import msgspec
from msgspec import Struct

from amqpchat_tui import overlap
from amqpchat_tui.model import ChatMessage
from amqpchat_tui.storage.log_places import END, IN_ORDER, MOVED, NUMBER, Execute, id_below, places_before

MOST_LOOKED_BACK = 20_000
"""With how many lines of the log a page is compared at most."""
CLOCKS_SECONDS = 3600.0
"""How wrong the clocks may be that say when the lines of a page were said."""
_AT_ONCE = 500

_LATEST = f"""
    SELECT json_group_array(json_array(number, message_id, nick, action, text, received_at, place IS NULL))
    FROM (
        SELECT * FROM (
            SELECT * FROM (
                SELECT *, {NUMBER} AS number FROM line
                WHERE conversation = :conversation AND {IN_ORDER} AND id < :id_below
                ORDER BY id DESC LIMIT :count
            )
            UNION ALL
            SELECT * FROM (
                SELECT *, {NUMBER} AS number FROM line
                WHERE conversation = :conversation AND {MOVED} AND place < :below
                ORDER BY place DESC LIMIT :count
            )
            ORDER BY number DESC LIMIT :count
        ) AS latest JOIN author ON author.id = latest.author
        ORDER BY number DESC
    )
"""


class Logged(Struct, frozen=True, array_like=True, gc=False):
    """A line that the log has."""

    number: int
    message_id: str | None
    nick: str
    action: int
    text: str
    received_at: int
    heard: int
    """Whether it was heard when it was said, so that its time is by our clock."""

    @property
    def key(self) -> overlap.Key:
        """By what it is known again."""
        return overlap.key(self.message_id, self.nick, self.text, action=self.action == 1)


class Border(NamedTuple):
    """Where in the log the pages that were compared begin."""

    begin: int | None = None
    """The number of the first line; None where that is not known."""
    least: int = END
    """The least number of all lines: of some that repeat themselves, it may be too small."""
    taken: Set[int] = frozenset()
    """The numbers of all lines, none of which is in a page that is older."""


class Missing(NamedTuple):
    """What the log does not have of a page."""

    lines: Sequence[ChatMessage]
    places: Sequence[int | None]
    """The place of each; None: behind all that is logged."""
    border: Border
    """Where the page begins, as far as its lines have places."""


class _Comparison(NamedTuple):
    """Some of a conversation's lines, oldest first."""

    numbers: Sequence[int]
    """Of all of them."""
    lines: Sequence[Logged]
    """Those that may be in the page."""
    behind: int | None
    """The number of the first line behind the page; None if there is none."""
    goes_on: bool
    """Whether there are older ones."""
    whole: bool
    """Whether none of those may be in the page."""


def missing(
    execute: Execute, conversation: int, page: Sequence[ChatMessage], until: float, newer: Border
) -> Missing:
    """Compare a page of a history with what the log has of the conversation.

    It is followed by `newer` pages. What was heard from `until` on is newer than all of them.
    """
    compared = _look_back(execute, conversation, page, until, newer)
    partners = overlap.partners([line.key for line in compared.lines], [*map(overlap.key_of, page)])
    numbers = {
        index: compared.lines[partner].number for index, partner in enumerate(partners) if partner is not None
    }
    begin = 0 if compared.whole else min(numbers, default=len(page))
    sure = _sure(partners, compared.lines)
    indices = [index for index in range(begin, len(page)) if index in sure or index not in numbers]
    places = _places(indices, sure, compared)
    added = sorted(places)
    known = {*numbers.values(), *(place for place in places.values() if place is not None)}
    begins = min({*sure, *places}, default=None)
    first = newer.begin if begins is None else sure.get(begins, places.get(begins))
    border = Border(first, min(newer.least, *known, END), newer.taken | known)
    return Missing([page[index] for index in added], [places[index] for index in added], border)


def _sure(partners: Sequence[int | None], logged: Sequence[Logged]) -> Mapping[int, int]:
    """Return the numbers of those lines that certainly are where their text was found.

    One without an id is if another line of the page follows it there, or none at all: else the log may have
    the same text from another time.
    """
    taken = {*partners, len(logged)}
    return {
        index: logged[place].number
        for index, place in enumerate(partners)
        if place is not None and (logged[place].message_id is not None or place + 1 in taken)
    }


def _places(
    indices: Sequence[int], numbers: Mapping[int, int], compared: _Comparison
) -> Mapping[int, int | None]:
    """Return the place of each line without a number, if there is one, before the next that has a number."""
    places: dict[int, int | None] = {}
    tops: dict[int, int] = {}

    def put(group: Sequence[int], behind: int | None) -> None:
        if behind is None:
            places.update(dict.fromkeys(group))
            return
        older = bisect_left(compared.numbers, behind)
        after = compared.numbers[older - 1] if older else 0
        between = places_before(tops.get(behind, behind), after, len(group))
        if between is not None and (older or not compared.goes_on):
            tops[behind] = between.start
            places.update(zip(group, between, strict=True))

    behind = compared.behind
    group: list[int] = []
    for index in reversed(indices):
        if index in numbers:
            put(group[::-1], behind)
            behind, group = numbers[index], []
        else:
            group.append(index)
    put(group[::-1], behind)
    return places


def _look_back(
    execute: Execute, conversation: int, page: Sequence[ChatMessage], until: float, newer: Border
) -> _Comparison:
    until_ms = round(until * 1000)
    # A clock that is ahead says that something was said just now.
    known = [line.received_at for line in page if line.roughly is not None and line.received_at < until - 1]
    since_ms = (min(known) - CLOCKS_SECONDS) * 1000 if known else None
    numbers: list[int] = []
    lines: list[Logged] = []
    behind = newer.begin
    is_newer = True
    count = 0
    for line in _latest(execute, conversation, END):
        numbers.append(line.number)
        if is_newer and line.heard:
            is_newer = line.received_at >= until_ms
            behind = line.number if is_newer and newer.begin is None else behind
        is_older = since_ms is not None and line.heard == 1 and line.received_at < since_ms
        is_possible = line.message_id is not None or not ((is_newer and line.heard) or is_older)
        if is_possible and line.number not in newer.taken:
            lines.append(line)
        count += not is_newer and line.number < newer.least
        enough = count >= len(page) + overlap.REACH and (is_older or since_ms is None)
        if enough or len(numbers) == MOST_LOOKED_BACK:
            return _Comparison(numbers[::-1], lines[::-1], behind, goes_on=True, whole=enough)
    return _Comparison(numbers[::-1], lines[::-1], behind, goes_on=False, whole=True)


def _latest(execute: Execute, conversation: int, below: int) -> Iterator[Logged]:
    """Go through the lines of a conversation with lesser numbers, newest first."""
    while True:
        values = {
            "conversation": conversation,
            "below": below,
            "id_below": id_below(below),
            "count": _AT_ONCE,
        }
        (rows,) = execute(_LATEST, values).fetchone()
        lines = msgspec.json.decode(rows, type=list[Logged])
        yield from lines
        if len(lines) < _AT_ONCE:
            return
        below = lines[-1].number
