"""How much a stranger may do at once, and for long: a token bucket. Knows no clock."""

from __future__ import annotations


class Rate:
    """Allows so many at once, and so many a second for long."""

    def __init__(self, burst: float, per_second: float) -> None:
        self._burst = self._left = burst
        self._per_second = per_second
        self._at = float("-inf")

    def allows(self, now: float) -> bool:
        """Whether one more is allowed, which counts as done then; `now` is by a clock that is never set."""
        self._left = min(self._burst, self._left + (now - self._at) * self._per_second)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True

    def give_back(self) -> None:
        """One that was allowed does not count after all."""
        self._left = min(self._burst, self._left + 1)
