"""Keys that the person has bound act, are told, and nothing else happens at those that are unbound."""

from __future__ import annotations

import re

from msgspec.structs import replace

from tests.support.fake_client import message
from tests.ui.chat import Chat, open_chat, settings

KEYS = {"unread": "F5", "find": "F6", "cut_to_end": "", "copy": "y", "room_list": "Ctrl-B"}


def commands(chat: Chat) -> dict[str, str]:
    return {command.title: command.help for command in chat.app.get_system_commands(chat.app.screen)}


async def test_bound_keys_act_and_are_told_everywhere() -> None:
    async with open_chat(with_settings=replace(settings(), keys=KEYS)) as chat:
        chat.client.hear(message("bob", "hello"))
        await chat.sees("hello")
        await chat.pilot.press("f6", "h")
        assert chat.app.screen.query(".bar"), "the find bar is open"
        await chat.pilot.press("escape", "alt+up")
        await chat.sees("y copy")
        await chat.pilot.press("y")
        await chat.sees("copied")
        await chat.pilot.press("escape")
        await chat.enter("/keys")
        store = chat.scrollback.reader.store
        assert store.last is not None
        assert re.search(r"^unread +F5  \(by default Alt-U\)$", store.text(store.last), re.MULTILINE)
        assert commands(chat)["Rooms at the left"] == "Rooms at the left, or not. (Ctrl-B)"


async def test_an_unbound_key_does_nothing_at_all() -> None:
    async with open_chat(with_settings=replace(settings(), keys=KEYS)) as chat:
        await chat.pilot.press(*"abc", "home", "ctrl+k", "ctrl+f", "alt+u")
        assert chat.prompt.text == "abc"
        assert not chat.app.screen.query(".bar")
