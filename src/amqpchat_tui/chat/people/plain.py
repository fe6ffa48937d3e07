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

    def hear(self, nick: str, account: str, now: float) -> None:
        """Somebody speaks."""
        self._heard.pop((nick, account), None)
        self._heard[nick, account] = now
        if len(self._heard) > MAX_HEARD:
            del self._heard[next(iter(self._heard))]

    def latest_first(self, now: float) -> Sequence[Heard]:
        """Return those who have spoken lately; forget the others."""
        self._heard = {who: at for who, at in self._heard.items() if now - at < HEARD_SECONDS}
        return [Heard(nick, account, at) for (nick, account), at in reversed(self._heard.items())]
