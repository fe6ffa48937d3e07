"""Web addresses in messages: finding them, and opening one."""

from __future__ import annotations

import re
import subprocess
import sys
import unicodedata
from functools import cache, lru_cache
from string import punctuation
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

if TYPE_CHECKING:
    from regex import Pattern

_SCHEME = re.compile("https?://", re.IGNORECASE | re.ASCII)
_URL = r"https?://[^\s<>\"`{also_not}]+"
_ASCII_URL = re.compile(_URL.format(also_not=""), re.IGNORECASE | re.ASCII)
_ENDS_AND_QUOTES = (
    r"[[\p{Terminal_Punctuation}\p{Quotation_Mark}\p{Ps}\p{Pe}]--[\x00-\x7f‘’]]"
    r"\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65\p{Bidi_Control}\u200b\u2060\ufeff"
)
"""What ends an address where no blank does, for `regex`: what ends clauses in other scripts, their brackets
and quotation marks, full-width punctuation, and what nobody sees."""
_SENTENCE_END = ".,:;!?'*_~|\\([{"
"""What the sentence around it, or its markup, has behind an address: so do GFM's extended autolinks."""
_ENTITY = re.compile(r"&[a-z0-9]{1,31};$", re.IGNORECASE)
_BRACKETS = {")": "(", "]": "[", "}": "{"}
_AUTHORITY_END = re.compile("[/?#]")
"""RFC 3986, section 3.2."""
_FORBIDDEN = frozenset(" #%/<>?@\\^|")
"""No host has them (URL Standard, forbidden host code points); yarl makes blanks of some characters."""
_DEVIATIONS = "ßς\u200c\u200d"
"""What IDNA 2003 changes and browsers keep (UTS 46, section 1.3.2); yarl falls back to IDNA 2003."""


class Link(NamedTuple):
    """An address in a text, in characters."""

    start: int
    end: int
    url: str


def find_links(text: str) -> list[Link]:
    """All http and https addresses, without the punctuation of the sentence around them."""
    if "://" not in text:
        return []
    links = []
    for run in (_ASCII_URL if text.isascii() else _any_url()).finditer(text):
        scheme = _SCHEME.match(text, run.start())
        while scheme is not None:
            start = scheme.start()
            balanced = _balanced(text[start : run.end()])
            if len(url := _trim(balanced)) > len(scheme[0]):
                links.append(Link(start, start + len(url), url))
            scheme = _SCHEME.search(text, start + len(balanced), run.end())
    return links


@cache
def _any_url() -> Pattern[str]:
    import regex  # late, as it takes 10 ms, and ASCII does without

    return regex.compile(_URL.format(also_not=_ENDS_AND_QUOTES), regex.V1 | regex.IGNORECASE)


def _balanced(url: str) -> str:
    """Cut an address before a bracket that closes one outside of it."""
    open_ = dict.fromkeys(_BRACKETS.values(), 0)
    for place, character in enumerate(url):
        if character in open_:
            open_[character] += 1
        elif opening := _BRACKETS.get(character):
            if not open_[opening]:
                return url[:place]
            open_[opening] -= 1
    return url


def _trim(url: str) -> str:
    end = len(url)
    while end:
        if url[end - 1] == ";" and (entity := _ENTITY.search(url, max(0, end - 33), end)):
            end = entity.start()
        elif url[end - 1] in _SENTENCE_END or _is_foreign_punctuation(url[end - 1]):
            end -= 1
        else:
            break
    return url[:end]


def _is_foreign_punctuation(character: str) -> bool:
    return not character.isascii() and unicodedata.category(character).startswith("P")


@lru_cache(maxsize=1024)
def ascii_address(url: str) -> str | None:
    """The address in ASCII, with the host to which it really leads (UTS 46); None if that cannot be told.

    What looks like another host shows then. Where browsers may read another host, it cannot be told. Behind
    the host, characters beyond ASCII are percent-encoded (RFC 3987, section 3.1), and no others.
    """
    from yarl import URL  # late, as the first frame needs none

    _, _, rest = url.partition("//")
    authority = _AUTHORITY_END.split(rest, maxsplit=1)[0]
    written = authority.rpartition("@")[2]
    try:
        address = URL(url)
        host, shown = address.raw_host, address.host
        netloc = address.raw_authority
    except (ValueError, IndexError):
        return None
    if not host or not shown or not _FORBIDDEN.isdisjoint(host) or not netloc.isascii():
        return None
    if any(letter in written and letter not in shown for letter in _DEVIATIONS):
        return None
    user, at, place = netloc.rpartition("@")
    return f"{address.scheme}://{user}{at}{place.lower()}{quote(rest[len(authority) :], safe=punctuation)}"


def open_link(url: str) -> bool:
    """Hand an http or https address to the platform's opener, without a shell; False when none starts."""
    if not url.lower().startswith(("http://", "https://")):
        return False
    opener = "open" if sys.platform == "darwin" else "xdg-open"
    try:
        subprocess.Popen(
            [opener, url],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except (OSError, ValueError):  # ValueError: a character that no argument of a program can hold
        return False
    return True
