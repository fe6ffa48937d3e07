"""Which lines other programs of the person have logged already, so that each is in the log once.

Programs that are in a room at once see the same lines, and each would log them. A line with an id is told by
that. Of lines without, as many of the same text are left out as others have logged that we have not seen yet:
that is right whatever the order, and also where somebody says the same twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Self

from msgspec import Struct

WINDOW_MILLISECONDS = 60_000
"""How much later than others a program may see a line."""
MAX_IDS = 10_000
"""Of how many lines the ids are remembered."""
MAX_UNSEEN = 50_000
"""Of how many lines of others without an id it is remembered that we have not seen them."""


class Sighting(Struct, frozen=True, array_like=True, gc=False):
    """What tells a line from others."""

    conversation: int
    message_id: str | None
    nick: str
    action: int
    text: str
    received_at: int
    """Milliseconds since the epoch; the programs share a clock."""

    @property
    def key(self) -> int:
        """The same for lines that may be the same one, and practically for no others."""
        if self.message_id is not None:
            return hash((self.conversation, self.message_id))
        return hash((self.conversation, self.nick, self.action, self.text))


class Sightings:
    """What one program knows of the log."""

    def __init__(self, began_at: int) -> None:
        """What others have received before `began_at` we have not heard."""
        self._began_at = began_at
        self._ids: dict[int, None] = {}
        self._unseen: dict[int, list[int]] = {}
        """When others have received lines without an id that we have not seen yet, in their order."""

    def copy(self) -> Self:
        """Return another that knows the same: what is written may have to be written again."""
        other = type(self)(self._began_at)
        other._ids = dict(self._ids)
        other._unseen = {key: list(times) for key, times in self._unseen.items()}
        return other

    def note(self, theirs: Iterable[Sighting]) -> None:
        """Others have logged these."""
        for line in theirs:
            if line.message_id is not None:
                self._ids[line.key] = None
            elif line.received_at >= self._began_at:
                self._unseen.setdefault(line.key, []).append(line.received_at)

    def sift(self, lines: Sequence[Sighting]) -> Sequence[int]:
        """Return the places of those lines that are to be logged, and take them for logged."""
        fresh = []
        for place, line in enumerate(lines):
            if line.message_id is not None:
                if (key := line.key) not in self._ids:
                    self._ids[key] = None
                    fresh.append(place)
            elif not self._unseen or not self._is_theirs(line):
                fresh.append(place)
        self._bound(max((line.received_at for line in lines), default=0))
        return fresh

    def unknown(self, lines: Sequence[Sighting]) -> Sequence[int]:
        """Return the places of those lines whose id is not known, or that have none."""
        return [place for place, line in enumerate(lines) if line.key not in self._ids]

    def _is_theirs(self, line: Sighting) -> bool:
        times = self._unseen.get(line.key, [])
        near = (
            place
            for place, received_at in enumerate(times)
            if abs(received_at - line.received_at) <= WINDOW_MILLISECONDS
        )
        if (place := next(near, None)) is None:
            return False
        del times[place]
        if not times:
            del self._unseen[line.key]
        return True

    def _bound(self, now: int) -> None:
        for key in list(islice(self._ids, max(0, len(self._ids) - MAX_IDS))):
            del self._ids[key]
        if self._unseen:
            earliest = now - WINDOW_MILLISECONDS
            unseen = ((key, [at for at in times if at >= earliest]) for key, times in self._unseen.items())
            self._unseen = {key: times for key, times in unseen if times}
            excess = len(self._unseen) - MAX_UNSEEN
            for key in list(islice(self._unseen, max(0, excess))):
                del self._unseen[key]
