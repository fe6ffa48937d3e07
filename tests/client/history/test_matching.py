"""History and live lines together are what was published, also where lines have no ids and are repeated."""

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amqpchat_tui.client.history.matching import (
    SHOWN_LINES,
    LineKey,
    end_alike,
    key_of,
    not_shown,
    older_than_queue,
    without_partner,
)

from .simulation import Room, difference


def keys(letters: str) -> list[LineKey]:
    """A line of a nick of its own for each letter."""
    return [LineKey(letter.encode(), letter) for letter in letters]


KNOWN = st.lists(st.builds(LineKey, st.sampled_from([b"0", b"1", b"2"]), st.just("new")), max_size=20)
KEYS = st.lists(st.sampled_from(keys("abc")), max_size=40)


@given(KEYS, KEYS)
def test_what_has_no_partner_and_what_was_heard_are_all_there_is(
    before: list[LineKey], heard: list[LineKey]
) -> None:
    window = [*before, *heard]
    left = [window[index] for index in without_partner(window, heard)]
    assert Counter(left) + Counter(heard) == Counter(window)
    assert left == before  # the later ones of equal lines are those that were heard


@given(KEYS)
def test_what_only_the_queue_has_changes_nothing(before: list[LineKey]) -> None:
    assert without_partner(before, keys("xy")) == list(range(len(before)))


def test_of_a_queue_that_is_behind_more_is_to_be_expected() -> None:
    assert without_partner(keys("abcde"), keys("bc"), behind=True) == [0]
    assert without_partner(keys("abcde"), [], behind=True) == []


def test_a_stream_that_has_not_come_to_where_the_queue_was_bound_tells_nothing_yet() -> None:
    heard = [LineKey(nick, text) for text in range(10) for nick in (b"a", b"b")]
    before = [LineKey(b"b", 7), LineKey(b"a", 7), LineKey(b"b", 0), LineKey(b"a", 0)]
    assert older_than_queue(0.3, 0.0, before, heard) is None
    assert older_than_queue(0.3, 0.0, [*before, *heard], heard) == [0, 1, 2, 3]


def test_lines_are_known_again_by_their_id_else_by_nick_and_text() -> None:
    assert key_of("id", b"ann", b"hi", 0) == key_of("id", b"ann", b"ho", 0)
    assert key_of(None, b"ann", b"hi", 0) == key_of("", b"ann", b"hi", 0) != key_of("", b"bob", b"hi", 0)
    assert key_of(b"no text", b"ann", b"hi", 0) == key_of(None, b"ann", b"hi", 0)
    assert key_of(None, b"ann", b"hi", 1) != key_of(None, b"ann", b"hi", 0)


def test_a_stream_that_is_behind_by_a_line_is_seen_to_be_though_all_speak_in_turn() -> None:
    spoken = keys("abcd" * 10)
    assert end_alike(spoken, spoken)
    assert end_alike(spoken, [*spoken[:-5], spoken[-4], spoken[-5], *spoken[-3:]])
    assert not end_alike(spoken[:-1], spoken)
    assert end_alike(keys("xab"), keys("ab"))
    assert not end_alike(keys("xa"), keys("ab"))
    assert end_alike([], [])
    assert not end_alike(keys("x"), [])


def test_nothing_is_decided_too_early_and_nothing_waited_for_too_long() -> None:
    assert older_than_queue(0.2, 0.2, [], []) is None
    assert older_than_queue(0.3, 0.1, keys("xa"), keys("a")) == [0]
    assert older_than_queue(0.3, 0.01, keys("xa"), keys("a")) is None
    assert older_than_queue(0.3, 0.1, keys("x"), []) is None
    assert older_than_queue(0.6, 0.3, keys("x"), []) == [0]
    assert older_than_queue(2.5, 0.01, keys("xab"), keys("a")) == [0]


def test_with_many_lines_it_does_not_matter_which_side_has_come_further() -> None:
    spoken = [LineKey(b"%d" % (number % 4), number) for number in range(40)]
    assert older_than_queue(0.3, 0.0, spoken, spoken[3:30]) == [0, 1, 2]
    assert older_than_queue(0.3, 0.0, spoken[:30], spoken[3:]) == [0, 1, 2]
    overtaken = [*spoken[:2], spoken[3], spoken[2], *spoken[4:]]
    assert older_than_queue(0.3, 0.0, overtaken, spoken[3:]) == [0, 1, 3]


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


@given(KNOWN, st.integers(0, 30), st.randoms(use_true_random=False))
def test_lines_that_stand_elsewhere_in_the_stream_are_neither_missed_nor_doubled(
    missed: list[LineKey], swaps: int, chance: random.Random
) -> None:
    shown = [LineKey(b"%d" % (number % 3), number) for number in range(SHOWN_LINES)]
    read = [*shown, *missed]
    for _ in range(swaps):
        at = chance.randrange(SHOWN_LINES - 1)
        if read[at].nick != read[at + 1].nick:
            read[at], read[at + 1] = read[at + 1], read[at]
    indices = not_shown(shown, read, SHOWN_LINES)
    assert indices is not None
    assert [read[index] for index in indices] == missed


def test_a_line_that_was_overtaken_at_the_cut_is_filled_in() -> None:
    read = keys("abcdefghijk")
    assert not_shown([*read[:8], read[9]], read, None) == [8, 10]


def test_of_a_nick_that_always_says_the_same_the_number_counts() -> None:
    shown = [LineKey(nick, "x") for nick in [b"a", b"b", b"c"] * 10]
    more = [LineKey(nick, "x") for nick in [b"b", b"c"]]
    assert not_shown(shown, [*shown, *more], len(shown)) == [30, 31]


def test_where_nothing_tells_it_stays_a_gap() -> None:
    assert not_shown(keys("abc"), keys("xyzxyz"), 3) is None  # nothing is equal
    assert not_shown([LineKey(b"a", "x")] * 3, [LineKey(b"a", "x")] * 6, None) is None  # anything may be
    assert not_shown([LineKey(b"a", "x")] * 3, [LineKey(b"a", "x")] * 6, 5) == [5]
    assert not_shown([], keys("abc"), None) is None
    assert not_shown([], keys("abc"), 1) == [1, 2]
    assert not_shown(keys("ab"), keys("abcd"), None) == [2, 3]
