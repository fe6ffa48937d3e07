"""Whom one can write to: of whom it is known where they are, and which of them are one person."""

from amqpchat_tui.chat.people.directory import MAX_REMEMBERED, Directory, Known
from amqpchat_tui.model import Occupant

BOB = Occupant("bob", "b1", mailbox="bobs")
OTHER = Occupant("Bob", "b2", mailbox="others")
VERIFIED = Occupant("bob", "b3", "bob", "first")


def test_who_goes_by_a_nick_is_found_those_known_longest_first() -> None:
    directory = Directory()
    directory.hear(BOB, 1.0)
    directory.hear(OTHER, 2.0)
    directory.hear(BOB, 3.0)
    assert directory.find("BOB") == [Known(BOB, 1.0, 3.0), Known(OTHER, 2.0, 2.0)]
    assert directory.find("carol") == []


def test_programs_of_one_account_are_one_person_at_the_one_heard_last() -> None:
    directory = Directory()
    second = Occupant("bob", "b4", "bob", "second")
    directory.hear(VERIFIED, 1.0)
    directory.hear(second, 2.0)
    assert directory.find("bob") == [Known(second, 1.0, 2.0)]
    directory.hear(VERIFIED, 3.0)
    assert directory.find("bob") == [Known(VERIFIED, 1.0, 3.0)]


def test_one_program_is_found_at_its_latest_mailbox_and_not_where_nobody_is() -> None:
    directory = Directory()
    again = Occupant("bob", "b1", mailbox="another")
    directory.hear(BOB, 1.0)
    directory.hear(again, 2.0)
    assert directory.find_again(BOB) == again
    directory.forget("another")
    assert directory.find_again(BOB) == BOB
    assert directory.find_again(OTHER) is None


def test_who_is_in_a_roster_and_silent_is_found_too() -> None:
    directory = Directory()
    assert directory.find("bob", [Known(BOB, 1.0, 5.0)]) == [Known(BOB, 1.0, 5.0)]


def test_a_script_is_known_as_one_as_long_as_nobody_else_has_its_nick() -> None:
    directory = Directory()
    assert not directory.is_plain("cron")
    directory.hear(Occupant("cron", ""), 1.0)
    assert directory.is_plain("CRON")
    assert directory.find("cron") == []
    directory.hear(Occupant("cron", "c", mailbox="q"), 2.0)
    assert not directory.is_plain("cron")


def test_strangers_with_many_names_drive_out_no_more_than_there_is_place_for() -> None:
    directory = Directory()
    for number in range(2 * MAX_REMEMBERED):
        directory.hear(BOB, float(number))
        directory.hear(Occupant(f"eve{number}", str(number), mailbox="q"), float(number))
    assert [known.who for known in directory.find("bob")] == [BOB], "who goes on speaking stays"
    assert len(directory.nicks()) == MAX_REMEMBERED


def test_whoever_has_the_mailbox_of_a_checked_account_is_that_one() -> None:
    directory = Directory()
    unchecked = Occupant("bob", "b3", mailbox="first")
    directory.hear(unchecked, 5.0)
    assert directory.find("bob", [Known(VERIFIED, 1.0, 2.0)]) == [Known(VERIFIED, 1.0, 2.0)]
    assert directory.find_again(unchecked, [Known(VERIFIED, 1.0, 2.0)]) == VERIFIED
