"""Which lines of a stream were shown already. Knows no clock and no broker.

Plain lines have no id, and repeat themselves; and a stream has lines of several publishers in another order
than a queue, by some places, though each publisher's in their own. So lines are compared as multisets where
they are near the moment in question, and by position where they are not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

LineKey = str | int
"""By what a line is known again: its message id, else a number that nick and text give."""

SHOWN_LINES = 60
"""How many of the lines shown last are looked for in a stream, to find where it goes on."""
REACH = 16
"""By how many places a line may stand elsewhere in a stream than in a queue; 12 were the most in 20,000."""
SETTLE_SECONDS = 0.25
"""How long after it was bound our queue and the stream are compared at the earliest."""
SILENCE_SECONDS = 0.03
"""When neither has brought anything for so long, they have come equally far."""
PATIENCE_SECONDS = 2.5
"""After so long, what is there has to do."""
_ENDS = (5, 7, 11, 13)
"""How many of the last lines are compared: primes, as several who speak in turn repeat each other's order."""


def key_of(message_id: object, routing_key: bytes, body: bytes, missing: int) -> LineKey:
    """Return by what a line is known again within this run; `missing` bytes of its body are not here."""
    return message_id if isinstance(message_id, str) and message_id else hash((routing_key, body, missing))


def without_partner(window: Sequence[LineKey], heard: Sequence[LineKey]) -> list[int]:
    """Return which lines at the end of a stream the queue has not brought, by index.

    The queue was bound somewhere within this window, so it has brought the later ones of equal lines.
    """
    left = Counter(heard)
    found = []
    for index in range(len(window) - 1, -1, -1):
        if left[window[index]]:
            left[window[index]] -= 1
        else:
            found.append(index)
    return found[::-1]


def have_met(
    bound_for: float, silent_for: float, window: Sequence[LineKey], heard: Sequence[LineKey]
) -> bool:
    """Whether to take what a stream and our queue have brought for equally much.

    The queue was bound so many seconds ago, and for so many neither has brought anything.
    """
    if bound_for < SETTLE_SECONDS:
        return False
    return silent_for >= SILENCE_SECONDS or bound_for >= PATIENCE_SECONDS or end_alike(window, heard)


def end_alike(window: Sequence[LineKey], heard: Sequence[LineKey]) -> bool:
    """Whether stream and queue have come equally far, as their last lines are the same in some order."""
    return all(Counter(window[-count:]) == Counter(heard[-count:]) for count in _ENDS)


def place(shown: Sequence[LineKey], read: Sequence[LineKey], expected: int | None) -> int | None:
    """Return how many of the lines that were read come before those that were not shown.

    That is where the lines that were shown last end, by most equal positions. Of several such places it is
    the one nearest to where it is `expected`. None where fewer than half are equal, or nothing tells.
    """
    if not shown:
        return expected
    places: dict[LineKey, list[int]] = {}
    for index, key in enumerate(shown):
        places.setdefault(key, []).append(len(shown) - index)
    votes: Counter[int] = Counter()
    for index, key in enumerate(read):
        for to_end in places.get(key, ()):
            votes[index + to_end] += 1
    votes = Counter({end: count for end, count in votes.items() if end <= len(read)})
    most = max(votes.values(), default=0)
    if 2 * most < len(shown):
        return None
    best = [end for end, count in votes.items() if count == most]
    if len(best) == 1 or expected is None:
        return best[0] if len(best) == 1 else None
    return min(best, key=lambda end: abs(end - expected))


def not_shown(shown: Sequence[LineKey], read: Sequence[LineKey], end: int) -> list[int]:
    """Return which of the lines that were read were not shown, by index, where those shown end at `end`.

    Around there, lines may have come from the queue in another order than they are read in.
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
    return [index for index in range(begin, len(read)) if index not in taken]


def _at(read: Sequence[LineKey], index: int) -> LineKey | None:
    return read[index] if 0 <= index < len(read) else None
