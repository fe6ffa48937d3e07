"""One after the other: who is let in next, and who waits."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence


class Entrance:
    """Lets in one at a time; of those who wait, whoever comes first in an order."""

    def __init__(self, order: Sequence[object]) -> None:
        """`order` has all who ever wait; it may change, and is looked at whenever somebody is let in."""
        self._order = order
        self._inside: object = None
        self._waiting: dict[object, asyncio.Future[None]] = {}

    async def wait(self, who: object) -> None:
        """Return when it is their turn; `leave` ends it, also when this was cancelled."""
        if self._inside is None:
            self._inside = who
            return
        turn = self._waiting[who] = asyncio.get_running_loop().create_future()
        try:
            await turn
        finally:
            self._waiting.pop(who, None)

    def leave(self, who: object) -> None:
        """Let in the next one, if it is their turn that ends."""
        if self._inside is not who:
            return
        # Who has just been told to wait no more is still among those who wait.
        waiting = {other for other, turn in self._waiting.items() if not turn.done()}
        self._inside = next((other for other in self._order if other in waiting), None)
        if self._inside is not None:
            self._waiting.pop(self._inside).set_result(None)
