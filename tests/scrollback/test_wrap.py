from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len, get_character_cell_size

from amqpchat_tui.scrollback import wrap
from amqpchat_tui.scrollback.wrap import _ONE_CELL_EACH
from tests.scrollback.naive import graphemes_of, naive_wrap
from tests.scrollback.support import texts

widths = st.integers(min_value=1, max_value=90)


def rows(text: str, width: int) -> list[str]:
    return [text[start:end] for start, end in wrap(text, width)]


def cells_to_end_of_word(text: str, start: int, word_start: int) -> int:
    """Measure from a character to the end of a word that begins further right in the same line."""
    total = 0
    for grapheme_start, grapheme_end, cells in graphemes_of(text[start:].split("\n")[0], start):
        if grapheme_start > word_start and text[grapheme_start:grapheme_end] == " ":
            break
        total += cells
    return total


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("", 10, [""]),
        ("hello", 10, ["hello"]),
        ("hello world", 11, ["hello world"]),
        ("hello world", 10, ["hello", "world"]),
        ("hello world", 5, ["hello", "world"]),
        ("hello   world  ", 7, ["hello", "world"]),
        ("one\n\ntwo\n", 10, ["one", "", "two", ""]),
        ("    indented code", 12, ["    indented", "code"]),
        ("    indented", 10, ["indented"]),
        ("     ", 3, [""]),
        ("see https://example.org", 8, ["see", "https://", "example.", "org"]),
        ("abcdefgh ij", 3, ["abc", "def", "gh", "ij"]),
        ("日本語", 5, ["日本", "語"]),
        ("日本", 1, ["日", "本"]),
        ("größer als 5 €", 10, ["größer als", "5 €"]),
        ("ae\u0301i", 2, ["ae\u0301", "i"]),
        ("a \u0301b", 2, ["a \u0301", "b"]),
        ("👩\u200d💻👩\u200d💻", 3, ["👩\u200d💻", "👩\u200d💻"]),
        ("a❤\ufe0fb", 2, ["a", "❤\ufe0f", "b"]),
        ("\u200d\u200dword", 3, ["\u200d\u200dwor", "d"]),
        ("a\u200d b c", 1, ["a\u200d ", "b", "c"]),
    ],
)
def test_rows_break_where_a_reader_expects(text: str, width: int, expected: list[str]) -> None:
    assert rows(text, width) == expected


@given(texts, widths)
def test_wrap_agrees_with_the_naive_way(text: str, width: int) -> None:
    assert wrap(text, width) == naive_wrap(text, width)


@given(texts, widths)
def test_rows_hold_all_but_spaces_in_order(text: str, width: int) -> None:
    spans = wrap(text, width)
    between = [text[: spans[0][0]], text[spans[-1][1] :]]
    between += [text[end:start] for (_, end), (start, _) in pairwise(spans)]
    assert "".join(between).strip(" \n") == ""
    assert sum(skipped.count("\n") for skipped in between) == text.count("\n")
    assert all(one[0] < other[0] for one, other in pairwise(spans))


@given(texts, widths)
def test_rows_are_as_full_as_they_can_be_and_no_fuller(text: str, width: int) -> None:
    spans = wrap(text, width)
    for start, end in spans:
        graphemes = graphemes_of(text[start:end])
        assert cell_len(text[start:end]) <= width or sum(cells > 0 for _, _, cells in graphemes) == 1
        assert not graphemes or text[start:end][graphemes[-1][0] :] != " "
    for (start, end), (following, _) in pairwise(spans):
        if "\n" not in text[end:following]:
            assert cells_to_end_of_word(text, start, following) > width


def test_characters_of_the_fast_path_take_one_cell_each() -> None:
    fast = [character for character in map(chr, range(0x10000)) if _ONE_CELL_EACH.fullmatch(character)]
    assert len(fast) > 1500
    assert {get_character_cell_size(character) for character in fast} == {1}


def test_hostile_texts_wrap() -> None:
    assert rows("o" + "\u0301" * 10_000 + "k", 10) == ["o" + "\u0301" * 10_000 + "k"]
    assert rows("\n" * 1000, 10) == [""] * 1001
    assert [len(row) for row in rows("x" * 16_384, 80)] == [80] * 204 + [64]
    assert rows(" " * 16_384 + "x", 10) == ["x"]
    assert {len(row) for row in rows("漢" * 16_384, 80)} == {40, 24}
