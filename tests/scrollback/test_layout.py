import pytest

from amqpchat_tui.scrollback import Annotation, Position, Scrollback, display_text
from amqpchat_tui.scrollback.block import BLOCK
from amqpchat_tui.scrollback.layout import Layout
from tests.scrollback.naive import naive_wrap
from tests.scrollback.support import chatter, message, seqs_of


def a_layout(messages: int, width: int = 40) -> tuple[Scrollback, Layout]:
    store = Scrollback(1_000_000)
    store.extend(chatter(messages))
    return store, Layout(store, width)


def naive_positions(store: Scrollback, width: int) -> list[Position]:
    return [
        Position(seq, row)
        for seq in seqs_of(store)
        for row in range(len(naive_wrap(display_text(store[seq]), width)))
    ]


def wrap_all(store: Scrollback, layout: Layout) -> None:
    for seq in seqs_of(store):
        layout.rows_of(seq)


def test_an_empty_scrollback_has_no_rows() -> None:
    store = Scrollback(1000)
    assert Layout(store).total_rows == 0


@pytest.mark.parametrize("width", [1, 7, 40, 120])
def test_what_was_looked_at_is_exact(width: int) -> None:
    store, layout = a_layout(600, width)
    wrap_all(store, layout)
    positions = naive_positions(store, width)
    assert layout.total_rows == len(positions)
    assert [layout.locate(row) for row in range(len(positions))] == positions
    assert [layout.row_of(position) for position in positions] == list(range(len(positions)))


def test_a_row_beyond_the_ends_is_the_first_or_last() -> None:
    store, layout = a_layout(300)
    wrap_all(store, layout)
    positions = naive_positions(store, 40)
    assert layout.locate(-5) == positions[0]
    assert layout.locate(len(positions) + 5) == positions[-1]


@pytest.mark.parametrize("width", [20, 40, 80, 160])
def test_estimates_are_near(width: int) -> None:
    store, layout = a_layout(20_000, width)
    exact = len(naive_positions(store, width))
    assert layout.wraps == 0
    assert layout.total_rows == pytest.approx(exact, rel=0.1)
    layout.locate(layout.total_rows // 2)
    assert layout.total_rows == pytest.approx(exact, rel=0.1)


def test_a_place_found_by_its_row_has_about_that_row() -> None:
    _, layout = a_layout(20_000)
    for row in range(0, layout.total_rows * 9 // 10, 997):
        layout.locate(row)
        found = layout.locate(row)
        assert abs(layout.row_of(found) - row) <= len(layout.rows_of(found.seq))


def test_locating_wraps_one_entry_and_a_new_width_none() -> None:
    _, layout = a_layout(20_000)
    layout.locate(layout.total_rows // 2)
    assert layout.wraps == 1
    layout.set_width(60)
    assert layout.wraps == 1
    layout.locate(layout.total_rows // 2)
    assert layout.wraps == 2


def test_a_new_width_is_estimated_anew() -> None:
    store, layout = a_layout(5000, 20)
    wrap_all(store, layout)
    layout.set_width(80)
    assert layout.total_rows == pytest.approx(len(naive_positions(store, 80)), rel=0.1)


def test_moving_goes_row_by_row_and_stops_at_the_ends() -> None:
    store, layout = a_layout(300, 20)
    positions = naive_positions(store, 20)
    for start in range(0, len(positions), 37):
        for rows in (-10_000, -40, -1, 0, 1, 40, 10_000):
            expected = positions[min(max(0, start + rows), len(positions) - 1)]
            assert layout.move(positions[start], rows) == expected


def test_the_row_of_a_character_is_the_one_that_holds_it() -> None:
    store = Scrollback(10)
    store.append(message("hello  big world\n\nbye"))
    layout = Layout(store, 9)
    assert [row[1:] for row in layout.rows_of(0)] == [(0, 5), (7, 16), (17, 17), (18, 21)]
    rows = [layout.position_of(0, offset).row for offset in range(21)]
    assert rows == [0] * 7 + [1] * 10 + [2] + [3] * 3


def test_the_row_of_blanks_that_are_in_no_row_is_the_next_of_the_text() -> None:
    store = Scrollback(10)
    store.append(message("      longer word"))
    store.annotate(0, Annotation(quote="bob: what?"))
    layout = Layout(store, 8)
    assert [row[1:] for row in layout.rows_of(0)] == [(0, 5), (6, 12), (13, 17)]
    assert [layout.position_of(0, offset).row for offset in (0, 5, 6, 12, 13)] == [1, 1, 1, 1, 2]


def test_heights_stay_right_as_entries_come_and_go() -> None:
    store = Scrollback(2 * BLOCK)
    layout = Layout(store, 30)
    for seed in range(20):
        store.extend(chatter(100, seed))
        layout.sync()
        wrap_all(store, layout)
        assert layout.total_rows == len(naive_positions(store, 30))
    assert 0 not in store
    store.clear()
    layout.sync()
    assert layout.total_rows == 0


def test_rows_are_wrapped_once_while_they_are_in_use() -> None:
    store, layout = a_layout(20_000)
    for seq in [100, 101, 102] * 5:
        layout.rows_of(seq)
    assert layout.wraps == 3
    wrap_all(store, layout)
    assert [row[1:] for row in layout.rows_of(100)] == naive_wrap(display_text(store[100]), 40)
    assert layout.wraps == 20_001
