"""What the list of people says, row by row."""

from __future__ import annotations

from random import Random

from msgspec.structs import replace
from rich.cells import cell_len

from amqpchat_tui.chat.people import budget
from amqpchat_tui.chat.people.accounts import Accounts, Called, Mark
from amqpchat_tui.chat.people.attendance import Attendance, Person
from amqpchat_tui.chat.people.plain import Heard
from amqpchat_tui.model import Here, Occupant
from amqpchat_tui.ui.panels.panel_text import Look
from amqpchat_tui.ui.panels.people_text import PEOPLE_CELLS, Company, PersonRow, people_rows
from amqpchat_tui.wording.people import describe_number

BOB = Person("bob", "", Called("bob"), 1, None, since=0.0, heard_at=0.0, stale=False, typing=False, own=False)
ME = Occupant("alice", "5e55", mailbox="mine")


class Ear:
    """Hears nothing of what changes."""

    def people_changed(self) -> None: ...

    def people_moved(self, row: str) -> None: ...

    def person_moved(self, change: object) -> None: ...


def rows_of(
    *people: Person, number: str = "2", label: str = "ops", heard: tuple[Heard, ...] = ()
) -> list[str]:
    rows = people_rows(Company(label, number, people, heard, 0.0), PEOPLE_CELLS)
    assert all(cell_len(text(row)) == PEOPLE_CELLS for row in rows)
    return [text(row).rstrip() for row in rows]


def text(row: PersonRow) -> str:
    return "".join(part.text for part in row.parts)


def looks(person: Person) -> dict[str, Look]:
    """How each word about somebody looks."""
    row = people_rows(Company("ops", "2", (person,), (), 0.0), PEOPLE_CELLS)[1]
    return {part.text.strip(): part.look for part in row.parts if part.text.strip()}


def test_whoever_was_not_heard_since_the_broker_was_lost_is_grey() -> None:
    assert looks(BOB) == {"●": Look.GOOD, "bob": Look.PLAIN}
    assert looks(replace(BOB, stale=True)) == {"●": Look.MUTED, "bob": Look.MUTED}


def test_after_the_broker_is_back_each_is_grey_until_they_are_heard() -> None:
    people = Attendance(ME, Ear(), Accounts(lambda _: None), Random(1))
    bob, carol = Occupant("bob", "1", mailbox="b"), Occupant("carol", "2", mailbox="c")
    people.bound(ME, 0.0)
    for who in bob, carol:
        people.hear(Here(who, since=60), 1.0)
    people.lost(10.0)
    people.bound(ME, 12.0)
    people.hear(Here(bob, since=71), 13.0)
    company = Company.of("ops", people, 14.0)
    assert text(people_rows(company, PEOPLE_CELLS)[0]).rstrip() == " HERE 3 · ops"
    grey = {one.nick: Look.MUTED in looks(one).values() for one in company.here}
    assert grey == {"alice": False, "bob": False, "carol": True}


def test_who_is_away_and_who_types() -> None:
    assert rows_of(replace(BOB, away="lunch"))[1] == " ◐ bob  lunch"
    (_, typist) = rows_of(replace(BOB, typing=True, sessions=2))
    assert typist.split() == ["●", "bob", "×2", "✎"]
    assert looks(replace(BOB, away=""))["bob"] is Look.MUTED


def test_a_doubtful_and_a_verified_name() -> None:
    ours, theirs = Called("bob", mark=Mark.VERIFIED), Called("bob", "guest", Mark.DOUBTFUL)
    assert looks(replace(BOB, called=theirs))["bob (guest)"] is Look.PROBLEM
    long = Called("somebody", "an account", Mark.DOUBTFUL)
    rows = rows_of(*(replace(BOB, called=called) for called in (ours, theirs, long)))
    assert rows[1:] == [" ● bob             ✓", " ● bob (guest)     ?", " ● somebody (an a… ?"]


def test_of_a_large_room_the_number_is_about() -> None:
    people = Attendance(ME, Ear(), Accounts(lambda _: None), Random(1))
    people.bound(ME, 0.0)
    for number in range(budget.LARGE_SIZE + 180):
        people.hear(Here(Occupant(f"nick{number}", f"{number}"), since=60), 1.0)
    company = Company.of("ops", people, 2.0)
    assert company.number.startswith("about 1,")
    assert text(people_rows(company, PEOPLE_CELLS)[1]).strip() == f"HERE {company.number}"


def test_a_long_heading_takes_two_rows_and_cuts_neither_name_nor_number() -> None:
    about = describe_number(1_180, is_estimate=True)
    assert rows_of(BOB, number=about)[:2] == [" ops", " HERE about 1,200"]
    assert rows_of(BOB, label="broadcast_chat")[:2] == [" broadcast_chat", " HERE 2"]
    assert rows_of(BOB, number="", label="ops")[0] == " LAST SEEN · ops"


def test_plain_scripts_stand_below() -> None:
    assert rows_of(BOB, heard=(Heard("cron", "", 0.0),))[2] == " HEARD, PLAIN"
    assert rows_of(heard=(Heard("cron", "", 0.0),))[0] == " HEARD"
