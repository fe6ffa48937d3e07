"""What a search has found so far, the newest first, and how it goes on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from amqpchat_tui.chat.mentions import Finder
from amqpchat_tui.model import LoggedLine, LogSearch

PAGE_LINES = 100
"""How many lines are asked for at once."""


class Results:
    """The lines of one search, of which more are asked for as one goes down."""

    def __init__(self, finder: Finder, search: LogSearch) -> None:
        self.search = search
        self.lines: Sequence[LoggedLine] = ()
        """Those of the log, and as far down as these go, those of histories: their numbers are below 0."""
        self.picked = 0
        """The place of the picked line."""
        self.complete = False
        """Whether there are no more."""
        self.remark = ""
        """What is to be said about looking into histories."""
        self._finder = finder
        self._logged: Sequence[LoggedLine] = ()
        self._found: list[LoggedLine] = []

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
            below = self._logged[-1].number if self._logged else None
            found = await self._finder.find(self.search, PAGE_LINES, below)
            self._logged = [*self._logged, *found]
            self.complete = len(found) < PAGE_LINES
            self._merge()

    def add(self, found: Sequence[LoggedLine]) -> None:
        """Take lines that were found in a history; what is picked stays picked."""
        if found:
            self._found += found
            self._merge()

    def _merge(self) -> None:
        picked = self.line
        found = sorted(self._found, key=_moment, reverse=True)
        if not self.complete and self._logged:  # what is older has its turn with the log's next lines
            found = [line for line in found if _moment(line) >= _moment(self._logged[-1])]
        self.lines = [*_merged(self._logged, found)]
        if picked is not None:
            self.picked = next(place for place, line in enumerate(self.lines) if line is picked)

    def needs_more(self, step: int) -> bool:
        """Whether a step down leads to where more lines may be."""
        return not self.complete and self.picked + step >= len(self.lines)

    def move(self, step: int) -> None:
        """Pick the line so many below; above, where that is negative."""
        self.picked = max(0, min(len(self.lines) - 1, self.picked + step))

    @property
    def count(self) -> str:
        """How many there are, and which is picked."""
        count = "nothing found"
        if self.lines:
            count = f"{self.picked + 1} of {len(self.lines)}{'' if self.complete else '+'}"
        return " · ".join(filter(None, (count, self.remark)))


def _moment(line: LoggedLine) -> float:
    return line.message.received_at


def _merged(logged: Sequence[LoggedLine], found: Sequence[LoggedLine]) -> Iterator[LoggedLine]:
    """Put lines before the first of the log's that are not newer; those stay in their order."""
    place = 0
    for line in logged:
        while place < len(found) and _moment(found[place]) >= _moment(line):
            yield found[place]
            place += 1
        yield line
    yield from found[place:]
