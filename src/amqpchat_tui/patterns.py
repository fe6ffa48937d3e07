"""Patterns of words and `*`, in a time that no pattern and no text makes long: what filters look for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from amqpchat_tui.matching import folded, is_word_edge

PATTERN_MAX_CHARACTERS = 200
ANYTHING = "*"
"""Stands for any characters, or none."""
_ROOM = re.compile(r"(.*?)\s+in:(\S.*)", re.DOTALL)


class _Piece(NamedTuple):
    """What stands between two `*`."""

    text: str
    begins_word: bool
    """Whether it has to begin where a word may."""
    ends_word: bool


class Pattern:
    """Words that stand in a text in this order, in any case.

    What follows one another in the pattern does so in the text, and begins and ends with whole words; `*`
    stands for whatever is between, also within a word where it touches one. Each piece is taken where it
    comes first, as no other place leaves more to the next ones; so no place of a text is looked at twice.
    """

    def __init__(self, pattern: str) -> None:
        """Take a pattern.

        Raises:
            ValueError: if it is too long, or has no word; with what to do about it.
        """
        if len(pattern) > PATTERN_MAX_CHARACTERS:
            raise ValueError(f"a pattern has at most {PATTERN_MAX_CHARACTERS} characters")
        self.looks = 0
        """How many places of texts have been looked at so far: the work done."""
        self._pieces = list(_pieces(_spaced(folded(pattern))))
        if not self._pieces:
            raise ValueError("a pattern has at least one word, as in probe * ok")
        words = [word for piece in self._pieces for word in piece.text.split()]
        self._longest = max(words, key=len)

    def may_match(self, form: str) -> bool:
        """Whether any of many texts, joined and then `folded`, may match: faster than to ask of each."""
        return self._longest in form

    def matches(self, text: str) -> bool:
        """Whether a text has what the pattern says."""
        text = _spaced(folded(text))
        place = 0
        for piece in self._pieces:
            end = self._end_of(piece, text, place)
            if end is None:
                return False
            place = end
        return True

    def _end_of(self, piece: _Piece, text: str, place: int) -> int | None:
        """Where a piece ends that comes first from a place on."""
        while (start := text.find(piece.text, place)) >= 0:
            self.looks += 1
            end = start + len(piece.text)
            begins = not piece.begins_word or is_word_edge(text, start)
            if begins and (not piece.ends_word or is_word_edge(text, end)):
                return end
            place = start + 1
        return None


def split_room(text: str) -> tuple[str, str]:
    """Split `PATTERN in:ROOM` into both; the room is empty where there is none."""
    match = _ROOM.fullmatch(text)
    return (match[1], match[2].rstrip()) if match else (text, "")


def _spaced(text: str) -> str:
    """Return a text with one blank for each row of them."""
    return " ".join(text.split())


def _pieces(pattern: str) -> Iterator[_Piece]:
    parts = pattern.split(ANYTHING)
    for index, part in enumerate(parts):
        if text := part.strip():
            begins_word = index == 0 or part[0] == " "
            yield _Piece(text, begins_word, index == len(parts) - 1 or part[-1] == " ")
