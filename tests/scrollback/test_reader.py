"""A reader without a screen: the place, the picked message, the search, and where reading stopped."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from amqpchat_tui.model import FoldedMessage, Notice
from amqpchat_tui.scrollback import Position, Reader, Scrollback
from amqpchat_tui.scrollback.budget import Budget
from amqpchat_tui.scrollback.search import Search
from tests.scrollback.support import NOON, chatter, gap, message, seqs_of

HEIGHT = 10


def a_reader(messages: int, max_lines: int = 100_000) -> Reader:
    """Somebody who reads messages of a row each, `0` and on."""
    reader = Reader(Scrollback(max_lines))
    reader.resize(80, HEIGHT)
    hear(reader, *map(str, range(messages)))
    return reader


def hear(reader: Reader, *texts: str) -> None:
    reader.store.extend(message(text) for text in texts)


def shown(reader: Reader) -> list[str]:
    return [reader.store.text(position.seq) for position in reader.rows]


def line_below(reader: Reader) -> str | None:
    """What stands above the line that says where reading stopped, if the line is anywhere."""
    store = reader.store
    rows = [Position(seq, row) for seq in seqs_of(store) for row in range(len(reader.rows_of(seq)))]
    lines = [position for position in rows if reader.is_last_read(position)]
    assert len(lines) <= 1
    return store.text(lines[0].seq) if lines else None


def is_seven(text: str) -> bool:
    return "7" in text


def test_it_sees_what_happens_to_the_scrollback_without_being_told() -> None:
    reader = a_reader(3)
    assert shown(reader) == ["0", "1", "2"]
    reader.store.insert([message("older")])
    assert shown(reader) == ["older", "0", "1", "2"]
    reader.store.clear()
    assert (shown(reader), reader.total_rows, reader.top_row) == ([], 0, 0)
    hear(reader, "again")
    assert shown(reader) == ["again"]


def test_nothing_can_be_done_in_an_empty_scrollback() -> None:
    reader = a_reader(0)
    for move in (reader.to_top, reader.to_end, lambda: reader.page(-1), lambda: reader.scroll_to_row(3)):
        move()
    assert not reader.pick(-1)
    assert not reader.pick_where(1, lambda _: True, lambda _: True)
    assert not reader.to_unread()
    assert not reader.show_hit(0)
    assert (reader.picked, reader.place, reader.new_below) == (None, None, 0)


# Picking


def test_the_lowest_message_in_view_is_picked_first_and_then_its_neighbours() -> None:
    reader = a_reader(30)
    reader.store.append(Notice("not a message", NOON))
    picked = []
    for step in (-1, -1, -1, 1):
        assert reader.pick(step)
        assert reader.picked is not None
        picked.append(reader.picked.text)
    assert picked == ["29", "28", "27", "28"]
    reader.unpick()
    reader.page(-1)
    assert reader.pick(1)
    assert reader.picked == message(shown(reader)[-1])


def test_the_picked_message_is_brought_into_view() -> None:
    reader = a_reader(100)
    assert reader.pick_where(-1, lambda entry: entry == message("7"), is_seven)
    assert "7" in shown(reader)
    assert not reader.pick_where(-1, lambda entry: entry == message("7"), is_seven)
    assert reader.picked == message("7")


def test_the_picked_message_stays_the_same_when_others_come_in_around_it() -> None:
    reader = a_reader(5)
    hole = reader.store.append(gap())
    hear(reader, "below the gap")
    assert reader.pick(-1)
    before = reader.picked
    reader.store.insert(chatter(300), hole)
    reader.store.insert(chatter(300))
    assert reader.picked == before
    assert reader.pick(-1)
    assert reader.picked == chatter(300)[-1]


def test_below_a_picked_message_that_was_trimmed_is_the_oldest() -> None:
    reader = a_reader(1, max_lines=300)
    assert reader.pick(-1)
    hear(reader, *map(str, range(1, 2000)))
    assert reader.picked is None
    assert not reader.pick(-1)
    assert reader.pick(1)
    assert next(iter(reader.store)) == reader.picked


# Searching


def test_what_is_looked_for_is_to_be_seen_or_not() -> None:
    reader = a_reader(100)
    assert not reader.look_for(Search(reader.store, "7 "))
    assert reader.look_for(Search(reader.store, "97"))
    assert reader.look_for(None)
    assert reader.search is None


def test_rows_look_otherwise_after_what_marks_them() -> None:
    reader = a_reader(30)
    seen = {reader.generation}
    acts: list[Callable[[], object]] = [
        lambda: reader.pick(-1),
        reader.unpick,
        lambda: reader.look_for(Search(reader.store, "2")),
        reader.look_away,
    ]
    for act in acts:
        act()
        hear(reader, "new")
        assert reader.generation not in seen
        seen.add(reader.generation)
    hear(reader, "more")
    reader.scroll_by(-1)
    assert reader.generation in seen


# Where reading stopped


def test_looking_away_stops_reading_at_the_end() -> None:
    reader = a_reader(3)
    assert line_below(reader) is None
    reader.look_away()
    assert line_below(reader) is None
    assert not reader.to_unread()
    hear(reader, *(f"new {n}" for n in range(50)))
    assert line_below(reader) == "2"
    assert reader.to_unread()
    assert "new 0" in shown(reader)
    reader.look_away()
    assert line_below(reader) == "2"


def test_scrolling_away_stops_reading_and_coming_back_to_the_end_resumes_it() -> None:
    reader = a_reader(50)
    reader.scroll_by(-3)
    hear(reader, "new")
    assert line_below(reader) == "49"
    reader.to_end()
    reader.scroll_by(-3)
    hear(reader, "newer")
    assert line_below(reader) == "new"


def test_what_is_unread_begins_below_the_line_whatever_comes_in() -> None:
    reader = a_reader(3)
    hole = reader.store.append(gap())
    reader.look_away()
    hear(reader, "new")
    reader.store.insert([message("older")])
    assert line_below(reader) == gap().text
    reader.store.insert([message("filled")], hole)
    assert line_below(reader) == gap().text
    assert reader.to_unread()
    below = reader.store.next(hole)
    assert below is not None
    assert reader.store.text(below) == "filled"


def test_all_is_unread_where_nothing_was_read() -> None:
    reader = a_reader(0)
    reader.look_away()
    hear(reader, *map(str, range(50)))
    assert reader.to_unread()
    assert shown(reader)[0] == "0"
    assert line_below(reader) is None


def test_a_line_that_was_trimmed_is_gone() -> None:
    reader = a_reader(1, max_lines=300)
    reader.look_away()
    hear(reader, *map(str, range(2000)))
    assert line_below(reader) is None


# The place


@pytest.mark.parametrize("where", ["top", "gap"])
def test_nothing_moves_under_a_reader_when_blocks_come_in(where: str) -> None:
    reader = a_reader(30)
    hole = reader.store.append(gap())
    hear(reader, *(f"new {n}" for n in range(30)))
    reader.scroll_by(-12)
    before, place = shown(reader), reader.place
    reader.store.insert(chatter(1000), hole if where == "gap" else None)
    assert (shown(reader), reader.place) == (before, place)
    assert reader.top_row > 0
    assert reader.total_rows > 1000
    reader.to_end()
    reader.return_to(place)
    assert shown(reader) == before


def test_another_reader_of_the_same_scrollback_is_somewhere_else() -> None:
    one = a_reader(100)
    other = Reader(one.store)
    other.resize(80, 5)
    one.to_top()
    hear(one, "new")
    assert shown(one)[0] == "0"
    assert (shown(other)[-1], other.new_below, one.new_below) == ("new", 0, 1)


def test_scrollbacks_that_are_trimmed_for_another_are_no_fault() -> None:
    budget = Budget(1_000_000)
    reader = Reader(Scrollback(100_000, budget))
    reader.resize(80, HEIGHT)
    hear(reader, *map(str, range(3000)))
    reader.to_top()
    assert reader.pick(1)
    assert len(reader.rows) == HEIGHT
    other = Scrollback(100_000, budget)
    other.extend(message("x" * 900) for _ in range(700))
    assert len(reader.store) < 3000
    assert [position.seq in reader.store for position in reader.rows] == [True] * HEIGHT
    assert (reader.top_row, reader.picked) == (0, None)


def test_a_folded_message_is_a_row_until_it_is_unfolded_and_when_nothing_is_picked_any_more() -> None:
    reader = a_reader(2)
    line = "{" + "x" * 200
    for _ in range(2):
        reader.store.append(FoldedMessage("builds", line, NOON, whole="{\n" + "x" * 200 + "\n}"))
    upper, lower = seqs_of(reader.store)[-2:]

    def heights() -> tuple[int, int]:
        return len(reader.rows_of(upper)), len(reader.rows_of(lower))

    assert heights() == (1, 1)
    assert reader.total_rows == 4
    for seq in lower, upper:
        reader.show_hit(seq)
        assert reader.unfold()
    assert heights() == (5, 5)
    assert reader.unfold()
    assert heights() == (1, 5)
    assert reader.unfold()
    reader.unpick()
    assert heights() == (1, 1)
    assert reader.total_rows == 4
    assert reader.picked is None
