"""Patterns find words and what is between them, and nothing that somebody writes makes that slow."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amqpchat_tui.matching import folded
from amqpchat_tui.patterns import PATTERN_MAX_CHARACTERS, Pattern

FEW = st.text("ab *", max_size=12)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("probe * ok", "probe disk ok"),
        ("probe * ok", "probe ok"),
        ("probe * ok", "ci the PROBE of rabbit-1 says: OK."),
        ("probe*ok", "probe-book"),
        ("disk alarm", "bob disk\n  alarm!"),
        ("straße", "ci STRASSE frei"),
        ("*bot", "backupbot done"),
        ("warn*", "ci warnings"),
        ("[ok]", "ci test [ok]"),
        ("a * a", "a a"),
        ("明日", "今日と明日は"),
    ],
)
def test_a_pattern_matches(pattern: str, text: str) -> None:
    assert Pattern(pattern).matches(text)
    assert Pattern(pattern).may_match(folded(f"something else\n{text}"))


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("probe * ok", "ok probe"),
        ("probe * ok", "probe broken"),
        ("probe", "probes are out"),
        ("bot", "backupbot done"),
        ("disk alarm", "disk is full, alarm"),
        ("a * a", "a b"),
        ("a a", "a"),
    ],
)
def test_a_pattern_does_not_match(pattern: str, text: str) -> None:
    assert not Pattern(pattern).matches(text)


@pytest.mark.parametrize(
    ("pattern", "says"),
    [("", "at least one word"), (" * ** ", "at least one word"), ("x" * 201, "at most 200 characters")],
)
def test_a_pattern_that_is_none_is_told(pattern: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Pattern(pattern)


@given(FEW, FEW)
def test_what_comes_first_is_as_good_as_any_other_place(pattern: str, text: str) -> None:
    """The obvious way tries all places."""

    def anywhere(words: list[str], left: list[str]) -> bool:
        if not words:
            return True
        word, *others = words
        if word == "*":
            return any(anywhere(others, left[skipped:]) for skipped in range(len(left) + 1))
        return left[:1] == [word] and anywhere(others, left[1:])

    words = pattern.replace("*", " * ").split()
    if any(word != "*" for word in words):
        found = Pattern(" ".join(words)).matches(text.replace("*", "x"))
        assert found == anywhere(["*", *words], text.replace("*", "x").split())


@pytest.mark.parametrize("length", [1_000, 16_000, 256_000])
@pytest.mark.parametrize(
    "pattern",
    ["*a" * 100, "a* *" * 50, "a" * PATTERN_MAX_CHARACTERS, "*".join("a" * 100), "a *" * 60 + "b", "́*" * 100],
)
def test_no_place_of_a_text_is_looked_at_twice(pattern: str, length: int) -> None:
    for text in (
        "a" * length,
        "a " * (length // 2),
        "ab" * (length // 2),
        "a" * (length - 1) + "b",
        "á" * length,
    ):
        looked_for = Pattern(pattern)
        looked_for.matches(text)
        assert looked_for.looks <= len(text)
