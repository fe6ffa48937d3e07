"""A line as it is typed into a terminal where nothing is ever redrawn: what a key adds is echoed, no more."""

from __future__ import annotations

import re
from codecs import getincrementaldecoder
from collections.abc import Iterator
from enum import Enum, auto

from msgspec import Struct
from rich.cells import cell_len, split_graphemes

_ERASE, _ERASE_WORD, _ERASE_LINE, _END = "\b\x7f", "\x17", "\x15", "\x04"
_ESCAPE = "\x1b"
_SEQUENCE = re.compile(r"\x1b(?:[\[O][0-?]*[ -/]*[@-~]|[^\[O])")
"""What keys such as arrows send: they mean nothing here."""
_UNFINISHED = re.compile(r"\x1b(?:[\[O][0-?]*[ -/]*)?\Z")
LINE_MAX_CHARACTERS = 16_384


class Event(Enum):
    """What has been typed besides characters."""

    LINE = auto()
    """Enter."""
    END = auto()
    """Ctrl-D in an empty line."""


class Typed(Struct, frozen=True):
    """What a portion of keys amounts to."""

    echo: str
    """What to write to the terminal."""
    event: Event | None = None
    line: str = ""
    """What was entered."""


class LineEditor:
    """Takes what a terminal sends without echo; a character is erased by going back over it."""

    def __init__(self) -> None:
        self._decode = getincrementaldecoder("utf-8")("replace").decode
        self._begun = ""
        """The beginning of a key's sequence."""
        self._text = ""

    @property
    def text(self) -> str:
        """What is typed and not entered."""
        return self._text

    def drop(self) -> None:
        """Forget what is typed."""
        self._text = ""

    def feed(self, data: bytes) -> Iterator[Typed]:
        """Take what was typed, and say for each line or character what becomes of it."""
        typed = _SEQUENCE.sub("", self._begun + self._decode(data))
        unfinished = _UNFINISHED.search(typed)
        self._begun = unfinished[0] if unfinished else ""
        for character in typed.removesuffix(self._begun):
            yield self._take(character)

    def _take(self, character: str) -> Typed:
        if character in "\r\n":
            line, self._text = self._text, ""
            return Typed("\n", Event.LINE, line)
        if character == _END:
            return Typed("", None if self._text else Event.END)
        if character in _ERASE:
            return Typed(self._erase(1))
        if character == _ERASE_WORD:
            kept = self._text.rstrip().rpartition(" ")
            return Typed(self._erase(_count(self._text) - _count(kept[0] + kept[1])))
        if character == _ERASE_LINE:
            return Typed(self._erase(_count(self._text)))
        if not character.isprintable() or len(self._text) >= LINE_MAX_CHARACTERS:
            return Typed("")
        self._text += character
        return Typed(character)

    def _erase(self, count: int) -> str:
        """Erase the last characters, as people see them."""
        echo = ""
        for _ in range(count):
            if not self._text:
                break
            start, _, _ = split_graphemes(self._text)[0][-1]
            cells = cell_len(self._text[start:])
            self._text = self._text[:start]
            echo += "\b" * cells + " " * cells + "\b" * cells
        return echo


def _count(text: str) -> int:
    return len(split_graphemes(text)[0])
