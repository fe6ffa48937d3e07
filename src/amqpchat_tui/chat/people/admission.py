"""Who gets into a roster that is full, so that a stranger who makes up a million names drives nobody out.

Two rules. Who has been heard only once is on probation, as a page is in the 2Q cache that was read only once:
a flood of names is that, and only such ones have to go. And accounts share: the one with the most of these
gives way, the latest come first, so that whoever was there before a flood stays.
"""

from __future__ import annotations

from amqpchat_tui.model import OccupantKey


class Admission:
    """Keeps account of who is in, and on probation."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._size = 0
        self._probation: dict[str, dict[OccupantKey, None]] = {}
        """By account, in the order in which they came."""

    def has_place(self, key: OccupantKey, *, speaks: bool) -> tuple[bool, OccupantKey | None]:
        """Tell whether somebody new may come in, and who has to go for them.

        Who speaks may always, as long as anybody is on probation.
        """
        if self._size < self._limit:
            return True, None
        most = max(self._probation.values(), key=len, default={})
        own = self._probation.get(key[0], {})
        if not most or (not speaks and len(own) + 1 >= len(most)):
            return False, None
        return True, next(reversed(most))

    def enter(self, key: OccupantKey) -> None:
        """Somebody is in now, on probation."""
        self._size += 1
        self._probation.setdefault(key[0], {})[key] = None

    def establish(self, key: OccupantKey) -> None:
        """Their probation is over."""
        if (newcomers := self._probation.get(key[0])) is not None:
            newcomers.pop(key, None)
            if not newcomers:
                del self._probation[key[0]]

    def leave(self, key: OccupantKey) -> None:
        """Somebody who was in is not any more."""
        self._size -= 1
        self.establish(key)
