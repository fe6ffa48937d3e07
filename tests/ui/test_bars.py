"""The bars that take the prompt's place: keys reach the right one, however fast they are typed."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable

import pytest
from textual.widgets import Input

from amqpchat_tui.scrollback.search import Search
from amqpchat_tui.ui.bars.pick_bar import PickBar
from tests.support.fake_client import message
from tests.support.terminal import Key, Terminal, ctrl
from tests.support.waiting import wait_until
from tests.ui.chat import Chat, open_chat, type_at_once


async def hear_lines(chat: Chat, count: int = 100) -> None:
    chat.client.hear(*(message("bob", f"line {number}") for number in range(count)))
    await chat.sees(f"line {count - 1}")


async def reads(chat: Chat, text: str) -> None:
    await wait_until(lambda: chat.prompt.has_focus and chat.prompt.text == text, what=lambda: chat.text)


async def test_what_is_typed_with_ctrl_f_is_searched_for() -> None:
    async with open_chat() as chat:
        await hear_lines(chat)
        type_at_once(chat, "+draft", "ctrl+f", "+lin 42", *["left"] * 3, "+e")
        await chat.sees("1 of 1 ")
        assert chat.app.screen.query_one(Input).value == "line 42"
        assert chat.prompt.text == "draft"
        type_at_once(chat, "escape", "+ goes on")
        await reads(chat, "draft goes on")
        await chat.sees("line 99")


async def test_enter_twice_stays_and_gives_the_keys_behind_it_to_the_prompt() -> None:
    async with open_chat() as chat:
        await hear_lines(chat)
        type_at_once(chat, "ctrl+f", "+line 42", "enter", "enter", "+an answer")
        await reads(chat, "an answer")
        await chat.sees("line 42")
        assert "line 99" not in chat.text


async def test_a_message_is_picked_and_copied_or_quoted_at_once() -> None:
    async with open_chat() as chat:
        await hear_lines(chat)
        type_at_once(chat, "alt+up", "c", "up", "greater_than_sign", "+yes")
        await reads(chat, "> bob:\n> line 98\nyes")
        assert chat.app.clipboard == "line 99"


async def test_the_bar_of_a_message_tells_of_corrections_where_it_is_ones_own() -> None:
    async with open_chat() as chat:
        chat.client.hear(message("bob", "theirs"), message("alice", "mine", own=True))
        await chat.sees("mine")
        await chat.pilot.press("alt+up")
        await chat.sees("e correct")
        await chat.pilot.press("up")
        await chat.sees("c copy")
        assert "correct" not in chat.text
        await chat.pilot.press("e")
        await chat.sees("not your line")
        row = next(y for y, text in enumerate(chat.rows) if "mine" in text)
        await chat.pilot.click(offset=(1, row))
        await chat.sees("e correct")
        assert "not your line" not in chat.text
        await chat.pilot.press("escape", "x")
        await reads(chat, "x")


async def test_the_bar_of_a_message_tells_all_keys_and_all_about_it_in_rows_of_its_own() -> None:
    async with open_chat() as chat:
        await hear_lines(chat)
        await chat.pilot.press("alt+up")
        await chat.sees("? all · Esc back")
        bar = chat.app.screen.query_one(PickBar)
        await chat.pilot.press("question_mark")
        await wait_until(lambda: bar.size.height > 5, what=lambda: chat.text)
        for told in "c copy the message's text", "i tell all about a message", "q pick nothing":
            assert told in str(bar.render())
        assert "line 99" in chat.text
        await chat.pilot.press("question_mark")
        await wait_until(lambda: bar.size.height == 1, what=lambda: chat.text)
        await chat.pilot.press("i")
        await chat.sees("no account that was checked")
        await chat.sees("? all · Esc back")
        await wait_until(lambda: bar.size.height > 1, what=lambda: chat.text)


async def test_a_line_of_the_outbox_is_edited_at_once() -> None:
    async with open_chat() as chat:
        await chat.enter("one")
        chat.client.fail("the broker did not take it")
        await chat.sees("(failed")
        type_at_once(chat, "alt+o", "e", "+!")
        await reads(chat, "one!")


async def test_one_write_to_the_terminal(open_terminal: Callable[..., Terminal]) -> None:
    chat = open_terminal(sys.executable, "-m", "tests.bench.programs.full_room", "100")
    chat.wait_for("the newest of them all")
    chat.write(ctrl("f") + "newest")
    chat.wait_for("Find newest ")
    chat.write(Key.ENTER + Key.ENTER + "hello" + ctrl("f") + "oldest")
    chat.wait_for("Find oldest ")
    chat.write(Key.ESCAPE)
    chat.wait_for("❯ hello")


@pytest.mark.parametrize("size", [1, 2, 3, 7])
async def test_keys_come_in_pieces_and_stay_in_order(size: int) -> None:
    async with open_chat() as chat:
        await hear_lines(chat)
        await chat.pilot.press("ctrl+f", *"line")
        keys = ["enter", "enter", *"hello", "ctrl+f", *"lin 42", *["left"] * 3, "e", "enter", "enter", "!"]
        for start in range(0, len(keys), size):
            type_at_once(chat, *keys[start : start + size])
            await asyncio.sleep(0)
        await reads(chat, "hello!")
        await chat.sees("line 42")


@pytest.mark.parametrize("size", [1, 2, 3, 7])
async def test_bars_open_again_as_soon_as_they_are_closed(size: int) -> None:
    async with open_chat() as chat:
        await hear_lines(chat)
        keys = ["ctrl+f", "x", "escape", "ctrl+f", "y", "escape", "alt+up", "escape", "alt+up", "escape", "a"]
        keys += ["alt+up", "ctrl+f", "4", "alt+up", "ctrl+f", "escape", "alt+up", "q", "b"]
        for start in range(0, len(keys), size):
            type_at_once(chat, *keys[start : start + size])
            await asyncio.sleep(0)
        await reads(chat, "ab")


async def test_after_enter_n_and_N_go_through_what_was_found() -> None:  # noqa: N802 - the key
    async with open_chat() as chat:
        await hear_lines(chat)
        await chat.pilot.press("ctrl+f", *"line", "enter", "n", "n")
        await chat.sees("3 of 100 ")
        await chat.pilot.press("N")
        await chat.sees("2 of 100 ")
        await chat.pilot.press("space", "9", "n")
        await chat.sees("nothing found")
        assert chat.app.screen.query_one(Input).value == "line 9n"
        await chat.pilot.press("backspace", "enter", "n", "ctrl+f", "8")
        await chat.sees("1 of 1 ")
        await chat.pilot.press("enter", "escape")
        await reads(chat, "")


async def test_what_was_found_can_be_picked() -> None:
    async with open_chat() as chat:
        await hear_lines(chat)
        await chat.pilot.press("ctrl+f", *"line 42", "alt+up", "c")
        await chat.sees("copied")
        assert chat.app.clipboard == "line 42"
        await chat.pilot.press("ctrl+f", *"41")
        await chat.sees("1 of 1 ")


async def test_a_long_search_says_how_far_it_is_and_can_be_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Search, "step", lambda _: None)
    monkeypatch.setattr(Search, "progress", 0.42)
    async with open_chat() as chat:
        await hear_lines(chat)
        await chat.pilot.press("pageup")
        place = chat.scrollback.reader.place
        type_at_once(chat, "ctrl+f", "+nowhere")
        await chat.sees("searching … 42% ")
        type_at_once(chat, "escape", "+x")
        await reads(chat, "x")
        assert chat.scrollback.reader.place == place
