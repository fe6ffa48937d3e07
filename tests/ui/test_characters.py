"""Characters as people see them: what is typed is what is sent, and keys never cut one in two."""

from __future__ import annotations

import asyncio
from itertools import accumulate

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from textual import events
from textual.widgets import Input
from wcwidth import iter_graphemes

from amqpchat_tui.ui.prompt.characters import after, at, before, blank_word_before, word_after, word_before
from amqpchat_tui.ui.terminal_parser import Parser
from tests.support.examples import examples
from tests.support.fake_client import FakeChoices
from tests.support.waiting import wait_until
from tests.ui.chat import Chat, connecting_chat, open_chat, type_at_once
from tests.ui.chat import settings as chat_settings

UNPRINTABLE = [
    *("\u00a0", "\u202f", "\u3000", "\u2003", "\u1680"),  # blanks that are no U+0020
    *("\u200c", "\u200d", "\u00ad", "\u2060", "\u200f", "\u061c"),  # joiners, hyphens, marks of direction
    *("\ufe0f", "\U000e0067", "\U000e007f", "\ue0a0", "\U0010ffff"),  # selectors, tags, private, unassigned
]
SEEN_AS_ONE = [
    *("e\u0301", "🇩🇪", "👩\u200d👩\u200d👧", "👍🏽", "❤\ufe0f", "한", "\u1112\u1161\u11ab", "क्षि", "กำ"),
    "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
]
rows = st.lists(
    st.sampled_from([*UNPRINTABLE, *SEEN_AS_ONE, "a", " ", ".", "\u0301", "🇫"])
    | st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]),
    max_size=12,
).map("".join)


def edges(row: str) -> list[int]:
    """Where characters begin and the last ends, by another library."""
    return [0, *accumulate(map(len, iter_graphemes(row)))]


@given(rows)
@example("".join(SEEN_AS_ONE))
def test_steps_go_from_character_to_character(row: str) -> None:
    places = edges(row)
    for place in range(len(row) + 1):
        assert before(row, place) == max([edge for edge in places if edge < place], default=0)
        assert after(row, place) == min([edge for edge in places if edge > place], default=len(row))
        assert at(row, place) == max(edge for edge in places if edge <= place)
        assert {word_before(row, place), blank_word_before(row, place), word_after(row, place)} <= {*places}


@pytest.mark.parametrize("word", ["cafe\u0301", "می\u200cخواهم", "क्षि", "naïve", "don", "слово"])
def test_words_keep_their_accents_and_joiners(word: str) -> None:
    row = f"one {word} two"
    end = 4 + len(word)
    assert word_before(row, end) == blank_word_before(row, end) == 4
    assert word_after(row, 3) == end


# Typing


async def type_pieces(chat: Chat, sent: str, size: int = 4096) -> None:
    """Type as a terminal sends it, cut into pieces."""
    parser = Parser()
    for start in range(0, len(sent), size):
        for event in parser.feed(sent[start : start + size]):
            chat.app.post_message(event)
    for event in parser.idle():
        chat.app.post_message(event)
    await chat.pilot.pause()


def reported(text: str) -> str:
    """Each character as kitty reports it."""
    return "".join(f"\x1b[{ord(character)};;{ord(character)}u" for character in text)


EVERYTHING = f"a{'b'.join([*UNPRINTABLE, *SEEN_AS_ONE])}c"


@pytest.mark.parametrize("report", [False, True])
async def test_the_prompt_takes_and_sends_what_is_typed(report: bool) -> None:
    async with open_chat() as chat:
        for times, size in enumerate([1, 3, 7, 4096], 1):
            await type_pieces(chat, reported(EVERYTHING) if report else EVERYTHING, size)
            assert chat.prompt.text == EVERYTHING
            await chat.pilot.press("enter")
            assert chat.client.said == [EVERYTHING] * times


async def test_the_find_bar_takes_what_is_typed() -> None:
    async with open_chat() as chat:
        await type_pieces(chat, f"\x06{EVERYTHING}")
        assert chat.app.screen.query_one(Input).value == EVERYTHING


async def test_the_address_field_takes_what_is_typed() -> None:
    async with connecting_chat(choices=FakeChoices(chat_settings().connection)) as chat:
        chat.client.find_nobody()
        await chat.pilot.pause()
        await type_pieces(chat, "\u00a0")  # meant for the room
        assert chat.prompt.text == "\u00a0"
        await chat.pilot.press("down", "down", "enter")
        await chat.pilot.pause()
        await type_pieces(chat, EVERYTHING)
        assert chat.app.screen.query_one(Input).value == EVERYTHING


@examples(1 / 4)
@given(st.lists(rows, min_size=1, max_size=6), st.integers(1, 50))
def test_whatever_is_typed_is_what_is_sent(lines: list[str], size: int) -> None:
    async def type_them() -> None:
        async with open_chat() as chat:
            for line in lines:
                await type_pieces(chat, line, size)
                assert chat.prompt.text == line
                await chat.pilot.press("ctrl+c")
                await type_pieces(chat, f"\x06{line}", size)
                assert chat.app.screen.query_one(Input).value == line
                await chat.pilot.press("escape")
                chat.prompt.clear()

    asyncio.run(type_them())


# Moving and deleting


@pytest.mark.parametrize(
    ("keys", "left"),
    [
        (["backspace"], "xy"),
        (["left", "delete"], "xy"),
        (["left", "a"], "xya{one}"),
        (["home", "right", "right", "right", "a"], "xy{one}a"),
        (["shift+left", "a"], "xya"),
        (["left", "left", "shift+right", "shift+right", "a"], "xa"),
        (["left", "left", "backspace"], "y{one}"),
    ],
)
async def test_keys_go_by_characters(keys: list[str], left: str) -> None:
    async with open_chat() as chat:
        for one in SEEN_AS_ONE:
            await paste_and_press(chat, f"xy{one}", keys)
            assert chat.prompt.text == left.format(one=one)
            chat.prompt.clear()
        await chat.pilot.press("ctrl+f")
        field = chat.app.screen.query_one(Input)
        for one in SEEN_AS_ONE:
            await paste_and_press(chat, f"xy{one}", keys)
            assert field.value == left.format(one=one)
            field.clear()


async def paste_and_press(chat: Chat, text: str, keys: list[str]) -> None:
    chat.app.post_message(events.Paste(text))
    type_at_once(chat, *keys)
    await chat.pilot.pause()


@pytest.mark.parametrize("key", ["up", "down"])
async def test_up_and_down_never_end_within_a_character(key: str) -> None:
    async with open_chat() as chat:
        family = "👩\u200d👩\u200d👧"
        chat.prompt.insert_text(f"{family * 3}\nabcdefg\n{family * 3}")
        for column in range(8):
            chat.prompt.move_cursor((1, column))
            await chat.pilot.press(key)
            row, place = chat.prompt.cursor_location
            assert row == (0 if key == "up" else 2)
            assert place % len(family) == 0


async def test_the_cursor_covers_a_whole_character() -> None:
    async with open_chat() as chat:
        family = "👩\u200d👩\u200d👧"
        chat.prompt.insert_text(f"x{family}y")
        await chat.pilot.press("left", "left")
        segments = [
            segment.text for strip in chat.app.screen._compositor.render_strips() for segment in strip
        ]
        assert family in segments


async def test_joiners_typed_between_characters_join_them_there() -> None:
    """The cursor stays where one types, though what is behind it is now one character with what is before."""
    async with open_chat() as chat:
        await type_pieces(chat, "👩👧")
        await chat.pilot.press("left")
        await type_pieces(chat, "\u200d👩\u200d")
        assert chat.prompt.text == "👩\u200d👩\u200d👧"


async def test_a_paste_into_the_find_bar_is_clean_and_of_one_row() -> None:
    async with open_chat() as chat:
        await chat.pilot.press("ctrl+f")
        chat.app.post_message(events.Paste("\r\none\x0e\x9b2J row\rtwo"))
        await wait_until(
            lambda: chat.app.screen.query_one(Input).value == "one␎\ufffd2J row", what="the paste"
        )
