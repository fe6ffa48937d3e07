"""What is said goes into the log, and what it has of the past is shown as no news."""

from collections.abc import Sequence

import pytest

from amqpchat_tui.chat.hiding import NOTHING_HIDDEN
from amqpchat_tui.chat.logbook import LOG_SECONDS, PAGE_SECONDS, Logbook
from amqpchat_tui.chat.past import FROM_LOG
from amqpchat_tui.model import (
    ChatMessage,
    ConversationId,
    ConversationLines,
    HidingKind,
    HidingRule,
    NoLog,
    Notice,
    Replay,
)
from tests.support.fake_client import message

from .support import ALARMS, BOB, BROKERS, LAB, OPS, Screen, conversation, hear


class MemoryLog(NoLog):
    """A `LogStore` that remembers what it was given."""

    keeps = True

    def __init__(self) -> None:
        self.portions: list[tuple[Sequence[str], Sequence[ConversationLines]]] = []
        self.pages: list[tuple[list[str], float]] = []

    def add(self, brokers: Sequence[str], lines: Sequence[ConversationLines]) -> None:
        self.portions.append((brokers, lines))

    def add_history(
        self, brokers: Sequence[str], conversation: ConversationId, page: Sequence[ChatMessage], until: float
    ) -> None:
        assert (brokers, conversation) == (BROKERS, OPS)
        self.pages.append(([line.text for line in page], until))

    @property
    def texts(self) -> list[tuple[str, str]]:
        """Each line with the label of its conversation."""
        return [
            (identity.label, line.text)
            for _, portion in self.portions
            for identity, lines in portion
            for line in lines
        ]


def logbook(store: MemoryLog, *, private: bool = True) -> tuple[Logbook, Screen]:
    screen = Screen()
    return Logbook(store, BROKERS, private=private, later=screen.later, clock=lambda: screen.now), screen


def test_lines_of_all_conversations_are_handed_over_once_a_second() -> None:
    store = MemoryLog()
    book, screen = logbook(store)
    book.add(OPS, [message("bob", "one"), Notice("of ours", 1.0)])
    screen.wait(0.01)
    assert store.texts == [("ops", "one")]
    book.add(OPS, [message("bob", "two")])
    book.add(LAB, [message("bob", "three")])
    book.add(LAB, [Notice("of ours", 1.0)])
    screen.wait(LOG_SECONDS / 2)
    assert len(store.portions) == 1
    screen.wait(LOG_SECONDS)
    assert store.texts[1:] == [("ops", "two"), ("lab", "three")]
    assert len(store.portions) == 2


@pytest.mark.parametrize(("private", "logged"), [(True, ["ops", "@bob"]), (False, ["ops"])])
def test_private_lines_are_logged_if_wanted_and_watched_ones_never(private: bool, logged: list[str]) -> None:
    store = MemoryLog()
    book, _ = logbook(store, private=private)
    for identity in (OPS, BOB, ALARMS):
        book.add(identity, [message("bob", "hello")])
    book.write()
    assert [label for label, _ in store.texts] == logged


def test_what_came_before_a_change_of_brokers_was_said_at_those_before() -> None:
    store = MemoryLog()
    book, _ = logbook(store)
    book.add(OPS, [message("bob", "here")])
    book.follow(["elsewhere:5672//"])
    book.add(OPS, [message("bob", "there")])
    book.write()
    assert [(brokers, len(lines)) for brokers, lines in store.portions] == [
        (BROKERS, 1),
        (["elsewhere:5672//"], 1),
    ]


def test_what_arrives_is_logged_as_it_is_shown() -> None:
    store = MemoryLog()
    screen = Screen(log=store)
    screen.client.hear(message("bob", "hello"), message("alice", "hi", own=True))
    screen.client.hear(message("carol", "elsewhere"), to=LAB)
    screen.wait(LOG_SECONDS)
    assert store.texts == [("ops", "hello"), ("ops", "hi"), ("lab", "elsewhere")]


def test_pages_of_a_history_are_logged_later_as_what_was_said_before_all_that_was_heard() -> None:
    store = MemoryLog()
    screen = Screen(log=store)
    screen.client.hear(message("bob", "heard", at=10.0), message("bob", "heard too", at=11.0))
    screen.client.replay(Replay([message("bob", "one", at=5.0)], more=True), to=OPS)
    screen.wait(LOG_SECONDS)
    assert store.texts == [("ops", "heard"), ("ops", "heard too")]
    assert store.pages == []
    screen.wait(PAGE_SECONDS)
    assert store.pages == [(["one"], 10.0)]
    screen.client.replay(Replay([message("bob", "zero", at=4.0)]), to=OPS)
    screen.client.replay(Replay(()), to=LAB)
    screen.batch()
    screen.session.keep()
    assert store.pages[1:] == [(["zero"], 10.0)], "nothing waits at the end"
    screen.wait(PAGE_SECONDS)
    assert len(store.pages) == 2


def shown(identity: ConversationId, screen: Screen) -> list[str]:
    store = screen.session.conversations[identity].scrollback
    return [store.text(seq) for seq in store.shown(store.first, 1)] if store.first is not None else []


LOGGED: list[ChatMessage] = [message("bob", "old", at=1.0), message("bob", "alice: older news", at=2.0)]


def test_the_past_stands_above_what_has_come_and_makes_nothing_unread() -> None:
    screen = Screen()
    screen.look(False)
    screen.client.hear(message("bob", "new", at=10.0), to=LAB)
    screen.batch()
    lab, ops = screen.session.conversations[LAB], screen.session.conversations[OPS]
    for one in (lab, ops):
        one.past.show_log(one.id, LOGGED, screen.session.hiding)
    assert shown(LAB, screen) == [FROM_LOG, "old", "alice: older news", "new"]
    assert shown(OPS, screen) == [FROM_LOG, "old", "alice: older news"]
    assert (lab.unread, lab.mentions, ops.unread, ops.mentions) == (1, 0, 0, 0)
    assert screen.changes[-1].ring is None
    assert lab.reader.new_below == 0


def test_the_past_leaves_the_read_mark_and_the_way_to_what_is_unread() -> None:
    ops = conversation()
    ops.reader.resize(40, 2)
    hear(ops, *(message("bob", f"new {number}", at=10.0) for number in range(5)))
    before = ops.kept
    ops.past.show_log(OPS, LOGGED, NOTHING_HIDDEN)
    assert ops.kept == before
    assert ops.reader.to_unread()
    rows = [ops.scrollback.text(row.seq) for row in ops.reader.rows]
    assert rows[-1] == "new 0", "below the line above it"


def test_the_past_is_shown_once_and_gives_way_to_the_history() -> None:
    ops = conversation()
    hear(ops, message("bob", "new", at=10.0))
    ops.past.show_log(OPS, LOGGED, NOTHING_HIDDEN)
    ops.past.show_log(OPS, LOGGED, NOTHING_HIDDEN)
    assert len(ops.scrollback) == 4
    ops.past.give_way()
    assert [ops.scrollback.text(seq) for seq in ops.scrollback.shown(0, 1)] == ["new"]
    early = conversation()
    early.past.give_way()
    early.past.show_log(OPS, LOGGED, NOTHING_HIDDEN)
    assert len(early.scrollback) == 0


def test_what_has_come_meanwhile_is_not_shown_twice() -> None:
    private = conversation(BOB)
    hear(private, message("bob", "psst", at=2.0))
    private.past.show_log(
        BOB, [message("bob", "old", at=1.0), message("bob", "psst", at=2.0)], NOTHING_HIDDEN
    )
    assert [entry.text for entry in private.scrollback if isinstance(entry, ChatMessage)] == ["old", "psst"]


def test_what_is_to_be_hidden_is_hidden_in_the_past_too() -> None:
    screen = Screen()
    screen.hiding.hide(HidingRule(HidingKind.IGNORE, "bob"))
    ops = screen.session.conversations[OPS]
    ops.past.show_log(OPS, [*LOGGED, message("carol", "seen", at=3.0)], screen.session.hiding)
    assert shown(OPS, screen) == [FROM_LOG, "seen"]
    screen.session.hiding.revealed = True
    screen.session.sweep.begin()
    assert shown(OPS, screen) == [FROM_LOG, "old", "alice: older news", "seen"]
