"""What is added to entries later, and entries that are hidden: everybody copes."""

import pytest
from msgspec.structs import replace

from amqpchat_tui.model import ChatMessage, DaySeparator, Notice
from amqpchat_tui.scrollback import Anchor, Annotation, Position, Reader, RowKind, Scrollback, Viewport
from amqpchat_tui.scrollback.annotations import ANNOTATION_BYTES, Changes
from amqpchat_tui.scrollback.block import BLOCK
from amqpchat_tui.scrollback.budget import Budget
from amqpchat_tui.scrollback.layout import Layout
from amqpchat_tui.scrollback.search import Search, nearest
from tests.scrollback.support import NOON, chatter, gap, message, seqs_of

HIDDEN = Annotation(hidden=True)


def numbered(count: int, max_lines: int = 100_000) -> Scrollback:
    store = Scrollback(max_lines)
    store.extend(message(str(number)) for number in range(count))
    return store


def hide(store: Scrollback, *seqs: int) -> None:
    for seq in seqs:
        assert store.annotate(seq, HIDDEN)


def found(store: Scrollback, query: str) -> list[int]:
    search = Search(store, query)
    while not search.done:
        search.step()
    return search.hits


# The store


def test_a_corrected_entry_says_the_new_text_everywhere() -> None:
    store = Scrollback(1000)
    waves = ChatMessage("ann", "waves", NOON, action=True, own=True, sent_at=NOON, message_id="1")
    store.extend([waves, Notice("connected", NOON), message("old")])
    for seq in range(3):
        store.annotate(seq, Annotation(text="new\ttext"))
    assert [*store] == [replace(waves, text="new\ttext"), Notice("new\ttext", NOON), message("new\ttext")]
    assert [text for _, text in store.texts(range(3))] == ["ann new text", "new text", "new text"]
    assert store.joined_text(range(3)) == "ann new text\nnew text\nnew text"
    assert found(store, "new") == [2, 1, 0]
    assert found(store, "old") == []
    store.annotate(2, Annotation())
    assert store[2] == message("old")


def test_a_day_goes_by_its_own_name() -> None:
    store = Scrollback(1000)
    store.append(DaySeparator(NOON))
    store.annotate(0, Annotation(text="Doomsday", quote="bob: when?"))
    assert (store[0], store.text(0)) == (DaySeparator(NOON), "Wednesday, 15 November 2023")


def test_what_was_trimmed_takes_no_annotation() -> None:
    store = numbered(2000, max_lines=300)
    assert 0 not in store
    before = store.bytes
    assert not store.annotate(0, HIDDEN)
    assert (store.bytes, store.changes.count) == (before, 0)


def test_annotations_count_as_memory_and_go_with_their_entries() -> None:
    budget = Budget(300_000)
    store = Scrollback(100_000, budget)
    store.extend(message(str(number)) for number in range(3 * BLOCK))
    before = store.bytes
    store.annotate(700, Annotation(text="x" * 1000, quote="bob: hello"))
    assert store.bytes - before > ANNOTATION_BYTES + 1000
    store.annotate(700, Annotation())
    assert store.bytes == before
    for seq in range(2 * BLOCK, 3 * BLOCK):
        store.annotate(seq, Annotation(text="y" * 200))
    assert (store.first, budget.bytes) == (BLOCK, store.bytes)
    store.clear()
    assert store.bytes == 0


def test_hidden_messages_are_not_counted_as_chats() -> None:
    store = numbered(2 * BLOCK)
    hide(store, 3, BLOCK, BLOCK + 1)
    assert store.news_below(2) == 2 * BLOCK - 3 - 3
    hide(store, BLOCK)
    store.annotate(3, Annotation())
    assert store.news_below(2) == 2 * BLOCK - 3 - 2


def test_a_day_that_is_said_further_up_then_is_hidden_below() -> None:
    store = Scrollback(1000)
    store.extend([message("a", at=NOON), gap(NOON)])
    hole = store.last
    store.append(message("b", at=NOON + 86_400))
    store.insert([message("c", at=NOON + 60), message("d", at=NOON + 86_400)], hole)
    texts = [text for stretch in store.stretches(0, 1) for _, text in store.texts(stretch)]
    assert texts == ["a", gap().text, "c", "Thursday, 16 November 2023", "d", "b"]


def test_who_looks_seldom_is_told_of_all_changes_or_that_it_was_too_many() -> None:
    changes = Changes()
    for seq in (5, 7, 5):
        changes.add(seq)
    assert [changes.since(count) for count in range(4)] == [{5, 7}, {5, 7}, {5}, set()]
    for seq in range(10_000):
        changes.add(seq)
    assert changes.since(3) is None
    assert changes.since(10_000) == {9_997, 9_998, 9_999}


# Layout and view


def test_entries_are_measured_again_when_they_change() -> None:
    store = numbered(3)
    layout = Layout(store, 10)
    assert [len(layout.rows_of(seq)) for seq in range(3)] == [1, 1, 1]
    store.annotate(1, Annotation(text="one two three", quote="bob: hi"))
    store.annotate(2, HIDDEN)
    assert layout.sync()
    assert [len(layout.rows_of(seq)) for seq in range(3)] == [1, 3, 0]
    assert layout.total_rows == 4
    assert [layout.locate(row) for row in range(5)] == [(0, 0), (1, 0), (1, 1), (1, 2), (1, 2)]


def test_very_many_changes_are_taken_in_at_once() -> None:
    store = numbered(6000)
    layout = Layout(store, 10)
    layout.rows_of(5999)
    hide(store, *range(5000), 5999)
    assert layout.sync()
    assert layout.total_rows == pytest.approx(999, rel=0.1)
    assert layout.rows_of(5999) == []


def test_changes_elsewhere_wrap_nothing() -> None:
    store = Scrollback(100_000)
    store.extend(chatter(20_000))
    view = Viewport(store, 40, 24)
    view.scroll_to_row(view.total_rows // 2)
    shown, before = view.visible(), view.layout.wraps
    for seq in range(0, 2000, 3):
        store.annotate(seq, Annotation(quote="bob: hello", hidden=seq % 2 == 0))
    view.sync()
    assert view.visible() == shown
    assert view.layout.wraps - before <= 24


@pytest.mark.parametrize("count", [1, 40, 2000])
def test_when_all_is_hidden_nothing_is_shown_and_all_comes_back(count: int) -> None:
    store = numbered(count)
    view = Viewport(store, 40, 10)
    view.to_top()
    before = view.visible()
    hide(store, *range(count))
    view.sync()
    for move in (view.to_top, lambda: view.page(-1), lambda: view.scroll_to_row(3), lambda: view.reveal(0)):
        move()
        assert (view.visible(), view.top_row, view.total_rows, view.new_below) == ([], 0, 0, 0)
        assert view.at_end
    view.resize(30, 10)
    for seq in range(count):
        store.annotate(seq, Annotation())
    view.sync()
    assert view.visible() == before


def test_the_view_stays_where_it_is_while_things_change_above_and_come_around_it() -> None:
    store = numbered(100)
    view = Viewport(store, 40, 5)
    view.scroll_by(-50)
    before = view.visible()
    assert before[0] == Position(45, 0)
    store.annotate(10, Annotation(text="now\nof\nthree rows"))
    store.annotate(45, Annotation(quote="bob: hi"))
    hide(store, 20, 21)
    view.sync()
    assert view.anchor == Anchor(45, 0)
    assert view.visible() == [Position(45, 1), *before[1:]]
    view.scroll_by(-1)
    assert view.anchor == Anchor(45, 0, RowKind.QUOTE)
    store.annotate(45, Annotation())
    view.sync()
    assert view.visible() == before


def test_for_a_place_that_is_hidden_the_next_stands_in_until_it_is_shown_again() -> None:
    store = numbered(100)
    view = Viewport(store, 40, 5)
    view.scroll_by(-50)
    before, place = view.visible(), view.anchor
    hide(store, 45, 46)
    view.sync()
    assert [position.seq for position in view.visible()] == [47, 48, 49, 50, 51]
    view.to_end()
    view.return_to(place)
    assert [position.seq for position in view.visible()] == [47, 48, 49, 50, 51]
    view.return_to(place)
    store.annotate(45, Annotation())
    store.annotate(46, Annotation())
    view.sync()
    assert view.visible()[0] in before


def test_few_shown_among_very_many_hidden_are_walked_over_by_blocks() -> None:
    store = numbered(20_000)
    hide(store, *(seq for seq in range(20_000) if seq % 5000))
    view = Viewport(store, 40, 10)
    assert [position.seq for position in view.visible()] == [0, 5000, 10_000, 15_000]
    assert view.layout.wraps == 4


# Reading


def test_hidden_messages_are_neither_found_nor_picked() -> None:
    store = numbered(10)
    reader = Reader(store)
    reader.resize(40, 5)
    hide(store, 9, 7, 5)
    assert found(store, "7") == []
    assert nearest(store, 8, -1, lambda entry: entry in (message("7"), message("2")), lambda _: True) == 2
    picked = []
    while reader.pick(-1):
        assert reader.picked is not None
        picked.append(reader.picked.text)
    assert picked == ["8", "6", "4", "3", "2", "1", "0"]
    assert not reader.show_hit(5)


def test_a_picked_message_that_is_hidden_is_none_and_its_neighbours_are_next() -> None:
    store = numbered(10)
    reader = Reader(store)
    assert reader.show_hit(5)
    hide(store, 5, 4)
    assert reader.picked is None
    assert reader.pick(-1)
    assert reader.picked == message("3")


def test_the_line_of_what_was_read_is_below_what_is_shown_of_it() -> None:
    store = numbered(10)
    reader = Reader(store)
    reader.look_away()
    store.extend([message("new"), message("newer")])
    assert reader.is_last_read(Position(9, 0))
    hide(store, 9, 8, 10)
    generation = reader.generation
    assert reader.is_last_read(Position(7, 0))
    assert not reader.is_last_read(Position(9, 0))
    assert reader.to_unread()
    store.annotate(7, Annotation(reactions="👍 1"))
    assert [reader.is_last_read(Position(7, row)) for row in (0, 1)] == [False, True]
    assert reader.generation != generation
    hide(store, 11)
    assert not any(reader.is_last_read(position) for position in reader.rows)


def test_hidden_messages_are_not_counted_as_new_below() -> None:
    store = numbered(30)
    reader = Reader(store)
    reader.resize(40, 5)
    reader.to_top()
    store.extend(message("new") for _ in range(3))
    hide(store, seqs_of(store)[-2])
    assert reader.new_below == 2


def test_what_stands_at_the_end_of_a_row_has_a_fixed_order() -> None:
    annotation = Annotation(answers="↳ 2", origin="as ann heard it")
    assert annotation.mark == "as ann heard it  ↳ 2"
    assert replace(annotation, version="(corrected)").mark == "as ann heard it  (corrected)  ↳ 2"
