"""The scrollback's widget shows a reader, and another one at a call."""

from __future__ import annotations

from rich.segment import Segment

from amqpchat_tui.model import ChatMessage, Notice, NoticeKind
from amqpchat_tui.scrollback import Reader, Scrollback
from amqpchat_tui.scrollback.search import Search
from tests.support.fake_client import NOON, message
from tests.support.waiting import wait_until
from tests.ui.chat import Chat, open_chat, styles_of
from tests.ui.test_reading import hear_many


def another(*texts: str) -> Reader:
    """Somebody who reads elsewhere."""
    reader = Reader(Scrollback(10_000))
    reader.store.extend(message("carol", text) for text in texts)
    return reader


def styled(chat: Chat) -> list[list[Segment]]:
    """The scrollback's rows with their styles, without the scrollbar."""
    width, height = chat.scrollback.size.width - 1, chat.scrollback.size.height
    return [list(strip.crop(0, width)) for strip in chat.app.screen._compositor.render_strips()[:height]]


async def select(chat: Chat, text: str) -> None:
    """Select from the beginning of a text to the right."""
    row = next(index for index, shown in enumerate(chat.rows) if text in shown)
    column = chat.rows[row].index(text)
    await chat.pilot.mouse_down(offset=(column, row))
    await chat.pilot.hover(offset=(column + len(text) - 1, row))
    await chat.pilot.mouse_up(offset=(column + len(text) - 1, row))


async def test_two_conversations_are_shown_in_turn_each_where_it_was() -> None:
    async with open_chat() as chat:
        await hear_many(chat)
        one, other = chat.scrollback.reader, another(*(f"elsewhere {n}" for n in range(60)))
        chat.scrollback.scroll_pages(-2)
        chat.scrollback.pick(-1)
        chat.scrollback.show_search(Search(one.store, "ine 4"))
        await chat.sees("line 40")
        before, place, picked = chat.rows, one.place, one.picked
        styles = styled(chat)

        chat.scrollback.show(other)
        await chat.sees("elsewhere 59")
        assert "line 40" not in chat.text
        chat.scrollback.scroll_pages(-1)
        one.store.extend([message("bob", "meanwhile")])
        await wait_until(lambda: "elsewhere 59" not in chat.text, what="a page further up")
        there = other.place

        chat.scrollback.show(one)
        await chat.sees("line 40")
        assert chat.rows[:-2] == before[:-2]  # the status line says that something is new
        assert (one.place, one.picked, one.new_below) == (place, picked, 1)
        await wait_until(lambda: "↓ 1 new" in chat.status, what="what is new to be counted")
        assert styled(chat) == styles

        chat.scrollback.show(other)
        await wait_until(lambda: "elsewhere" in chat.text, what="the other one again")
        assert other.place == there


async def test_a_conversation_that_is_left_at_its_end_is_read_so_far() -> None:
    async with open_chat() as chat:
        await hear_many(chat, 5)
        one = chat.scrollback.reader
        chat.scrollback.show(another("elsewhere"))
        await chat.sees("elsewhere")
        one.store.extend([message("bob", "meanwhile")])
        chat.scrollback.show(one)
        await chat.sees("meanwhile")
        assert any(style.underline for style in styles_of(chat, "line 4"))


async def test_one_that_was_never_on_the_screen_fits_another_size() -> None:
    async with open_chat((60, 12)) as chat:
        await hear_many(chat, 5)
        one, other = chat.scrollback.reader, another("first " + "word " * 30 + "last")
        chat.scrollback.show(other)
        await chat.sees("last")
        await chat.pilot.resize_terminal(50, 20)
        await chat.sees("first")
        chat.scrollback.show(one)
        await chat.sees("line 0")


async def test_a_selection_is_dropped_with_what_it_is_about() -> None:
    async with open_chat() as chat:
        chat.client.hear(
            message("bob", "above"), Notice("a hole", NOON, NoticeKind.GAP), message("bob", "below")
        )
        await chat.sees("below")
        store = chat.scrollback.reader.store
        await select(chat, "below")
        assert chat.app.screen.get_selected_text() == "below"
        store.insert([message("bob", "older")])
        chat.scrollback.sync()
        await chat.sees("older")
        assert chat.app.screen.get_selected_text() == "below"
        hole = next(seq for seq in range(100) if seq in store and store.text(seq) == "a hole")
        store.insert([message("bob", "filled")], hole)
        chat.scrollback.sync()
        await chat.sees("filled")
        assert not chat.app.screen.selections
        await select(chat, "below")
        assert chat.app.screen.get_selected_text() == "below"
        chat.scrollback.show(another("elsewhere"))
        await chat.sees("elsewhere")
        assert not chat.app.screen.selections


async def test_what_was_dropped_for_another_conversation_is_no_fault_on_the_screen() -> None:
    async with open_chat() as chat:
        await hear_many(chat, 600)
        chat.scrollback.scroll_to_top()
        await chat.sees("line 0")
        store = chat.scrollback.reader.store
        assert store.drop_oldest()
        chat.scrollback.refresh()
        oldest = next(iter(store))
        assert isinstance(oldest, ChatMessage)
        await chat.sees(oldest.text)
