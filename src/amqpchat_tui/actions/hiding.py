"""What follows `/ignore` and `/filter`: whom or what to hide, where and for how long."""

from __future__ import annotations

import re
from typing import NamedTuple

from amqpchat_tui.actions.levels import read_seconds
from amqpchat_tui.model import ACCOUNT_PREFIX
from amqpchat_tui.patterns import Pattern, split_room
from amqpchat_tui.wire.text import WireError, check_nick

_FOR = re.compile(r"(.*?)\s+(for\s+[0-9]+\s*\w+)", re.DOTALL)
_NAME_MAX_CHARACTERS = 32


class IgnoreChoice(NamedTuple):
    """Whom to ignore."""

    name: str
    """A nick or, behind `ACCOUNT_PREFIX`, an account."""
    seconds: float | None = None
    """For how long; None until it is taken back."""


class FilterChoice(NamedTuple):
    """What to hide."""

    name: str
    pattern: str
    room: str = ""
    """Where; empty for everywhere."""


def read_ignore(text: str) -> IgnoreChoice:
    """Read `bob`, `user:ci for 2h` and the like.

    Raises:
        WireError: when it says something else; with what it may say.
    """
    match = _FOR.fullmatch(text)
    name, seconds = (match[1], read_seconds(match[2])) if match else (text, None)
    return IgnoreChoice(check_ignored(name), seconds)


def check_ignored(name: str) -> str:
    """Return a nick or an account that may be ignored; raise `WireError` when it is none."""
    if name.startswith(ACCOUNT_PREFIX):
        return ACCOUNT_PREFIX + check_nick(name.removeprefix(ACCOUNT_PREFIX))
    return check_nick(name)


def check_ignore(text: str) -> str:
    """Return what `read_ignore` reads as it stands; raise `WireError` when that reads nothing."""
    read_ignore(text)
    return text


def read_filter(text: str) -> FilterChoice:
    """Read `health probe * ok`, and `in:ROOM` behind it.

    Raises:
        WireError: when it says something else; with what it may say.
    """
    name, *rest = text.split(maxsplit=1)
    if not rest:
        raise WireError("say what it is called and what it hides, as in /filter health probe * ok")
    if len(name) > _NAME_MAX_CHARACTERS:
        raise WireError(f"a filter's name has at most {_NAME_MAX_CHARACTERS} characters")
    pattern, room = split_room(rest[0])
    try:
        Pattern(pattern)
    except ValueError as error:
        raise WireError(str(error)) from None
    return FilterChoice(name, pattern, room)


def check_filter(text: str) -> str:
    """Return what `read_filter` reads as it stands; raise `WireError` when that reads nothing."""
    read_filter(text)
    return text
