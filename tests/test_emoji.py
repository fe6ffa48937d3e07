"""Emoji by their names: what one finds by a few letters."""

from __future__ import annotations

import pytest

from amqpchat_tui.emoji import emoji_beginning, emoji_named, find_emoji


@pytest.mark.parametrize("name", ["thumbs_up", "THUMBS UP", ":thumbs_up:", "+1", " thumbsup "])
def test_an_emoji_has_several_names(name: str) -> None:
    assert emoji_named(name) == "👍"


@pytest.mark.parametrize("name", ["", ":", "thumbs", "👍", "no such thing"])
def test_what_is_no_name_names_none(name: str) -> None:
    assert emoji_named(name) == ""


def test_the_shortest_name_comes_first_and_each_emoji_once() -> None:
    found = emoji_beginning("thu")
    assert [emoji for emoji, _ in found][:2] == ["👍", "👎"]
    assert len({emoji for emoji, _ in found}) == len(found)
    assert all("skin" not in name for _, name in found[:3])


def test_a_name_that_begins_so_is_found_before_one_with_a_word_that_does() -> None:
    names = [name for _, name in find_emoji("cat", 200)]
    assert names[0] == "cat"
    begins = [name.startswith("cat") for name in names]
    assert begins == sorted(begins, reverse=True)
    words = ["_cat" in name for name in names if not name.startswith("cat")]
    assert words == sorted(words, reverse=True)
    assert True in words
    assert len(find_emoji("cat", 3)) == 3
