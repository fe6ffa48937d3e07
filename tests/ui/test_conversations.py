"""Two conversations on one screen: showing another is one call, and nothing of theirs gets mixed up."""

import contextlib
from collections.abc import AsyncIterator

import pytest

from amqpchat_tui.model import ConversationId
from amqpchat_tui.ui.chat_screen import ChatScreen
from tests.support.fake_client import message
from tests.support.waiting import wait_until
from tests.ui.chat import Chat, open_rooms

OPS, LAB = ConversationId.room("ops"), ConversationId.room("lab")


@contextlib.asynccontextmanager
async def two_rooms() -> AsyncIterator[tuple[Chat, ChatScreen]]:
    async with open_rooms("ops", "lab") as chat:
        assert isinstance(chat.app.screen, ChatScreen)
        yield chat, chat.app.screen


async def test_each_has_its_lines_its_draft_and_its_place() -> None:
    async with two_rooms() as (chat, screen):
        chat.client.hear(*(message("bob", f"in ops {n}") for n in range(60)))
        chat.client.hear(message("carol", "in lab"), to=LAB)
        await chat.sees("in ops 59")
        assert "in lab" not in chat.text
        assert "│ ops" in chat.status
        await chat.pilot.press("pageup", *"draft")
        before = chat.rows

        screen.show(LAB)
        await chat.sees("in lab")
        assert "│ lab" in chat.status
        assert "in ops" not in chat.text
        await chat.sees("Message lab")
        await chat.pilot.press(*"other")

        screen.show(OPS)
        await wait_until(lambda: chat.rows[:-2] == before[:-2], what="the lines as they were")
        assert chat.prompt.text == "draft"
        screen.show(LAB)
        assert chat.prompt.text == "other"


async def test_keys_typed_right_after_a_switch_are_of_the_new_one() -> None:
    async with two_rooms() as (chat, screen):
        await chat.pilot.press(*"one", "enter")
        screen.show(LAB)
        await chat.pilot.press(*"two", "enter")
        assert [(line.to, line.body) for line in chat.client.lines] == [(OPS, "one"), (LAB, "two")]


async def test_outbox_rows_are_those_of_the_one_on_the_screen_and_quit_counts_all() -> None:
    async with two_rooms() as (chat, screen):
        await chat.enter("one")
        chat.client.fail("no")
        await chat.sees("(failed: no) one")
        screen.show(LAB)
        await wait_until(lambda: "(failed: no)" not in chat.text, what="the row to go")
        await chat.enter("two")
        chat.client.fail("no")
        await chat.enter("/quit")
        assert "2 lines have not been heard in lab and ops yet." in chat.hint


async def test_a_line_that_fails_elsewhere_says_where() -> None:
    async with two_rooms() as (chat, screen):
        await chat.enter("one")
        screen.show(LAB)
        chat.client.fail("no")
        await wait_until(lambda: chat.hint, what="the hint")
        assert chat.hint == "Alt-O sends again, edits or drops what failed in ops."
        await chat.pilot.press("x", "backspace")
        screen.show(OPS)
        await chat.sees("(failed: no) one")
        assert not chat.hint, "it was told already"


async def test_the_outbox_bar_has_the_lines_of_all_each_with_its_room() -> None:
    async with two_rooms() as (chat, screen):
        await chat.enter("one")
        screen.show(LAB)
        await chat.enter("two")
        chat.client.fail("no")
        await chat.sees("(failed: no) two")
        assert "one" not in chat.text
        await chat.pilot.press("alt+o")
        await chat.sees("❯ (failed: no) two")
        await chat.sees("(failed in ops: no) one")
        await chat.pilot.press("down", "s")
        await chat.sees("❯ (waiting in ops) one")
        await chat.pilot.press("escape")
        await wait_until(lambda: "one" not in chat.text, what="only the lines of lab")
        assert not chat.app.screen.query(".bar")
        assert "(failed: no) two" in chat.text


async def test_the_outbox_bar_is_there_for_lines_of_others_alone_and_goes_with_the_last() -> None:
    async with two_rooms() as (chat, screen):
        await chat.enter("one")
        chat.client.fail("no")
        screen.show(LAB)
        await chat.pilot.press("alt+o", "d", *"in lab")
        await wait_until(lambda: chat.prompt.text == "in lab", what="the prompt")
        assert not chat.client.lines
        await chat.pilot.press("alt+o")
        assert "empty" in chat.hint


async def test_a_line_is_edited_where_it_was_typed() -> None:
    async with two_rooms() as (chat, screen):
        await chat.enter("one")
        chat.client.fail("no")
        screen.show(LAB)
        await chat.pilot.press(*"draft", "alt+o", "e", "!", "enter")
        assert [(line.to, line.body) for line in chat.client.lines] == [(OPS, "one!")]
        screen.show(LAB)
        assert chat.prompt.text == "draft"


async def test_a_line_of_earlier_days_is_no_draft() -> None:
    async with two_rooms() as (chat, screen):
        await chat.enter("one")
        await chat.pilot.press(*"draft", "up")
        assert chat.prompt.text == "one"
        screen.show(LAB)
        await chat.pilot.press("down")
        assert chat.prompt.text == ""
        screen.show(OPS)
        assert chat.prompt.text == "draft"
        await chat.pilot.press("up", "!")
        screen.show(LAB)
        screen.show(OPS)
        assert chat.prompt.text == "one!"


async def test_what_was_doubted_in_one_is_asked_about_in_another() -> None:
    async with two_rooms() as (chat, screen):
        await chat.enter("quit")
        assert "Enter again" in chat.hint
        screen.show(LAB)
        assert not chat.hint
        await chat.enter("quit")
        assert "Enter again" in chat.hint
        assert not chat.client.said


@pytest.mark.parametrize(
    "keys", [("ctrl+f", *"line 3"), ("ctrl+f", *"line", "enter"), ("alt+up",), ("alt+o",)]
)
async def test_an_open_bar_goes_with_its_conversation(keys: tuple[str, ...]) -> None:
    async with two_rooms() as (chat, screen):
        chat.client.hear(*(message("bob", f"line {n}") for n in range(60)))
        await chat.enter("one")
        chat.client.fail("no")
        await chat.sees("(failed: no) one")
        await chat.pilot.press(*"draft", *keys)
        assert chat.app.screen.query(".bar")
        screen.show(LAB)
        await chat.pilot.press(*"two", "enter")
        assert [(line.to, line.body) for line in chat.client.lines] == [(OPS, "one"), (LAB, "two")]
        screen.show(OPS)
        await chat.pilot.pause()
        assert not chat.app.screen.query(".bar")
        assert chat.prompt.text == "draft"
        reader = chat.scrollback.reader
        assert reader.picked is None
        assert reader.search is None
        assert "❯ (failed" not in chat.text
