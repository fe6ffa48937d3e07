"""Two conversations on one screen: showing another is one call, and nothing of theirs gets mixed up."""

import contextlib
from collections.abc import AsyncIterator

from amqpchat_tui.model import ConversationId, Phase
from amqpchat_tui.ui.app import ChatApp
from amqpchat_tui.ui.chat_screen import ChatScreen
from tests.support.fake_client import FakeClient, message
from tests.support.waiting import wait_until
from tests.ui.chat import Chat, settings

OPS, LAB = ConversationId.room("ops"), ConversationId.room("lab")


@contextlib.asynccontextmanager
async def two_rooms() -> AsyncIterator[tuple[Chat, ChatScreen]]:
    client = FakeClient(conversations=(OPS, LAB))
    app = ChatApp(settings(), client)
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_until(lambda: client.started, what="the client to be started")
        client.become(Phase.ONLINE)
        await pilot.pause()
        assert isinstance(app.screen, ChatScreen)
        yield Chat(app, client, pilot), app.screen


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
        await wait_until(lambda: chat.rows == before, what="the screen as it was")
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
        await chat.enter("/quit")
        assert "1 line has not been heard" in chat.hint
