"""Who is writing a line, as IRCv3's `typing` has it: for some seconds, or until the line has come."""

from __future__ import annotations

from collections.abc import Sequence

from amqpchat_tui.model import OccupantKey

TYPING_SHOWN_SECONDS = 6.0


class Typists:
    """Those of a room who write now."""

    def __init__(self) -> None:
        self._until: dict[OccupantKey, float] = {}
        self.changes = 0
        """How often others have begun or ceased to write."""

    def hear(self, key: OccupantKey, now: float) -> None:
        """An occupant writes."""
        self.changes += key not in self._until
        self._until[key] = now + TYPING_SHOWN_SECONDS

    def stop(self, key: OccupantKey) -> None:
        """An occupant has said the line, or is gone."""
        if self._until.pop(key, None) is not None:
            self.changes += 1

    def now(self, now: float) -> Sequence[OccupantKey]:
        """Return those who write, who has written last at the end."""
        return sorted((key for key, until in self._until.items() if until > now), key=self._until.__getitem__)

    def forget(self, now: float) -> None:
        """Forget those who do not write any more."""
        for key in [key for key, until in self._until.items() if until <= now]:
            self.stop(key)

    @property
    def due(self) -> float:
        """When the first of them stops."""
        return min(self._until.values(), default=float("inf"))
