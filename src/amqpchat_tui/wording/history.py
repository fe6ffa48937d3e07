"""Sentences about what was said before: how much of it there is, and why there is none."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence

from amqpchat_tui.model import HistoryLimits
from amqpchat_tui.wire.lines import ACTION_PREFIX

OLDER = "⋯ older lines"
"""Stands above what was read of a history, or of the log, while there is more."""
FROM_HISTORY = "from the room's history"
"""Stands above that where the log goes on above it."""


_EXISTING = "This room has such a history already."
NO_HISTORY = "This room keeps no history. /history on begins one."


def describe_problem(room: str, reason: str) -> str:
    """Say why a room's history cannot be had."""
    return f"The history of {room} cannot be had: {reason}."


def describe_stream(
    room: str, stream: str, count: int, began: float | None, *, limits: Sequence[str], hosted: bool
) -> str:
    """Say how much a room's history has, since when if that is known, who sees it and how to delete it.

    `limits` are what is known of how much it keeps.
    """
    since = "" if began is None else f" since {time.strftime('%-d %b %Y, %H:%M', time.localtime(began))}"
    has = (
        f"The history of {room} has about {count:,} {'message' if count == 1 else 'messages'}{since}"
        if count
        else f"{room} has an empty history"
    )
    has += f"; {' and '.join(limits)}" if limits else ""
    seen = f"Who may `read` queue `{stream}` sees it"
    if hosted:
        return f"{has}. {seen}; it lives as long as the chat's host."
    return f"{has}. {seen}; to delete it is for an administrator: rabbitmqctl delete_queue {stream}"


def describe_hearsay(nick: str) -> str:
    """Say of a line who says that it was said: whoever hosts a chat hands on what they have heard."""
    return f"as {nick} heard it"


def describe_existing(other: str) -> str:
    """Say that a room has a history already, which stays as it is; `other` is why it may be another one."""
    return f"This room has a history already, which stays as it is: {other}." if other else _EXISTING


def describe_limit(argument: str, value: str) -> str:
    """Say what a stream keeps by one of its arguments, whose value is empty where it has none.

    The text is empty where nobody needs to know.
    """
    match argument:
        case "x-max-age":
            days = re.fullmatch("([0-9]{1,9})D", value)
            kept = _days(int(days[1])) if days else value
            return f"it keeps lines for {kept}" if kept else "it keeps lines however old they are"
        case "x-max-length-bytes":
            kept = f"{int(value) / 1_000_000:,.4g} MB" if re.fullmatch("[0-9]{1,19}", value) else value
            return f"it keeps {kept} at most" if kept else "it keeps however much is said"
    return ""


def announce(limits: HistoryLimits) -> str:
    """Return the line that tells all in a room that a history of it is kept."""
    return f"{ACTION_PREFIX}keeps a history of this room from now on: {_days(limits.days)}"


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count:,} days"


def describe_history(count: int, began: float | None, ended: float | None, came_at: float) -> str:
    """Say how many lines are from the history, and from when, as far as that is known, in local time."""
    lines = "1 line" if count == 1 else f"{count:,} lines"
    span = ""
    if began is not None and ended is not None:
        span = f", {_clock(began, came_at)} to {_clock(ended, came_at)}"
    return f"{lines} of history{span} · you came at {_clock(came_at, came_at)}"


def _clock(moment: float, now: float) -> str:
    then, today = time.localtime(moment), time.localtime(now)
    same_day = (then.tm_year, then.tm_yday) == (today.tm_year, today.tm_yday)
    return time.strftime("%H:%M" if same_day else "%-d %b %H:%M", then)
