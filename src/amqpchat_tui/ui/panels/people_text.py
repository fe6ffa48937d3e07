"""What the panel of people says, cell by cell. Knows no widget."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from msgspec import Struct
from rich.cells import cell_len

from amqpchat_tui.chat.people.accounts import Mark
from amqpchat_tui.chat.people.attendance import Attendance, Person
from amqpchat_tui.chat.people.plain import Heard
from amqpchat_tui.ui.panels.panel_text import WIDER_COLUMNS, Look, Part, Visibility, fill, fit
from amqpchat_tui.wording.people import describe_number

PEOPLE_CELLS = 20
"""How wide the panel is, with the column of its scrollbar and without the rule at its left."""


class PersonRow(NamedTuple):
    """A row of the panel."""

    parts: Sequence[Part]
    nick: str = ""
    """Whom it is about; empty for a heading."""


class Company(Struct, frozen=True):
    """The people of a room, as they are shown at some moment."""

    label: str
    """The room's."""
    number: str
    """How many are here, in words; empty where nobody can tell."""
    here: Sequence[Person]
    heard: Sequence[Heard]
    told_at: float
    """The moment, by the clock of those times."""

    @classmethod
    def of(cls, label: str, people: Attendance, now: float) -> Company:
        """Look who is in a room."""
        return cls(label, number_of(people), people.here(now), people.heard(now), now)

    def heard_at(self, heard: Heard) -> str:
        """When somebody has spoken, by the clock on the wall."""
        return time.strftime("%H:%M", time.localtime(time.time() - (self.told_at - heard.at)))


def number_of(people: Attendance) -> str:
    """Say how many are in a room; empty where nobody can tell."""
    return describe_number(people.headcount, is_estimate=people.roster.is_large) if people.is_bound else ""


def has_space(visibility: Visibility, columns: int) -> bool:
    """Whether the panel may be there in a terminal of so many columns, whoever is in the room."""
    return visibility is Visibility.SHOWN or (visibility is Visibility.AUTOMATIC and columns >= WIDER_COLUMNS)


def people_cells(visibility: Visibility, columns: int, company: Company) -> int:
    """How wide the panel is in a terminal that has space for it; 0 where there is none.

    By itself it comes for more than one, of whom the reader would be the first.
    """
    if visibility is Visibility.AUTOMATIC and len(company.here) + len(company.heard) < 2:
        return 0
    return min(PEOPLE_CELLS, columns // 2)


def people_rows(company: Company, cells: int) -> list[PersonRow]:
    """Those who are here, then plain scripts that were heard, each kind under a heading."""
    rows: list[PersonRow] = []
    if company.here:
        rows += [_heading(text, cells) for text in _titles(company, cells)]
        rows += [PersonRow(fill(_person_parts(one, cells), cells), one.nick) for one in company.here]
    if company.heard:
        rows.append(_heading(" HEARD, PLAIN" if company.here else " HEARD", cells))
        rows += [
            PersonRow(_heard_parts(one, company.heard_at(one), cells), one.nick) for one in company.heard
        ]
    return rows


def _titles(company: Company, cells: int) -> Sequence[str]:
    """The heading of those who are here; where the room's name has no space beside it, in two rows."""
    title = f" HERE {company.number}" if company.number else " LAST SEEN"
    whole = f"{title} · {company.label}"
    return [whole] if cell_len(whole) <= cells else [f" {company.label}", title]


def _heading(text: str, cells: int) -> PersonRow:
    return PersonRow(fill([Part(text, Look.MUTED)], cells))


def _person_parts(one: Person, cells: int) -> Sequence[Part]:
    marks = "".join(_marks(one))
    name = f"{one.called.name} ×{one.sessions}" if one.sessions > 1 else one.called.name
    room = max(0, cells - cell_len(marks) - 3)
    label = fit(name, room)
    room -= cell_len(label)
    absence = fit(f"  {one.away}", room) if one.away and room > 3 else ""
    look = Look.MUTED if one.stale or one.away is not None else Look.PLAIN
    return [
        Part(" ◐ " if one.away is not None else " ● ", Look.MUTED if look is Look.MUTED else Look.GOOD),
        Part(label, Look.PROBLEM if one.called.mark is Mark.DOUBTFUL else look),
        Part(absence + " " * (room - cell_len(absence)), Look.MUTED),
        Part(marks, look),
    ]


def _marks(one: Person) -> Iterator[str]:
    if one.called.mark.value:
        yield f" {one.called.mark.value}"
    if one.typing:
        yield " ✎"


def _heard_parts(one: Heard, at: str, cells: int) -> Sequence[Part]:
    label = fit(one.nick, max(0, cells - 3 - len(at) - 1))
    blank = " " * max(1, cells - 3 - len(at) - cell_len(label))
    return fill([Part(" · ", Look.MUTED), Part(label), Part(blank + at, Look.MUTED)], cells)
