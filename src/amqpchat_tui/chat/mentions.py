"""Finds lines in the log, and of those that were said to others, the ones that concern the person."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from amqpchat_tui.chat.attention import Attention
from amqpchat_tui.chat.hiding import Hiding
from amqpchat_tui.chat.logbook import Logbook
from amqpchat_tui.model import LoggedLine, LogSearch

CANDIDATES = 500
"""How many lines with a word are asked for at once: of a short one, many have it within another word."""


class Finder:
    """Looks into the log, which knows what lines say, but not whom they concern."""

    def __init__(self, logbook: Logbook, attention: Attention, hiding: Hiding) -> None:
        self._logbook = logbook
        self._attention = attention
        self._hiding = hiding

    def words(self, search: LogSearch) -> Sequence[str]:
        """Return what stands out in lines that are found."""
        return (*search.words, *self._attention.words) if search.to_me else search.words

    async def find(self, search: LogSearch, most: int, below: int | None = None) -> Sequence[LoggedLine]:
        """Return lines as `Logbook.search` does, or some more; fewer than `most` if there are no more."""
        if not search.to_me:
            return await self._logbook.search(search, most, below)
        found: list[LoggedLine] = []
        complete = False
        while len(found) < most and not complete:
            lines, complete = await self._candidates(search, below)
            found += [line for line in lines if self.takes(search, line)]
            below = lines[-1].number if lines else below
        return found

    def takes(self, search: LogSearch, line: LoggedLine) -> bool:
        """Whether a line that has the words is found: that it concerns the person may be asked for."""
        if not search.to_me:
            return True
        message = line.message
        return self._attention.concerns(message) and not self._hiding.hides(line.conversation, message)

    async def _candidates(self, search: LogSearch, below: int | None) -> tuple[Sequence[LoggedLine], bool]:
        """Return the latest lines with one of the words for which one is called, and whether these are all.

        Each word is looked for alone, by the index. Of one that more lines have, only those are known down
        to some number, below which nothing is returned for the others either.
        """
        lines: dict[int, LoggedLine] = {}
        known_to = 0
        for word in self._attention.words:
            wanted = replace(search, words=(*search.words, word), to_me=False)
            found = await self._logbook.search(wanted, CANDIDATES, below)
            lines |= {line.number: line for line in found}
            if len(found) == CANDIDATES:
                known_to = max(known_to, found[-1].number)
        numbers = sorted((number for number in lines if number >= known_to), reverse=True)
        return [lines[number] for number in numbers], not known_to
