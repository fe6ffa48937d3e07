"""How well a name matches what has been typed of it, for lists that narrow."""

from __future__ import annotations

Rank = tuple[int, ...]
"""The best is the least."""


def rank(wanted: str, name: str, number: str = "") -> Rank | None:
    """Return how well a name matches, or its number, all folded; None where it does not.

    The same name comes first, then the number, then what stands closest together, nearest to the start, in
    the shortest name.
    """
    if not wanted:
        return ()
    if name == wanted:
        return (0,)
    if number == wanted:
        return (1,)
    spans = [
        (end - start, start)
        for start in range(len(name))
        if name[start] == wanted[0] and (end := _end_of_subsequence(wanted, name, start)) is not None
    ]
    return (2, *min(spans), len(name)) if spans else None


def _end_of_subsequence(wanted: str, name: str, start: int) -> int | None:
    """Return where the characters of a text end that stand in this order from a place in a name on."""
    place = start
    for character in wanted:
        found = name.find(character, place)
        if found < 0:
            return None
        place = found + 1
    return place
