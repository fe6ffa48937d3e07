"""The list of rooms at the left: where it is there, what it shows, and what it costs."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest
from msgspec.structs import replace
from rich.style import Style
from textual import events
from textual.theme import BUILTIN_THEMES
from textual.widget import Widget

from amqpchat_tui.model import ConversationId, ConversationKind
from amqpchat_tui.ui import news
from amqpchat_tui.ui.chat_screen import ChatScreen
from amqpchat_tui.ui.panels.room_list import RoomList
from amqpchat_tui.ui.panels.status_line import StatusLine
from tests.support.fake_client import message
from tests.support.waiting import wait_until
from tests.ui.chat import Chat, is_readable, open_chat, settings
from tests.ui.panels import counted, listed

OPS, LAB = ConversationId.room("ops"), ConversationId.room("lab")
ROOMS = (OPS, LAB)
MANY = tuple(ConversationId.room(f"room {number}") for number in range(1, 201))

EVERYTHING = (
    listed(1, "ops", shown=True),
    listed(2, "lab", unread=3),
    listed(3, "alerts", muted=True, unread=2),
    listed(4, "bob", kind=ConversationKind.PRIVATE, unread=1),
    listed(5, "no", problem="user alice lacks [read] on exchange no", draft=True),
)
EVERYTHING_SHOWN = (
    " ROOMS",
    "❯1 ops",
    " 2 lab          3",
    " 3 alerts     2 ·",
    " 5 no         ✕ ✎",
    " PRIVATE",
    " 4 @bob        1!",
)


def room_list(chat: Chat) -> RoomList:
    return chat.app.screen_stack[0].query_one(RoomList)


def left(chat: Chat) -> list[str]:
    """What the list shows, from the top to its last row."""
    if not room_list(chat).display:
        return []
    rows = [row[: room_list(chat).scrollable_size.width].rstrip() for row in chat.rows]
    return rows[: max((y for y, row in enumerate(rows) if row), default=-1) + 1]


def screen(chat: Chat) -> ChatScreen:
    assert isinstance(chat.app.screen, ChatScreen)
    return chat.app.screen


async def show_everything(chat: Chat) -> None:
    """Have the list show what no client of this test has, once all is shown that the client has told."""
    await wait_until(lambda: screen(chat).settled, what="the frame")
    room_list(chat).show(EVERYTHING)


async def shows(chat: Chat, *rows: str) -> None:
    await wait_until(lambda: left(chat) == list(rows), what=lambda: f"{rows} at the left of\n{chat.text}")


# Where it is there


@pytest.mark.parametrize(("columns", "width"), [(109, 0), (110, 18), (200, 22)])
async def test_the_terminals_width_decides(columns: int, width: int) -> None:
    async with open_chat((columns, 30), rooms=ROOMS) as chat:
        rooms = room_list(chat)
        assert rooms.display == bool(width)
        assert chat.scrollback.region.x == (width + 2 if width else 0)
        if width:
            assert rooms.content_size.width == width
            assert rooms.region.height == 30


async def test_it_follows_a_resize() -> None:
    async with open_chat((80, 24), rooms=ROOMS) as chat:
        assert left(chat) == []
        await chat.pilot.resize_terminal(120, 30)
        await shows(chat, " ROOMS", "❯1 ops", " 2 lab")
        await chat.pilot.resize_terminal(200, 60)
        await wait_until(lambda: chat.scrollback.region.x == 24, what="a wider list")
        await chat.pilot.resize_terminal(80, 24)
        await wait_until(lambda: chat.scrollback.region.x == 0, what="no list")


async def test_who_has_one_room_sees_the_screen_of_one_room() -> None:
    async with open_chat((200, 60)) as chat:
        assert left(chat) == []
        assert chat.scrollback.region.x == 0
        assert chat.rows[-1].startswith("❯ Message broadcast_chat · /help")


async def test_f2_goes_from_automatic_to_shown_to_hidden() -> None:
    async with open_chat((80, 24), rooms=ROOMS) as chat:
        await chat.pilot.press("f2")
        await shows(chat, " ROOMS", "❯1 ops", " 2 lab")
        assert chat.hint == "Rooms at the left: always."
        await chat.pilot.resize_terminal(200, 60)
        await wait_until(lambda: chat.scrollback.region.x == 24, what="a wider list")
        await chat.pilot.press("f2")
        await wait_until(lambda: chat.scrollback.region.x == 0, what="no list")
        assert chat.hint == "Rooms at the left: never."
        await chat.pilot.press("f2")
        await shows(chat, " ROOMS", "❯1 ops", " 2 lab")
        await chat.pilot.resize_terminal(80, 24)
        await wait_until(lambda: left(chat) == [], what="no list")


async def test_each_press_in_a_wide_terminal_is_to_be_seen() -> None:
    async with open_chat((200, 60), rooms=ROOMS) as chat:
        await chat.pilot.press("f2")
        await wait_until(lambda: left(chat) == [], what="no list")
        await chat.enter("/roomlist")
        await shows(chat, " ROOMS", "❯1 ops", " 2 lab")


async def test_the_settings_can_hide_it() -> None:
    never = replace(settings(), ui=replace(settings().ui, panels="never"))
    async with open_chat((200, 60), never, rooms=ROOMS) as chat:
        assert left(chat) == []
        await chat.pilot.press("f2")
        await shows(chat, " ROOMS", "❯1 ops", " 2 lab")


@pytest.mark.parametrize("columns", [1, 10, 20, 40])
async def test_a_narrow_terminal_is_shared_with_the_chat(columns: int) -> None:
    async with open_chat((columns, 10), rooms=ROOMS) as chat:
        await chat.pilot.press("f2", *"typed")
        await chat.pilot.pause()
        assert chat.prompt.text == "typed"
        assert room_list(chat).region.width <= columns // 2 + 1


# What it shows


async def test_it_shows_what_is_new_and_where_one_has_begun_to_write() -> None:
    async with open_chat((120, 30), rooms=ROOMS) as chat:
        chat.client.hear(message("bob", "one"), message("bob", "alice: two"), to=LAB)
        await shows(chat, " ROOMS", "❯1 ops", " 2 lab         2!")
        assert "│ ops │ 2 lab:2! │ alice │" in chat.status
        await chat.pilot.press(*"draft")
        screen(chat).show(LAB)
        await shows(chat, " ROOMS", " 1 ops          ✎", "❯2 lab")
        assert "│ lab │ alice │" in chat.status


@pytest.mark.parametrize("size", [(80, 24), (120, 30), (200, 60)])
async def test_the_prompt_names_its_room_at_any_width(size: tuple[int, int]) -> None:
    async with open_chat(size, rooms=ROOMS) as chat:
        await chat.sees("ops ❯ Message ops · /help")
        screen(chat).show(LAB)
        await chat.sees("lab ❯ Message lab · /help")


async def test_of_200_rooms_the_one_on_the_screen_is_in_view() -> None:
    async with open_chat((120, 30), rooms=MANY) as chat:
        assert left(chat)[:2] == [" ROOMS", "❯  1 room 1"]
        for number in 150, 151, 200, 1, 30:
            screen(chat).show(MANY[number - 1])
            row = f"❯{number:>3} room {number}"
            await wait_until(partial(is_left, chat, row), what=row)
        await chat.pilot.resize_terminal(120, 10)
        await wait_until(lambda: len(left(chat)) == 10 and "❯ 30 room 30" in left(chat), what="room 30")


async def test_the_wheel_scrolls_it() -> None:
    async with open_chat((120, 30), rooms=MANY) as chat:
        await chat.pilot._post_mouse_events([events.MouseScrollDown], RoomList, (3, 3), button=0)
        await wait_until(lambda: " ROOMS" not in left(chat), what="the list to scroll")
        chat.client.hear(message("bob", "news"), to=MANY[10])
        await wait_until(lambda: any(row.endswith(" 1") for row in left(chat)), what="news")
        assert " ROOMS" not in left(chat)


def is_left(chat: Chat, row: str) -> bool:
    return row in left(chat)


# The mouse


async def test_a_click_goes_there() -> None:
    async with open_chat((120, 30), rooms=MANY) as chat:
        screen(chat).show(MANY[99])
        await wait_until(lambda: "❯100 room 100" in left(chat), what="room 100")
        await chat.pilot.click(RoomList, (5, left(chat).index("  90 room 90")))
        await wait_until(lambda: "│ room 90 │" in chat.status, what="the room that was clicked")
        await chat.pilot.press("x")
        assert chat.prompt.text == "x"


async def test_a_click_on_a_heading_goes_nowhere() -> None:
    async with open_chat((120, 30), rooms=ROOMS) as chat:
        await chat.pilot.click(RoomList, (3, 0))
        await chat.pilot.click(RoomList, (3, 20))
        assert "│ ops │" in chat.status


async def test_what_is_wrong_is_told_under_the_mouse_as_it_stands() -> None:
    async with open_chat((120, 30), rooms=ROOMS) as chat:
        rooms = room_list(chat)
        await show_everything(chat)
        await chat.pilot.pause()
        await chat.pilot.hover(RoomList, (3, left(chat).index(" 5 no         ✕ ✎")))
        await wait_until(lambda: str(rooms.tooltip) == EVERYTHING[-1].problem, what="the reason")
        await chat.pilot.hover(RoomList, (3, 1))
        await wait_until(lambda: rooms.tooltip is None, what="no reason")


async def test_it_is_never_part_of_a_selection() -> None:
    async with open_chat((120, 30), rooms=ROOMS) as chat:
        chat.client.hear(*(message("bob", f"line {number}") for number in range(60)))
        await chat.sees("line 59")
        y = next(y for y, row in enumerate(chat.rows) if "line 50" in row)
        x = chat.rows[y].index("line 50")
        await chat.drag((x + 4, y), (3, y + 1))
        assert chat.app.screen.get_selected_text() == " 50\nl"
        await chat.pilot.click(RoomList, (3, 20))
        await chat.drag((3, 1), (x + 4, y))
        assert not chat.app.screen.get_selected_text()


# What it costs


async def flood(chat: Chat, times: int, where: ConversationId, text: str = "line") -> None:
    for _ in range(times):
        drains = chat.client.drains
        chat.client.hear(message("bob", text), to=where)
        await wait_until(partial(has_drained, chat, drains), what="a drain")


def has_drained(chat: Chat, before: int) -> bool:
    return chat.client.drains > before


async def test_a_flood_elsewhere_paints_a_row_and_the_status_line_and_lays_nothing_out() -> None:
    async with open_chat((120, 30), rooms=ROOMS) as chat:
        await shows(chat, " ROOMS", "❯1 ops", " 2 lab")
        await chat.pilot.pause()
        with (
            counted(ChatScreen, "_refresh_layout") as layouts,
            counted(Widget, "refresh") as repaints,
            counted(RoomList, "refresh_line") as rows,
        ):
            await flood(chat, 20, LAB)
            await shows(chat, " ROOMS", "❯1 ops", " 2 lab         20")
            assert not layouts.called
            painted = {type(call.args[0]) for call in repaints.call_args_list}
            assert painted == {RoomList, StatusLine}
            assert {call.args[1] for call in rows.call_args_list} == {2}
            assert repaints.call_count <= 2 * 20


async def test_a_flood_elsewhere_is_counted_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(news, "LISTING_SECONDS", 3600.0)
    async with open_chat((120, 30), rooms=ROOMS) as chat:
        await shows(chat, " ROOMS", "❯1 ops", " 2 lab")
        with counted(RoomList, "refresh_line") as rows, counted(StatusLine, "refresh") as status:
            await flood(chat, 20, LAB)
            assert rows.call_count <= 1
            assert status.call_count <= 1


async def test_what_is_painted_again_has_its_styles_looked_up_once() -> None:
    async with open_chat((120, 30), rooms=ROOMS) as chat:
        chat.client.hear(message("bob", "line"), to=LAB)
        await shows(chat, " ROOMS", "❯1 ops", " 2 lab          1")
        with (
            counted(RoomList, "get_component_rich_style") as rows,
            counted(StatusLine, "get_component_rich_style") as status,
        ):
            chat.client.hear(message("bob", "line"), to=LAB)
            await shows(chat, " ROOMS", "❯1 ops", " 2 lab          2")
            assert not rows.called
            assert not status.called


async def test_a_flood_beyond_what_is_counted_paints_nothing() -> None:
    async with open_chat((120, 30), rooms=ROOMS) as chat:
        chat.client.hear(*(message("bob", "line") for _ in range(1200)), to=LAB)
        await shows(chat, " ROOMS", "❯1 ops", " 2 lab       999+")
        with counted(Widget, "refresh") as repaints:
            await flood(chat, 20, LAB)
            await wait_until(lambda: screen(chat).settled, what="the frame")
            assert not repaints.called


# Colours


async def test_what_is_shown_and_what_is_new_needs_no_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with open_chat((120, 30), rooms=ROOMS) as chat:
        await show_everything(chat)
        await shows(chat, *EVERYTHING_SHOWN)
        for _, style in segments(chat, slice(0, 30), 120):
            assert all(color is None or color.is_default for color in (style.color, style.bgcolor))


async def test_every_theme_shows_every_row_readably_or_leaves_the_colours_to_the_terminal() -> None:
    async with open_chat((120, 30), rooms=ROOMS) as chat:
        await show_everything(chat)
        chat.app.screen.query_one(StatusLine).show(EVERYTHING)
        for name, theme in BUILTIN_THEMES.items():
            chat.app.theme = name
            await chat.pilot.pause()
            await shows(chat, *EVERYTHING_SHOWN)
            if not theme.ansi:
                seen = [*segments(chat, slice(0, 8), 18), *segments(chat, slice(28, 29), 120)]
                assert [text for text, style in seen if not is_readable(style)] == [], name


def segments(chat: Chat, rows: slice, width: int) -> Iterator[tuple[str, Style]]:
    """The texts of some rows, but for rules, each with its style."""
    for strip in chat.app.screen._compositor.render_strips()[rows]:
        for text, style, _ in strip.crop(0, width):
            if text.strip(" │") and style is not None:
                yield text.strip(), style
