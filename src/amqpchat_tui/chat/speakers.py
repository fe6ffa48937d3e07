"""Who has spoken: in a batch of arrivals, and lately, for completion."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from amqpchat_tui.model import ChatMessage, Entry

MAX_SPEAKERS = 500
"""How many nicks are remembered."""


def last_lines(entries: Sequence[Entry]) -> Sequence[ChatMessage]:
    """Return the last line of each who speaks in a batch of arrivals, whoever speaks last at the end."""
    lines = [entry for entry in entries if isinstance(entry, ChatMessage)]
    last = {(line.nick, line.sender): place for place, line in enumerate(lines)}
    return [lines[place] for place in sorted(last.values())]


class Speakers:
    """The nicks that were heard last."""

    def __init__(self) -> None:
        self._nicks: dict[str, None] = {}

    def hear(self, lines: Iterable[ChatMessage]) -> None:
        """Remember who speaks."""
        nicks = self._nicks
        for line in lines:
            nicks.pop(line.nick, None)
            nicks[line.nick] = None
        while len(nicks) > MAX_SPEAKERS:
            del nicks[next(iter(nicks))]

    def latest_first(self) -> list[str]:
        """The nicks, whoever spoke last at the front."""
        return list(reversed(self._nicks))

    def among(self, here: Iterable[str]) -> Sequence[str]:
        """These nicks, who spoke last at the front, then the others that were heard in the same order."""
        present, spoken = dict.fromkeys(here), self.latest_first()
        return list(dict.fromkeys([*(nick for nick in spoken if nick in present), *present, *spoken]))
