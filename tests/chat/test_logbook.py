"""What is said goes into the log, and what it has of the past is shown as no news."""

from collections.abc import Sequence

import pytest

from amqpchat_tui.chat.conversation import Conversation
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
from amqpchat_tui.wording.history import FROM_HISTORY, OLDER
from tests.support.fake_client import message

from .support import ALARMS, ALICE, BOB, BROKERS, LAB, OPS, Screen, conversation, hear, show_log


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
    return rows(screen.session.conversations[identity])


def rows(one: Conversation) -> list[str]:
    store = one.scrollback
    return [store.text(seq) for seq in store.shown(store.first, 1)] if store.first is not None else []


LOGGED: list[ChatMessage] = [message("bob", "old", at=1.0), message("bob", "alice: older news", at=2.0)]


def test_the_past_stands_above_what_has_come_and_makes_nothing_unread() -> None:
    screen = Screen()
    screen.look(False)
    screen.client.hear(message("bob", "new", at=10.0), to=LAB)
    screen.batch()
    lab, ops = screen.session.conversations[LAB], screen.session.conversations[OPS]
    for one in (lab, ops):
        show_log(one, LOGGED, screen.session.hiding)
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
    show_log(ops, LOGGED)
    assert ops.kept == before
    assert ops.reader.to_unread()
    rows = [ops.scrollback.text(row.seq) for row in ops.reader.rows]
    assert rows[-1] == "new 0", "below the line above it"


def test_the_past_is_shown_once_and_gives_way_to_the_history() -> None:
    ops = conversation()
    hear(ops, message("bob", "new", at=10.0))
    show_log(ops, LOGGED)
    show_log(ops, LOGGED)
    assert len(ops.scrollback) == 4
    ops.past.follow([], ended=False)
    assert [ops.scrollback.text(seq) for seq in ops.scrollback.shown(0, 1)] == ["new"]
    early = conversation()
    early.past.follow([], ended=False)
    show_log(early, LOGGED)
    assert len(early.scrollback) == 0


def test_above_a_history_that_has_ended_the_log_goes_on_each_line_once() -> None:
    ops = conversation()
    hear(ops, message("bob", "new", at=10.0))
    logged = [message("bob", text, at=at) for at, text in enumerate(("one", "ok", "two", "ok"), 1)]
    show_log(ops, logged, more=True)
    page = [message("bob", "two", at=3.0), message("bob", "ok", at=4.0), message("bob", "missed", at=5.0)]
    ops.take_replay(Replay(page, more=True), ALICE, seen=True)
    ops.past.show(OPS, NOTHING_HIDDEN)
    assert rows(ops)[-5:-2] == ["two", "ok", "missed"]
    assert not ops.past.is_due
    ops.take_replay(Replay(()), ALICE, seen=True)
    assert ops.past.is_due
    ops.past.show(OPS, NOTHING_HIDDEN)
    assert rows(ops)[:7] == [OLDER, FROM_LOG, "one", "ok", FROM_HISTORY, "two", "ok"]
    assert rows(ops).count("ok") == 2


def test_a_history_without_anything_of_the_log_stands_below_all_of_it() -> None:
    ops = conversation()
    ops.take_replay(Replay([message("bob", "just now", at=5.0)]), ALICE, seen=True)
    show_log(ops, LOGGED)
    assert rows(ops)[:5] == [FROM_LOG, "old", "alice: older news", FROM_HISTORY, "just now"]


def test_older_lines_of_the_log_come_in_above_and_nothing_that_is_read_moves() -> None:
    ops = conversation()
    ops.reader.resize(40, 4)
    hear(ops, *(message("bob", f"new {number}", at=100.0 + number) for number in range(10)))
    show_log(ops, [message("bob", f"logged {number}", at=50.0 + number) for number in range(10)], more=True)
    assert rows(ops)[:3] == [OLDER, FROM_LOG, "logged 0"]
    assert ops.past.oldest is not None
    ops.reader.scroll_by(-100)
    assert ops.past.ask()
    assert not ops.past.ask(), "once is enough"
    before = [ops.scrollback.text(row.seq) for row in ops.reader.rows]
    assert before[2:] == ["logged 0", "logged 1"]
    show_log(ops, [message("bob", f"older {number}", at=10.0 + number) for number in range(5)], above=990)
    assert [ops.scrollback.text(row.seq) for row in ops.reader.rows] == ["older 3", "older 4", *before[2:]]
    assert rows(ops)[:3] == [FROM_LOG, "older 0", "older 1"]
    assert not ops.past.ask()
    assert ops.past.oldest is None


def test_where_the_log_has_nothing_older_after_all_it_is_asked_no_more() -> None:
    ops = conversation()
    show_log(ops, LOGGED, more=True)
    assert ops.past.ask()
    show_log(ops, [], more=False)
    assert rows(ops) == [FROM_LOG, "old", "alice: older news"]
    assert not ops.past.ask()


def test_what_has_come_meanwhile_is_not_shown_twice() -> None:
    private = conversation(BOB)
    hear(private, message("bob", "psst", at=2.0))
    show_log(private, [message("bob", "old", at=1.0), message("bob", "psst", at=2.0)])
    assert [entry.text for entry in private.scrollback if isinstance(entry, ChatMessage)] == ["old", "psst"]


def test_what_is_to_be_hidden_is_hidden_in_the_past_too() -> None:
    screen = Screen()
    screen.hiding.hide(HidingRule(HidingKind.IGNORE, "bob"))
    ops = screen.session.conversations[OPS]
    show_log(ops, [*LOGGED, message("carol", "seen", at=3.0)], screen.session.hiding)
    assert shown(OPS, screen) == [FROM_LOG, "seen"]
    screen.session.hiding.revealed = True
    screen.session.sweep.begin()
    assert shown(OPS, screen) == [FROM_LOG, "old", "alice: older news", "seen"]
