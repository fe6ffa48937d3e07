"""The columns of a chat line: time, nick, a rule, text."""

from __future__ import annotations

from dataclasses import dataclass

RULE = "│"
OWN_RULE = "┃"
"""Marks own lines, also where there are no colours."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Widths in cells, for a terminal of a given width."""

    width: int
    time: int
    nick: int

    @classmethod
    def fit(cls, width: int, *, time: int, nick: int) -> Columns:
        """Columns for `width` cells: the text keeps at least half of them, the nick gives way first."""
        return cls(width, time, max(4, min(nick, width // 2 - time - 4)))

    @property
    def text_start(self) -> int:
        """Where the text begins: after time, blank, nick, blank, rule, blank."""
        return self.time + self.nick + 4

    @property
    def text(self) -> int:
        """How wide the text is; never less than two cells, which a wide character needs."""
        return max(2, self.width - self.text_start)
