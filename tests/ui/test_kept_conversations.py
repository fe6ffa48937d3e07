"""Rooms, numbers and drafts outlive the program, and what is typed at the start is not mixed up with them."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence

import pytest

from amqpchat_tui.model import ConversationId, KeptConversation, Store
from amqpchat_tui.storage.store import DiskStore
from amqpchat_tui.ui.app import ChatApp
from amqpchat_tui.ui.chat_screen import ChatScreen
from tests.storage.support import open_store
from tests.support.fake_client import FakeClient, message
from tests.support.waiting import wait_until
from tests.ui.chat import Chat, settings

OPS, LAB, DEV = map(ConversationId.room, ("ops", "lab", "dev"))
BROKERS = settings().connection.names


@contextlib.asynccontextmanager
async def open_rooms(store: Store, *rooms: ConversationId) -> AsyncIterator[tuple[Chat, ChatScreen]]:
    client = FakeClient(conversations=rooms)
    app = ChatApp(settings(), client, store=store)
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_until(lambda: client.started, what="the client to be started")
        assert isinstance(app.screen, ChatScreen)
        yield Chat(app, client, pilot), app.screen


async def left() -> Sequence[KeptConversation]:
    async with open_store() as store:
        return await store.conversations.all(BROKERS)


async def test_drafts_are_handed_over_at_a_switch_and_at_the_end() -> None:
    async with open_store() as store, open_rooms(store, OPS, LAB) as (chat, screen):
        async with asyncio.timeout(20):
            while not await store.conversations.all(BROKERS):  # until it is known that there was nothing
                pass
        chat.prompt.insert_text("in ops")
        screen.show(LAB)
        chat.prompt.insert_text("in lab")
        await chat.pilot.press("ctrl+q")
        await wait_until(lambda: chat.client.closed, what="the end")
    assert [(kept.id, kept.number, kept.draft) for kept in await left()] == [
        (OPS, 1, "in ops"),
        (LAB, 2, "in lab"),
    ]

    async with open_store() as store, open_rooms(store, OPS) as (chat, screen):
        await wait_until(lambda: chat.prompt.text == "in ops", what="the draft")
        await chat.pilot.press("!", "enter")
        assert chat.client.said == ["in ops!"]
    assert [(kept.id, kept.draft) for kept in await left()] == [(OPS, ""), (LAB, "in lab")]


async def test_what_the_person_joined_is_joined_again_under_its_number() -> None:
    async with open_store() as store:
        store.conversations.keep(BROKERS, KeptConversation(DEV, 1, joined=True))
        store.conversations.keep(BROKERS, KeptConversation(LAB, 4, joined=True, draft="in lab"))
        store.conversations.keep(BROKERS, KeptConversation(OPS, 2, joined=False))
    async with open_store() as store, open_rooms(store, OPS) as (chat, screen):
        await wait_until(lambda: set(chat.client.conversations) == {OPS, LAB, DEV}, what="the rooms")
        assert "│ ops" in chat.status
        chat.client.hear(message("bob", "in lab"), to=LAB)
        screen.show(LAB)
        await chat.sees("in lab")
        assert chat.prompt.text == "in lab"


async def test_what_is_typed_before_the_draft_is_there_stays_and_the_draft_can_be_recalled() -> None:
    async with open_store() as store:
        store.conversations.keep(BROKERS, KeptConversation(OPS, 5, joined=False, draft="half a line"))
        store.recall.add("said before")
    store = DiskStore()
    async with open_rooms(store, OPS) as (chat, screen):
        chat.prompt.insert_text("/he")
        store.start(pytest.fail)  # the disk was slow
        await wait_until(lambda: screen._session.listing()[0].number == 5, what="the number that was kept")
        await chat.app.workers.wait_for_complete()
        assert chat.prompt.text == "/he"
        recalled = []
        for _ in range(2):
            await chat.pilot.press("up")
            recalled.append(chat.prompt.text)
        assert recalled == ["half a line", "said before"]
    store.close()


async def test_lines_are_read_when_somebody_scrolls_down_to_them() -> None:
    async with open_store() as store, open_rooms(store, OPS) as (chat, screen):
        chat.client.hear(*(message("bob", f"line {number}") for number in range(60)))
        await chat.sees("line 59")
        await chat.pilot.press("pageup")
        chat.client.hear(message("bob", "alice: below"))
        await wait_until(lambda: unread(screen) == [1], what="an unread line")
        await chat.pilot.press("alt+end")
        await wait_until(lambda: unread(screen) == [0], what="it to be read")


def unread(screen: ChatScreen) -> list[int]:
    return [listed.unread for listed in screen._session.listing()]
