"""What follows `/history`: how long, and how much, a history is to be kept that is begun."""

from __future__ import annotations

import re

from amqpchat_tui.model import HistoryLimits
from amqpchat_tui.wire.text import WireError

_DAYS = re.compile(r"([0-9]{1,5})d")
_MEGABYTES = re.compile(r"([0-9]{1,7})mb")
_USAGE = "say /history for what there is, or begin one with /history on, or /history on 7d 100MB"


def read_history(text: str) -> HistoryLimits:
    """Read `on 7d 100MB` and the like; what is left out is as usual.

    Raises:
        WireError: when it says something else; with what it may say.
    """
    on, *limits = text.casefold().split()
    days, megabytes = HistoryLimits()
    if on != "on":
        raise WireError(_USAGE)
    for limit in limits:
        if match := _DAYS.fullmatch(limit):
            days = int(match[1])
        elif match := _MEGABYTES.fullmatch(limit):
            megabytes = int(match[1])
        else:
            raise WireError(_USAGE)
    if not days or not megabytes:
        raise WireError("a history keeps a day and a megabyte at least")
    return HistoryLimits(days, megabytes)


def check_history(text: str) -> str:
    """Return what `read_history` reads as it stands; raise `WireError` when that reads nothing."""
    read_history(text)
    return text
