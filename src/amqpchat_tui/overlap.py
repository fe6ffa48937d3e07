"""Which lines of a room's history are in another record of the room, such as the log.

Plain lines have no id, and repeat themselves; and a stream has lines of several publishers in another order
than a queue. Lines with an id show where in the record the others would have to be. As many as the record has
of a text there are taken for those of the history: of too few lines some are missing, but none is twice.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Sequence
from itertools import accumulate

from amqpchat_tui.model import ChatMessage

REACH = 16
"""By how many places a line may stand elsewhere in a stream than in a queue; 12 were the most in 20,000."""

Key = tuple[Hashable, ...]
"""By what a line is known again: its id alone, else more than that."""


def key_of(line: ChatMessage) -> Key:
    """Return by what a line is known again."""
    return key(line.message_id, line.nick, line.text, action=line.action)


def key(message_id: str | None, nick: str, text: str, *, action: bool) -> Key:
    """Return by what a line is known again that has these properties."""
    return (nick, text, action) if message_id is None else (message_id,)


def partners(record: Sequence[Key], history: Sequence[Key]) -> Sequence[int | None]:
    """Return where in a record each line of a history is, by index; None for one that it does not have.

    Both are in their order; what the record has beside that may be older or newer.
    """
    places: dict[Key, list[int]] = {}
    for place, line in enumerate(record):
        places.setdefault(line, []).append(place)
    found = [places[line][-1] if len(line) == 1 and line in places else None for line in history]
    earliest, latest = _bounds(found, len(record))
    for index in range(len(history) - 1, -1, -1):
        if len(line := history[index]) > 1:
            left = places.get(line, [])
            at = bisect_right(left, latest[index]) - 1
            if at >= 0 and left[at] >= earliest[index]:
                found[index] = left.pop(at)
    return found


def _bounds(sure: Sequence[int | None], count: int) -> tuple[Sequence[int], Sequence[int]]:
    """Return between which places each line is, as those tell of which it is sure."""
    ordered = _in_order([(index, place) for index, place in enumerate(sure) if place is not None])
    at_least, at_most = [0] * len(sure), [count - 1] * len(sure)
    for index, place in ordered:
        if index + REACH < len(sure):
            at_least[index + REACH] = max(at_least[index + REACH], place - REACH)
        if index - REACH >= 0:
            at_most[index - REACH] = min(at_most[index - REACH], place + REACH)
    return [*accumulate(at_least, max)], [*accumulate(reversed(at_most), min)][::-1]


def _in_order(pairs: Sequence[tuple[int, int]]) -> Sequence[tuple[int, int]]:
    """Return as many of these as possible whose places grow: an id that was used again misleads nobody."""
    ends: list[int] = []
    heads: list[int] = []
    before: list[int | None] = []
    for number, (_, place) in enumerate(pairs):
        length = bisect_left(ends, place)
        before.append(heads[length - 1] if length else None)
        ends[length:] = [place, *ends[length + 1 :]]
        heads[length:] = [number, *heads[length + 1 :]]
    chain: list[tuple[int, int]] = []
    last = heads[-1] if heads else None
    while last is not None:
        chain.append(pairs[last])
        last = before[last]
    return chain[::-1]
