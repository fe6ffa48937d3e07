from collections.abc import Sequence

import pytest

from amqpchat_tui.client.rooms.inbox import Drained, Inbox, SeenIds
from amqpchat_tui.model import ChatMessage, Entry, Notice, Occupant, Withdrawal


class Arrivals:
    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> None:
        self.count += 1


@pytest.fixture
def arrivals() -> Arrivals:
    return Arrivals()


@pytest.fixture
def inbox(arrivals: Arrivals) -> Inbox:
    return Inbox(arrivals)


def message(text: str) -> ChatMessage:
    return ChatMessage("bob", text, received_at=0.0)


def texts(entries: Sequence[Entry]) -> list[str]:
    return [entry.text for entry in entries if isinstance(entry, (ChatMessage, Notice))]


def test_drains_in_order_and_says_up_to_where_to_acknowledge(inbox: Inbox) -> None:
    inbox.receive([(1, message("one"))])
    inbox.put(Notice("two", at=0.0))
    inbox.receive([(2, message("three"))])
    assert inbox.unacknowledged == 2
    entries, _, tag = inbox.drain(100)
    assert texts(entries) == ["one", "two", "three"]
    assert tag == 2
    assert inbox.drain(100) == Drained([], [], 0)
    assert inbox.unacknowledged == 0


def test_what_becomes_of_lines_counts_as_they_do(inbox: Inbox) -> None:
    """It is acknowledged with them, and one drain takes no more for it."""
    events = [Withdrawal("id", Occupant("bob", ""), 0.0, f"e-{number}") for number in range(3)]
    inbox.receive([(1, events[0]), (2, message("one")), (3, events[1]), (4, events[2])])
    assert inbox.unacknowledged == 4
    assert inbox.drain(3) == Drained([message("one")], events[:2], 3)
    assert inbox.unacknowledged == 1


def test_tells_of_arrivals_only_when_it_was_empty(inbox: Inbox, arrivals: Arrivals) -> None:
    inbox.receive([(1, message("one"))])
    inbox.receive([(2, message("two"))])
    inbox.put(Notice("three", at=0.0))
    assert arrivals.count == 1
    inbox.drain(100)
    inbox.put(Notice("four", at=0.0))
    assert arrivals.count == 2


def test_what_is_not_shown_is_acknowledged_all_the_same(inbox: Inbox, arrivals: Arrivals) -> None:
    inbox.receive([(7, None)])
    assert arrivals.count == 1
    assert inbox.drain(100) == Drained([], [], 7)


def test_a_notice_alone_acknowledges_nothing(inbox: Inbox) -> None:
    inbox.receive([(1, message("one"))])
    inbox.drain(100)
    inbox.put(Notice("two", at=0.0))
    assert inbox.drain(100).tag == 0


def test_deliveries_of_a_lost_channel_are_shown_but_not_acknowledged(inbox: Inbox) -> None:
    inbox.receive([(5, message("one"))])
    inbox.forget_deliveries()
    entries, _, tag = inbox.drain(100)
    assert texts(entries) == ["one"]
    assert tag == 0


def test_an_id_is_new_once() -> None:
    seen = SeenIds()
    assert seen.add("a")
    assert not seen.add("a")
    assert seen.add("b")


def test_remembers_so_many_ids_and_no_more() -> None:
    seen = SeenIds(limit=3)
    for name in "abcd":
        assert seen.add(name)
    assert not seen.add("b")
    assert seen.add("a"), "the oldest is forgotten"
    assert seen.add("b"), "and then the next"
