"""Which address to dial next, and how long to wait before."""

from __future__ import annotations

from collections.abc import Callable

SHORTEST_SECONDS = 0.5
LONGEST_SECONDS = 30.0


GROWTH = 1.25
"""How much longer each wait may be than the one before: about a quarter of the outage so far."""
OTHERS_LONGEST_SECONDS = 2.5
"""How long we wait for others at most: enough for those who were without a broker for up to 10 seconds."""


class BackOff:
    """Exponential back-off with equal jitter: each wait is a random length from the upper half of its bound.

    The bounds are 1, 1.25, 1.56 … 30 seconds; so clients that lost the same broker do not return in step, and
    after a short outage all are back within a short time.
    """

    def __init__(self, uniform: Callable[[float, float], float]) -> None:
        """`uniform(low, high)` draws a number, as `random.uniform` does."""
        self._uniform = uniform
        self._bound = 2 * SHORTEST_SECONDS

    @property
    def bound(self) -> float:
        """How many seconds the next wait may have at most."""
        return self._bound

    def next(self) -> float:
        """Seconds to wait now; longer each time."""
        bound = self._bound
        self._bound = min(GROWTH * bound, LONGEST_SECONDS)
        return self._uniform(bound / 2, bound)

    def reset(self) -> None:
        """Begin again with the shortest wait."""
        self._bound = 2 * SHORTEST_SECONDS


class AddressRotation:
    """Takes the addresses in turn: those that refused us are left out, and after each round comes a wait."""

    def __init__(self, addresses: int, back_off: BackOff) -> None:
        """`addresses` is how many there are."""
        self._addresses = addresses
        self._back_off = back_off
        self._refused: set[int] = set()
        self._tried = 0
        self._others = 0.0
        self.address = 0
        """The index of the address to dial."""
        self.failures = 0
        """How many dials have failed in a row."""

    def failed(self) -> float:
        """A dial had no answer: turn to the next address; return the seconds to wait before that."""
        self.failures += 1
        self._tried += 1
        return self._next_address()

    def refused(self) -> float | None:
        """The broker said no: as `failed`, without this address from now on; None when none is left."""
        self.failures += 1
        self._refused.add(self.address)
        return None if len(self._refused) == self._addresses else self._next_address()

    def online(self) -> float:
        """A dial worked; return for how many seconds others, who had the same outage, may still be away.

        Their wait may be the one that would have been our next. It is 0 when we did not have to wait.
        """
        others = min(self._others, OTHERS_LONGEST_SECONDS)
        self.failures = 0
        self._tried = 0
        self._others = 0.0
        self._refused.clear()
        return others

    def lost(self, *, stable: bool) -> float:
        """A connection is gone: dial the same address at once, unless it had not even been stable."""
        if not stable:
            return self.failed()
        self._back_off.reset()
        return 0.0

    def reset(self) -> None:
        """The person asks to dial now: forget what went before."""
        self.online()
        self._back_off.reset()

    def _next_address(self) -> float:
        left = [index for index in range(self._addresses) if index not in self._refused]
        self.address = next((index for index in left if index > self.address), left[0])
        if self._tried < len(left):
            return 0.0
        self._tried = 0
        wait = self._back_off.next()
        self._others = self._back_off.bound
        return wait
