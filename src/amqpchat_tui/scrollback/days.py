"""When another local day begins."""

from __future__ import annotations

import time

from amqpchat_tui.model import ChatMessage, Entry

_QUARTER_SECONDS = 900
"""As all time zones are whole quarters of an hour from UTC, no day begins within such a quarter."""


class Days:
    """Goes along with entries, and knows the day of the latest."""

    def __init__(self) -> None:
        self._quarter: float | None = None
        self._day: tuple[int, int] | None = None

    def turn_to(self, at: float) -> bool:
        """Go on to a moment; tell whether it is on another day than the last one, if there was one."""
        if at // _QUARTER_SECONDS == self._quarter:
            return False
        self._quarter = at // _QUARTER_SECONDS
        local = time.localtime(at)
        before, self._day = self._day, (local.tm_year, local.tm_yday)
        return before not in (None, self._day)


def moment(entry: Entry) -> float:
    """Return when an entry came."""
    return entry.received_at if isinstance(entry, ChatMessage) else entry.at
