"""What a typed search means: words, and who, where and when."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from msgspec.structs import replace

from amqpchat_tui.model import LogSearch
from amqpchat_tui.wire.text import WireError, clean_line

SEARCH_MAX_CHARACTERS = 500

_UNIT_SECONDS = {"m": 60, "h": 60 * 60, "d": 24 * 60 * 60, "w": 7 * 24 * 60 * 60}
_AGO = re.compile(r"([0-9]{1,5})([mhdw])", re.IGNORECASE)
_TIME_OF_DAY = re.compile(r"([0-9]{1,2}):([0-9]{2})")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_KEYS = "from", "in", "to", "since", "until"
_PART = re.compile(rf'(?:({"|".join(_KEYS)}):)?(?:"([^"]*)"?|(\S+)|(?=\s|$))\s*', re.IGNORECASE)
"""A word or a phrase in quotation marks, perhaps behind a key; the last mark may still be to come."""
_TIMES = "as in 2d, 3h or 30m, or a day as in 2026-09-30, or a time as in 10:00"


def read_search(text: str, now: float | None = None) -> LogSearch:
    """Read `dump "disk full" from:bob in:ops to:me since:2d until:10:00`; an empty text looks for nothing.

    Raises:
        WireError: when it makes no sense; with what may be said.
    """
    if len(text) > SEARCH_MAX_CHARACTERS:
        raise WireError(f"a search has at most {SEARCH_MAX_CHARACTERS} characters")
    search, text, place = LogSearch(), text.strip(), 0
    while place < len(text):
        part = _PART.match(text, place)
        if part is None or part.end() == place:
            break
        place = part.end()
        search = _with(search, (part[1] or "").lower(), part[2] or part[3] or "", now)
    return search


def check_search(text: str) -> str:
    """Return what `read_search` reads as it stands; raise `WireError` when that makes no sense."""
    read_search(text)
    return text


def read_time(text: str, now: float | None = None, *, end: bool = False) -> float:
    """Read how long ago or when something was, in seconds since the epoch; of a day its begin, or its `end`.

    Raises:
        WireError: when it is no time; with what is one.
    """
    now = time.time() if now is None else now
    if ago := _AGO.fullmatch(text):
        return max(0.0, now - int(ago[1]) * _UNIT_SECONDS[ago[2].lower()])
    try:
        if clock := _TIME_OF_DAY.fullmatch(text):
            at = datetime.fromtimestamp(now).replace(  # a person means their own time
                hour=int(clock[1]), minute=int(clock[2]), second=0, microsecond=0
            )
        else:
            at = datetime.fromisoformat(text)
        if end and _DAY.fullmatch(text):
            at += timedelta(days=1)
        return max(0.0, at.timestamp())
    except (ValueError, OverflowError, OSError):
        raise WireError(f"“{clean_line(text, 40)}” is no time: say it {_TIMES}") from None


def _with(search: LogSearch, key: str, value: str, now: float | None) -> LogSearch:
    if not key:
        return replace(search, words=(*search.words, value)) if value else search
    if not value:
        raise WireError(_MISSING[key])
    return _READ[key](search, value, now)


def _is_me(text: str) -> bool:
    if text.casefold() != "me":
        raise WireError(_TO)
    return True


_TO = "say to:me for lines that name you"
_MISSING = {
    "from": "say from whom, as in from:bob",
    "in": "say in which room, as in in:ops",
    "to": _TO,
    "since": f"say since when, {_TIMES}",
    "until": f"say until when, {_TIMES}",
}
_READ: dict[str, Callable[[LogSearch, str, float | None], LogSearch]] = {
    "from": lambda search, nick, _: replace(search, nicks=(*search.nicks, nick)),
    "in": lambda search, room, _: replace(search, rooms=(*search.rooms, room)),
    "to": lambda search, whom, _: replace(search, to_me=_is_me(whom)),
    "since": lambda search, text, now: replace(search, since=read_time(text, now)),
    "until": lambda search, text, now: replace(search, until=read_time(text, now, end=True)),
}
