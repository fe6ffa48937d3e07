"""What the scrollback says where lines may be missing."""

from __future__ import annotations

import time

from amqpchat_tui.model import Gap

CLOCK_TOLERANCE_SECONDS = 2.0
"""By how much the wall clock may be off over a gap before that is told."""


def describe_gap(gap: Gap) -> str:
    """Say from when to when there was no connection, in local time."""
    return f"Nothing heard {_span(gap)}: lines sent meanwhile are missing here."


def describe_filled(said: str, count: int, *, more: bool, left_out: int = 0) -> str:
    """Say of a gap, of which so much was `said`, that the room's history had so many lines from then.

    With `more`, others may be missing; about so many older ones were certainly `left_out`.
    """
    if more and not count:
        return said
    lines = "1 line" if count == 1 else f"{count:,} lines"
    told = f"{lines} filled in" if count else "the history has nothing from then"
    if left_out:
        told += f", about {left_out:,} before them {'is' if left_out == 1 else 'are'} missing"
    elif more:
        told += ", others may be missing"
    return f"{said.partition(': lines ')[0]} · {told}"


def describe_deletion(gap: Gap) -> str:
    """Say from when to when the room was deleted, or others were in a new one without us."""
    return f"The room was deleted. Nothing heard {_span(gap)}: lines sent meanwhile may be missing here."


def describe_deafness(gap: Gap) -> str:
    """Say between when and when the room may not have been heard, though there was a connection."""
    return (
        f"Own lines did not come back: lines between {_clock(gap.began)} and {_clock(gap.ended)}"
        f"{_set_meanwhile(gap)} may be missing here."
    )


def describe_overflow(gap: Gap) -> str:
    """Say from when to when the broker had to drop lines that waited for this program."""
    return f"Stopped, or too slow for the room, {_span(gap)}: lines sent meanwhile may be missing here."


def describe_backlog(gap: Gap, limit: int) -> str:
    """Say between when and when more lines waited for this program than the broker keeps."""
    return (
        f"Stopped, or too slow for the room, {_span(gap)}. Of what waits, the broker keeps the latest "
        f"{limit:,} lines, which are above: older ones may be missing."
    )


def _span(gap: Gap) -> str:
    clocks = f"from {_clock(gap.began)} to {_clock(gap.ended)}"
    return f"{clocks} ({_duration(gap.seconds)}){_set_meanwhile(gap)}"


def _set_meanwhile(gap: Gap) -> str:
    """Why the two times do not fit the time between them, if they do not."""
    ahead = gap.ended - gap.began - gap.seconds
    if abs(ahead) < CLOCK_TOLERANCE_SECONDS:
        return ""
    return f", while the clock was set {'ahead' if ahead > 0 else 'back'}"


def _clock(moment: float) -> str:
    return time.strftime("%H:%M:%S", time.localtime(moment))


def _duration(seconds: float) -> str:
    whole = round(seconds)
    if whole < 1:
        return "less than 1 s"
    if whole < 60:
        return f"{whole} s"
    minutes, whole = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {whole} s"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {minutes} min"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h"
