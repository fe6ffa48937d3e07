from amqpchat_tui.model import Notice
from amqpchat_tui.scrollback import Anchor, Position, Scrollback, Viewport, display_text
from tests.scrollback.support import NOON, chatter, message


def a_view(
    messages: int, width: int = 40, height: int = 24, max_lines: int = 1_000_000
) -> tuple[Scrollback, Viewport]:
    store = Scrollback(max_lines)
    store.extend(chatter(messages))
    return store, Viewport(store, width, height)


def one_line_each(messages: int, height: int) -> tuple[Scrollback, Viewport]:
    """A view whose rows are numbered as its entries."""
    store = Scrollback(10_000)
    store.extend(message() for _ in range(messages))
    return store, Viewport(store, 80, height)


def seqs(view: Viewport) -> list[int]:
    return [position.seq for position in view.visible()]


def shown(store: Scrollback, view: Viewport) -> list[str]:
    def text(position: Position) -> str:
        _, start, end = view.layout.rows_of(position.seq)[position.row]
        return display_text(store[position.seq])[start:end]

    return [text(position) for position in view.visible()]


def test_an_empty_view_can_be_scrolled_and_resized() -> None:
    view = Viewport(Scrollback(1000))
    view.scroll_by(-1)
    view.page(1)
    view.to_top()
    view.scroll_to_row(5)
    view.resize(10, 5)
    view.return_to(Anchor(3, 0))
    assert (view.visible(), view.top_row, view.total_rows, view.new_below) == ([], 0, 0, 0)
    assert view.follow
    assert view.at_end


def test_it_follows_the_end() -> None:
    store, view = one_line_each(3, height=5)
    assert seqs(view) == [0, 1, 2]
    store.extend(message() for _ in range(4))
    view.sync()
    assert seqs(view) == [2, 3, 4, 5, 6]
    assert (view.top_row, view.total_rows, view.follow) == (2, 7, True)


def test_scrolled_up_it_keeps_still_and_counts_what_is_new() -> None:
    store, view = one_line_each(20, height=5)
    view.scroll_by(-3)
    assert seqs(view) == [12, 13, 14, 15, 16]
    store.extend([message(), Notice("connected", NOON), message()])
    view.sync()
    assert seqs(view) == [12, 13, 14, 15, 16]
    assert (view.new_below, view.follow, view.at_end) == (2, False, False)
    view.scroll_by(4)
    assert seqs(view) == [16, 17, 18, 19, 20]
    assert view.new_below == 1
    view.scroll_by(2)
    assert seqs(view) == [18, 19, 20, 21, 22]
    assert (view.new_below, view.follow, view.at_end) == (0, True, True)


def test_pages_overlap_by_a_row() -> None:
    _, view = one_line_each(20, height=5)
    view.page(-1)
    assert seqs(view) == [11, 12, 13, 14, 15]
    view.page(-10)
    assert seqs(view) == [0, 1, 2, 3, 4]
    view.page(1)
    assert seqs(view) == [4, 5, 6, 7, 8]


def test_what_fits_cannot_be_scrolled() -> None:
    _, view = one_line_each(5, height=5)
    for scroll in (view.to_top, lambda: view.scroll_by(-2), lambda: view.scroll_to_row(0)):
        scroll()
        assert view.follow


def test_the_oldest_kept_is_shown_when_the_place_was_trimmed() -> None:
    store, view = a_view(500, max_lines=500)
    view.to_top()
    view.scroll_by(3)
    store.extend(chatter(2000))
    view.sync()
    assert store.first is not None
    assert store.first > 0
    assert view.anchor == Anchor(store.first, 0)
    assert view.top_row == 0


def test_after_clearing_it_follows() -> None:
    store, view = one_line_each(300, height=5)
    view.to_top()
    store.clear()
    store.append(message("new"))
    view.sync()
    assert (shown(store, view), view.follow) == (["new"], True)


def test_a_resize_keeps_the_character_at_the_top() -> None:
    store = Scrollback(1000)
    store.append(message("first"))
    store.append(message("one two three four five six seven eight nine ten"))
    store.extend(message() for _ in range(50))
    view = Viewport(store, 10, 5)
    view.to_top()
    view.scroll_by(3)
    assert shown(store, view)[:2] == ["five six", "seven"]
    for width, top in (
        (80, "one two three four"),
        (20, "five six seven eight"),
        (9, "four five"),
        (10, "five six"),
    ):
        view.resize(width, 5)
        assert shown(store, view)[0].startswith(top)


def test_a_view_made_higher_is_full_and_comes_back_when_made_smaller() -> None:
    store, view = one_line_each(20, height=5)
    view.scroll_by(-3)
    before = view.visible()
    view.resize(80, 15)
    assert seqs(view) == list(range(5, 20))
    assert (view.follow, view.at_end, view.new_below) == (False, True, 0)
    view.resize(80, 5)
    assert view.visible() == before
    view.resize(80, 15)
    store.append(message())
    view.sync()
    assert seqs(view) == list(range(5, 20))
    assert (view.at_end, view.new_below) == (False, 1)
    view.resize(80, 14)
    assert seqs(view) == list(range(5, 19))


def test_a_character_is_revealed_in_the_middle_unless_it_is_in_view() -> None:
    _, view = one_line_each(100, height=5)
    view.reveal(97)
    assert view.follow
    view.reveal(50)
    assert seqs(view) == [48, 49, 50, 51, 52]
    view.reveal(52)
    assert seqs(view) == [48, 49, 50, 51, 52]
    view.reveal(0)
    assert seqs(view) == [0, 1, 2, 3, 4]


def test_a_place_can_be_returned_to() -> None:
    _, view = one_line_each(100, height=5)
    for rows in (0, -10):
        view.scroll_by(rows)
        place, before = view.anchor, view.visible()
        view.reveal(20)
        view.return_to(place)
        assert (view.anchor, view.visible()) == (place, before)


def test_dragging_goes_where_the_thumb_is() -> None:
    _, view = a_view(20_000)
    for tenth in range(10):
        row = view.total_rows * tenth // 10
        view.scroll_to_row(row)
        assert abs(view.top_row - row) < view.total_rows / 200
    view.scroll_to_row(view.total_rows)
    assert view.follow


def test_a_resize_wraps_no_more_than_the_view_and_the_last_page() -> None:
    _, view = a_view(100_000)
    for place in (0, view.total_rows // 2, view.total_rows):
        view.scroll_to_row(place)
        before = view.layout.wraps
        view.resize(view.layout.width + 7, 30)
        assert len(view.visible()) == 30
        assert view.top_row <= view.total_rows - 30
        assert view.layout.wraps - before <= 2 * 31


def test_jumping_and_paging_wrap_no_more_than_the_view_and_the_last_page() -> None:
    _, view = a_view(100_000)
    for jump in (
        view.to_top,
        view.to_end,
        lambda: view.page(-1),
        lambda: view.scroll_to_row(view.total_rows // 3),
    ):
        before = view.layout.wraps
        jump()
        view.visible()
        assert view.layout.wraps - before <= 2 * 24 + 2


def test_a_flood_wraps_what_is_in_view_only() -> None:
    store, view = a_view(1000)
    before = view.layout.wraps
    for number, entry in enumerate(chatter(50_000), 1):
        store.append(entry)
        if number % 1000 == 0:
            view.sync()
            assert len(view.visible()) == 24
    assert view.layout.wraps - before <= 50 * 25


def test_a_flood_below_a_reader_wraps_nothing() -> None:
    store, view = a_view(1000)
    view.to_top()
    shown_before, before = view.visible(), view.layout.wraps
    for _ in range(20):
        store.extend(chatter(500))
        view.sync()
        assert view.visible() == shown_before
    assert view.new_below == 10_000
    assert view.layout.wraps == before
