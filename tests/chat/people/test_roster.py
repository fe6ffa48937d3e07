"""The roster: who is here as far as can be known, whatever strangers make up."""

import tracemalloc
from collections.abc import Sequence
from random import Random

import pytest

from amqpchat_tui.chat.people import budget
from amqpchat_tui.chat.people.roster import MAX_OCCUPANTS, Change, Movement, Roster
from amqpchat_tui.model import Hearsay, Here, Occupant

CAME, LEFT, RENAMED = Movement.CAME, Movement.LEFT, Movement.RENAMED
T = budget.MIN_INTERVAL_SECONDS
GONE = budget.INTERVALS_UNTIL_GONE * T


class Room:
    """A roster, and what it has told."""

    def __init__(self, limit: int = MAX_OCCUPANTS) -> None:
        self.changes: list[Change] = []
        self.roster = Roster("me", self.changes.append, limit)
        self.roster.bound(0.0)

    def hear(self, *who: Occupant, at: float = 0.0, since: int = 0, away: str | None = None) -> None:
        for one in who:
            self.roster.hear(Here(one, away, since), at)

    @property
    def nicks(self) -> list[str]:
        return sorted(one.who.nick for one in self.roster)

    def told(self) -> list[tuple[Movement, str]]:
        told = [(change.movement, change.nick) for change in self.changes]
        self.changes.clear()
        return told


def somebody(nick: str, session: str = "", account: str = "", mailbox: str = "") -> Occupant:
    return Occupant(nick, session or f"session of {nick}", account, mailbox or f"mailbox of {nick}")


BOB, CAROL = somebody("bob"), somebody("carol")
STRANGERS = [somebody(f"stranger{n}", account="mallory") for n in range(2_000)]


class TestComingAndGoing:
    def test_who_says_so_is_here_until_they_leave(self) -> None:
        room = Room()
        room.hear(BOB, CAROL, at=5)
        room.roster.leave(BOB.key)
        assert room.nicks == ["carol"]
        assert room.told() == [(CAME, "bob"), (CAME, "carol"), (LEFT, "bob")]

    def test_who_was_there_before_us_does_not_come(self) -> None:
        room = Room()
        room.hear(BOB, at=5, since=5)
        room.hear(CAROL, at=10, since=3600)
        assert room.nicks == ["bob", "carol"]
        assert room.told() == []

    def test_who_is_silent_for_three_intervals_is_gone(self) -> None:
        room = Room()
        room.hear(BOB, CAROL, since=60)
        room.hear(CAROL, at=30, since=90)
        room.roster.sweep(GONE - 1)
        assert room.nicks == ["bob", "carol"]
        assert room.roster.due <= GONE
        room.roster.sweep(GONE)
        assert room.nicks == ["carol"]
        assert room.told() == [(LEFT, "bob")]

    def test_who_was_missed_comes_back(self) -> None:
        room = Room()
        room.hear(BOB, since=60)
        room.roster.sweep(GONE)
        room.hear(BOB, at=100, since=160)
        assert room.told() == [(LEFT, "bob"), (CAME, "bob")]

    def test_a_mailbox_that_is_no_more_had_an_owner(self) -> None:
        room = Room()
        room.hear(BOB, CAROL, since=60)
        room.roster.miss("mailbox of bob")
        room.roster.miss("mailbox of nobody")
        assert room.nicks == ["carol"]

    def test_a_line_is_a_sign_of_life(self) -> None:
        room = Room()
        room.hear(BOB, since=60)
        room.roster.hear_line(BOB, 40)
        room.roster.hear_line(CAROL, 40)
        room.roster.sweep(GONE + 1)
        assert room.nicks == ["bob", "carol"]
        assert room.told() == []

    def test_two_programs_of_one_nick_are_one_person_who_comes_and_goes(self) -> None:
        room = Room()
        again = somebody("bob", "another")
        room.hear(BOB, again, at=5)
        room.roster.leave(BOB.key)
        assert room.told() == [(CAME, "bob")]
        room.roster.leave(again.key)
        assert room.told() == [(LEFT, "bob")]

    def test_another_nick_is_told(self) -> None:
        room = Room()
        room.hear(BOB, since=60)
        room.hear(somebody("rob", BOB.session), at=5, since=65)
        assert room.nicks == ["rob"]
        assert room.changes == [Change(RENAMED, "bob", "rob")]
        assert room.roster.find("bob") == []
        assert [one.who.nick for one in room.roster.find("ROB")] == ["rob"]

    def test_absence_is_what_was_said_last(self) -> None:
        room = Room()
        room.hear(BOB, away="lunch")
        present = room.roster.get(BOB.key)
        assert present is not None
        room.roster.hear_line(BOB, 5)
        assert present.away == "lunch"
        room.hear(BOB, at=10)
        assert present.away is None

    def test_nobody_leaves_in_the_name_of_a_checked_account(self) -> None:
        room = Room()
        verified = somebody("bob", account="bob")
        room.hear(verified)
        for account in "", "mallory":
            room.roster.leave((account, verified.session))
        assert room.nicks == ["bob"]

    def test_time_without_a_connection_makes_nobody_gone(self) -> None:
        room = Room()
        room.hear(BOB, CAROL, since=60)
        room.roster.lost(20)
        room.roster.sweep(60)
        assert room.roster.bound(60)
        room.hear(CAROL, at=70, since=130)
        assert [one.who.nick for one in room.roster if room.roster.is_stale(one)] == ["bob"]
        room.roster.sweep(60 + GONE - 1)
        assert room.nicks == ["bob", "carol"]
        room.hear(CAROL, at=60 + GONE, since=200)
        room.roster.sweep(60 + GONE)
        assert room.nicks == ["carol"]
        assert room.told() == [(LEFT, "bob")]

    def test_who_comes_while_we_are_away_has_come(self) -> None:
        room = Room()
        room.hear(BOB, since=60)
        room.roster.lost(20)
        room.roster.bound(40)
        room.hear(CAROL, at=45, since=15)
        assert room.told() == [(CAME, "carol")]

    def test_after_long_nothing_is_known(self) -> None:
        room = Room()
        room.hear(BOB)
        room.roster.lost(20)
        assert not room.roster.bound(20 + GONE + 1)
        assert room.nicks == []

    def test_a_room_that_becomes_small_waits_for_those_who_were_told_to_be_slow(self) -> None:
        room = Room()
        crowd = [somebody(f"nick{n}") for n in range(300)]
        room.hear(*crowd, since=60)
        room.hear(*crowd, since=60)
        for one in crowd[2:]:
            room.roster.leave(one.key)
        assert room.roster.interval == T
        room.roster.sweep(budget.INTERVALS_UNTIL_GONE * budget.interval(300) - 1)
        assert room.nicks == ["nick0", "nick1"]


class TestHearsay:
    def test_it_fills_in_whom_one_does_not_know(self) -> None:
        room = Room()
        room.hear(BOB, at=10, since=70, away="lunch")
        known = somebody("robber", BOB.session)
        room.roster.learn(
            [Hearsay(known, 0), Hearsay(CAROL, 5, "tea", 60), Hearsay(somebody("me", "me"), 0)], 10
        )
        assert room.nicks == ["bob", "carol"]
        carol = room.roster.get(CAROL.key)
        assert carol is not None
        assert (carol.is_hearsay, carol.away, carol.heard_at, carol.joined_at) == (True, "tea", 5, -55)
        assert room.told() == []

    def test_it_lasts_from_when_they_were_heard(self) -> None:
        room = Room()
        room.roster.learn([Hearsay(BOB, 40), Hearsay(CAROL, 0)], 10)
        room.roster.sweep(16)
        assert room.nicks == ["carol"]
        assert room.told() == []

    def test_who_is_heard_is_no_hearsay(self) -> None:
        room = Room()
        room.roster.learn([Hearsay(BOB, 40, since=10)], 10)
        room.hear(BOB, at=12, since=60)
        present = room.roster.get(BOB.key)
        assert present is not None
        assert not present.is_hearsay
        assert room.told() == []

    def test_the_latest_are_told_first_and_nobody_of_before_an_outage(self) -> None:
        room = Room()
        room.hear(BOB, at=1)
        room.roster.lost(5)
        room.roster.bound(6)
        room.hear(CAROL, at=7, since=100)
        room.hear(somebody("dmitri"), at=8, away="tea")
        told = room.roster.tell(10, 20.9)
        assert told == [
            Hearsay(somebody("dmitri"), 12, "tea", 0),
            Hearsay(CAROL, 13, None, 100),
        ]
        assert len(room.roster.tell(1, 20)) == 1


class TestAnsweringInTurn:
    def test_three_of_many_answer_and_not_always_the_same(self) -> None:
        sessions = [f"{n:016x}" for n in range(40)]
        rosters = []
        for session in sessions:
            roster = Roster(session, lambda change: None)
            roster.bound(0.0)
            for other in sessions:
                if other != session:
                    roster.hear(Here(somebody(other, other)), 0.0)
            rosters.append(roster)
        answerers = set()
        for asker in range(20):
            ranks = [roster.rank(f"asker {asker}", 3) for roster in rosters]
            assert sorted(rank for rank in ranks if rank < 3) == [0, 1, 2]
            answerers.add(ranks.index(0))
        assert len(answerers) > 10


class TestLargeRooms:
    def crowd(self, size: int) -> Sequence[Occupant]:
        random = Random(1)
        return [somebody(f"nick{n}", f"{random.getrandbits(64):016x}") for n in range(size)]

    def test_above_1_000_people_the_census_counts_for_all(self) -> None:
        room = Room()
        crowd = self.crowd(3_000)
        room.hear(*crowd, since=60)
        assert room.roster.is_large
        silent = [one for one in crowd if not budget.in_census(one.session)]
        room.hear(*(one for one in crowd if budget.in_census(one.session)), at=1_700, since=1_760)
        room.roster.sweep(1_800.0)
        assert len(room.roster) == 3_000 - len(silent)
        assert room.roster.size == pytest.approx(3_000, rel=0.15)
        assert room.told() == []  # nobody can tell whether those have left

    def test_it_stays_large_until_there_are_clearly_less(self) -> None:
        room = Room()
        crowd = self.crowd(1_100)
        room.hear(*crowd, since=60)
        assert room.roster.is_large
        for one in crowd[:200]:
            room.roster.leave(one.key)
        assert room.roster.is_large
        for one in crowd[200:]:
            room.roster.leave(one.key)
        assert not room.roster.is_large
        assert room.roster.size == 1

    def test_who_was_silent_is_still_counted_when_it_is_not_large_any_more(self) -> None:
        room = Room()
        census = [one for one in self.crowd(1_100) if budget.in_census(one.session)]
        room.hear(*self.crowd(1_100), since=60)
        room.hear(*census, at=1_700, since=1_760)
        room.roster.sweep(1_800.0)
        for one in census[100:]:
            room.roster.leave(one.key)
        for one in census[:20]:
            room.roster.leave(one.key)
        assert not room.roster.is_large
        assert room.roster.size > 600

    def test_the_census_is_told_first(self) -> None:
        room = Room()
        crowd = self.crowd(1_500)
        for at, one in enumerate(crowd):
            room.hear(one, at=at / 1_000, since=60)
        census = {one.session for one in crowd if budget.in_census(one.session)}
        told = room.roster.tell(len(census), 10.0)
        assert {one.who.session for one in told} == census


class TestFloods:
    """A stranger makes up names. Whoever was heard twice or speaks stays, and each account has its share."""

    def room(self) -> Room:
        room = Room(limit=100)
        room.hear(BOB, since=60)
        room.hear(BOB, at=10, since=70)
        return room

    def test_a_million_names_cost_no_more_than_the_limit(self) -> None:
        room = Room()
        room.hear(BOB, since=60)
        room.hear(BOB, at=10, since=70)
        tracemalloc.start()
        sizes = []
        for first in range(0, 30_000, 10_000):
            for number in range(first, first + 10_000):
                room.roster.hear(Here(Occupant(f"x{number}", f"{number:x}"), since=60), 11.0)
            sizes.append(tracemalloc.get_traced_memory()[0])
        tracemalloc.stop()
        assert len(room.roster) == MAX_OCCUPANTS
        assert room.roster.get(BOB.key) is not None
        assert sizes[0] < 8_000_000
        assert sizes[2] - sizes[1] < 100_000, "all are held by then, and there may be a million"

    def test_who_was_there_before_stays_and_who_speaks_gets_in(self) -> None:
        room = self.room()
        room.hear(CAROL, at=10, since=10)
        room.hear(*STRANGERS, at=11)
        assert {"bob", "carol"} <= set(room.nicks)
        late, speaker = somebody("late", account="mallory"), somebody("speaker", account="mallory")
        room.hear(late, at=12)
        room.roster.hear_line(speaker, 12)
        assert "late" not in room.nicks
        assert "speaker" in room.nicks
        assert len(room.roster) == 100

    def test_who_says_it_twice_at_once_is_still_on_probation(self) -> None:
        room = self.room()
        for stranger in STRANGERS:
            room.hear(stranger, stranger, at=11)
        room.roster.hear_line(CAROL, 12)
        assert {"bob", "carol"} <= set(room.nicks)

    def test_another_account_gets_in(self) -> None:
        room = self.room()
        room.hear(*STRANGERS, at=11)
        honest = [somebody(f"honest{n}", account="ops") for n in range(60)]
        room.hear(*honest, at=12)
        inside = [nick for nick in room.nicks if nick.startswith("honest")]
        assert len(inside) == pytest.approx(49, abs=1)
        assert len(room.roster) == 100

    def test_when_all_are_established_nobody_new_gets_in(self) -> None:
        room = Room(limit=100)
        for at in 0, 10:
            room.hear(*STRANGERS[:100], at=at)
        room.roster.hear_line(CAROL, 11)
        assert "carol" not in room.nicks
        room.roster.leave(STRANGERS[0].key)
        room.roster.hear_line(CAROL, 12)
        assert "carol" in room.nicks

    def test_a_flood_passes(self) -> None:
        room = Room()
        room.hear(BOB, since=60)
        room.hear(*STRANGERS[:900], at=11)
        begin = 11 + budget.INTERVALS_UNTIL_GONE * room.roster.interval
        room.hear(BOB, at=begin - 1, since=1_000)
        room.roster.sweep(begin)
        assert room.nicks == ["bob"]
        assert room.roster.interval == T

    def test_answers_are_bounded_like_all_else(self) -> None:
        room = self.room()
        room.roster.learn([Hearsay(stranger, 0) for stranger in STRANGERS], 11)
        assert len(room.roster) == 100
        assert "bob" in room.nicks
