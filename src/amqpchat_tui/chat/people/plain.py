"""Who has spoken without saying that they are here: plain scripts, which cannot be seen listening."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

HEARD_SECONDS = 30 * 60.0
MAX_HEARD = 500
"""How many are remembered; of more, those who spoke last."""


class Heard(Struct, frozen=True):
    """Somebody who has spoken."""

    nick: str
    account: str
    """As for `Occupant`."""
    at: float


class PlainSpeakers:
    """Those who have spoken lately in a room."""

    def __init__(self) -> None:
        self._heard: dict[tuple[str, str], float] = {}
        """By nick and account, whoever spoke last at the end."""
        self.forgotten = 0
        """How often somebody was forgotten, as they have not spoken lately."""

    def hear(self, nick: str, account: str, now: float) -> None:
        """Somebody speaks."""
        self._heard.pop((nick, account), None)
        self._heard[nick, account] = now
        if len(self._heard) > MAX_HEARD:
            del self._heard[next(iter(self._heard))]

    def latest_first(self, now: float) -> Sequence[Heard]:
        """Return those who have spoken lately; forget the others."""
        self.forget(now)
        return [Heard(nick, account, at) for (nick, account), at in reversed(self._heard.items())]

    @property
    def due(self) -> float:
        """When to `forget` the first of them."""
        return next(iter(self._heard.values()), float("inf")) + HEARD_SECONDS

    def forget(self, now: float) -> None:
        """Forget those who have not spoken lately."""
        while self.due <= now:
            del self._heard[next(iter(self._heard))]
            self.forgotten += 1
