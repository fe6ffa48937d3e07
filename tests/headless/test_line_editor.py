"""A line is typed by adding to it and going back over it; nothing is ever drawn again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amqpchat_tui.headless.line_editor import LINE_MAX_CHARACTERS, Event, LineEditor


def typed(*portions: bytes) -> tuple[str, list[str], str]:
    """What is echoed, which lines are entered, and what is left."""
    editor = LineEditor()
    results = [result for portion in portions for result in editor.feed(portion)]
    echo = "".join(result.echo for result in results)
    return echo, [result.line for result in results if result.event is Event.LINE], editor.text


@pytest.mark.parametrize(
    ("keys", "echo", "text"),
    [
        (b"abc", "abc", "abc"),
        (b"abc\x7f\x08", "abc\b \b\b \b", "a"),
        ("日本\x7f".encode(), "日本\b\b  \b\b", "日"),
        ("e\u0301\x7f".encode(), "e\u0301\b \b", ""),
        (b"\x7f", "", ""),
        (b"one two \x17", "one two " + "\b \b" * 4, "one "),
        (b"ab\x15", "ab\b \b\b \b", ""),
        (b"a\x1b[Ab\x1bOA\x1bxc", "abc", "abc"),
        (b"a\x00\x07\x1b[3~b", "ab", "ab"),
        (b"a\xff", "a\ufffd", "a\ufffd"),
    ],
)
def test_what_is_typed_is_echoed_and_erased_by_going_back(keys: bytes, echo: str, text: str) -> None:
    assert typed(keys) == (echo, [], text)
    assert typed(*(bytes([byte]) for byte in keys))[2] == text, "however it is cut"


def test_lines_are_entered() -> None:
    assert typed(b"one\rtwo\nthree") == ("one\ntwo\nthree", ["one", "two"], "three")


def test_ctrl_d_ends_only_where_nothing_is_typed() -> None:
    editor = LineEditor()
    assert [result.event for result in editor.feed(b"a\x04")] == [None, None]
    editor.drop()
    assert [result.event for result in editor.feed(b"\x04")] == [Event.END]


@given(st.lists(st.binary(max_size=20), max_size=20))
def test_whatever_is_typed_nothing_but_text_and_going_back_is_written(portions: list[bytes]) -> None:
    echo, lines, text = typed(*portions)
    assert all(character.isprintable() or character in "\b\n" for character in echo)
    assert all(line.isprintable() for line in (*lines, text))


def test_a_line_has_an_end() -> None:
    echo, _, text = typed(b"x" * 100_000)
    assert len(echo) == len(text) == LINE_MAX_CHARACTERS
