"""History and live lines together are what was published, also where lines have no ids and are repeated."""

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amqpchat_tui.client.history.matching import (
    SHOWN_LINES,
    end_alike,
    have_met,
    key_of,
    not_shown,
    place,
    without_partner,
)

from .simulation import Room, difference

KEYS = st.lists(st.sampled_from("abc"), max_size=40)


@given(KEYS, KEYS)
def test_what_has_no_partner_and_what_was_heard_are_all_there_is(before: list[str], heard: list[str]) -> None:
    window = [*before, *heard]
    left = [window[index] for index in without_partner(window, heard)]
    assert Counter(left) + Counter(heard) == Counter(window)
    assert left == before  # the later ones of equal lines are those that were heard


@given(KEYS)
def test_what_only_the_queue_has_changes_nothing(before: list[str]) -> None:
    assert without_partner(before, ["x", "y"]) == list(range(len(before)))


def test_lines_are_known_again_by_their_id_else_by_nick_and_text() -> None:
    assert key_of("id", b"ann", b"hi", 0) == key_of("id", b"bob", b"ho", 0)
    assert key_of(None, b"ann", b"hi", 0) == key_of("", b"ann", b"hi", 0) != key_of("", b"bob", b"hi", 0)
    assert key_of(b"no text", b"ann", b"hi", 0) == key_of(None, b"ann", b"hi", 0)
    assert key_of(None, b"ann", b"hi", 1) != key_of(None, b"ann", b"hi", 0)


def test_a_stream_that_is_behind_by_a_line_is_seen_to_be_though_all_speak_in_turn() -> None:
    spoken = list("abcd" * 10)
    assert end_alike(spoken, spoken)
    assert end_alike(spoken, [*spoken[:-3], spoken[-2], spoken[-3], spoken[-1]])
    assert not end_alike(spoken[:-1], spoken)


def test_nothing_is_decided_too_early_and_nothing_waited_for_too_long() -> None:
    assert not have_met(0.2, 0.2, [], [])
    assert have_met(0.3, 0.1, ["a"], [])
    assert not have_met(0.3, 0.01, ["a"], [])
    assert have_met(2.5, 0.01, ["a"], [])


@pytest.mark.parametrize("rate", [2, 20, 100])
@pytest.mark.parametrize("texts", [6, 2])
def test_who_joins_sees_each_line_once(rate: float, texts: int) -> None:
    for seed in range(12):
        room = Room(seed, rate=rate, texts=texts)
        bound_at = 3.0 + seed / 7
        past, _, _ = room.join(bound_at)
        assert not difference([*past, *room.queue(bound_at)], room.lines), f"seed {seed}"


@pytest.mark.parametrize("rate", [2, 20, 100])
@pytest.mark.parametrize("texts", [6, 2])
def test_who_was_cut_off_sees_each_line_once(rate: float, texts: int) -> None:
    for seed in range(12):
        room = Room(seed, rate=rate, texts=texts)
        cut_at, back_at = 5.0 + seed / 11, 6.5 + seed / 5
        past, tail, beyond = room.join(3.0)
        # What was on its way at the cut is lost: the queue has brought what had come by then.
        before = [line for line in room.queue(3.0, cut_at) if line.queued_at < cut_at]
        shown = [*past, *before][-SHOWN_LINES:]
        filled_in = room.fill(shown, len(before), tail + beyond, back_at)
        assert filled_in is not None, f"seed {seed}"
        assert not difference([*past, *before, *filled_in, *room.queue(back_at)], room.lines), f"seed {seed}"


@given(KEYS.filter(bool), st.integers(0, 30), st.randoms(use_true_random=False))
def test_lines_that_stand_elsewhere_in_the_stream_are_neither_missed_nor_doubled(
    missed: list[str], swaps: int, chance: random.Random
) -> None:
    shown = [f"{number}" for number in range(SHOWN_LINES)]
    read = [*shown, *missed]
    for _ in range(swaps):
        at = chance.randrange(SHOWN_LINES - 1)
        read[at], read[at + 1] = read[at + 1], read[at]
    if (end := place(shown, read, None)) is not None:
        assert [read[index] for index in not_shown(shown, read, end)] == missed


def test_a_line_that_was_overtaken_at_the_cut_is_filled_in() -> None:
    shown = [*"abcdefgh", "j"]
    assert not_shown(shown, [*"abcdefgh", "i", "j", "k"], 10) == [8, 10]
    assert not_shown([*"abcdefgh", "j"], [*"abcdefgh", "i", "j", "k"], 9) == [8, 10]


def test_where_nothing_tells_it_stays_a_gap() -> None:
    assert place(list("abc"), list("xyzxyz"), 3) is None  # nothing is equal
    assert place(list("aaa"), list("aaaaaa"), None) is None  # anything may be
    assert place(list("aaa"), list("aaaaaa"), 5) == 5
    assert place([], list("abc"), None) is None
    assert place([], list("abc"), 1) == 1
    assert place(list("ab"), list("xabcab"), 4) == 3
