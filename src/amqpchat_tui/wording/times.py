"""Points in time and durations, in words."""

from __future__ import annotations

import time

_UNITS = ((24 * 60 * 60, "d"), (60 * 60, "h"), (60, "min"))


def clock_time(at: float, now: float) -> str:
    """When it is, with the day where that is another one."""
    then, today = time.localtime(at), time.localtime(now)
    return time.strftime("%H:%M" if then[:3] == today[:3] else "%H:%M on %Y-%m-%d", then)


def duration(seconds: float) -> str:
    """A time of whole minutes in the greatest unit that leaves no rest."""
    size, unit = next((size, unit) for size, unit in _UNITS if seconds % size == 0)
    return f"{seconds / size:.0f} {unit}"


def elapsed(seconds: float) -> str:
    """How long something took, in its two greatest units, as in `3 m 12 s`."""
    total = max(0, round(seconds))
    minutes, rest = divmod(total, 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} m"
    return f"{minutes} m {rest} s" if minutes else f"{seconds:.1f} s" if total < 10 else f"{rest} s"
