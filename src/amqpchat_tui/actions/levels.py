"""What follows `/notify`: a level, and for how long."""

from __future__ import annotations

import re
from typing import NamedTuple

from amqpchat_tui.model import Level
from amqpchat_tui.wire.text import WireError

_UNIT_SECONDS = {"m": 60, "h": 60 * 60, "d": 24 * 60 * 60}
_MAX_SECONDS = 365 * _UNIT_SECONDS["d"]
_TIME = re.compile(r"for\s+([0-9]{1,9})\s*([mhd])")


class LevelChoice(NamedTuple):
    """A level that a person chose."""

    level: Level
    seconds: float | None = None
    """For how long; None until they choose another."""


def read_level(text: str) -> LevelChoice:
    """Read `mentions for 2h` and the like.

    Raises:
        WireError: when it says something else; with what it may say.
    """
    word, *rest = text.casefold().split(maxsplit=1)
    try:
        level = Level(word)
    except ValueError:
        levels = " or ".join(f"/notify {level}" for level in Level)
        raise WireError(f"say {levels}") from None
    return LevelChoice(level, read_seconds(rest[0].rstrip()) if rest else None)


def check_level(text: str) -> str:
    """Return what `read_level` reads as it stands; raise `WireError` when that reads nothing."""
    read_level(text)
    return text


def read_seconds(time: str) -> float:
    """Read `for 2h` and the like; raise `WireError` when it is something else, or too long."""
    if (match := _TIME.fullmatch(time)) is None or not (count := int(match[1])):
        raise WireError("say for how long in minutes, hours or days, as in for 30m, for 2h or for 1d")
    if (seconds := count * _UNIT_SECONDS[match[2]]) > _MAX_SECONDS:
        raise WireError("this is too long; say for 365d at most, or leave it out for good")
    return seconds
