"""What several scrollbacks together may take in memory."""

from __future__ import annotations

from typing import Protocol
from weakref import WeakSet

SCROLLBACK_BYTES = 512 * 1024 * 1024
"""What all scrollbacks of a program may take, unless it is said otherwise."""


class Holder(Protocol):
    """Who shares a budget."""

    @property
    def bytes(self) -> int:
        """Memory that it takes, about."""

    def drop_oldest(self) -> bool:
        """Free some; False when it keeps what it has."""


class Budget:
    """A bound for all who share it: who takes the most gives way, so that a flood costs nobody else.

    A scrollback keeps at least its newest 256 entries, or, where these take more, those of the last megabyte
    or two: 200 scrollbacks full of the longest lines stay within `SCROLLBACK_BYTES`.
    """

    def __init__(self, max_bytes: int = SCROLLBACK_BYTES) -> None:
        self._max_bytes = max_bytes
        self._holders: WeakSet[Holder] = WeakSet()

    @property
    def bytes(self) -> int:
        """Memory that all of them take, about."""
        return sum(holder.bytes for holder in self._holders)

    def share(self, holder: Holder) -> None:
        """Count another one, for as long as it is in use."""
        self._holders.add(holder)

    def make_room(self) -> None:
        """Have the biggest give way until all are within the bound, as far as they can."""
        excess = self.bytes - self._max_bytes
        while excess > 0:
            for holder in sorted(self._holders, key=_bytes, reverse=True):
                before = holder.bytes
                if holder.drop_oldest():
                    excess -= before - holder.bytes
                    break
            else:
                return


def _bytes(holder: Holder) -> int:
    return holder.bytes
