"""What is published into an exchange of others, whatever that is."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amqpchat_tui.model import ChatMessage, FoldedMessage
from amqpchat_tui.wire.text import TEXT_MAX_BYTES, clean_line, clean_text
from amqpchat_tui.wire.watched import FOLDED_MAX_CHARACTERS, WHOLE_MAX_LINES, decode_watched
from tests.wire.arrived import arrived


def read(body: bytes | str, *, key: bytes = b"builds.main", left_out: int = 0) -> ChatMessage:
    raw = body.encode() if isinstance(body, str) else body
    return decode_watched(arrived(raw, key, missing=left_out), received_at=0.0)


def folded(body: bytes | str) -> FoldedMessage:
    message = read(body)
    assert isinstance(message, FoldedMessage), message
    return message


@pytest.mark.parametrize(
    ("body", "line", "whole"),
    [
        ('{"a": 1}', '{"a": 1}', '{\n  "a": 1\n}'),
        (" \n[1,\n2]\n", "[1, 2]", "[\n  1,\n  2\n]"),
        ('{"name":"J\\u00fcrgen"}', '{"name": "Jürgen"}', '{\n  "name": "Jürgen"\n}'),
        ("{}", "{}", "{}"),
        ('{"a": "\\u001b[31m\\n"}', '{"a": "\\u001b[31m\\n"}', '{\n  "a": "\\u001b[31m\\n"\n}'),
        ('["\\u009b"]', '["\ufffd"]', '[\n  "\ufffd"\n]'),
        ('["\\ud800"]', '["\ufffd"]', '[\n  "\ufffd"\n]'),
        ('["/me waves"]', '["/me waves"]', '[\n  "/me waves"\n]'),
    ],
)
def test_json_is_one_line_with_the_whole_behind_it(body: str, line: str, whole: str) -> None:
    message = folded(body)
    assert (message.nick, message.text, message.whole) == ("builds.main", line, whole)


@pytest.mark.parametrize(
    "body",
    [
        "plain text",
        "{not json}",
        '"a string"',
        "42",
        "",
        "[1, 2",
        "[NaN]",
        "[1e999]",
        "[" * 60 + "]" * 60,
        "[" * 8000,
        "[" * 8000 + "]" * 8000,
        "[" + "9" * 5000 + "]",
    ],
)
def test_what_is_no_object_and_no_array_is_a_line_as_in_a_room(body: str) -> None:
    message = read(body)
    assert not isinstance(message, FoldedMessage)
    assert message.text == clean_text(body)


def test_what_did_not_come_as_a_whole_is_not_taken_for_json() -> None:
    assert not isinstance(read("[1]", left_out=5), FoldedMessage)
    assert not isinstance(read("[" + " " * TEXT_MAX_BYTES + "]"), FoldedMessage)


def test_long_json_is_cut_in_its_line_and_kept_as_a_whole() -> None:
    numbers = list(range(300))
    message = folded(json.dumps(numbers))
    assert len(message.text) <= FOLDED_MAX_CHARACTERS
    assert message.text.startswith("[0, 1, 2, 3, ")
    assert json.loads(message.whole) == numbers


def test_very_long_json_is_cut_as_well() -> None:
    message = folded(json.dumps([0] * (WHOLE_MAX_LINES + 1)))
    lines = message.whole.split("\n")
    assert len(lines) == WHOLE_MAX_LINES + 1
    assert lines[-1] == "… (3 more lines)"


def test_brackets_in_a_text_are_not_counted_against_a_short_one() -> None:
    assert folded('["[[[[["]').text == '["[[[[["]'


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=20))
def test_any_json_is_shown_clean(document: object) -> None:
    message = folded(json.dumps([document]))
    assert message.text == clean_line(message.text)
    assert message.whole == clean_text(message.whole)


@given(st.binary())
def test_no_body_is_too_odd(body: bytes) -> None:
    assert isinstance(read(body), ChatMessage)
