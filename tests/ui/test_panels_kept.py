"""When panels are there outlives the program, until something else is configured."""

from __future__ import annotations

from typing import Literal

from msgspec.structs import replace

from amqpchat_tui.model import ConversationId
from amqpchat_tui.storage.store import DiskStore
from amqpchat_tui.ui.panels.people_list import PeopleList
from amqpchat_tui.ui.panels.room_list import RoomList
from tests.storage.support import open_store
from tests.support.waiting import wait_until
from tests.ui.chat import open_chat, settings

ROOMS = [ConversationId.room(name) for name in ("ops", "lab")]


async def opens(
    store: DiskStore, *keys: str, panels: Literal["auto", "never"] = "auto", there: bool, wide: bool = True
) -> None:
    """Start, wait until the rooms at the left are there or not, and press keys."""
    chosen = settings()
    chosen = replace(chosen, ui=replace(chosen.ui, panels=panels))
    async with open_chat((120 if wide else 80, 30), chosen, store=store, rooms=ROOMS) as chat:
        rooms = chat.app.screen.query_one(RoomList)
        await wait_until(lambda: rooms.display is there, what=lambda: chat.text)
        await chat.pilot.press(*keys)
        await chat.pilot.pause()


async def test_what_was_chosen_is_so_at_the_next_start() -> None:
    async with open_store() as store:
        await opens(store, "f2", there=True)
        await opens(store, there=False)
        await opens(store, "f2", there=False)  # automatic
        await opens(store, "f2", "f2", there=True)  # never, automatic
        await opens(store, "f2", there=False, wide=False)  # always
        await opens(store, there=True, wide=False)


async def test_it_gives_way_to_what_is_configured_later() -> None:
    async with open_store() as store:
        await opens(store, "f2", there=False, wide=False)
        await opens(store, there=False, panels="never")
        await opens(store, "f2", "f2", there=False, panels="never", wide=False)  # automatic, always
        await opens(store, there=True, panels="never", wide=False)


async def test_each_panel_has_its_own() -> None:
    async with open_store() as store:
        async with open_chat((80, 30), store=store, rooms=ROOMS) as chat:
            await chat.pilot.press("f3", "f2", "f2")
            await chat.pilot.pause()
        assert {name: kept.there for name, kept in (await store.panels.all()).items()} == {
            PeopleList.key: "always",
            RoomList.key: "never",
        }
