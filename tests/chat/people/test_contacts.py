"""Whom one can write to, and in which conversation."""

from msgspec.structs import replace

from amqpchat_tui.config import PresenceSettings
from amqpchat_tui.model import ConversationId, Here, Occupant
from tests.chat.support import LAB, Screen
from tests.support.fake_client import message

BOB = Occupant("bob", "1", mailbox="bob's")


def test_who_is_renamed_is_written_to_where_they_were_before() -> None:
    screen = Screen()
    where = screen.session.write_to(BOB)
    renamed = replace(BOB, nick="bobby")
    assert screen.session.write_to(renamed) == where == ConversationId.private("bob")
    for another in (
        replace(renamed, session="2"),
        replace(renamed, mailbox="another"),
        replace(BOB, account="bob"),
    ):
        assert screen.session.contacts.conversation_with(another) != where


def test_those_in_all_rooms_are_found_by_what_is_typed_of_their_names() -> None:
    screen = Screen(people=PresenceSettings())
    ann = Occupant("Ann", "2")
    screen.client.gather(Here(BOB), Here(replace(BOB, session="3")), Here(Occupant("bobina", "4")))
    screen.client.gather(Here(ann), Here(BOB), to=LAB)
    contacts = screen.session.contacts
    assert contacts.here("") == ["Ann", "bob", "bobina"]
    assert contacts.here("BO") == ["bob", "bobina"]
    assert contacts.here(" na") == ["bobina"]
    assert contacts.here("x") == []


def test_plain_scripts_are_not_taken_for_each_other() -> None:
    screen = Screen()
    where = screen.client.hear_privately(message("cron", "done"))
    assert screen.session.contacts.conversation_with(Occupant("backup", "")) != where
