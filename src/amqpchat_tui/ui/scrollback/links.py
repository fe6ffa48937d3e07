"""Web addresses in messages: finding them, and opening one."""

from __future__ import annotations

import re
import subprocess
import sys
from functools import lru_cache
from string import punctuation
from typing import NamedTuple
from urllib.parse import quote

_URL = re.compile(r"https?://[^\s<>\"“”«»\u202a-\u202e\u2066-\u2069]+", re.IGNORECASE)
_SENTENCE_END = ".,:;!?'…"
_BRACKETS = {")": "(", "]": "[", "}": "{"}
_AUTHORITY_END = re.compile("[/?#]")
"""RFC 3986, section 3.2."""
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
    for match in _URL.finditer(text):
        url = _trim(match[0])
        links.append(Link(match.start(), match.start() + len(url), url))
    return links


def _trim(url: str) -> str:
    while url:
        last = url[-1]
        opening = _BRACKETS.get(last)
        unbalanced = opening is not None and url.count(last) > url.count(opening)
        if last not in _SENTENCE_END and not unbalanced:
            break
        url = url[:-1]
    return url


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
    if not host or not shown or "%" in host or not netloc.isascii():
        return None
    if any(letter in written and letter not in shown for letter in _DEVIATIONS):
        return None
    return f"{address.scheme}://{netloc}{quote(rest[len(authority) :], safe=punctuation)}"


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
