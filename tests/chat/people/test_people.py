"""The people of several rooms, with a client and a clock that the test plays."""

from collections.abc import Sequence
from unittest.mock import patch

from amqpchat_tui.chat.people.announcer import Part
from amqpchat_tui.chat.people.attendance import Attendance
from amqpchat_tui.chat.people.people import SHOW_SECONDS
from amqpchat_tui.config import PresenceSettings
from amqpchat_tui.model import (
    Answer,
    Ask,
    Bye,
    Hearsay,
    Here,
    HidingKind,
    HidingRule,
    Membership,
    MovementLines,
    Occupant,
    PresenceMessage,
    Typing,
)
from tests.chat.support import ALARMS, LAB, OPS, Screen
from tests.support.fake_client import message

BOB = Occupant("bob", "b0b", "bob", "mailbox of bob")
SOON = 2.0
"""Within which whoever comes has said so."""


def said(screen: Screen) -> Sequence[PresenceMessage]:
    """What was posted since the last time."""
    posted = [posting.message for _, posting in screen.client.posted]
    screen.client.posted.clear()
    return posted


def here(screen: Screen) -> list[str]:
    room = screen.people.of(OPS)
    assert room is not None
    return [person.called.name for person in room.here(screen.now)]


def test_what_is_due_is_said_in_its_room() -> None:
    screen = Screen(people=PresenceSettings())
    screen.client.gather()
    screen.client.gather(to=LAB)
    screen.wait(SOON)
    assert {room for room, _ in screen.client.posted} == {OPS, LAB}
    first, second, *_ = said(screen)
    assert all(isinstance(one, Here) and one.asks and one.who.nick == "alice" for one in (first, second))
    screen.wait(SOON)  # nobody answers, so all are asked again
    said(screen)
    screen.wait(60)
    again = said(screen)
    assert 4 <= len(again) <= 14
    assert all(isinstance(one, Here) and not one.asks for one in again)


def test_who_comes_is_here_and_told_of_at_a_pace() -> None:
    screen = Screen(people=PresenceSettings(announce=False))
    screen.client.gather()
    screen.wait(SOON)
    screen.told.clear()
    for number in range(100):
        screen.client.gather(Here(Occupant(f"nick{number}", f"{number}")))
        screen.wait(SHOW_SECONDS / 50)
    assert len(here(screen)) == 100
    assert 1 <= screen.told.count(("changed", OPS, "")) <= 4
    assert said(screen) == []


def test_a_flood_of_names_is_told_seldom() -> None:
    screen = Screen(people=PresenceSettings(announce=False))
    for number in range(5_000):
        screen.client.gather(Here(Occupant(f"nick{number}", f"{number}")))
    screen.wait(13)
    screen.told.clear()
    for number in range(4_000):
        screen.client.gather(Here(Occupant(f"nick{number}", f"{number}"), away=str(number)))
        screen.wait(0.001)
    assert 1 <= screen.told.count(("changed", OPS, "")) <= 2


def test_who_says_lines_is_known_by_them() -> None:
    screen = Screen(people=PresenceSettings())
    screen.client.gather()
    screen.client.hear(
        message("bob", "one", sender=BOB), message("backup", "done"), message("bob", "two", sender=BOB)
    )
    screen.wait()
    assert here(screen) == ["alice", "bob"]
    room = screen.people.of(OPS)
    assert room is not None
    assert [one.nick for one in room.heard(screen.now)] == ["backup"]


def test_who_says_many_lines_at_once_is_heard_once() -> None:
    screen = Screen(people=PresenceSettings())
    screen.client.gather()
    screen.client.hear(*(message(nick, f"line {n}") for n in range(100) for nick in ("backup", "deploy")))
    heard = Attendance.hear_line
    with patch.object(Attendance, "hear_line", autospec=True, side_effect=heard) as lines:
        screen.wait()
    assert [call.args[2] for call in lines.call_args_list] == ["line 99", "line 99"]


def test_where_nobody_can_tell_who_is_here_all_are_heard() -> None:
    screen = Screen(people=PresenceSettings())
    screen.client.hear(message("bob", "one", sender=BOB), message("backup", "done"))
    screen.wait()
    room = screen.people.of(OPS)
    assert room is not None
    assert not room.is_bound
    assert (here(screen), room.headcount) == ([], 0)
    assert sorted(one.nick for one in room.heard(screen.now)) == ["backup", "bob"]


def test_only_rooms_have_people() -> None:
    screen = Screen(OPS, ALARMS, people=PresenceSettings())
    assert screen.people.of(OPS) is not None
    assert screen.people.of(ALARMS) is None
    assert screen.people.of(LAB) is None, "we are not there"


def test_who_leaves_a_room_says_goodbye_there() -> None:
    screen = Screen(people=PresenceSettings())
    screen.client.gather()
    screen.client.gather(to=LAB)
    screen.wait(SOON)
    said(screen)
    screen.session.leave(LAB)
    assert [(room, type(posting.message)) for room, posting in screen.client.posted] == [(LAB, Bye)]
    screen.people.leave_all()
    assert [(room, type(posting.message)) for room, posting in screen.client.posted[1:]] == [(OPS, Bye)]
    screen.client.posted.clear()
    screen.wait(100)
    assert said(screen) == []


def test_another_name_and_absence_are_told_in_all_rooms() -> None:
    screen = Screen(people=PresenceSettings())
    screen.client.gather()
    screen.client.gather(to=LAB)
    screen.wait(SOON)
    said(screen)
    screen.people.rename("ann")
    screen.people.away = "lunch"
    screen.wait(6)
    told = said(screen)
    assert [(one.who.nick, one.away) for one in told if isinstance(one, Here)] == [("ann", "lunch")] * 2


def test_typing_is_told_only_by_who_wants_that() -> None:
    for wants in False, True:
        screen = Screen(people=PresenceSettings(send_typing=wants))
        screen.client.gather()
        screen.people.typed(OPS)
        assert [type(one) for one in said(screen)] == [Typing] * wants


def test_whom_nobody_hears_does_not_go_on_speaking_until_the_next_connection() -> None:
    screen = Screen(people=PresenceSettings())
    screen.client.gather()
    screen.people.muted(OPS)
    screen.wait(60)
    assert said(screen) == []
    assert here(screen) == []
    screen.client.scatter()
    screen.client.gather()
    screen.wait(60)
    assert said(screen) != []


def test_who_stood_still_takes_nobody_for_gone() -> None:
    screen = Screen(people=PresenceSettings(lines=MovementLines.ALL))
    screen.client.gather(Here(BOB, since=60))
    screen.wait(SOON)
    screen.now += 46
    screen.wait(1)
    assert here(screen) == ["alice", "bob"]
    assert not [told for told in screen.told if told[0] == "moved"]
    screen.wait(60)
    assert here(screen) == ["alice"]


def test_doubts_are_told_where_they_arose() -> None:
    screen = Screen(people=PresenceSettings())
    screen.client.hear(message("bob", "one", sender=BOB), message("bob", "two"), to=LAB)
    screen.wait()
    ((where, text),) = [told[1:] for told in screen.told if told[0] == "doubted"]
    assert where == LAB
    assert "bob" in text


class TestOnlyAsking:
    """As a script does that wants to know who is here: nobody lists it."""

    def screen(self) -> Screen:
        return Screen(people=PresenceSettings(), part=Part.ASKS)

    def settled(self, screen: Screen) -> bool:
        room = screen.people.of(OPS)
        assert room is not None
        return room.is_settled(screen.now)

    def test_all_are_asked_where_nobody_is_heard(self) -> None:
        screen = self.screen()
        assert not self.settled(screen)
        screen.client.gather()
        screen.wait(0.9)
        (ask,) = said(screen)
        assert isinstance(ask, Ask)
        assert ask.everybody
        screen.client.gather(Answer(BOB, ask.id, 3600, "tea", [Hearsay(Occupant("carol", "c"), 1)]))
        assert self.settled(screen)
        assert here(screen) == ["bob", "carol"]
        room = screen.people.of(OPS)
        assert room is not None
        assert [one.away for one in room.here(screen.now)] == ["tea", None]
        screen.wait(100)
        assert said(screen) == []

    def test_whoever_is_heard_is_asked_first(self) -> None:
        screen = self.screen()
        screen.client.gather(Here(BOB, since=3600))
        screen.wait(0.9)
        (ask,) = said(screen)
        assert isinstance(ask, Ask)
        assert not ask.everybody

    def test_in_an_empty_room_it_ends_soon(self) -> None:
        screen = self.screen()
        screen.client.gather()
        screen.wait(4)
        assert self.settled(screen)
        assert here(screen) == []


class TestOtherRooms:
    def test_who_wants_it_tells_in_which_other_rooms_they_are(self) -> None:
        screen = Screen(OPS, LAB, ALARMS, people=PresenceSettings(tell_rooms=True))
        for room in OPS, LAB:
            screen.client.become_room(room, Membership.JOINED)
            screen.client.gather(to=room)
        screen.wait(SOON)
        told = {
            (room.name, *posting.message.rooms)
            for room, posting in screen.client.posted
            if isinstance(posting.message, Here)
        }
        assert told == {("ops", "lab"), ("lab", "ops")}
        screen.people.configure(PresenceSettings())
        said(screen)
        screen.wait(60)
        assert not any(one.rooms for one in said(screen) if isinstance(one, Here))

    def test_rooms_of_others_are_known_as_long_as_they_tell_them(self) -> None:
        screen = Screen(people=PresenceSettings())
        eve = Occupant("eve", "e")
        screen.hiding.hide(HidingRule(HidingKind.IGNORE, "eve"))
        screen.client.gather(Here(BOB, rooms=("lab", "Dev", "alerts")), Here(eve, rooms=("evil",)))
        assert screen.people.rooms_told() == ["alerts", "Dev"]
        screen.client.gather(Here(BOB, rooms=("dev",)))
        assert screen.people.rooms_told() == ["dev"]
        screen.client.gather(Bye(BOB))
        assert screen.people.rooms_told() == []
