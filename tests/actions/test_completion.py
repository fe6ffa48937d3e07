"""What Tab makes of the beginning of a nick, in any alphabet, wherever it stands."""

from __future__ import annotations

import unicodedata

import pytest
import regex
from hypothesis import assume, given
from hypothesis import strategies as st

from amqpchat_tui.actions.completion import completions
from tests.test_matching import nicks


@pytest.mark.parametrize(
    ("before", "nick", "line"),
    [
        ("@bo", "bob", "@bob "),
        ("(bo", "bob", "(bob "),
        ("hi,bo", "bob", "hi,bob "),
        ("(@bo", "bob", "(@bob "),
        ("“bo", "bob", "“bob "),
        ("is", "İSMAİL", "İSMAİL: "),
        ("ask ıs", "İSMAİL", "ask İSMAİL "),
        ("cafe\u0301", "Café", "Café: "),
        ("stras", "Straße", "Straße: "),
        ("こんにちは太", "太郎", "こんにちは太郎 "),
        ("Ｂｏ", "bob", "bob: "),
        ("Jane D", "Jane Doe", "Jane Doe: "),
        ("ask jane ", "Jane Doe", "ask Jane Doe "),
        ("@b", "@bot", "@bot: "),
        ("/me hugs (bo", "bob", "/me hugs (bob "),
    ],
)
def test_tab_completes(before: str, nick: str, line: str) -> None:
    start, (candidate,) = completions(before, [nick, "nobody"])
    assert before[:start] + candidate == line


def test_the_longest_beginning_is_completed_first() -> None:
    assert completions("@bo", ["bob", "@bot", "bodo"]) == (0, ["@bot: ", "@bob ", "@bodo "])


@pytest.mark.parametrize("before", [":thumbs", "hi :thumbs", "(:THUMBS", ":thumbs u", "👍:thumbs"])
def test_an_emoji_is_completed_by_its_name(before: str) -> None:
    start, candidates = completions(before, [])
    if before.endswith(" u"):
        assert not candidates
    else:
        assert before[:start] + candidates[0] == before[: before.index(":")] + "👍"
        assert len(candidates) == len(set(candidates))


@pytest.mark.parametrize(
    "before", ["10:30", "10:30:1", "std::th", "a:th", "http://h:80", ":", "::th", ": th"]
)
def test_a_colon_that_begins_no_word_is_no_emoji(before: str) -> None:
    assert completions(before, [])[1] == []


def test_nicks_come_after_emoji() -> None:
    _, candidates = completions("hi :thumbsu", ["thumbsucker"])
    assert candidates[0] == "👍"
    assert candidates[-1] == ":thumbsucker "


@given(
    nicks.filter(lambda nick: not nick.startswith("/")),
    st.lists(nicks),
    st.sampled_from(["", "hi ", "@", "(", "\n", "ねえ、", "l'"]),
    st.data(),
)
def test_any_beginning_of_any_nick_is_completed_to_it(
    nick: str, others: list[str], before: str, data: st.DataObject
) -> None:
    characters = regex.findall(r"\X", nick)
    typed = "".join(characters[: data.draw(st.integers(1, len(characters)))])
    for written in (typed, unicodedata.normalize("NFD", typed)):
        assume(written == typed or len(written) <= 100)
        start, candidates = completions(before + written, [*others, nick])
        ending = " " if before else ": "
        assert before + nick + ending in [(before + written)[:start] + each for each in candidates]
