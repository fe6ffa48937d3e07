"""Which texts match, where in a text, and where words end, in many alphabets."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterator

import pytest
import regex
from hypothesis import assume, given
from hypothesis import strategies as st

from amqpchat_tui.matching import folded, has_word, is_word_edge, normalized, occurrences
from amqpchat_tui.wire.text import WireError, check_nick

PIECES = [
    *(
        "a",
        "B",
        "é",
        "e\u0301",
        "\u0301",
        "\u0307",
        "\u0327",
        "İ",
        "ı",
        "I",
        "ß",
        "ẞ",
        "ﬁ",
        "Σ",
        "ς",
        "ᾳ",
        "ΐ",
    ),
    *(
        "太郎",
        "さん",
        "ナ",
        "ﾅ",
        "ｶﾞ",
        "ﾞ",
        "가",
        "\u1100",
        "\u1161",
        "\u11a8",
        "ㄱ",
        "ㅏ",
        "ㅋ",
        "ｱ",
        "Ｂ",
        "！",
    ),
    *("ส", "วั", "ี", "क", "ि", "ो", "े", "\u09c7", "\u09be", "ع", "\u064e", "א", "👩", "💻", "🇩", "🇪", "❤"),
    *(
        "\u200b",
        "\u200c",
        "\u200d",
        "\ufe0f",
        "\u00ad",
        "\u2060",
        " ",
        "\u00a0",
        "\u3000",
        "\n",
        "_",
        "'",
        "、",
        "1",
    ),
]
texts = st.lists(st.sampled_from(PIECES) | st.characters(codec="utf-8"), max_size=12).map("".join)


def characters() -> Iterator[str]:
    """All that there are."""
    return (chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code < 0xE000)


def marked(wanted: str, text: str) -> list[str]:
    return [text[start:end] for start, end in occurrences(folded(wanted), text)]


# Which texts match


def test_a_character_matches_itself_in_any_case_and_however_it_is_made_up() -> None:
    for one in characters():
        apart = unicodedata.normalize("NFD", one)
        forms = {one, apart, one.lower(), one.upper()}
        assert len(forms) == 1 or len(set(map(folded, forms))) == 1
        assert one == apart or normalized(one) == normalized(apart)


def test_what_a_pattern_takes_for_the_same_in_any_case_is_folded_alike() -> None:
    for letter in characters():
        if letter == letter.lower() == letter.upper():
            continue
        pattern = re.compile(letter, re.IGNORECASE)
        for other in {*letter.lower(), *letter.upper(), *letter.casefold(), *"ikstµß"}:
            if pattern.fullmatch(other):
                assert folded(letter) == folded(other)


@pytest.mark.parametrize("text", ["\u0307", "z\u0307"])
def test_folding_takes_no_mark_away_but_the_dot_of_an_i(text: str) -> None:
    assert folded(text) == folded(unicodedata.normalize("NFD", text)) == unicodedata.normalize("NFC", text)


def test_accents_and_case_where_it_counts_make_a_difference() -> None:
    assert folded("cafe") != folded("café")
    assert folded("가") != folded("각")
    assert normalized("é") != normalized("É")


# Where in a text


@pytest.mark.parametrize(
    ("wanted", "text", "parts"),
    [
        ("x", "no", []),
        ("aa", "aaa", ["aa", "aa"]),
        ("strasse", "in der Straße", ["Straße"]),
        ("s", "ß", ["ß", "ß"]),
        ("café", "un cafe\u0301, un CAFÉ", ["cafe\u0301", "CAFÉ"]),
        ("cafe", "café cafe\u0301", []),
        ("ismail", "İSMAİL", ["İSMAİL"]),
        ("\u0131x", "IX", ["IX"]),
        ("ὀδός", "ὈΔΌΣ", ["ὈΔΌΣ"]),
        ("fi", "eﬁn", ["ﬁ"]),
        ("bob", "＠Ｂｏｂ", ["Ｂｏｂ"]),
        ("ガ", "ｶﾞ カ\u3099", ["ｶﾞ", "カ\u3099"]),
        ("a b", "a\u00a0b", ["a\u00a0b"]),
        ("interest", "in\u00adter\u200best", ["in\u00adter\u200best"]),
        ("in\u00adterest", "interest", ["interest"]),
        ("❤", "❤\ufe0f!", ["❤\ufe0f"]),
        ("💻", "👩\u200d💻!", ["👩\u200d💻"]),
        ("ㅋㅋ", "ㅋㅋㅠㅠ", ["ㅋㅋ"]),
        ("가", "\u1100\u1161 각", ["\u1100\u1161"]),
        ("é", "e\u200b\u0301", ["e\u200b\u0301"]),
        ("\u200b", "a\u200bb", []),
    ],
)
def test_a_hit_is_marked_at_the_characters_of_the_text(wanted: str, text: str, parts: list[str]) -> None:
    assert marked(wanted, text) == parts


@given(texts, texts, texts)
def test_what_is_found_is_marked_in_whole_characters(before: str, wanted: str, after: str) -> None:
    text = before + wanted + after
    seen = regex.sub(r"[\p{Default_Ignorable_Code_Point}--\u200d]", "", text, flags=regex.V1)
    for form in (folded, normalized):
        spans = list(occurrences(form(wanted), text, form))
        assert bool(spans) == bool(form(wanted) and form(wanted) in form(text))
        for start, end in spans:
            assert 0 <= start < end <= len(text)
            assert form(wanted) in form(text[start:end])
    assert "".join(map(folded, regex.findall(r"\X", seen))) == folded(seen)


# Words


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("bob", "bob"),
        ("bob", "BOB's"),
        ("bob", "bob’s"),
        ("bob", "bob:hi"),
        ("bob", "@bob,al"),
        ("al", "l'al"),
        ("agent7", "agent7,8"),
        ("bob", "bobさん"),
        ("bob", "Ｂｏｂ、"),
        ("bob", "bob님"),
        ("太郎", "太郎さん、こんにちは"),
        ("太郎", "田中太郎"),
        ("みさき", "みさきさん"),
        ("ナオミ", "ナオミさん"),
        ("李", "李先生"),
        ("철수", "철수야"),
        ("สมชาย", "สวัสดีสมชายครับ"),
        ("café", "cafe\u0301!"),
        ("राम", "राम, सुनो"),
        ("علي", "يا علي،"),
        ("עלי", "עלי?"),
        ("νίκος", "ΝΊΚΟΣ;"),
        ("ünal", "Ünal’a"),
        ("c++", "C++!"),
        ("jane doe", "ask Jane Doe"),
        ("👩\u200d💻", "👩\u200d💻さん"),
    ],
)
def test_a_word_stands_in_a_text(word: str, text: str) -> None:
    assert has_word(folded(word), folded(text))


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("bob", "bobby"),
        ("bob", "bob2"),
        ("bob", "bob_"),
        ("bob", "xbob"),
        ("bob", "böb"),
        ("bob", "bobé"),
        ("ナオ", "ナオミ"),
        ("cafe", "cafe\u0301"),
        ("राम", "रामी"),
        ("али", "алиса"),
        ("👩", "👩\u200d💻"),
        ("s", "ß"),
    ],
)
def test_a_part_of_a_word_is_no_word(word: str, text: str) -> None:
    assert not has_word(folded(word), folded(text))


def is_nick(text: str) -> bool:
    try:
        return check_nick(text) == text and not unicodedata.category(text[0]).startswith("M")
    except WireError:
        return False


nicks = texts.map(str.strip).filter(is_nick)
"""But none that begins with an accent, which is a part of whatever stands before it."""


@given(nicks)
def test_any_nick_is_a_word_where_one_calls_it(nick: str) -> None:
    assume(not regex.search(r"[\u200d\p{GCB=Prepend}]$", nick))
    word = folded(nick)
    for text in (
        nick,
        f"{nick}: hi",
        f"hi {nick}",
        f"@{nick}, hi",
        f"({nick})",
        f"{nick}さん",
        f"ねえ、{nick}！",
    ):
        for written in (text, unicodedata.normalize("NFD", text), unicodedata.normalize("NFC", text)):
            assert has_word(word, folded(written))


@given(texts)
def test_words_begin_and_end_where_the_text_does(text: str) -> None:
    edges = [place for place in range(len(text) + 1) if is_word_edge(text, place)]
    assert not text or {0, len(text)} <= {*edges}
