"""How often something is done that is asked for again and again."""

from __future__ import annotations

import time
from collections.abc import Callable

Later = Callable[[float, Callable[[], None]], object]
"""Has something done after so many seconds, unlike a call at once also when they are none."""


class Pace:
    """Does soon what is asked for: at once when all is quiet, else some time after the last time."""

    def __init__(
        self,
        do: Callable[[], None],
        seconds: float,
        later: Later,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`do` is called by `later`, once for all who ask until then, and `seconds` or more apart."""
        self._do = do
        self._seconds = seconds
        self._later = later
        self._clock = clock
        self._done_at = float("-inf")
        self._due = False

    def ask(self) -> None:
        """Have it done soon."""
        if not self._due:
            self._due = True
            self._later(max(0.0, self._done_at + self._seconds - self._clock()), self._run)

    def _run(self) -> None:
        self._due = False
        self._done_at = self._clock()
        self._do()
