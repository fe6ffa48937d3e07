"""Ctrl-R finds a line that was entered before, and puts it into the prompt, unsent."""

from __future__ import annotations

import pytest
from textual.widgets import Static

from amqpchat_tui.ui.bars.recall_bar import LINE_MAX_ROWS, RecallBar
from tests.support.waiting import wait_until
from tests.ui.chat import Chat, open_chat, type_at_once


async def enter(chat: Chat, *lines: str) -> None:
    for line in lines:
        await chat.enter(line)


def found(chat: Chat) -> str:
    line = chat.app.screen.query_one(".recalled", Static)
    assert line.size.height <= LINE_MAX_ROWS
    return str(line.visual)


async def finds(chat: Chat, line: str) -> None:
    await wait_until(lambda: bool(chat.app.screen.query(RecallBar)) and found(chat) == line, what=line)


@pytest.mark.parametrize("size", [(80, 24), (200, 60)])
async def test_an_earlier_line_is_found_and_taken_unsent(size: tuple[int, int]) -> None:
    async with open_chat(size) as chat:
        await enter(chat, "deploy rabbit-1", "hello", "Deploy rabbit-2", "bye", "deploy rabbit-1")
        await chat.pilot.press(*"draft", "ctrl+r")
        await finds(chat, "deploy rabbit-1")
        await chat.sees("1 of 4")
        await chat.pilot.press(*"depl", "ctrl+r")
        await finds(chat, "Deploy rabbit-2")
        await chat.pilot.press("ctrl+r", "ctrl+r")
        await finds(chat, "Deploy rabbit-2")
        await chat.pilot.press("down", "up", "enter")
        assert chat.prompt.text == "Deploy rabbit-2"
        assert chat.client.said[-1] == "deploy rabbit-1"
        await chat.pilot.press("ctrl+u", "ctrl+y")
        assert chat.prompt.has_focus


async def test_what_was_written_can_be_put_back() -> None:
    async with open_chat() as chat:
        await enter(chat, "hello")
        await chat.pilot.press(*"draft ", "ctrl+r", "tab", "ctrl+y")
        assert chat.prompt.text == "hellodraft "


@pytest.mark.parametrize("key", ["escape", "ctrl+c", "ctrl+g"])
async def test_who_goes_back_finds_what_was_written(key: str) -> None:
    async with open_chat() as chat:
        await enter(chat, "hello")
        await chat.pilot.press(*"draft", "ctrl+r", "h", key, "!")
        assert chat.prompt.text == "draft!"


async def test_nothing_found_takes_nothing() -> None:
    async with open_chat() as chat:
        await chat.pilot.press("ctrl+r")
        assert chat.hint == "You have not entered anything yet."
        await enter(chat, "hello")
        await chat.pilot.press(*"draft", "ctrl+r", "x")
        await chat.sees("nothing found")
        await chat.pilot.press("up", "enter")
        assert chat.prompt.text == "draft"


async def test_a_long_line_takes_some_rows_and_keys_typed_in_one_burst_keep_their_order() -> None:
    async with open_chat() as chat:
        await enter(chat, "word " * 200)
        type_at_once(chat, "ctrl+r", "+wor", "enter", "+!", "enter")
        await wait_until(lambda: len(chat.client.said) == 2, what="the line")
        assert chat.client.said[-1] == "word " * 200 + "!"
        await chat.pilot.press("ctrl+r")
        await wait_until(lambda: bool(chat.app.screen.query(RecallBar)), what="the bar")
        await chat.pilot.pause()
        assert found(chat).startswith("word word")
