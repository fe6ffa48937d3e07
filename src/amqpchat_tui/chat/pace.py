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
        self._not_before = float("-inf")
        self._due_at: float | None = None
        self._is_put_off = False
        """Whether a rest has held back what is due."""

    @property
    def due(self) -> bool:
        """Whether it is asked for and not done yet."""
        return self._due_at is not None

    def ask(self) -> None:
        """Have it done as soon as the pace allows."""
        if self._due_at is None:
            self._plan()

    def rest(self, seconds: float) -> None:
        """Do nothing for so long; what is due is put off once, however many rests come before it is done."""
        self._not_before = max(self._not_before, self._clock() + seconds)

    def _plan(self) -> None:
        self._due_at = self._not_before
        self._later(max(0.0, self._not_before - self._clock()), self._run)

    def _run(self) -> None:
        if self._due_at != self._not_before and not self._is_put_off:
            self._is_put_off = True
            self._plan()
            return
        self._due_at, self._is_put_off = None, False
        self._not_before = max(self._not_before, self._clock() + self._seconds)
        self._do()
