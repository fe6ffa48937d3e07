"""A point in time by two clocks: one tells people when it was, the other how long ago."""

from __future__ import annotations

import time

from msgspec import Struct

_STEADY_CLOCK: int = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""Never set, and goes on while the machine sleeps: Linux calls that BOOTTIME, other systems MONOTONIC."""


class Moment(Struct, frozen=True):
    """When something happened. The difference of two moments is in seconds, whatever the wall clock did."""

    wall: float
    """Seconds since the epoch; as this clock may be set, it neither measures nor orders anything."""
    steady: float
    """Seconds by a clock that is never set; since when is not defined."""

    @classmethod
    def now(cls) -> Moment:
        """Look at both clocks."""
        return cls(time.time(), time.clock_gettime(_STEADY_CLOCK))

    def __lt__(self, other: Moment) -> bool:
        return self.steady < other.steady

    def __sub__(self, earlier: Moment) -> float:
        return self.steady - earlier.steady

    def before(self, seconds: float) -> Moment:
        """Return the moment so many seconds earlier."""
        return Moment(self.wall - seconds, self.steady - seconds)
