"""What the scrollback says where lines may be missing."""

from __future__ import annotations

import time


def describe_gap(began: float, ended: float) -> str:
    """Say from when to when nothing was heard; both in seconds since the epoch, shown in local time."""
    return (
        f"Nothing heard from {_clock(began)} to {_clock(ended)} ({_duration(ended - began)}): "
        "lines sent meanwhile are missing here."
    )


def describe_deafness(began: float, ended: float) -> str:
    """Say between when and when the room may not have been heard, though there was a connection."""
    return (
        f"Own lines did not come back: deaf in this room between {_clock(began)} and {_clock(ended)}. "
        "Lines sent meanwhile may be missing here."
    )


def describe_overflow(began: float, ended: float, limit: int) -> str:
    """Say between when and when more lines waited for this program than the broker keeps."""
    return (
        f"Stopped, or too slow for the room, from {_clock(began)} to {_clock(ended)} "
        f"({_duration(ended - began)}). Of what waits, the broker keeps the latest {limit:,} lines, "
        "which are above: older ones may be missing."
    )


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
