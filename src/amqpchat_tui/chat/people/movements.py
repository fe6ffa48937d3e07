"""Which comings and goings a person is told of, and as what: consecutive ones are one row.

In a room of many, hardly any of them matter: by default only those of people with whom one talks, as in
WeeChat's smart filter.
"""

from __future__ import annotations

from collections.abc import Iterable

from amqpchat_tui.chat.people.roster import Change, Movement
from amqpchat_tui.matching import folded, has_word
from amqpchat_tui.model import MovementLines
from amqpchat_tui.wording.people import describe_movements

TALKED_SECONDS = 600.0
"""How long one talks with somebody who has spoken, or whom the person has named."""
MAX_TALKED = 500
MAX_NICKS = 100
"""How many of a row are told apart; more are counted."""


def describe_movement(change: Change) -> str:
    """Say who has come, gone or taken another nick."""
    return _describe([change])


def _describe(changes: Iterable[Change], more: int = 0) -> str:
    by_kind: dict[Movement, list[Change]] = {kind: [] for kind in Movement}
    for change in changes:
        by_kind[change.movement].append(change)
    return describe_movements(
        [change.nick for change in by_kind[Movement.CAME]],
        [change.nick for change in by_kind[Movement.LEFT]],
        [(change.nick, change.renamed_to) for change in by_kind[Movement.RENAMED]],
        more,
    )


class Movements:
    """The comings and goings in a room since the last line."""

    def __init__(self, lines: MovementLines) -> None:
        self.lines = lines
        """Of whom the person is told."""
        self._talked: dict[str, float] = {}
        """By nick: when they spoke last or were named, the latest at the end."""
        self._row: dict[str, Change] = {}
        """By the nick that the person knows, with the latest change."""
        self._more = 0

    def spoke(self, nick: str, now: float) -> None:
        """Somebody speaks, or the person names them."""
        self._talked.pop(nick, None)
        self._talked[nick] = now
        if len(self._talked) > MAX_TALKED:
            del self._talked[next(iter(self._talked))]

    def named(self, text: str, nicks: Iterable[str], now: float) -> None:
        """The person says a line, which may name some of those who are here."""
        form = folded(text)
        for nick in nicks:
            if has_word(folded(nick), form):
                self.spoke(nick, now)

    def end_row(self) -> None:
        """A line comes: what follows is another row."""
        self._row.clear()
        self._more = 0

    @property
    def row(self) -> str:
        """The row as it reads now; empty when there is none."""
        return _describe(self._row.values(), self._more)

    def take(self, change: Change, now: float) -> bool:
        """Take a change into the row, if the person is to be told of it; tell whether that is so."""
        if not self._is_told(change, now):
            return False
        if change.movement is Movement.RENAMED and change.nick in self._talked:
            self.spoke(change.renamed_to, self._talked[change.nick])
        self._row.pop(change.nick, None)
        if len(self._row) < MAX_NICKS:
            self._row[change.nick] = change
        else:
            self._more += 1
        return True

    def _is_told(self, change: Change, now: float) -> bool:
        if self.lines is MovementLines.SMART:
            return now - self._talked.get(change.nick, float("-inf")) < TALKED_SECONDS
        return self.lines is MovementLines.ALL
