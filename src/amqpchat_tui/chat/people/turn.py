"""When a newcomer says for the first time that they are here, as hundreds may come within the same second.

Each waits for a random time that is seldom short, as in NORM (RFC 5401, section 3.2): of however many, a few
are first, whom the others hear and then draw again. What is heard uses up the room's budget for a while, in
which nobody begins; nobody needs to know how many are waiting.

Those of the census come before the others, so that a room is found to be large before all have spoken.
"""

from __future__ import annotations

from math import log
from random import Random

LISTEN_SECONDS = 0.1
"""For how long everybody listens at least."""
CENSUS_SECONDS = 0.2
"""How much longer whoever is not in the census does."""
WINDOW_SECONDS = 0.6
"""Within how long after that one speaks, when nobody else does."""
MAX_PAUSE_SECONDS = 10.0
"""How long nobody begins at most: who waits for others never has to for longer, unless somebody floods."""
MAX_NEWCOMERS = 10_000
"""Of up to so many, only a few are first."""


class Turn:
    """One newcomer's turn among those who come when they do."""

    def __init__(self, joined_at: float, random: Random, *, in_census: bool) -> None:
        self._random = random
        self._listens = LISTEN_SECONDS if in_census else LISTEN_SECONDS + CENSUS_SECONDS
        self._free_at = joined_at
        """When what has been heard is within the budget."""
        self.others = 0
        """How many others have been heard that came when we did, or later."""
        self.due = self._draw()
        """When it is our turn, if none of the others is heard before."""

    def hear_another(self, rate: float, now: float) -> None:
        """Another newcomer says that they are here, in a room that may have so many messages a second."""
        self.others += 1
        self._free_at = min(max(self._free_at, now) + 1 / rate, now + MAX_PAUSE_SECONDS)
        self.due = self._draw()

    def _draw(self) -> float:
        share = max(self._random.random(), 1 / MAX_NEWCOMERS)
        return self._free_at + self._listens + WINDOW_SECONDS * (1 + log(share, MAX_NEWCOMERS))
