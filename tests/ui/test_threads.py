"""Threads on the screen: a line's thread alone, and back to the very place."""

from __future__ import annotations

import re

import pytest
from msgspec.structs import asdict, replace

from amqpchat_tui.config import HideSettings
from amqpchat_tui.model import ChatMessage, ConversationId, LinkedMessage, Occupant, Reaction, Replay
from tests.support.fake_client import NOON, message
from tests.support.waiting import wait_until
from tests.ui.chat import Chat, open_chat, open_rooms
from tests.ui.test_linking import answered
from tests.ui.test_rooms import session
from tests.ui.test_search import open_log

OPS, LAB = map(ConversationId.room, ("ops", "lab"))


def said(name: str, to: str = "", nick: str = "bob") -> ChatMessage:
    """A line whose id is what it says; it may answer another."""
    if not to:
        return message(nick, name, message_id=name)
    return LinkedMessage(nick, name, NOON, message_id=name, answers=to)


THREAD = (said("who looks?"), said("not me"), said("on it", "who looks?", "carol"), said("well", "not me"))


def texts(chat: Chat) -> list[str]:
    """The rows of the scrollback's lines, behind the time and the nick, without what stands at their ends."""
    area = chat.scrollback.region
    rows = [row[area.x : area.right] for row in chat.rows[area.y : area.bottom]]
    return [found[1] for row in rows if (found := re.search(r"[│┃] (.*?\S)(  .*)?$", row))]


async def answers(chat: Chat, line: str) -> None:
    """Wait until it says above the prompt that a line is answered."""
    await wait_until(lambda: answered(chat) == f"╭ {line}", what=line)


def title(chat: Chat) -> str:
    """The row above the scrollback, if there is one."""
    row = next((row for row in chat.rows[:2] if "thread" in row), "")
    return re.sub(r"\s+", " ", row.strip())


async def titled(chat: Chat, text: str) -> None:
    """Wait until the row above the scrollback says this; empty: until there is none."""
    await wait_until(lambda: title(chat) == text, what=lambda: f"{text!r}:\n{chat.text}")


async def narrow(chat: Chat, *lines: ChatMessage, to: ConversationId | None = None) -> None:
    """Hear lines, and show the thread of the last alone."""
    chat.client.hear(*lines, to=to)
    await chat.sees(lines[-1].text)
    await chat.pilot.press("alt+up", "t")
    await chat.sees("thread of")


@pytest.mark.parametrize("size", [(80, 24), (200, 60), (40, 10)])
async def test_t_shows_nothing_but_the_thread_and_esc_returns_to_the_very_place(
    size: tuple[int, int],
) -> None:
    async with open_chat(size) as chat:
        chat.client.hear(*(message("bob", f"line {n}") for n in range(100)), *THREAD[:3])
        chat.client.hear(*(message("bob", f"more {n}") for n in range(100)))
        await chat.sees("more 99")
        await chat.pilot.press("ctrl+f", *"more 0", "alt+up")
        await chat.sees("more 0")
        before = texts(chat)
        await chat.pilot.press("up", "t")
        await chat.sees("thread of")
        assert texts(chat)[-2:] == ["who looks?", "on it"]
        assert "more" not in chat.text
        await chat.pilot.press("escape")
        await wait_until(lambda: texts(chat) == before, what="the place of before")


async def test_a_row_says_which_thread_is_shown_and_how_one_returns() -> None:
    async with open_chat() as chat:
        await narrow(chat, *THREAD[:3])
        await titled(chat, "thread of bob: who looks? · 2 lines · Esc returns")
        chat.client.hear(said("done " * 40, "on it"))
        await chat.sees("3 lines")
        await chat.pilot.press("escape")
        chat.client.hear(said("long " * 40))
        await chat.sees("long")
        await chat.pilot.press("alt+up", "t")
        await chat.sees("thread of")
        assert re.fullmatch(r"thread of bob: (long )+lo?n?g?… · 1 line · Esc returns", title(chat))


async def test_in_a_thread_one_answers_its_latest_line_and_behind_it_none() -> None:
    async with open_chat() as chat:
        await narrow(chat, *THREAD[:3])
        await answers(chat, "carol: on it")
        await chat.enter("thanks")
        chat.client.hear(said("done", "on it", "carol"))
        await answers(chat, "carol: done")
        await chat.enter("great")
        await chat.pilot.press(*"and", "escape")
        assert (answered(chat), chat.prompt.text) == ("", "and")
        await chat.pilot.press("enter")
        assert [(line.body, line.bearing.answers) for line in chat.client.lines] == [
            ("thanks", "on it"),
            ("great", "done"),
            ("and", ""),
        ]


async def test_in_a_thread_another_line_than_the_latest_can_be_answered() -> None:
    async with open_chat() as chat:
        await narrow(chat, *THREAD[:3])
        await chat.pilot.press("alt+up", "up", "r")
        assert answered(chat) == "╭ bob: who looks?"
        await chat.pilot.press("escape")
        assert answered(chat) == "╭ carol: on it", "the first Esc drops that, and stays in the thread"
        assert title(chat)
        await chat.pilot.press("escape")
        await titled(chat, "")


async def test_what_comes_elsewhere_is_counted_and_read_behind_the_thread() -> None:
    async with open_chat() as chat:
        await narrow(chat, *THREAD[:3])
        chat.client.hear(said("elsewhere"), said("there", "on it"), said("again"))
        await chat.sees("there")
        assert "elsewhere" not in chat.text
        await wait_until(lambda: "↓ 2 new" in chat.status, what="the count")
        await chat.pilot.press("escape")
        await chat.sees("elsewhere")
        await wait_until(lambda: "new" not in chat.status, what="that all is read")


async def test_thread_shows_the_last_one_else_says_why_not() -> None:
    async with open_chat() as chat:
        await chat.enter("/thread")
        assert "No line here has been answered" in chat.hint
        chat.prompt.show("")
        chat.client.hear(*THREAD)
        await chat.sees("well")
        await chat.enter("/thread")
        await titled(chat, "thread of bob: not me · 2 lines · Esc returns")
        await chat.enter("/thread")
        assert "Esc returns" in chat.hint


async def test_chosen_from_the_palette_it_is_the_thread_of_the_message_that_is_picked() -> None:
    async with open_chat() as chat:
        chat.client.hear(*THREAD)
        await chat.sees("well")
        await chat.pilot.press("alt+up", "up", "ctrl+p", *"thread alone")
        await chat.sees("Show a thread alone")
        await chat.pilot.press("enter")
        await titled(chat, "thread of bob: who looks? · 2 lines · Esc returns")
        await chat.pilot.press("x")
        assert chat.prompt.text == "x"


async def test_what_a_command_tells_is_seen_in_a_thread_too() -> None:
    async with open_chat() as chat:
        await narrow(chat, *THREAD[:3])
        await chat.enter("/keys")
        await chat.sees("pick_close")
        await titled(chat, "thread of bob: who looks? · 2 lines · Esc returns")
        chat.client.hear(said("done", "on it"))
        await answers(chat, "bob: done")
        await chat.pilot.press("escape")
        await chat.sees("pick_close")


async def test_a_room_stays_narrowed_while_one_is_elsewhere_and_so_does_its_draft() -> None:
    async with open_rooms("ops", "lab") as chat:
        await narrow(chat, *THREAD[:3], to=OPS)
        await chat.pilot.press(*"mine", "alt+2")
        await titled(chat, "")
        assert (answered(chat), chat.prompt.text) == ("", "")
        await chat.enter("there")
        await chat.pilot.press("alt+1")
        await chat.sees("thread of")
        assert (answered(chat), chat.prompt.text) == ("╭ carol: on it", "mine")
        await chat.pilot.press("enter")
        assert [(line.to, line.bearing.answers) for line in chat.client.lines] == [
            (LAB, ""),
            (OPS, "on it"),
        ]


async def test_finding_picking_copying_and_g_work_on_the_thread() -> None:
    async with open_chat() as chat:
        lines = [said("a 0"), *(said(f"a {n}", f"a {n - 1}") for n in range(1, 40)), said("b", "a 1")]
        await narrow(chat, *(line for one in lines for line in (message("eve", "no a"), one)))
        await chat.pilot.press("ctrl+f", *"a ")
        await chat.sees("of 40")
        await chat.pilot.press("escape", "alt+up", "g")
        picked = chat.scrollback.reader.picked
        assert picked is not None
        assert picked.text == "a 1"
        await chat.pilot.press("c")
        assert chat.app.clipboard == "a 1"
        await chat.pilot.press("t")
        await chat.sees("nothing but its thread is shown")
        await chat.pilot.press("escape", "ctrl+end")
        await chat.sees("╭ bob: a 1")
        row = next(y for y, text in enumerate(chat.rows) if "╭ bob: a 1" in text)
        await chat.pilot.click(offset=(30, row))
        await chat.sees("Message: ")
        picked = chat.scrollback.reader.picked
        assert picked is not None
        assert picked.text == "a 1"


async def test_what_is_done_about_a_line_is_done_about_that_one_of_the_room() -> None:
    async with open_chat() as chat:
        ann = Occupant("ann", "a0")
        asked = replace(said("4 MB", nick="ann"), sent_at=NOON, sender=ann)
        fixed = replace(asked, text="4 GB", message_id="c", sent_at=NOON + 1)
        await narrow(chat, message("eve", "no"), asked, message("eve", "nor this"), said("thanks", "4 MB"))
        chat.client.hear(LinkedMessage(**asdict(fixed), replaces="4 MB"))
        chat.client.befall(Reaction("4 MB", Occupant("bob", "b"), NOON, "r", emoji="👀"))
        await chat.sees("👀 1")
        await chat.pilot.press("alt+up", "up", "i")
        await chat.sees("4 MB")
        await chat.sees("bob")
        await chat.pilot.press("=")
        await chat.pilot.press("escape")
        await chat.enter("/react thumbs up")
        assert [(about, emoji) for _, _, about, emoji in chat.client.events.done] == [
            ("4 MB", "👀"),
            ("thanks", "👍"),
        ]


async def test_clear_empties_the_room_and_not_only_the_thread() -> None:
    async with open_chat() as chat:
        await narrow(chat, *THREAD)
        await chat.enter("/clear")
        await titled(chat, "")
        assert not texts(chat)


async def test_who_is_hidden_is_hidden_in_the_thread_too() -> None:
    async with open_chat() as chat:
        await narrow(chat, *THREAD[:3])
        session(chat).hiding.configure(HideSettings(ignore=("carol",)))
        await chat.sees("1 line ·")
        assert "on it" not in chat.text
        assert answered(chat) == "╭ bob: who looks?"


async def test_at_the_top_of_a_torn_thread_older_lines_are_asked_for() -> None:
    async with open_chat() as chat:
        room = chat.client.conversations[0]
        chat.client.replay(Replay([said("on it", "who looks?")], more=True))
        await chat.sees("on it")
        await narrow(chat, said("thanks", "on it"))
        await chat.pilot.press("pageup")
        await chat.pilot.pause()
        assert chat.client.histories.asked == [("older", room)]
        chat.client.replay(Replay([said("who looks?")], more=True))
        await chat.sees("thread of bob: who looks? · 3 lines")
        await chat.pilot.press("pageup")
        await chat.pilot.pause()
        assert len(chat.client.histories.asked) == 1


async def test_a_terminal_of_another_size_shows_the_thread_as_before() -> None:
    async with open_chat((80, 24)) as chat:
        await narrow(chat, *THREAD[:3])
        await chat.pilot.resize_terminal(40, 10)
        await titled(chat, "thread of bob… · 2 lines · Esc returns")
        await chat.pilot.resize_terminal(20, 10)
        await titled(chat, "thread… · 2 lines")
        await chat.pilot.resize_terminal(80, 24)
        await chat.sees("thread of bob: who looks?")
        await chat.pilot.press("escape")
        await chat.sees("not me")


async def test_a_search_leads_from_a_thread_to_a_line_of_the_room_and_back_or_stays_there() -> None:
    async with open_log() as (chat, _):
        chat.client.hear(said("needle"), *THREAD[:3], to=OPS)
        await chat.sees("on it")
        await chat.pilot.press("alt+up", "t")
        await titled(chat, "thread of bob: who looks? · 2 lines · Esc returns")
        for key, expected in ("escape", "thread of bob: who looks? · 2 lines · Esc returns"), ("enter", ""):
            await chat.enter("/search needle")
            await chat.sees("1 of 1")
            await chat.pilot.press("enter")
            await chat.sees("bob │ needle")
            await titled(chat, "")
            await chat.pilot.press(key)
            await titled(chat, expected)
        assert answered(chat) == ""
        assert "not me" in chat.text
