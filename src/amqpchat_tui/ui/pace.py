"""How often something is done that is asked for again and again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from textual.message_pump import MessagePump


class Pace:
    """Does soon what is asked for: at once when all is quiet, else some time after the last time."""

    def __init__(self, pump: MessagePump, do: Callable[[], None], seconds: float) -> None:
        """`do` is called between two messages of `pump`, and `seconds` or more apart."""
        self._pump = pump
        self._do = do
        self._seconds = seconds
        self._done_at = 0.0
        self._due = False

    def ask(self) -> None:
        """Have it done, once for all who ask until then."""
        if not self._due:
            self._due = True
            delay = max(0.0, self._done_at + self._seconds - time.monotonic())
            # Not by Textual's timer, which never fires when its moment is over before it looks at the clock.
            asyncio.get_running_loop().call_later(delay, self._pump.call_later, self._run)

    def _run(self) -> None:
        self._due = False
        self._done_at = time.monotonic()
        self._do()
