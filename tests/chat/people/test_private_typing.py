"""Who writes in a private conversation, and who is told that we do."""

import pytest

from amqpchat_tui.chat.people.announcer import TYPING_SECONDS
from amqpchat_tui.chat.people.people import SHOW_SECONDS
from amqpchat_tui.chat.people.typists import TYPING_SHOWN_SECONDS
from amqpchat_tui.config import PresenceSettings
from amqpchat_tui.model import Correspondent, Here, HidingKind, HidingRule, Occupant, Posting, Typing
from tests.chat.support import OPS, Screen
from tests.support.fake_client import message

BOB = Occupant("bob", "1", mailbox="bob's")
TELLS = PresenceSettings(send_typing=True)
LINE = message("bob", "hello", sender=BOB)


def test_the_other_one_is_told_and_nobody_else() -> None:
    screen = Screen(people=TELLS)
    where = screen.client.hear_privately(LINE)
    screen.people.typed(where)
    screen.people.typed(where)
    me = Occupant(screen.client.nick, screen.client.session)
    told = where, Posting(Typing(me), BOB.mailbox)
    assert screen.client.posted == [told]
    screen.now += TYPING_SECONDS
    screen.people.typed(where)
    assert screen.client.posted == [told] * 2


@pytest.mark.parametrize("settings", [PresenceSettings(), PresenceSettings(send_typing=True, announce=False)])
def test_nobody_is_told_unless_the_person_wants_that(settings: PresenceSettings) -> None:
    screen = Screen(people=settings)
    screen.people.typed(screen.client.hear_privately(LINE))
    assert screen.client.posted == []


def test_who_is_not_here_is_not_told() -> None:
    screen = Screen(people=TELLS)
    where = screen.client.hear_privately(LINE)
    screen.client.correspondents[where] = Correspondent(BOB, here=False)
    screen.people.typed(where)
    del screen.client.correspondents[where]
    screen.people.typed(where)
    assert screen.client.posted == []


def test_it_ends_by_itself_or_with_the_line() -> None:
    screen = Screen(people=PresenceSettings())
    where = screen.client.hear_privately(LINE)
    screen.wait()
    for ending in "time", "line":
        screen.people.heard(where, Typing(BOB))
        screen.client.hear(message("alice", "one moment", own=True), to=where)
        screen.wait(SHOW_SECONDS)
        assert screen.people.typing(where) == ["bob"]
        assert ("changed", where, "") in screen.told
        screen.told.clear()
        if ending == "time":
            screen.wait(TYPING_SHOWN_SECONDS)
        else:
            screen.client.hear(LINE, to=where)
            screen.wait(SHOW_SECONDS)
        assert screen.people.typing(where) == []
        assert ("changed", where, "") in screen.told
        screen.told.clear()


def test_it_is_of_that_conversation_alone_and_not_of_who_is_ignored() -> None:
    screen = Screen(people=PresenceSettings())
    where = screen.client.hear_privately(LINE)
    screen.wait()
    screen.people.heard(where, Here(BOB))
    assert screen.people.typing(where) == []
    screen.hiding.hide(HidingRule(HidingKind.IGNORE, "bob"))
    screen.people.heard(where, Typing(BOB))
    assert screen.people.typing(where) == []
    screen.people.heard(where, Typing(Occupant("carol", "2")))
    assert (screen.people.typing(where), screen.people.typing(OPS)) == (["carol"], [])
