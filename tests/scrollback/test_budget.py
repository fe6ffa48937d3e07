"""Many scrollbacks under one budget: the longest gives way, and who takes no more than a share keeps all."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from amqpchat_tui.scrollback import Budget, Scrollback
from amqpchat_tui.scrollback.block import BLOCK, BLOCK_BYTES, RECORD_BYTES
from amqpchat_tui.wire.text import TEXT_MAX_BYTES

from .support import message

LINE_BYTES = RECORD_BYTES + 60
"""More than a short line takes."""
ROOMS = 20


def hear(store: Scrollback, count: int) -> None:
    store.extend(message() for _ in range(count))


def test_twenty_rooms_that_fill_up_have_equal_shares_of_one_budget() -> None:
    budget = Budget(10 * 1024 * 1024)
    rooms = [Scrollback(100_000, budget) for _ in range(ROOMS)]
    for _ in range(10):
        for room in rooms:
            hear(room, BLOCK)
    assert budget.bytes < 10 * 1024 * 1024 + BLOCK * LINE_BYTES
    for _ in range(10):
        for room in rooms:
            hear(room, BLOCK)
    assert budget.bytes < 10 * 1024 * 1024 + BLOCK * LINE_BYTES
    lengths = [len(room) for room in rooms]
    assert max(lengths) - min(lengths) <= 2 * BLOCK
    assert min(lengths) > 4 * BLOCK


def test_a_flood_elsewhere_costs_who_has_less_nothing_and_who_has_more_not_more_than_the_flood_gets() -> None:
    budget = Budget(100 * BLOCK * LINE_BYTES)
    quiet, on_screen, flood = (Scrollback(100_000, budget) for _ in range(3))
    hear(quiet, 10 * BLOCK)
    hear(on_screen, 80 * BLOCK)
    for _ in range(500):
        hear(flood, BLOCK)
        assert len(quiet) == 10 * BLOCK
        assert len(on_screen) >= len(flood) - 2 * BLOCK
    assert len(on_screen) > 40 * BLOCK
    assert len(flood) > 40 * BLOCK


def test_however_long_lines_are_many_rooms_keep_some_and_are_bounded() -> None:
    budget = Budget(1024 * 1024)
    rooms = [Scrollback(100_000, budget) for _ in range(4)]
    longest = "x" * TEXT_MAX_BYTES
    for room in rooms:
        room.extend(message(longest) for _ in range(3 * BLOCK))
        assert len(room) >= BLOCK_BYTES // (TEXT_MAX_BYTES + LINE_BYTES)
        assert room.bytes <= 2 * BLOCK_BYTES + 2 * (TEXT_MAX_BYTES + LINE_BYTES)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 3_000)), min_size=8, max_size=20))
def test_whoever_takes_no_more_than_a_share_keeps_all(floods: Sequence[tuple[int, int]]) -> None:
    budget = Budget(40 * BLOCK * LINE_BYTES)
    share = 10 * BLOCK * LINE_BYTES
    rooms = [Scrollback(100_000, budget) for _ in range(4)]
    heard = [0] * 4
    for index, count in floods:
        hear(rooms[index], count)
        heard[index] += count
        assert budget.bytes <= 4 * share + 2 * BLOCK * LINE_BYTES
        for room, total in zip(rooms, heard, strict=True):
            if total * LINE_BYTES <= share:
                assert len(room) == total
