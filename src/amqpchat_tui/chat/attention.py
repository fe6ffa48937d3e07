"""What concerns the person: lines with their nick, and when to ring for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from amqpchat_tui.matching import folded, has_word
from amqpchat_tui.model import ChatMessage, Entry
from amqpchat_tui.patterns import Pattern
from amqpchat_tui.wire.text import clean_line

RING_PAUSE_SECONDS = 3.0
"""Seconds between two rings, at least."""


class Attention:
    """Looks for the nicks that the person has had since the start, and for words they chose."""

    def __init__(self, nick: str, words: Iterable[str] = (), but_not: Iterable[str] = ()) -> None:
        """What has one of the patterns `but_not` concerns nobody, whatever words it has."""
        self._nicks = [nick]
        self.configure(words, but_not)
        self._rang_at = float("-inf")

    def configure(self, words: Iterable[str], but_not: Iterable[str]) -> None:
        """Look for these words besides the nicks."""
        self._but_not = list(map(Pattern, but_not))
        self._words = {word: None for word in map(folded, (*self._nicks, *words)) if word}

    @property
    def words(self) -> Sequence[str]:
        """What lines that concern the person have in them, in the form in which texts are compared."""
        return list(self._words)

    def add_nick(self, nick: str) -> None:
        """Look for another nick as well: lines to the old one still concern the same person."""
        self._nicks.append(nick)
        self._words[folded(nick)] = None

    def concerns(self, entry: Entry) -> bool:
        """Whether somebody else's message holds one of the words as a word of its own (`matching`)."""
        if not isinstance(entry, ChatMessage) or entry.own:
            return False
        form = folded(entry.text)
        if not any(has_word(word, form) for word in self._words):
            return False
        return not any(pattern.matches(f"{entry.nick} {entry.text}") for pattern in self._but_not)

    def may_concern(self, texts: str) -> bool:
        """Whether any of many texts may concern the person: faster than to ask of each."""
        texts = folded(texts)
        return any(word in texts for word in self._words)

    def ring(self, now: float) -> bool:
        """Whether to ring for what concerns the person: not within `RING_PAUSE_SECONDS` of the last ring."""
        if now - self._rang_at < RING_PAUSE_SECONDS:
            return False
        self._rang_at = now
        return True


def notification(how: str, title: str, body: str) -> str:
    """The sequence that asks the terminal for a notification: OSC 9 (iTerm2) or OSC 777 (rxvt-unicode)."""
    title, body = (clean_line(part, 120).replace(";", ",") for part in (title, body))
    return f"\x1b]9;{title}: {body}\x1b\\" if how == "osc9" else f"\x1b]777;notify;{title};{body}\x1b\\"
