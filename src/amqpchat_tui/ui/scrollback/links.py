"""Web addresses in messages: finding them, and opening one."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import NamedTuple
from urllib.parse import urlsplit, urlunsplit

_URL = re.compile(r"https?://[^\s<>\"“”«»\u202a-\u202e\u2066-\u2069]+", re.IGNORECASE)
_SENTENCE_END = ".,:;!?'…"
_BRACKETS = {")": "(", "]": "[", "}": "{"}


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


def ascii_address(url: str) -> str:
    """The address with its host in ASCII, as it goes over the network: what looks like another host shows.

    What cannot be read as an address, as it may be in a stranger's text, is returned with all of it in ASCII.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return url.encode("ascii", "backslashreplace").decode("ascii")
    host = parts.netloc
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError:
            host = host.encode("punycode").decode("ascii")
    return urlunsplit(parts._replace(netloc=host))


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
