"""The bar for where to go: a list that narrows as one types."""

from __future__ import annotations

import pytest
from textual.widgets import Input

from amqpchat_tui.model import ConversationId, Here, HidingKind, HidingRule, Occupant
from amqpchat_tui.ui.bars.go_bar import GoBar, OfferList
from tests.support.fake_client import message
from tests.support.waiting import wait_until
from tests.ui.chat import Chat, open_rooms, type_at_once
from tests.ui.test_rooms import SIZES, said, session, shown

LAB, ALERTS = map(ConversationId.room, ("lab", "alerts"))


def offered(chat: Chat) -> list[str]:
    """The rows of the list that have something in them."""
    area = chat.app.screen.query_one(OfferList).region
    return [row[area.x :] for row in chat.rows[area.y : area.bottom] if row[area.x :]]


async def offers(chat: Chat, *rows: str) -> None:
    await wait_until(lambda: offered(chat) == list(rows), what=lambda: "\n".join(offered(chat)))


async def hear(chat: Chat, room: ConversationId, text: str) -> None:
    before = session(chat).conversations[room].unread
    chat.client.hear(message("bob", text), to=room)
    await wait_until(lambda: session(chat).conversations[room].unread > before, what="the news")


@pytest.mark.parametrize("size", SIZES)
async def test_a_room_is_chosen_by_a_part_of_its_name(size: tuple[int, int]) -> None:
    async with open_rooms("ops", "broadcast_chat", "lab", size=size) as chat:
        chat.client.hear(*(message("bob", f"line {n}") for n in range(60)))
        await chat.sees("line 59")
        await chat.pilot.press(*"draft", "ctrl+g")
        await offers(chat, "❯ 2 broadcast_chat", "  3 lab", "  1 ops")
        await chat.sees("Go to")
        await chat.sees("line 59")
        await chat.pilot.press(*"bc")
        await offers(chat, "❯ 2 broadcast_chat", "  join bc")
        await chat.pilot.press("enter")
        assert shown(chat) == "broadcast_chat"
        assert chat.prompt.has_focus
        await chat.pilot.press("alt+1")
        assert chat.prompt.text == "draft"
        await chat.sees("line 59")


async def test_what_is_new_comes_first_and_shows_how_much() -> None:
    async with open_rooms("ops", "lab", "alerts") as chat:
        await hear(chat, ALERTS, "one")
        await hear(chat, LAB, "alice: two")
        await chat.pilot.press("ctrl+g")
        await offers(chat, "❯ 2 lab    1!", "  3 alerts 1", "  1 ops")
        await chat.pilot.press("+")
        await offers(chat, "❯ 2 lab    1!", "  3 alerts 1")
        await chat.pilot.press(*"ale", "enter")
        assert shown(chat) == "alerts"


async def test_news_come_into_the_list_and_move_nothing() -> None:
    async with open_rooms("ops", "lab", "alerts") as chat:
        await chat.pilot.press("ctrl+g")
        await offers(chat, "❯ 2 lab", "  3 alerts", "  1 ops")
        await chat.pilot.press("down")
        await hear(chat, ALERTS, "one")
        await offers(chat, "  2 lab", "❯ 3 alerts 1", "  1 ops")
        session(chat).leave(LAB)
        await offers(chat, "❯ 3 alerts 1", "  1 ops")


async def test_up_and_down_choose_and_stop_at_the_ends() -> None:
    async with open_rooms("ops", "lab", "alerts") as chat:
        await chat.pilot.press("ctrl+g", "up")
        await chat.sees("1 of 3")
        await chat.pilot.press(*["down"] * 5, "up", "enter")
        assert shown(chat) == "alerts"


async def test_the_bar_is_left_as_one_came() -> None:
    async with open_rooms("ops", "lab") as chat:
        for key in ("escape", "ctrl+c", "ctrl+g"):
            await chat.pilot.press(*"ab", "ctrl+g", "x", key, "c")
            assert (shown(chat), chat.prompt.text) == ("ops", "abc")
            assert not chat.app.screen.query(GoBar)
            await chat.pilot.press("ctrl+u")


async def test_a_name_that_is_not_there_is_joined() -> None:
    async with open_rooms("ops", "lab") as chat:
        type_at_once(chat, "ctrl+g", "+build", "enter", "+hello", "enter")
        await wait_until(lambda: said(chat), what="the line")
        assert said(chat) == [("build", "hello")]


async def test_what_can_be_no_room_is_told_and_not_joined() -> None:
    async with open_rooms("ops", "lab") as chat:
        await chat.pilot.press("ctrl+g", *"ops.events", "enter")
        await chat.sees("Names that end in .events are reserved for what belongs to a room")
        assert len(chat.client.conversations) == 2
        assert chat.app.screen.query(GoBar)


async def test_ctrl_k_opens_it_while_nothing_is_typed() -> None:
    async with open_rooms("ops", "lab") as chat:
        await chat.pilot.press(*"ab", "left", "ctrl+k")
        assert chat.prompt.text == "a"
        await chat.pilot.press("ctrl+k", "ctrl+u", "ctrl+k")
        assert chat.app.screen.query_one(Input).has_focus
        await chat.pilot.press(*"la", "enter")
        assert shown(chat) == "lab"


async def test_another_bar_gives_way_to_it() -> None:
    async with open_rooms("ops", "lab") as chat:
        chat.client.hear(message("bob", "one"))
        await chat.sees("one")
        type_at_once(chat, "alt+up", "ctrl+g", "+la", "enter", "+x", "alt+1", "+y")
        await wait_until(lambda: chat.prompt.text == "y", what="the prompt")
        assert chat.scrollback.reader.picked is None
        assert not chat.app.screen.query(".bar")


@pytest.mark.parametrize("size", SIZES)
async def test_200_rooms_scroll(size: tuple[int, int]) -> None:
    async with open_rooms(*(f"room{n:03}" for n in range(1, 201)), size=size) as chat:
        await chat.pilot.press("ctrl+g")
        await chat.sees("❯   2 room002")
        height = len(offered(chat))
        assert height == size[1] // 2
        type_at_once(chat, *["down"] * height)
        await chat.sees(f"❯ {height + 2:>3} room{height + 2:03}")
        assert "room002" not in "".join(offered(chat))
        type_at_once(chat, *["up"] * height)
        await chat.sees("❯   2 room002")
        await chat.pilot.press(*"199")
        await chat.sees("❯ 199 room199")
        await chat.pilot.press("enter")
        assert shown(chat) == "room199"


async def test_somebody_who_is_here_is_chosen_and_written_to() -> None:
    async with open_rooms("ops", size=(80, 24)) as chat:
        chat.client.gather(
            *(Here(Occupant(nick, nick, mailbox=f"{nick}'s")) for nick in ("carol", "bob", "eve"))
        )
        await chat.sees("4 here")
        await chat.pilot.press("ctrl+g", "@")
        await offers(chat, "❯ write to bob", "  write to carol", "  write to eve")
        await chat.pilot.press("r", "enter")
        assert session(chat).shown.id == ConversationId.private("carol")
        assert chat.prompt.has_focus
        await chat.pilot.press("ctrl+g", "@")
        await offers(chat, "❯ 2 @carol", "  write to bob", "  write to eve")
        session(chat).hiding.hide(HidingRule(HidingKind.IGNORE, "eve"))
        await chat.pilot.press("e")
        await offers(chat, "❯ There is none.")


async def test_a_click_goes_there() -> None:
    async with open_rooms("ops", "lab", "alerts") as chat:
        await chat.pilot.press("ctrl+g")
        await chat.sees("  3 alerts")
        y = next(y for y, row in enumerate(chat.rows) if "3 alerts" in row)
        await chat.pilot.click(offset=(5, y))
        await wait_until(lambda: shown(chat) == "alerts", what="the room")
        assert chat.prompt.has_focus


async def test_a_low_and_narrow_terminal_still_offers_some() -> None:
    async with open_rooms("ops", "lab", "alerts", "build", size=(20, 6)) as chat:
        await chat.pilot.press("ctrl+g", *"bu")
        await chat.sees("❯ 4 build")
        await chat.pilot.press("enter")
        assert shown(chat) == "build"


async def test_pages_lead_through_many_rooms() -> None:
    async with open_rooms(*(f"room{number}" for number in range(60))) as chat:
        await chat.pilot.press("ctrl+g", "pagedown")
        page = len(offered(chat)) - 1
        assert f"{page + 1} of 60" in chat.text
        await chat.pilot.press("pagedown", "pageup", "pageup", "pageup")
        assert "1 of 60" in chat.text
        await chat.pilot.press(*["pagedown"] * 12)
        assert "60 of 60" in chat.text
