"""Comparing texts of any alphabet: what find, mentions and completion take for the same, and where words end.

Two texts match when they differ only in case, in how letters with accents are made up, in the width of
characters and blanks, or in characters that nobody sees. Places count code points of the text as it stands.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from functools import cache, lru_cache
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from amqpchat_tui.wire.text import INVISIBLE

if TYPE_CHECKING:
    from regex import Pattern

Span = tuple[int, int]
"""Where a part of a text starts and ends."""

Form = Callable[[str], str]
"""Brings texts into the form in which they are compared: `folded` or `normalized`."""

_WIDTHS = "\u00a0\u2007\u202f\u3000\ufb00-\ufb06\uff01-\uff9f"
"""No-break and ideographic blanks, Latin ligatures, full-width and half-width forms; not half-width Hangul,
whose letters would become parts of syllables."""
_SOFT_DOT = "(i[\u0300-\u036f]*?)\u0307"
"""A dot above that an i has anyway; the Turkish capital İ is an I with it."""
_BESIDE_EDGES = r"[\s\p{P}\p{Hangul}--\p{Pc}]"
_EDGE = rf"\b|(?<={_BESIDE_EDGES})|(?={_BESIDE_EDGES})"
"""Where a word may begin or end, for `regex`: all punctuation but low lines, which join words."""


def folded(text: str) -> str:
    """Return what texts have in common that match in any case.

    Unicode's canonical caseless match (section 3.13, D145), for a Turkish İ and ı as well.
    """
    if text.isascii():
        return text.lower()
    text = _plain(text)
    form = text.casefold()
    if "\u0307" in form or "ι" in form:  # which may have been marks that come in some other order
        form = unicodedata.normalize("NFD", unicodedata.normalize("NFD", text).casefold())
        form = re.sub(_SOFT_DOT, r"\1", form)
    return unicodedata.normalize("NFC", form.replace("ı", "i"))


def normalized(text: str) -> str:
    """Return what texts have in common that match in the same case."""
    return text if text.isascii() else unicodedata.normalize("NFC", _plain(text))


def character_edges(text: str) -> Sequence[int]:
    """Where characters as people see them begin (UAX 29, section 3), and where the last ends."""
    if text.isascii():
        return range(len(text) + 1)
    return [*(match.start() for match in _character().finditer(text)), len(text)]


def occurrences(wanted: str, text: str, form: Form = folded) -> Iterator[Span]:
    """Find each place of a text whose form is `wanted`, itself in that form, even where they overlap.

    A place is widened to whole characters, as people see them (UAX 29, section 3). Nothing is found nowhere.
    """
    within = form(text)
    start = within.find(wanted) if wanted else -1
    if start < 0:
        return
    starts, ends, places = _places(text, form)
    while start >= 0:
        yield (
            starts[bisect_right(places, start) - 1],
            ends[bisect_right(places, start + len(wanted) - 1) - 1],
        )
        start = within.find(wanted, start + 1)


def has_word(wanted: str, form: str) -> bool:
    """Whether a text has something as a word of its own, or as several; both are `folded`."""
    return wanted in form and _word(wanted, ascii_only=form.isascii()).search(form) is not None


def is_word_edge(text: str, place: int) -> bool:
    """Whether a word may begin or end there.

    By the default rules (UAX 29, section 4), and beside blanks and punctuation, as in `bob's`. Scripts
    without blanks between words have an edge beside each character: Chinese, Japanese and Thai by those
    rules, and here Korean too, as names take endings in it.
    """
    edge = _ascii_edge() if text.isascii() else _edge()
    return edge.match(text, place) is not None


def _plain(text: str) -> str:
    """Return a text without what nobody sees, and with one width of each character."""
    return _invisible_or_wide().sub(_alike, text)


def _alike(found: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", found[0]) if _seen().match(found[0]) else ""


def _places(text: str, form: Form) -> tuple[list[int], list[int], list[int]]:
    """Return where each character of a text starts, where it ends, and where its form starts."""
    if text.isascii():
        places = range(len(text))
        return [*places], [*range(1, len(text) + 1)], [*places]
    kept = [match.start() for match in _seen().finditer(text)]
    seen = "".join(map(text.__getitem__, kept))
    length = cache(lambda character: len(form(character)))
    edges = character_edges(seen)
    starts = [kept[edge] for edge in edges[:-1]]
    lengths = (length(seen[start:end]) for start, end in pairwise(edges))
    return starts, [*starts[1:], len(text)], [*accumulate(lengths, initial=0)]


# Patterns are made when they are needed: the first frame needs none, and is earlier for it.


@cache
def _invisible_or_wide() -> re.Pattern[str]:
    return re.compile(f"{INVISIBLE.pattern[:-1]}{_WIDTHS}](?<!\u200d)")


@cache
def _seen() -> re.Pattern[str]:
    """What takes part in a match. A joiner does: without it, emoji are others."""
    return re.compile(f"\u200d|[^{INVISIBLE.pattern[1:]}")


@cache
def _ascii_edge() -> re.Pattern[str]:
    return re.compile(r"(?<!\w)|(?!\w)", re.ASCII)


@cache
def _character() -> Pattern[str]:
    import regex  # late, as it takes 10 ms, and ASCII does without

    return regex.compile(r"\X")


@cache
def _edge() -> Pattern[str]:
    import regex  # late, as above

    return regex.compile(_EDGE, regex.V1 | regex.WORD)


@lru_cache
def _word(wanted: str, *, ascii_only: bool) -> re.Pattern[str] | Pattern[str]:
    wanted = re.escape(wanted)
    if ascii_only:
        return re.compile(rf"(?<!\w){wanted}(?!\w)", re.ASCII)
    import regex  # late, as above

    return regex.compile(rf"(?={wanted})(?:{_EDGE}){wanted}(?:{_EDGE})", regex.V1 | regex.WORD)
