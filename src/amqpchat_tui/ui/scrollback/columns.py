"""The columns of a chat line: time, nick, a rule, text."""

from __future__ import annotations

import time
from functools import lru_cache

from msgspec import Struct
from rich.cells import cell_len, set_cell_size

from amqpchat_tui.chat.people.accounts import Called

RULE = "│"
OWN_RULE = "┃"
"""Marks own lines, also where there are no colours."""
LEVEL_RULE = "▌"
"""Marks what a program tells, in a colour for how bad it is."""
ACTION = "*"
"""Stands in the place of the nick where the text begins with that."""

_WIDEST_TIME = time.struct_time((2026, 9, 30, 22, 58, 58, 2, 273, 0))
"""A Wednesday in September."""


@lru_cache(maxsize=8)
def time_width(time_format: str) -> int:
    """Cells that a time takes at most in a format of `time.strftime`."""
    return cell_len(time.strftime(time_format, _WIDEST_TIME))


class Columns(Struct, frozen=True):
    """Widths in cells, for a terminal of a given width."""

    width: int
    time: int
    nick: int

    @classmethod
    def fit(cls, width: int, *, time_format: str, nick: int) -> Columns:
        """Columns for `width` cells: the text keeps at least half of them, the nick gives way first."""
        when = time_width(time_format)
        return cls(width, when, max(4, min(nick, width // 2 - when - 4)))

    @property
    def text_start(self) -> int:
        """Where the text begins: after time, blank, nick, blank, rule, blank."""
        return self.time + self.nick + 4

    @property
    def text(self) -> int:
        """How wide the text is; never less than two cells, which a wide character needs."""
        return max(2, self.width - self.text_start)


def fit_name(called: Called, cells: int) -> str:
    """Say who speaks in exactly so many cells: of a long name the end gives way, and never the mark."""
    name, sign = called.name, f" {called.mark.value}" if called.mark.value else ""
    room = cells - len(sign)
    if cell_len(name) > room:
        name = set_cell_size(name, room - 1) + "…"
    return " " * (room - cell_len(name)) + name + sign
