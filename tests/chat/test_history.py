"""What comes from a room's history: where it stands, what it says of itself, and what of it is news."""

from __future__ import annotations

import time

import pytest

from amqpchat_tui.chat.hiding import Hiding
from amqpchat_tui.config import HideSettings
from amqpchat_tui.model import ChatMessage, Entry, Gap, Level, Notice, NoticeKind, Replay
from amqpchat_tui.scrollback import Scrollback
from amqpchat_tui.scrollback.text import display_text
from amqpchat_tui.wording.gaps import describe_gap
from amqpchat_tui.wording.history import OLDER
from tests.support.fake_client import NOON, message

from .support import ALICE, LAB, OPS, Screen, conversation, show_log

GAP = Gap(NOON - 30, NOON - 9, 21.0)
GAP_NOTICE = Notice(describe_gap(GAP), NOON - 9, NoticeKind.GAP, GAP)


@pytest.fixture(autouse=True)
def _utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()


def lines(*texts: str, at: float = NOON - 3600) -> list[ChatMessage]:
    """Lines of bob's, a second apart."""
    return [message("bob", text, at=at + number) for number, text in enumerate(texts)]


def shown(store: Scrollback) -> list[str]:
    first = store.first_shown
    return [] if first is None else [display_text(store[seq]) for seq in store.shown(first, 1)]


def ask() -> ChatMessage:
    """A line that concerns the person."""
    return message("bob", "alice: look", at=NOON - 20)


def rings(screen: Screen) -> int:
    return sum(change.ring is not None for change in screen.changes)


def took(replay: Replay, *entries: Entry, hiding: Hiding | None = None) -> list[str]:
    """What a conversation shows that has heard entries and then been given a replay."""
    ops = conversation(clock=lambda: NOON)
    ops.take(entries, ALICE, seen=True)
    ops.take_replay(replay, ALICE, seen=True, hiding=hiding or Hiding())
    return shown(ops.scrollback)


def test_what_was_said_before_one_came_stands_above_a_row_that_says_so() -> None:
    border = "2 lines of history, 11:00 to 11:00 · you came at 12:00"
    live = message("bob", "three")
    assert took(Replay(lines("one", "two")), live) == ["one", "two", border, "three"]
    assert took(Replay(()), live) == ["three"]


def test_a_time_that_nobody_knows_is_not_told() -> None:
    unknown = ChatMessage("bob", "one", NOON, roughly=None)
    assert took(Replay([unknown])) == ["one", "1 line of history · you came at 12:00"]
    yesterday = lines("one", at=NOON - 24 * 3600)
    assert "1 line of history, 14 Jan 12:00 to 14 Jan 12:00 · you" in "".join(took(Replay(yesterday)))


def test_nothing_of_it_is_unread_or_rings() -> None:
    screen = Screen(OPS, LAB)
    screen.look(False)
    screen.client.replay(Replay([message("bob", "alice: look", at=NOON - 60)]), to=LAB)
    screen.wait()
    assert screen.listing["lab"].unread == screen.listing["lab"].mentions == 0
    assert rings(screen) == 0


def test_older_lines_come_above_what_is_there_and_a_row_says_while_there_are_more() -> None:
    ops = conversation(clock=lambda: NOON)
    assert not ops.history.ask()
    ops.take_replay(Replay(lines("three", "four"), more=True), ALICE, seen=True)
    assert shown(ops.scrollback)[:2] == [OLDER, "three"]
    assert ops.history.ask()
    assert not ops.history.ask()
    ops.take_replay(Replay(lines("one", "two", at=NOON - 7200)), ALICE, seen=True)
    assert shown(ops.scrollback) == [
        *("one", "two", "three", "four"),
        "4 lines of history, 10:00 to 11:00 · you came at 12:00",
    ]
    assert not ops.history.ask()


def test_after_an_answer_without_lines_one_may_ask_again() -> None:
    ops = conversation(clock=lambda: NOON)
    ops.take_replay(Replay(lines("one"), more=True), ALICE, seen=True)
    assert ops.history.ask()
    ops.take_replay(Replay((), more=True), ALICE, seen=True)
    assert shown(ops.scrollback)[:2] == [OLDER, "one"]
    assert ops.history.ask()


def test_nothing_moves_under_a_reader_who_asks_for_more() -> None:
    ops = conversation(clock=lambda: NOON)
    ops.take_replay(Replay(lines(*(f"line {n}" for n in range(20))), more=True), ALICE, seen=True)
    ops.reader.resize(40, 5)
    ops.reader.to_top()
    rows = [ops.scrollback.text(position.seq) for position in ops.reader.rows]
    assert rows[0] == OLDER
    ops.take_replay(Replay(lines("older", at=NOON - 7200), more=True), ALICE, seen=True)
    assert [ops.scrollback.text(position.seq) for position in ops.reader.rows] == ["older", *rows[1:]]


def test_what_was_missed_stands_at_its_gap_which_says_how_much_it_was() -> None:
    before, after = message("bob", "before", at=NOON - 40), message("bob", "after", at=NOON - 5)
    missed = lines("one", "two", at=NOON - 20)
    filled = "Nothing heard from 11:59:30 to 11:59:51 (21 s) · 2 lines filled in"
    assert took(Replay(missed, GAP), before, GAP_NOTICE, after) == ["before", filled, "one", "two", "after"]
    nothing = "Nothing heard from 11:59:30 to 11:59:51 (21 s) · the history has nothing from then"
    assert took(Replay((), GAP), before, GAP_NOTICE, after) == ["before", nothing, "after"]


def test_a_gap_of_which_the_history_may_not_have_all_stays_one() -> None:
    before, after = message("bob", "before", at=NOON - 40), message("bob", "after", at=NOON - 5)
    filled = "Nothing heard from 11:59:30 to 11:59:51 (21 s) · 1 line filled in, others may be missing"
    some = Replay(lines("one"), GAP, more=True)
    assert took(some, before, GAP_NOTICE, after) == ["before", filled, "one", "after"]
    before_them = "about 1,200 before them are missing"
    filled = f"Nothing heard from 11:59:30 to 11:59:51 (21 s) · 1 line filled in, {before_them}"
    cut = Replay(lines("one"), GAP, more=True, left_out=1200)
    assert took(cut, before, GAP_NOTICE, after) == ["before", filled, "one", "after"]
    none = Replay((), GAP, more=True)
    assert took(none, before, GAP_NOTICE, after) == ["before", GAP_NOTICE.text, "after"]


def test_what_belongs_to_a_gap_that_is_gone_is_not_shown() -> None:
    assert took(Replay(lines("one"), GAP), message("bob", "after")) == ["after"]


def test_what_was_missed_is_unread_and_rings_once() -> None:
    screen = Screen(OPS, LAB)
    screen.look(False)
    screen.client.hear(GAP_NOTICE, to=LAB)
    screen.client.replay(Replay([ask(), *lines("one"), ask()], GAP), to=LAB)
    screen.wait()
    assert (screen.listing["lab"].unread, screen.listing["lab"].mentions) == (3, 2)
    assert rings(screen) == 1


def test_what_is_muted_does_not_ring_for_what_was_missed() -> None:
    screen = Screen(OPS, LAB)
    screen.look(False)
    screen.session.set_level(LAB, Level.NONE)
    screen.client.hear(GAP_NOTICE, to=LAB)
    screen.client.replay(Replay([ask()], GAP), to=LAB)
    screen.wait()
    assert rings(screen) == 0


def test_who_is_ignored_is_not_seen_in_it_either() -> None:
    hiding = Hiding()
    hiding.configure(HideSettings(ignore=("bob",)))
    replay = Replay([*lines("hidden"), message("carol", "seen", at=NOON - 60)])
    assert took(replay, hiding=hiding)[:-1] == ["seen"]


def test_hearsay_is_marked_as_such() -> None:
    ops = conversation(clock=lambda: NOON)
    ops.take_replay(Replay(lines("one", "two"), heard_by={1: "ann"}), ALICE, seen=True)
    assert ops.scrollback.first is not None
    first, second, *_ = ops.scrollback.shown(ops.scrollback.first, 1)
    assert [ops.scrollback.annotation(seq).mark for seq in (first, second)] == ["", "as ann heard it"]


def test_the_log_gives_way_to_it() -> None:
    ops = conversation(clock=lambda: NOON)
    show_log(ops, lines("logged"))
    assert "logged" in shown(ops.scrollback)
    ops.take_replay(Replay(()), ALICE, seen=True)
    assert "logged" in shown(ops.scrollback)
    ops.take_replay(Replay(lines("kept by the broker")), ALICE, seen=True)
    assert "logged" not in shown(ops.scrollback)


def test_below_a_hidden_line_older_ones_are_hidden_or_shown_each_for_itself() -> None:
    hiding = Hiding()
    hiding.configure(HideSettings(ignore=("eve",)))
    ops = conversation(clock=lambda: NOON)
    for older in ("second", "first"):
        page = [*lines(f"{older} of bob"), message("eve", f"{older} of eve", at=NOON - 3600)]
        ops.take_replay(Replay(page[::-1] if older == "second" else page), ALICE, seen=True, hiding=hiding)
    assert shown(ops.scrollback)[:-1] == ["first of bob", "second of bob"]


def test_what_has_come_stays_where_the_log_above_it_gives_way() -> None:
    hiding = Hiding()
    hiding.configure(HideSettings(ignore=("eve",)))
    ops = conversation(clock=lambda: NOON)
    ops.take([message("eve", "hidden"), message("bob", "live")], ALICE, seen=True, hiding=hiding)
    show_log(ops, lines("logged"), hiding)
    ops.take_replay(Replay(lines("kept by the broker")), ALICE, seen=True, hiding=hiding)
    assert "live" in shown(ops.scrollback)
