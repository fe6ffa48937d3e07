"""What a search has found so far, the newest first, and how it goes on."""

from __future__ import annotations

from collections.abc import Sequence

from amqpchat_tui.chat.mentions import Finder
from amqpchat_tui.model import LoggedLine, LogSearch

PAGE_LINES = 100
"""How many lines are asked for at once."""


class Results:
    """The lines of one search, of which more are asked for as one goes down."""

    def __init__(self, finder: Finder, search: LogSearch) -> None:
        self.search = search
        self.lines: Sequence[LoggedLine] = ()
        self.picked = 0
        """The place of the picked line."""
        self.complete = False
        """Whether there are no more."""
        self._finder = finder

    @property
    def words(self) -> Sequence[str]:
        """What stands out in the lines."""
        return self._finder.words(self.search)

    @property
    def line(self) -> LoggedLine | None:
        """The picked line."""
        return self.lines[self.picked] if self.picked < len(self.lines) else None

    async def more(self) -> None:
        """Ask for more lines; raise `LogError` when that cannot be."""
        if not self.complete:
            below = self.lines[-1].number if self.lines else None
            found = await self._finder.find(self.search, PAGE_LINES, below)
            self.lines = [*self.lines, *found]
            self.complete = len(found) < PAGE_LINES

    def needs_more(self, step: int) -> bool:
        """Whether a step down leads to where more lines may be."""
        return not self.complete and self.picked + step >= len(self.lines)

    def move(self, step: int) -> None:
        """Pick the line so many below; above, where that is negative."""
        self.picked = max(0, min(len(self.lines) - 1, self.picked + step))

    @property
    def count(self) -> str:
        """How many there are, and which is picked."""
        if not self.lines:
            return "nothing found"
        return f"{self.picked + 1} of {len(self.lines)}{'' if self.complete else '+'}"
