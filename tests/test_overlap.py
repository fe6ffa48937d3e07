"""Which lines of a history another record has: each is taken for one at most, and none for one far away."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from amqpchat_tui.overlap import REACH, Key, key, partners


def plain(text: str) -> Key:
    return key(None, "bob", text, action=False)


def with_id(message_id: str) -> Key:
    return key(message_id, "bob", "whatever", action=False)


LINES = st.lists(st.sampled_from([plain("ok"), plain("yes"), *map(with_id, "abcde")]), max_size=40)


@given(LINES, LINES)
def test_a_line_is_taken_for_one_that_is_the_same_and_no_two_plain_ones_for_the_same(
    record: list[Key], history: list[Key]
) -> None:
    found = partners(record, history)
    assert len(found) == len(history)
    for line, place in zip(history, found, strict=True):
        assert place is None or record[place] == line
    taken = Counter(place for line, place in zip(history, found, strict=True) if line == plain("ok"))
    assert all(count == 1 for place, count in taken.items() if place is not None)


def test_lines_with_an_id_show_where_others_would_have_to_be() -> None:
    far = [with_id(f"far {number}") for number in range(REACH + 2)]
    near = [with_id(f"near {number}") for number in range(REACH + 2)]
    record = [plain("ok"), *far, *near]
    assert partners(record, [*near, plain("ok")])[-1] is None
    assert partners(record, [plain("ok"), *far, *near])[0] == 0


def test_an_id_that_was_used_again_misleads_nobody() -> None:
    ids = [with_id(str(number)) for number in range(60)]
    record = [*ids[:30], plain("ok"), *ids[30:]]
    history = [*record, ids[0]]
    assert partners(record, history)[30] == 30


def test_of_equal_lines_as_many_are_left_as_the_record_lacks() -> None:
    assert partners([plain("ok")], [plain("ok")] * 3) == [None, None, 0]
    assert partners([plain("ok")] * 5, [plain("ok")] * 3) == [2, 3, 4]
