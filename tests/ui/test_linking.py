"""Answering and correcting on the screen: what a line is about stands above the prompt."""

from __future__ import annotations

import time

import pytest

from amqpchat_tui.model import Bearing, ChatMessage, LinkedMessage
from amqpchat_tui.ui.linking import Linking
from amqpchat_tui.wire.lines import line_name
from tests.support.fake_client import NOON, message
from tests.support.waiting import wait_until
from tests.ui.chat import Chat, open_chat, open_rooms, styles_of, type_at_once


def answered(chat: Chat) -> str:
    """What stands above the prompt."""
    row = chat.app.screen.query_one(Linking)
    return row.said if row.display else ""


async def test_who_answers_the_picked_message_sees_which_until_it_is_sent() -> None:
    async with open_chat() as chat:
        chat.client.hear(message("bob", "who looks?"), message("carol", "not me"))
        await chat.sees("not me")
        await chat.pilot.press("alt+up", "up", "r")
        assert (answered(chat), chat.prompt.text) == ("╭ bob: who looks?", "bob: ")
        await chat.pilot.press("m", "e", "enter")
        (line,) = chat.client.lines
        assert (line.body, line.bearing.answers[:1]) == ("bob: me", "~"), (
            "plain lines are named by what they say"
        )
        assert answered(chat) == ""
        await chat.pilot.press("x", "enter")
        assert chat.client.lines[-1].bearing.answers == ""


async def test_a_click_on_a_time_picks_on_a_quoted_row_goes_there_and_on_a_nick_begins_a_line() -> None:
    async with open_chat() as chat:
        asked = message("bob", "who looks?")
        chat.client.hear(asked, *(message("carol", f"line {n}") for n in range(40)))
        chat.client.hear(LinkedMessage("dave", "bob: I do", NOON, answers=line_name(asked)))
        await chat.sees("bob: I do")
        row = next(y for y, text in enumerate(chat.rows) if "╭ bob: who looks?" in text)
        await chat.pilot.click(offset=(14, row))
        assert chat.prompt.text == "dave: "
        await chat.pilot.press("ctrl+u")
        await chat.pilot.click(offset=(30, row))
        await chat.sees("bob │ who looks?")
        await chat.sees("Message: ")
        row = next(y for y, text in enumerate(chat.rows) if "line 3" in text)
        await chat.pilot.click(offset=(2, row))
        await chat.pilot.press("c")
        assert chat.app.clipboard == "line 3"
        await chat.pilot.click(offset=(14, row))
        await chat.pilot.press("escape")
        assert chat.prompt.text == "", "the prompt was not to be seen"
        await chat.pilot.press("ctrl+f")
        await chat.pilot.click(offset=(2, row))
        await chat.sees("Find ")


async def test_esc_answers_nothing_and_leaves_what_was_written() -> None:
    async with open_chat() as chat:
        chat.client.hear(message("bob", "who looks?"))
        await chat.sees("who looks?")
        await chat.pilot.press("alt+r", "escape")
        assert (answered(chat), chat.prompt.text) == ("", "")
        await chat.pilot.press("alt+r", "m", "e", "escape")
        assert (answered(chat), chat.prompt.text) == ("", "bob: me")


async def test_reply_answers_the_last_line_that_names_one() -> None:
    async with open_chat() as chat:
        chat.client.hear(message("bob", f"{chat.client.nick}: ready?"), message("carol", "hello"))
        await chat.sees("hello")
        chat.prompt.insert_text("/reply soon")
        await chat.pilot.press("enter")
        (line,) = chat.client.lines
        assert line.body == "bob: soon"
        assert line.bearing.answers
        assert answered(chat) == ""


async def test_without_a_line_of_others_there_is_nothing_to_answer() -> None:
    async with open_chat() as chat:
        chat.prompt.insert_text("/reply soon")
        await chat.pilot.press("enter")
        await chat.sees("There is no line of anybody else to answer.")
        assert chat.prompt.text == "/reply soon"
        assert not chat.client.lines


async def test_each_room_has_its_own_answer() -> None:
    async with open_rooms("ops", "lab") as chat:
        chat.client.hear(message("bob", "who looks?"))
        await chat.sees("who looks?")
        await chat.pilot.press("alt+r", "alt+2")
        assert answered(chat) == ""
        await chat.pilot.press("x", "enter", "alt+1")
        assert chat.client.lines[-1].bearing.answers == ""
        assert answered(chat) == "╭ bob: who looks?"


@pytest.mark.parametrize("there", [True, False])
async def test_g_goes_to_what_a_message_answers(there: bool) -> None:
    async with open_chat() as chat:
        asked = message("bob", "who looks?")
        chat.client.hear(*([asked] if there else []), *(message("bob", f"line {n}") for n in range(100)))
        await chat.sees("line 99")
        chat.client.hear(LinkedMessage("carol", "on it", NOON, answers=line_name(asked)))
        await chat.sees("on it")
        await chat.pilot.press("alt+up", "g")
        await chat.sees("who looks?" if there else "answers nothing that is here")


async def say(chat: Chat, text: str) -> ChatMessage:
    """Say something, and hear it."""
    line = ChatMessage(chat.client.nick, text, time.time(), own=True, sent_at=time.time(), message_id="mine")
    chat.client.hear(line)
    await chat.sees(text)
    return line


async def test_a_line_of_ones_own_is_corrected_where_it_stands() -> None:
    async with open_chat() as chat:
        await say(chat, "freed 4 MB")
        await chat.pilot.press("alt+up", "e")
        assert (answered(chat), chat.prompt.text) == ("corrects alice: freed 4 MB", "freed 4 MB")
        await chat.pilot.press("backspace", "backspace", "G", "B", "enter")
        (line,) = chat.client.lines
        assert (line.body, line.bearing) == ("freed 4 GB", Bearing(replaces="mine"))
        assert (answered(chat), chat.prompt.text) == ("", "")


async def test_correct_changes_a_part_of_the_last_line() -> None:
    async with open_chat() as chat:
        await say(chat, "freed 4 MB")
        await chat.enter("/correct s/TB/GB/")
        await chat.sees("that is not in it")
        assert not chat.client.lines
        await chat.pilot.press("ctrl+u")
        await chat.enter("/correct s/MB/GB/")
        (line,) = chat.client.lines
        assert (line.body, line.bearing) == ("freed 4 GB", Bearing(replaces="mine"))


async def test_the_last_line_is_the_one_that_has_just_come_back() -> None:
    async with open_chat() as chat:
        await say(chat, "4 MB free")
        now = time.time()
        chat.client.hear(ChatMessage("alice", "4 MB", now, own=True, sent_at=now, message_id="later"))
        type_at_once(chat, "+/correct s/MB/GB/", "enter")
        await chat.pilot.pause()
        assert [line.bearing for line in chat.client.lines] == [Bearing(replaces="later")]


async def test_the_line_before_one_that_is_under_way_is_not_taken_for_the_last() -> None:
    async with open_chat() as chat:
        await say(chat, "4 MB free")
        await chat.enter("4 MB")
        await chat.enter("/correct s/MB/GB/")
        assert (chat.hint[:38], chat.client.said) == ("Your last line has not been heard yet:", ["4 MB"])


async def test_who_corrects_nothing_sends_nothing() -> None:
    async with open_chat() as chat:
        await say(chat, "freed 4 MB")
        await chat.pilot.press("alt+up", "e", "enter")
        assert not chat.client.lines
        assert answered(chat) == ""
        await chat.pilot.press("alt+up", "e", "escape")
        assert (answered(chat), chat.prompt.text) == ("", "")


async def test_only_lines_of_ones_own_and_of_the_last_hour_are_corrected() -> None:
    async with open_chat() as chat:
        chat.client.hear(message("bob", "mine"), message("alice", "long ago", own=True))
        await chat.sees("long ago")
        await chat.pilot.press("alt+up", "e")
        await chat.sees("too old to be corrected")
        await chat.pilot.press("up", "e")
        await chat.sees("not your line")
        await chat.pilot.press("escape")
        await chat.enter("/correct")
        await chat.sees("line to correct")


async def test_a_line_answers_or_corrects_and_never_both() -> None:
    async with open_chat() as chat:
        chat.client.hear(message("bob", "who looks?"))
        await say(chat, "freed 4 MB")
        await chat.pilot.press("alt+up", "e", "ctrl+a", "ctrl+k")
        await chat.enter("/reply me")
        (line,) = chat.client.lines
        assert line.bearing.answers
        assert not line.bearing.replaces


async def test_the_row_says_how_one_answers_nothing() -> None:
    async with open_chat((60, 24)) as chat:
        chat.client.hear(message("bob", "who looks " * 20))
        await chat.sees("who looks")
        await chat.pilot.press("alt+r")
        await chat.sees("…  Esc drops it")
        await chat.pilot.press("escape")
        await wait_until(lambda: "Esc drops it" not in chat.text, what="the row to go")


async def test_who_is_answered_is_shown_it_as_a_mention_and_finds_it_so() -> None:
    async with open_chat() as chat:
        line = await say(chat, "freed 4 MB")
        chat.client.hear(LinkedMessage("bob", "thanks", NOON, answers=line_name(line)))
        chat.client.hear(*(message("carol", f"line {n}") for n in range(100)))
        await chat.sees("line 99")
        await chat.pilot.press("alt+p")
        await chat.sees("thanks")
        await chat.pilot.press("c")
        assert chat.app.clipboard == "thanks"
        await chat.pilot.press("escape")
        await wait_until(lambda: any(style.bold for style in styles_of(chat, "thanks")), what="the band")
