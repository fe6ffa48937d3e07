"""Of too many who did something, whose is kept: the same ones for all who have heard of it."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heapify, heapreplace
from typing import Generic, TypeVar

from amqpchat_tui.model import Occupant

Who = tuple[str, str]
"""What tells people apart: by what, and which it is."""

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


class FirstOf(Generic[_Key, _Value]):
    """Values by key, and of too many keys those that are first in an order which nothing changes.

    So the same are kept in whatever order they come.
    """

    __slots__ = ("_last", "_most", "_place", "values")

    def __init__(self, most: int, place: Callable[[_Key], int]) -> None:
        """`place` tells the order."""
        self.values: dict[_Key, _Value] = {}
        """What is kept."""
        self._most = most
        self._place = place
        self._last: list[tuple[int, _Key]] | None = None
        """Once there are that many: a heap of all, the last one at the front."""

    def add(self, key: _Key, value: _Value) -> _Value | None:
        """Take in the value of a new key; return what there is no room for now, which may be this one."""
        values = self.values
        if len(values) < self._most:
            values[key] = value
            return None
        if self._last is None:
            self._last = [(-self._place(other), other) for other in values]
            heapify(self._last)
        newcomer = -self._place(key), key
        if newcomer[0] <= self._last[0][0]:
            return value
        _, gone = heapreplace(self._last, newcomer)
        values[key] = value
        return values.pop(gone)


def who_key(who: Occupant) -> Who:
    """Tell those apart who do something: by checked account, else by the run of their program."""
    if who.account:
        return "account", who.account
    return ("session", who.session) if who.session else ("nick", who.nick)


def place_of(who: Who) -> int:
    """Return somebody's place: nobody makes up a checked account, so that those come first."""
    return digest("\0".join(who)) + (0 if who[0] == "account" else 1 << 64)


def digest(text: str) -> int:
    """Return a number that is the same everywhere."""
    from hashlib import blake2b  # late: the first frame has no reactions

    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest())
