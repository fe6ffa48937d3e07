"""Ignoring and filtering on the screen: by command, with counts, and back again."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from amqpchat_tui.config import HideSettings
from amqpchat_tui.model import Occupant
from tests.support.fake_client import message
from tests.support.waiting import wait_until
from tests.ui.chat import Chat, is_readable, open_chat, open_rooms, settings, styles_of

SIZES = [(80, 24), (200, 60)]


def said(chat: Chat) -> str:
    """What stands in the scrollback, wherever it is wrapped."""
    return " ".join(chat.text.replace("│", " ").split())


async def hear(chat: Chat, *lines: str, nick: str = "bob") -> None:
    chat.client.hear(*(message(nick, line, sender=Occupant(nick, "s", nick)) for line in lines))
    await chat.sees(lines[-1])


@pytest.mark.parametrize("size", SIZES)
async def test_an_ignored_one_is_gone_counted_and_shown_in_grey_at_a_key(size: tuple[int, int]) -> None:
    async with open_chat(size) as chat:
        await hear(chat, "buy now", "buy cheap")
        await chat.enter("/ignore bob")
        assert "bob is ignored; /unignore bob ends that. Anybody may take another name." in said(chat)
        assert "buy" not in said(chat)
        assert "2 hidden" in chat.status
        await chat.pilot.press("alt+h")
        assert "buy cheap" in said(chat)
        assert chat.hint == "2 hidden lines here, shown in grey now."
        assert all(map(is_readable, styles_of(chat, "buy cheap")))
        await chat.pilot.press("alt+h")
        assert "buy" not in said(chat)
        await chat.enter("/unignore BOB")
        assert "buy cheap" in said(chat)
        assert "hidden" not in chat.status


async def test_what_is_hidden_is_counted_in_the_room_on_the_screen() -> None:
    async with open_rooms("ops", "lab") as chat:
        await hear(chat, "buy now", "buy cheap")
        await chat.enter("/ignore bob")
        assert "2 hidden" in chat.status
        await chat.pilot.press("alt+2")
        await wait_until(lambda: "hidden" not in chat.status, what="nothing hidden in lab")
        await chat.pilot.press("alt+1")
        await wait_until(lambda: "2 hidden" in chat.status, what="what is hidden in ops")


async def test_alone_the_commands_list_with_counts() -> None:
    async with open_rooms("ops", "lab") as chat:
        await chat.enter("/ignore")
        await chat.enter("/filter")
        assert "Nobody is ignored." in said(chat)
        assert "There is no filter." in said(chat)
        await hear(chat, "probe a ok", "probe b ok", "hello")
        await chat.enter("/filter health probe * ok in:ops")
        assert "Lines with “probe * ok” are hidden in ops; /unfilter health ends that." in said(chat)
        await chat.enter("/ignore user:bob for 2h")
        await chat.enter("/filter")
        await chat.enter("/ignore")
        assert "health “probe * ok” in ops · 0 lines" in said(chat), "all of them are bob's"
        assert "user:bob 3 lines until" in said(chat)
        await chat.enter("/unignore user:bob")
        await chat.enter("/filter")
        assert "health “probe * ok” in ops · 2 lines" in said(chat)


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("/unignore bob", "bob is not ignored."),
        ("/unfilter x", "There is no filter x."),
        ("/hidden", "Nothing is hidden here."),
        ("/filter x", "Say what it is called and what it hides, as in /filter health probe * ok."),
        ("/filter x *", "A pattern has at least one word, as in probe * ok."),
        (
            "/ignore bob for 2x",
            "Say for how long in minutes, hours or days, as in for 30m, for 2h or for 1d.",
        ),
    ],
)
async def test_what_cannot_be_is_said(command: str, says: str) -> None:
    async with open_chat() as chat:
        await chat.enter(command)
        assert chat.hint == says
        assert chat.prompt.text == command


async def test_what_is_configured_is_taken_back_there() -> None:
    hide = HideSettings(ignore=("bob",), filters={"health": "probe * ok"}, highlight_not=("backup *",))
    async with open_chat(with_settings=replace(settings(), hide=hide)) as chat:
        chat.client.hear(message("bob", "hello"), message("ci", "probe a ok"), message("ci", "alice: backup"))
        await chat.sees("backup")
        await wait_until(lambda: "2 hidden" in chat.status, what=lambda: chat.status)
        await chat.enter("/unignore bob")
        assert chat.hint == "Take bob out of hide.ignore in the configuration file."
        chat.prompt.show("")
        await chat.enter("/filter")
        assert "health “probe * ok” · 1 line · configured" in said(chat)


async def test_who_is_ignored_is_not_completed() -> None:
    async with open_chat() as chat:
        await hear(chat, "hello")
        await chat.enter("/ignore bob")
        await chat.pilot.press("b", "o", "tab")
        assert chat.prompt.text == "bo"
