"""Which address to dial next, and how long to wait before."""

from __future__ import annotations

from collections.abc import Callable

SHORTEST_SECONDS = 0.5
LONGEST_SECONDS = 30.0


class BackOff:
    """Exponential back-off with equal jitter: each wait is a random length from the upper half of its bound.

    The bounds are 1, 2, 4 … 30 seconds; so clients that lost the same broker do not return in step.
    """

    def __init__(self, uniform: Callable[[float, float], float]) -> None:
        """`uniform(low, high)` draws a number, as `random.uniform` does."""
        self._uniform = uniform
        self._bound = 2 * SHORTEST_SECONDS

    def next(self) -> float:
        """Seconds to wait now; longer each time."""
        bound = self._bound
        self._bound = min(2 * bound, LONGEST_SECONDS)
        return self._uniform(bound / 2, bound)

    def reset(self) -> None:
        """Begin again with the shortest wait."""
        self._bound = 2 * SHORTEST_SECONDS


class Redial:
    """Takes the addresses in turn: those that refused us are left out, and after each round comes a wait."""

    def __init__(self, addresses: int, back_off: BackOff) -> None:
        """`addresses` is how many there are."""
        self._addresses = addresses
        self._back_off = back_off
        self._refused: set[int] = set()
        self._tried = 0
        self.address = 0
        """The index of the address to dial."""
        self.failures = 0
        """How many dials have failed in a row."""

    def failed(self) -> float:
        """Nobody to talk to there: turn to the next address; return the seconds to wait before that."""
        self.failures += 1
        self._tried += 1
        return self._turn()

    def refused(self) -> float | None:
        """We were sent away: as `failed`, but None when no address is left."""
        self.failures += 1
        self._refused.add(self.address)
        return None if len(self._refused) == self._addresses else self._turn()

    def online(self) -> None:
        """That worked."""
        self.failures = 0
        self._tried = 0
        self._refused.clear()

    def lost(self, *, stable: bool) -> float:
        """A connection is gone: dial the same address at once, unless it had not even been stable."""
        if not stable:
            return self.failed()
        self._back_off.reset()
        return 0.0

    def afresh(self) -> None:
        """The person asks to dial now: forget what went before."""
        self.online()
        self._back_off.reset()

    def _turn(self) -> float:
        left = [index for index in range(self._addresses) if index not in self._refused]
        self.address = next((index for index in left if index > self.address), left[0])
        if self._tried < len(left):
            return 0.0
        self._tried = 0
        return self._back_off.next()
