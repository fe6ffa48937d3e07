"""Rows of an entry: its text, a quote above, reactions below, or none at all."""

import pytest

from amqpchat_tui.scrollback import Annotation, Row, RowKind
from amqpchat_tui.scrollback.rows import estimate, rows
from tests.scrollback.naive import naive_rows

QUOTE, TEXT, REACTIONS = RowKind


def test_a_text_alone_is_wrapped() -> None:
    assert rows("hello world", Annotation(), 6) == [Row(TEXT, 0, 5), Row(TEXT, 6, 11)]


def test_what_is_hidden_has_no_row() -> None:
    hidden = Annotation(hidden=True, quote="bob: what?", reactions="👍 1", answers="↳ 2")
    assert rows("hello world", hidden, 6) == []
    assert estimate("hello world", hidden, 6) == 0


def test_a_quote_is_a_row_above_and_reactions_are_one_below() -> None:
    annotation = Annotation(quote="bob: what?", reactions="👀 2  👍 1")
    assert rows("hello", annotation, 40) == [Row(QUOTE, 0, 10), Row(TEXT, 0, 5), Row(REACTIONS, 0, 8)]
    assert estimate("hello", annotation, 40) == 3


@pytest.mark.parametrize(("width", "shown"), [(12, 10), (11, 8), (5, 2), (3, 0), (2, 0), (1, 0)])
def test_a_quote_is_cut_where_its_row_ends(width: int, shown: int) -> None:
    assert rows("x", Annotation(quote="bob: what?"), width)[0] == Row(QUOTE, 0, shown)


def test_a_folded_text_is_a_row_cut_where_it_ends() -> None:
    assert rows("hello world", Annotation(), 11, folded=True) == [Row(TEXT, 0, 11)]
    assert rows("hello world", Annotation(), 6, folded=True) == [Row(TEXT, 0, 5)]
    assert estimate("hello world", Annotation(), 6, folded=True) == 1
    assert rows("hello world", Annotation(hidden=True), 6, folded=True) == []


def test_nothing_is_cut_within_a_character() -> None:
    assert rows("x", Annotation(reactions="👩\u200d💻👩\u200d💻👩\u200d💻"), 5)[-1] == Row(REACTIONS, 0, 6)


@pytest.mark.parametrize(
    ("text", "reactions", "expected"),
    [
        ("hello", "", [Row(TEXT, 0, 5)]),
        ("hello you", "", [Row(TEXT, 0, 9), Row(REACTIONS, 0, 0)]),
        ("hello", "👍 1", [Row(TEXT, 0, 5), Row(REACTIONS, 0, 3)]),
        ("hello", "👍 1  👀 2", [Row(TEXT, 0, 5), Row(REACTIONS, 0, 4)]),
    ],
)
def test_a_mark_stands_at_the_end_of_the_last_row_if_there_is_room(
    text: str, reactions: str, expected: list[Row]
) -> None:
    assert rows(text, Annotation(reactions=reactions, answers="↳ 2"), 10) == expected
    assert naive_rows(text, Annotation(reactions=reactions, answers="↳ 2"), 10) == expected
