"""What concerns the person: lines with their nick, and when to ring for them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from amqpchat_tui.model import ChatMessage, Entry
from amqpchat_tui.scrollback import folded
from amqpchat_tui.wire.text import clean_line

PAUSE = 3.0
"""Seconds between two rings, at least."""


class Attention:
    """Looks for the nicks that the person has had since the start, and for words they chose."""

    def __init__(self, nick: str, words: Iterable[str] = ()) -> None:
        self._words = [nick, *words]
        self._learn()
        self._rang_at = float("-inf")

    def add_nick(self, nick: str) -> None:
        """Look for another nick as well: lines to the old one still concern the same person."""
        if nick not in self._words:
            self._words.append(nick)
            self._learn()

    def _learn(self) -> None:
        self._folded = [folded(word) for word in self._words]
        any_of_them = "|".join(map(re.escape, self._words))
        self._pattern = re.compile(rf"(?<!\w)(?:{any_of_them})(?!\w)", re.IGNORECASE)

    def concerns(self, entry: Entry) -> bool:
        """Whether somebody else's message holds one of the words as a word of its own, in any case."""
        return (
            isinstance(entry, ChatMessage)
            and not entry.own
            and self.may_concern(entry.text)
            and self._pattern.search(entry.text) is not None
        )

    def may_concern(self, texts: str) -> bool:
        """Whether any of many texts may concern the person: faster than to ask of each."""
        texts = folded(texts)
        return any(word in texts for word in self._folded)

    def ring(self, entries: Iterable[Entry], now: float) -> bool:
        """Whether to ring: an entry concerns the person, and the last ring is `PAUSE` seconds ago."""
        if now - self._rang_at < PAUSE or not any(map(self.concerns, entries)):
            return False
        self._rang_at = now
        return True


def notification(how: str, title: str, body: str) -> str:
    """The sequence that asks the terminal for a notification: OSC 9 (iTerm2) or OSC 777 (rxvt-unicode)."""
    title, body = (clean_line(part, 120).replace(";", ",") for part in (title, body))
    return f"\x1b]9;{title}: {body}\x1b\\" if how == "osc9" else f"\x1b]777;notify;{title};{body}\x1b\\"
