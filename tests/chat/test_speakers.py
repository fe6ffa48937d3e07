"""Who speaks in a batch of arrivals, and which nicks completion offers first."""

from amqpchat_tui.chat.speakers import MAX_SPEAKERS, Speakers, last_lines
from amqpchat_tui.model import Entry, Notice, Occupant
from tests.support.fake_client import message

AT_HOME, AT_WORK = Occupant("bob", "1"), Occupant("bob", "2")


def test_of_a_batch_the_last_line_of_each_who_speaks() -> None:
    lines = [
        message("carol", "one"),
        message("bob", "two", sender=AT_HOME),
        message("bob", "three", sender=AT_WORK),
        message("bob", "four"),
        message("carol", "five"),
        message("bob", "six", sender=AT_HOME),
    ]
    batch: list[Entry] = [lines[0], Notice("a notice", 1.0), *lines[1:], Notice("another", 1.0)]
    assert [line.text for line in last_lines(batch)] == ["three", "four", "five", "six"]
    assert last_lines([Notice("alone", 1.0)]) == []


def test_the_nicks_that_were_heard_last_are_remembered() -> None:
    speakers = Speakers()
    speakers.hear(message(f"nick{number}", "hello") for number in range(MAX_SPEAKERS + 2))
    speakers.hear([message("nick2", "again")])
    nicks = speakers.latest_first()
    assert nicks[:2] == ["nick2", f"nick{MAX_SPEAKERS + 1}"]
    assert len(nicks) == MAX_SPEAKERS
    assert "nick1" not in nicks


def test_who_is_here_comes_before_who_has_gone() -> None:
    speakers = Speakers()
    speakers.hear(message(nick, "hello") for nick in ("bob", "gone", "carol", "bob", "left"))
    assert speakers.among(["ann", "bob", "carol"]) == ["bob", "carol", "ann", "left", "gone"]
    assert speakers.among([]) == ["left", "bob", "carol", "gone"]
