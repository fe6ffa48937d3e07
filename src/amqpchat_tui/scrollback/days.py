"""When another local day begins."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator

from amqpchat_tui.model import ChatMessage, DaySeparator, Entry

_QUARTER_SECONDS = 900
"""As all time zones are whole quarters of an hour from UTC, no day begins within such a quarter."""


class Days:
    """Goes along with entries, and knows the day of the latest."""

    def __init__(self) -> None:
        self._quarter: float | None = None
        self._zone = 0
        self._day: tuple[int, int] | None = None

    def is_near(self, at: float) -> bool:
        """Whether a moment is so near to the last one that it is on the same day."""
        return at // _QUARTER_SECONDS == self._quarter and time.timezone == self._zone

    def turn_to(self, at: float) -> bool:
        """Go on to a moment; tell whether it is on another day than the last one, if there was one."""
        if self.is_near(at):
            return False
        self._quarter, self._zone = at // _QUARTER_SECONDS, time.timezone
        local = time.localtime(at)
        before, self._day = self._day, (local.tm_year, local.tm_yday)
        return before not in (None, self._day)


def with_days(above: Entry | None, entries: Iterable[Entry], below: Entry | None) -> Iterator[Entry]:
    """Add the days that begin among entries which come in between two others, or right below them."""
    days = Days()
    if above is not None:
        days.turn_to(moment(above))
    entry = None
    for entry in entries:
        if days.turn_to(moment(entry)) and not isinstance(entry, DaySeparator):
            yield DaySeparator(moment(entry))
        yield entry
    if entry is None or below is None or isinstance(below, DaySeparator):
        return
    if days.turn_to(moment(below)):
        yield DaySeparator(moment(below))


def repeats_day(above: Entry, below: Entry) -> bool:
    """Whether an entry says which day begins, while what is above is of that day already."""
    days = Days()
    days.turn_to(moment(above))
    return isinstance(below, DaySeparator) and not days.turn_to(below.at)


def moment(entry: Entry) -> float:
    """Return when an entry came."""
    return entry.received_at if isinstance(entry, ChatMessage) else entry.at
