"""Which lines of a stream were shown already. Knows no clock and no broker.

Plain lines have no id, and repeat themselves; and a stream has lines of several publishers in another order
than a queue, though each publisher's in their own. So the lines of a nick are looked for in their order,
which shows where they go on if they differ; else their positions among all others do, and near the moment in
question, how many there are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence, Set

from msgspec import Struct


class LineKey(Struct, frozen=True, gc=False):
    """By what a line is known again."""

    nick: bytes
    """Of the same nick, and so mostly from one publisher, lines have the same order everywhere."""
    text: str | int
    """Its message id, else a number that the text gives."""


SHOWN_LINES = 60
"""How many of the lines shown last are looked for in a stream, to find where it goes on."""
REACH = 16
"""By how many places a line may stand elsewhere in a stream than in a queue; 12 were the most in 20,000."""
SURE_LINES = 8
"""So many lines of one nick, the same in the same order, are at one place only."""
SETTLE_SECONDS = 0.25
"""How long after it was bound our queue and the stream are compared at the earliest."""
ENOUGH_LINES = 13
"""How many lines from our queue show where in the stream it was bound."""
SILENCE_SECONDS = 0.03
"""When neither has brought anything for so long, and they end alike, they have come equally far."""
LONG_SILENCE_SECONDS = 0.3
"""The same where they do not: lines may stand elsewhere there, or be older than our queue."""
PATIENCE_SECONDS = 2.5
"""After so long, what is there has to do."""
_ENDS = 1, 2, 3, 5, 7, 11
"""How many of the last lines are compared: primes, as several who speak in turn repeat each other's order."""


def key_of(message_id: object, routing_key: bytes, body: bytes, missing: int) -> LineKey:
    """Return by what a line is known again within this run; `missing` bytes of its body are not here."""
    text = message_id if isinstance(message_id, str) and message_id else hash((body, missing))
    return LineKey(routing_key, text)


def older_than_queue(
    bound_for: float, silent_for: float, window: Sequence[LineKey], heard: Sequence[LineKey]
) -> Sequence[int] | None:
    """Return which lines at the end of a stream are older than our queue, by index; None: it is too early.

    The queue was bound so many seconds ago, somewhere within this window, and for so many neither of them has
    brought anything. It has brought what was `heard`.
    """
    if bound_for < SETTLE_SECONDS:
        return None
    if len(heard) >= ENOUGH_LINES and (found := _before_first(window, heard)) is not None:
        return found
    if (silent_for >= SILENCE_SECONDS and end_alike(window, heard)) or silent_for >= LONG_SILENCE_SECONDS:
        return without_partner(window, heard)
    return without_partner(window, heard, behind=True) if bound_for >= PATIENCE_SECONDS else None


def _before_first(window: Sequence[LineKey], heard: Sequence[LineKey]) -> Sequence[int] | None:
    """Look for where what was heard begins: that is as a gap, seen from behind."""
    found = not_shown(heard[SHOWN_LINES - 1 :: -1], window[::-1], len(heard))
    return None if found is None else [len(window) - 1 - index for index in reversed(found)]


def without_partner(
    window: Sequence[LineKey], heard: Sequence[LineKey], *, behind: bool = False
) -> Sequence[int]:
    """Return which lines at the end of a stream the queue does not bring, by index.

    It was bound somewhere within this window, so it has brought the later ones of equal lines. A queue that
    may be `behind` is still to bring what comes after the last that it has brought.
    """
    left = Counter(heard)
    found = []
    end = 0 if behind else len(window)
    for index in range(len(window) - 1, -1, -1):
        if left[window[index]]:
            left[window[index]] -= 1
            end = max(end, index)
        else:
            found.append(index)
    return [index for index in reversed(found) if index < end]


def end_alike(window: Sequence[LineKey], heard: Sequence[LineKey]) -> bool:
    """Whether stream and queue have come equally far, as their last lines are the same."""
    if not heard:
        return not window
    tails = (heard[-count:] for count in _ENDS)
    return all(Counter(window[-len(tail) :]) == Counter(tail) for tail in tails)


def not_shown(
    shown: Sequence[LineKey], read: Sequence[LineKey], expected: int | None
) -> Sequence[int] | None:
    """Return which of the lines that were read were said behind those that were shown last, by index.

    `expected` is how many were not, as far as that is known. None where nothing tells.
    """
    end = _place(shown, read, expected)
    likely = None if end is None else _behind(shown, read, end)
    found: list[int] = []
    by_nick: dict[bytes, list[int]] = {}
    for index, key in enumerate(read):
        by_nick.setdefault(key.nick, []).append(index)
    for nick, indices in by_nick.items():
        ends = _ends([key for key in shown if key.nick == nick], [read[index] for index in indices])
        sure = [end for end, common in ends if common >= SURE_LINES]
        if len(sure) == 1:
            found += indices[sure[0] :]
        elif likely is None:
            return None
        else:
            guess = len(indices) - sum(index in likely for index in indices)
            nearest = min((end for end, _ in ends), key=lambda end: abs(end - guess), default=guess)
            found += indices[nearest:]
    return sorted(found)


def _ends(shown: Sequence[LineKey], read: Sequence[LineKey]) -> Sequence[tuple[int, int]]:
    """Return where those of a nick that were shown may end among those that were read: nothing is against it.

    Each with how many lines are the same there, in the same order.
    """
    return [
        (end, common)
        for end in range(bool(shown), len(read) + 1)
        if read[end - (common := min(end, len(shown))) : end] == shown[len(shown) - common :]
    ]


def _place(shown: Sequence[LineKey], read: Sequence[LineKey], expected: int | None) -> int | None:
    """Return where those that were shown end among those that were read, by most equal positions.

    Of several such places it is the one nearest to where it is `expected`. None where fewer than half are
    equal, or nothing tells.
    """
    if not shown:
        return expected
    places: dict[LineKey, list[int]] = {}
    for index, key in enumerate(shown):
        places.setdefault(key, []).append(len(shown) - index)
    votes: Counter[int] = Counter()
    for index, key in enumerate(read):
        votes.update(index + to_end for to_end in places.get(key, ()) if index + to_end <= len(read))
    most = max(votes.values(), default=0)
    best = [end for end, count in votes.items() if count == most]
    if 2 * most < len(shown) or (len(best) > 1 and expected is None):
        return None
    return min(best, key=lambda end: abs(end - (expected or 0)))


def _behind(shown: Sequence[LineKey], read: Sequence[LineKey], end: int) -> Set[int]:
    """Return which of those that were read have no partner in those that were shown, near `end` or behind it.

    A partner may stand some places away from where it is expected.
    """
    first = end - len(shown)
    taken = {first + index for index, key in enumerate(shown) if _at(read, first + index) == key}
    for index in range(len(shown) - 1, -1, -1):
        place = first + index
        if _at(read, place) != shown[index]:
            near = sorted(range(place - REACH, place + REACH + 1), key=lambda other: abs(other - place))
            partner = (other for other in near if other not in taken and _at(read, other) == shown[index])
            taken.update([found] if (found := next(partner, None)) is not None else ())
    begin = max(0, first, end - REACH)
    return {index for index in range(begin, len(read)) if index not in taken}


def _at(read: Sequence[LineKey], index: int) -> LineKey | None:
    return read[index] if 0 <= index < len(read) else None
