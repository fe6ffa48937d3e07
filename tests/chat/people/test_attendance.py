"""The people of a room, as they are shown."""

from collections.abc import Iterator
from itertools import count
from random import Random

from amqpchat_tui.chat.people.accounts import Accounts, Mark
from amqpchat_tui.chat.people.announcer import Part
from amqpchat_tui.chat.people.attendance import Attendance, Person
from amqpchat_tui.chat.people.plain import HEARD_SECONDS, MAX_HEARD
from amqpchat_tui.chat.people.roster import Change
from amqpchat_tui.chat.people.typists import TYPING_SHOWN_SECONDS
from amqpchat_tui.model import Bye, Here, MovementLines, Occupant, Typing
from amqpchat_tui.wording.people import describe_headcount, describe_typists

ME = Occupant("alice", "5e55", "alice", "mine")


class Room:
    """An attendance, and what it has told."""

    def __init__(
        self, *, part: Part = Part.ANNOUNCES, lines: MovementLines = MovementLines.ALL, bound: bool = True
    ) -> None:
        self.rows: list[str] = []
        self.changes: list[Change] = []
        self.warnings: list[str] = []
        self.times: Iterator[int] = count()
        self.read = 0
        accounts = Accounts(self.warnings.append)
        self.people = Attendance(ME, self, accounts, Random(1), part=part, lines=lines)
        if bound:
            self.people.bound(ME, 0.0)

    def people_changed(self) -> None:
        self.read = next(self.times)

    def people_moved(self, row: str) -> None:
        self.rows.append(row)

    def person_moved(self, change: Change) -> None:
        self.changes.append(change)

    def hear(self, who: Occupant, at: float = 10.0, since: int = 0, away: str | None = None) -> None:
        self.people.hear(Here(who, away, since), at)

    def here(self, at: float = 10.0) -> dict[str, Person]:
        """Those who are here by what they are called, without a ✓."""
        return {str(person.called).removesuffix(" ✓"): person for person in self.people.here(at)}


def somebody(nick: str, account: str = "", session: str = "") -> Occupant:
    return Occupant(nick, session or f"session of {nick} {account}", account, f"mailbox of {nick} {account}")


BOB, CAROL = somebody("bob", "bob"), somebody("carol")
SCRIPT = Occupant("dmitri", "")


def test_who_is_here_by_nick_ourselves_included() -> None:
    room = Room()
    room.hear(CAROL, away="lunch")
    room.hear(BOB, since=5)
    here = room.here()
    assert list(here) == ["alice", "bob", "carol"]
    assert (here["alice"].own, here["alice"].sessions, here["alice"].since) == (True, 1, 0)
    assert (here["bob"].away, here["bob"].since) == (None, 5)
    assert (here["carol"].away, here["carol"].own) == ("lunch", False)
    assert room.people.headcount == 3


def test_who_only_listens_does_not_claim_to_be_here() -> None:
    room = Room(part=Part.LISTENS)
    room.hear(BOB)
    assert list(room.here()) == ["bob"]
    assert room.people.headcount == 1


def test_two_programs_of_a_person_are_one_row() -> None:
    room = Room()
    room.hear(BOB, away="lunch")
    room.hear(somebody("bob", "bob", "another"), since=8)
    bob = room.here()["bob"]
    assert (bob.sessions, bob.away, bob.since) == (2, None, 2)
    room.hear(somebody("bob", "bob", "another"), away="")
    assert room.here()["bob"].away == "lunch"
    room.hear(somebody("alice", "alice", "at home"))
    assert room.here()["alice"].sessions == 2


def test_a_nick_under_two_accounts_is_two_rows_with_their_accounts() -> None:
    room = Room()
    room.hear(somebody("bob", "ops"))
    room.hear(somebody("bob", "ci"))
    room.hear(somebody("bob"))
    assert sorted(room.here()) == ["alice", "bob (ci) ?", "bob (ops)", "bob ?"]
    assert len(room.warnings) == 1


def test_our_own_nick_may_be_somebody_elses_too() -> None:
    room = Room()
    room.people.hear_line(Occupant("alice", ME.session, "alice"), "hello", 5, own=True)
    room.hear(somebody("alice"))
    assert sorted(room.here()) == ["alice", "alice ?"]


def test_our_own_account_is_one_of_those_in_use() -> None:
    room = Room()
    room.hear(somebody("bob", "bob"))
    assert room.here()["bob"].called.mark is Mark.VERIFIED
    room.people.bound(Occupant("alice", ME.session, "bob"), 11.0)
    assert room.here()["bob"].called.mark is Mark.NONE, "all are of one account"


def test_plain_scripts_are_heard_and_not_here() -> None:
    room = Room()
    room.people.hear_line(SCRIPT, "hello", 10)
    room.people.hear_line(Occupant("backup", ""), "done", 20)
    assert [one.nick for one in room.people.heard(30)] == ["backup", "dmitri"]
    assert list(room.here()) == ["alice"]
    assert [one.nick for one in room.people.heard(10 + HEARD_SECONDS)] == ["backup"]


def test_who_says_a_line_and_cannot_be_answered_is_no_more_here_than_a_script() -> None:
    room = Room()
    sender = Occupant("build", "5e4d")
    room.people.hear_line(sender, "done", 10)
    assert list(room.here()) == ["alice"]
    assert [one.nick for one in room.people.heard(11)] == ["build"]
    room.hear(sender, 12)
    room.people.hear_line(sender, "as a chat without a mailbox may", 50)
    assert room.here(50)["build"].heard_at == 50


def test_a_script_is_forgotten_in_time_though_nothing_else_happens() -> None:
    room = Room(part=Part.LISTENS)
    room.people.hear_line(SCRIPT, "hello", 10)
    tellings = next(room.times)
    assert room.people.due == 10 + HEARD_SECONDS
    room.people.poll(room.people.due)
    assert next(room.times) == tellings + 2
    assert room.people.due == float("inf")
    assert room.people.heard(10 + HEARD_SECONDS) == []


def test_of_many_scripts_the_latest_are_remembered() -> None:
    room = Room()
    for number in range(2 * MAX_HEARD):
        room.people.hear_line(Occupant(f"x{number}", ""), "hello", 10)
    assert [one.nick for one in room.people.heard(10)][-1] == f"x{MAX_HEARD}"


def test_a_line_is_told_only_where_it_changes_what_is_shown() -> None:
    room = Room()
    room.hear(BOB)
    room.hear(CAROL)
    room.people.hear(Typing(CAROL), 10)
    before = room.read
    room.people.hear_line(BOB, "hello", 11)
    assert room.read == before
    for who in CAROL, SCRIPT, SCRIPT, somebody("erin"), somebody("erin", "erin"):
        room.people.hear_line(who, "typed, a script, when it spoke last, new, an account", 12)
        assert room.read > before, who
        before = room.read
    room.people.hear_line(somebody("erin", "erin"), "again", 13)
    assert room.read == before


def test_where_nobody_can_tell_who_is_here_each_line_is_told() -> None:
    room = Room(bound=False)
    room.people.hear_line(BOB, "hello", 11)
    before = room.read
    room.people.hear_line(BOB, "again", 12)
    assert room.read > before


def test_who_says_a_line_with_a_session_is_here() -> None:
    room = Room()
    room.people.hear_line(BOB, "hello", 10)
    assert list(room.here()) == ["alice", "bob"]
    assert room.people.heard(10) == []
    assert room.rows == []


def test_it_is_told_when_something_has_changed_and_not_when_somebody_is_still_here() -> None:
    room = Room()
    room.hear(BOB)
    tellings = next(room.times)
    room.hear(BOB, at=20, since=10)
    assert next(room.times) == tellings + 1
    for since, away in (20, "lunch"), (30, None):
        room.hear(BOB, at=10 + since, since=since, away=away)
    room.hear(somebody("rob", "bob", BOB.session), at=50, since=40)
    room.people.lost(60)
    room.people.bound(ME, 61)
    room.hear(somebody("rob", "bob", BOB.session), at=62, since=52)
    assert next(room.times) == tellings + 2 + 6


class TestTyping:
    def test_it_ends_by_itself_with_the_line_or_with_leaving(self) -> None:
        room = Room()
        for who in BOB, CAROL, somebody("eve"):
            room.hear(who)
            room.people.hear(Typing(who), 10)
        assert room.people.typing(11) == ["bob", "carol", "eve"]
        assert room.here(11)["bob"].typing
        room.people.hear_line(CAROL, "hello", 11)
        room.people.hear(Bye(somebody("eve")), 11)
        assert room.people.typing(11) == ["bob"]
        assert room.people.due <= 10 + TYPING_SHOWN_SECONDS
        assert room.people.typing(10 + TYPING_SHOWN_SECONDS) == []

    def test_it_is_told_when_it_ends(self) -> None:
        room = Room()
        room.hear(BOB)
        room.people.hear(Typing(BOB), 10)
        before = room.read
        room.people.poll(10 + TYPING_SHOWN_SECONDS)
        assert room.read > before

    def test_a_stranger_who_never_said_they_are_here_does_not_type(self) -> None:
        room = Room()
        room.people.hear(Typing(BOB), 10)
        assert room.people.typing(10) == []
        assert list(room.here()) == ["alice"]


class TestMovements:
    def test_they_are_one_row_until_a_line_comes(self) -> None:
        room = Room()
        room.hear(BOB)
        room.hear(CAROL)
        room.people.hear_line(SCRIPT, "hello", 11)
        room.people.hear(Bye(CAROL), 12)
        assert room.rows == ["→ bob", "→ bob, carol", "← carol"]

    def test_by_default_only_of_those_with_whom_one_talks(self) -> None:
        room = Room(lines=MovementLines.SMART)
        eve = somebody("eve")
        for who in BOB, CAROL, eve:
            room.hear(who)
        room.people.hear_line(BOB, "hello", 11)
        room.people.hear_line(ME, "thanks, carol", 12, own=True)
        for who in BOB, CAROL, eve:
            room.people.hear(Bye(who), 13)
        assert room.rows == ["← bob", "← bob, carol"]
        assert [change.nick for change in room.changes[-3:]] == ["bob", "carol", "eve"]


def test_after_an_outage_all_are_grey_until_they_are_heard() -> None:
    room = Room()
    room.hear(BOB)
    room.hear(CAROL)
    room.people.lost(20)
    assert all(person.stale for person in room.people.here(20) if not person.own)
    room.people.bound(ME, 25)
    room.hear(BOB, at=26, since=16)
    here = room.here(26)
    assert (here["alice"].stale, here["bob"].stale, here["carol"].stale) == (False, False, True)


def test_words_for_it() -> None:
    assert describe_headcount(5, is_estimate=False) == "5 here"
    assert describe_headcount(2_968, is_estimate=True) == "about 3,000 here"
    assert describe_headcount(1_040, is_estimate=True) == "about 1,000 here"
    assert describe_typists([]) == ""
    assert describe_typists(["bob", "carol"]) == "✎ bob, carol"
    assert describe_typists(["a", "b", "c", "d"]) == "✎ 4 people"
