"""Characters as people see them, and words: where they begin and end in a row of text.

A character is an extended grapheme cluster (UAX 29, section 3): a flag is one, of two code points or more.
Places count code points, as Python does.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right

from rich.style import StyleType
from rich.text import Text
from textual import events

from amqpchat_tui.matching import character_edges


def typed_text(event: events.Key) -> str:
    """What a key types: any character but control characters.

    Textual takes those of `str.isprintable`: not no-break and ideographic spaces, nor the joiners that many
    scripts and emoji are written with.
    """
    character = event.character
    if character is None or event.key.startswith("alt+"):  # terminals send a letter along, which is not meant
        return ""
    return "".join(one for one in character if unicodedata.category(one) not in ("Cc", "Cs"))


def before(row: str, place: int) -> int:
    """Where the character before `place` begins; 0 at the start."""
    edges = character_edges(row)
    return edges[max(bisect_left(edges, place) - 1, 0)]


def after(row: str, place: int) -> int:
    """Where the character at `place` ends; the end of the row at its end."""
    edges = character_edges(row)
    return edges[min(bisect_right(edges, place), len(edges) - 1)]


def at(row: str, place: int) -> int:
    """Where the character that `place` is in begins."""
    edges = character_edges(row)
    return edges[bisect_right(edges, place) - 1]


def word_before(row: str, place: int) -> int:
    """Where the word before `place` begins, as readline's Alt-B goes there."""
    return at(row, _find(r"\w*\W*$", row[:place])[0])


def blank_word_before(row: str, place: int) -> int:
    """Where the word before `place` begins, up to the blank before it, as a shell's Ctrl-W cuts it."""
    return at(row, _find(r"\S*\s*$", row[:place])[0])


def word_after(row: str, place: int) -> int:
    """Where the word after `place` ends, as readline's Alt-F goes there."""
    end = place + _find(r"^\W*\w*", row[place:])[1]
    return end if at(row, end) == end else after(row, end)


class WholeCharacters(Text):
    """A text in which a style, such as the cursor's, covers whole characters: a terminal joins no halves."""

    def stylize(self, style: StyleType, start: int = 0, end: int | None = None) -> None:
        """Lay a style on the characters between two places that are not negative."""
        plain = self.plain
        super().stylize(style, at(plain, start), end if end is None else after(plain, max(end - 1, start)))


def _find(pattern: str, text: str) -> tuple[int, int]:
    """The first match of a pattern that matches anywhere; accents and joiners belong to words."""
    if text.isascii():
        found = re.search(pattern, text)
        return found.span() if found else (0, 0)
    import regex  # late, as it takes 10 ms, and ASCII does without

    match = regex.search(pattern, text)
    return match.span() if match else (0, 0)
