"""Who has spoken, for completion."""

from __future__ import annotations

from collections.abc import Iterable

from amqpchat_tui.model import ChatMessage, Entry

MAX_SPEAKERS = 500
"""How many nicks are remembered."""


class Speakers:
    """The nicks that were heard last."""

    def __init__(self) -> None:
        self._nicks: dict[str, None] = {}

    def hear(self, entries: Iterable[Entry]) -> None:
        """Remember who speaks in a batch of arrivals."""
        nicks = self._nicks
        for entry in entries:
            if isinstance(entry, ChatMessage):
                nicks.pop(entry.nick, None)
                nicks[entry.nick] = None
        while len(nicks) > MAX_SPEAKERS:
            del nicks[next(iter(nicks))]

    def latest_first(self) -> list[str]:
        """The nicks, whoever spoke last at the front."""
        return list(reversed(self._nicks))
