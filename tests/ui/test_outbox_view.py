"""The outbox on the screen: what becomes of lines that the room has not heard, by key and by mouse."""

from __future__ import annotations

import contextlib
import time
from collections.abc import AsyncIterator

import pytest
from textual import events

from amqpchat_tui.model import Fate
from amqpchat_tui.ui.bars.find_bar import FindBar
from amqpchat_tui.ui.panels.outbox_view import OUTBOX_MAX_ROWS, OutboxView
from tests.support.waiting import wait_until
from tests.ui.chat import Chat, open_chat

NOT_TAKEN = "the broker did not take it"


@contextlib.asynccontextmanager
async def failed_lines(*lines: str) -> AsyncIterator[Chat]:
    """A chat in which these lines have failed."""
    async with open_chat() as chat:
        for line in lines:
            await chat.enter(line)
        chat.client.fail(NOT_TAKEN)
        await wait_until(lambda: len(view(chat).lines) == len(lines), what="the failed lines")
        await chat.pilot.pause()
        yield chat


def view(chat: Chat) -> OutboxView:
    return chat.app.screen.query_one(OutboxView)


def fates(chat: Chat) -> dict[str, Fate]:
    return {line.body: line.fate for line in chat.client.lines}


async def press(chat: Chat, *keys: str) -> None:
    await chat.pilot.press(*keys)
    await chat.pilot.pause()


async def click(chat: Chat, text: str) -> None:
    """Click on the place where a text stands."""
    await chat.sees(text)
    row = next(index for index, shown in enumerate(chat.rows) if text in shown)
    await chat.pilot.click(offset=(chat.rows[row].index(text), row))
    await chat.pilot.pause()


async def prompt_is_back(chat: Chat) -> None:
    await wait_until(lambda: chat.prompt.has_focus and not chat.app.screen.query(".bar"), what="the prompt")


async def test_own_lines_leave_the_outbox_when_the_room_has_heard_them() -> None:
    async with open_chat() as chat:
        await chat.enter("hi all")
        assert chat.client.said == ["hi all"]
        await chat.sees("(waiting) hi all")
        chat.client.echo(lag=0.007)
        await chat.sees("alice ┃ hi all")
        await wait_until(lambda: not view(chat).display, what="no outbox")
        assert "online 7 ms" in chat.status


async def test_failed_lines_show_their_reason() -> None:
    async with open_chat() as chat:
        await chat.enter("hi all")
        chat.client.fail(NOT_TAKEN)
        await chat.sees(f"(failed: {NOT_TAKEN}) hi all")


async def test_a_long_outbox_is_counted() -> None:
    async with open_chat() as chat:
        for n in range(9):
            await chat.enter(f"line {n}")
        await chat.sees("… and 5 more")
        assert "line 3" in chat.text
        assert "line 4" not in chat.text


@pytest.mark.parametrize("key", ["s", "enter"])
async def test_a_failed_line_is_sent_again(key: str) -> None:
    async with failed_lines("one", "two", "three") as chat:
        await press(chat, "alt+o")
        await chat.sees("Outbox: s send again · e edit · d drop")
        await press(chat, "down", key)
        assert fates(chat) == {"one": Fate.FAILED, "two": Fate.QUEUED, "three": Fate.FAILED}
        await press(chat, "escape")
        await prompt_is_back(chat)


async def test_the_oldest_failed_line_is_picked_first_and_marked() -> None:
    async with failed_lines("one") as chat:
        await chat.enter("two")
        await chat.sees("(waiting) two")
        await press(chat, "alt+o")
        await chat.sees(f"❯ (failed: {NOT_TAKEN}) one")
        await press(chat, "down", "down")
        await chat.sees("❯ (waiting) two")
        await press(chat, "up", "up")
        await chat.sees(f"❯ (failed: {NOT_TAKEN}) one")


async def test_waiting_lines_stay_where_they_are_when_the_clock_is_set_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with open_chat() as chat:
        await chat.enter("one")
        await chat.sees("(waiting) one")
        wall = time.time
        monkeypatch.setattr(time, "time", lambda: wall() - 3600)
        await chat.enter("two")
        await chat.sees("(waiting) two")
        assert [line.body for line in view(chat).lines] == ["one", "two"]


async def test_a_line_is_taken_back_into_the_prompt() -> None:
    async with failed_lines("one", "first row") as chat:
        await press(chat, "alt+o", "down", "e")
        await prompt_is_back(chat)
        assert chat.prompt.text == "first row"
        assert list(fates(chat)) == ["one"]
        await press(chat, "!", "enter")
        assert fates(chat) == {"one": Fate.FAILED, "first row!": Fate.QUEUED}


@pytest.mark.parametrize("line", ["//etc/hosts", "/me waves", "quit"])
async def test_a_line_taken_back_says_the_same_when_entered_again(line: str) -> None:
    async with open_chat() as chat:
        await chat.enter(line)
        await press(chat, "enter")
        said = chat.client.said
        chat.client.fail(NOT_TAKEN)
        await chat.sees("(failed")
        await press(chat, "alt+o", "e")
        await prompt_is_back(chat)
        assert chat.prompt.text == line
        await press(chat, "enter", "enter")
        assert chat.client.said == said


async def test_editing_puts_aside_what_was_being_written() -> None:
    async with failed_lines("one") as chat:
        chat.prompt.insert_text("draft")
        await press(chat, "alt+o", "e")
        await prompt_is_back(chat)
        assert chat.prompt.text == "one"
        await press(chat, "ctrl+y")
        assert chat.prompt.text == "onedraft"


async def test_a_dropped_line_gives_its_place_to_the_next() -> None:
    async with failed_lines("one", "two", "three") as chat:
        await press(chat, "alt+o", "down", "d")
        assert list(fates(chat)) == ["one", "three"]
        await chat.sees(f"❯ (failed: {NOT_TAKEN}) three")
        await press(chat, "d")
        await chat.sees(f"❯ (failed: {NOT_TAKEN}) one")
        await press(chat, "d")
        await prompt_is_back(chat)
        assert not fates(chat)


async def test_keys_typed_at_once_are_each_about_the_line_that_is_picked_by_then() -> None:
    async with failed_lines("one", "two", "three") as chat:
        await press(chat, "alt+o")
        for key in "dds":
            chat.app.post_message(events.Key(key, key))
        await wait_until(
            lambda: fates(chat) == {"three": Fate.QUEUED}, what=lambda: f"one line: {fates(chat)}"
        )


async def test_the_bar_goes_when_the_room_has_heard_the_last_line() -> None:
    async with failed_lines("one") as chat:
        await press(chat, "alt+o", "s")
        chat.client.echo()
        await prompt_is_back(chat)


async def test_a_queued_line_can_be_dropped_but_not_sent_again() -> None:
    async with open_chat() as chat:
        await chat.enter("one")
        await chat.sees("(waiting) one")
        await press(chat, "alt+o", "s")
        await chat.sees("it is being sent already")
        await press(chat, "d")
        assert not fates(chat)


@pytest.mark.parametrize("key", ["e", "d"])
async def test_a_line_under_way_cannot_be_taken_back(key: str) -> None:
    async with open_chat() as chat:
        await chat.enter("one")
        chat.client.publish()
        await chat.sees("(sending) one")
        await press(chat, "alt+o", key)
        await chat.sees("under way")
        assert fates(chat) == {"one": Fate.SENT}


async def test_what_was_said_about_a_line_goes_with_it() -> None:
    async with open_chat() as chat:
        await chat.enter("one")
        chat.client.publish()
        await chat.sees("(sending) one")
        await press(chat, "alt+o", "d")
        await chat.sees("under way")
        chat.client.say(chat.client.conversations[0], "two")
        chat.client.listener.outbox_changed(chat.client.conversations[0])
        await chat.sees("(waiting) two")
        chat.client.lines = chat.client.lines[1:]
        chat.client.listener.outbox_changed(chat.client.conversations[0])
        await chat.sees("❯ (waiting) two")
        assert "under way" not in chat.text


async def test_a_failure_brings_the_way_out_with_it() -> None:
    async with failed_lines("one") as chat:
        assert "Alt-O" in chat.hint


async def test_quit_does_not_wait_for_lines_that_have_failed() -> None:
    async with failed_lines("one") as chat:
        await chat.enter("/quit")
        assert "1 line has not been heard" in chat.hint
        assert not chat.client.closed


async def test_with_an_empty_outbox_there_is_nothing_to_do() -> None:
    async with open_chat() as chat:
        await press(chat, "alt+o")
        assert "empty" in chat.hint
        assert chat.prompt.has_focus


async def test_by_mouse() -> None:
    async with failed_lines("one", "two", "three", "four") as chat:
        await click(chat, ") three")
        await chat.sees(f"❯ (failed: {NOT_TAKEN}) three")
        await click(chat, "s send again")
        assert fates(chat)["three"] is Fate.QUEUED
        await click(chat, ") two")
        await click(chat, "d drop")
        assert list(fates(chat)) == ["one", "three", "four"]
        await click(chat, ") four")
        await click(chat, "e edit")
        await prompt_is_back(chat)
        assert chat.prompt.text == "four"
        await click(chat, ") one")
        await click(chat, "Esc back")
        await prompt_is_back(chat)
        assert list(fates(chat)) == ["one", "three"]


async def test_while_one_searches_a_click_on_the_outbox_does_nothing() -> None:
    async with failed_lines("one") as chat:
        await press(chat, "ctrl+f", "x")
        await click(chat, ") one")
        assert [type(bar) for bar in chat.app.screen.query(".bar")] == [FindBar]


async def test_a_long_outbox_is_walked_through() -> None:
    lines = [f"line {number}" for number in range(OUTBOX_MAX_ROWS + 3)]
    async with failed_lines(*lines) as chat:
        await press(chat, "alt+o")
        for line in lines:
            await chat.sees(f"❯ (failed: {NOT_TAKEN}) {line}")
            await press(chat, "down")
        await press(chat, *["up"] * len(lines))
        await chat.sees(f"❯ (failed: {NOT_TAKEN}) {lines[0]}")
        await click(chat, "and 4 more")
        await chat.sees(f"❯ (failed: {NOT_TAKEN}) {lines[OUTBOX_MAX_ROWS - 1]}")
