"""When to ring for a person who looks elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from amqpchat_tui.model import ChatMessage, Entry

PAUSE = 3.0
"""Seconds between two rings, at least."""


@lru_cache(maxsize=8)
def _word(nick: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(nick)}(?!\w)", re.IGNORECASE)


def mentions(text: str, nick: str) -> bool:
    """Whether a text holds a nick as a word of its own, in any case."""
    return _word(nick).search(text) is not None


class Attention:
    """Decides on the bell, as configured by `ui.notify`."""

    def __init__(self, notify: str) -> None:
        self._on = notify == "bell"
        self._rang_at = float("-inf")

    def wanted(self, entries: Iterable[Entry], nick: str, now: float) -> bool:
        """Whether somebody mentions `nick` and the last ring is long enough ago; `now` is in seconds."""
        if not self._on or now - self._rang_at < PAUSE:
            return False
        if any(isinstance(e, ChatMessage) and not e.own and mentions(e.text, nick) for e in entries):
            self._rang_at = now
            return True
        return False
