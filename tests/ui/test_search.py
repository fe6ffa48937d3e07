"""Searching all that was said: a list in the scrollback's place, the way to a line, and back."""

import contextlib
import time
from collections.abc import AsyncIterator

import pytest

from amqpchat_tui.chat.past import FROM_LOG
from amqpchat_tui.config import LogSettings
from amqpchat_tui.model import ChatMessage, ConversationId, LogError, LoggedLine, LogSearch
from amqpchat_tui.storage.store import DiskStore
from amqpchat_tui.ui.search.result_list import ResultList
from amqpchat_tui.wording.history import FROM_HISTORY
from tests.storage.support import open_store
from tests.support.fake_client import message
from tests.support.waiting import wait_until
from tests.ui.chat import Chat, open_chat, settings, type_at_once
from tests.ui.test_rooms import session, shown

OPS, LAB = map(ConversationId.room, ("ops", "lab"))
BROKERS = settings().connection.names
NOW = time.time()


def said(text: str, *, nick: str = "bob", ago: float = 0.0) -> ChatMessage:
    return message(nick, text, at=NOW - ago)


@contextlib.asynccontextmanager
async def open_log(*, size: tuple[int, int] = (80, 24)) -> AsyncIterator[tuple[Chat, DiskStore]]:
    """A chat in two rooms, of which a long past is logged; the latest lines of it are shown."""
    async with open_store(log=LogSettings()) as store:
        day = 24 * 60 * 60
        for room in (OPS, LAB):
            lines = [said(f"{room.name} {number}", ago=day * 3 - number) for number in range(500)]
            lines[100] = said("the Straße is\nlong", nick="carol", ago=day * 3 - 100)
            store.log.add(BROKERS, [(room, lines)])
        await store.log.search(BROKERS, LogSearch(), 1)
        async with open_chat(size, store=store, rooms=(OPS, LAB)) as chat:
            await wait_until(lambda: len(session(chat).shown.scrollback) > 5, what="the past")
            yield chat, store


def listed(chat: Chat) -> list[str]:
    """The rows of the list, where there is one."""
    areas = [results.region for results in chat.app.screen.query(ResultList)]
    return [row[area.x :] for area in areas for row in chat.rows[area.y : area.bottom] if row[area.x :]]


async def lists(chat: Chat, *texts: str) -> None:
    """Wait until the list has these texts, one a row, from the top."""
    await wait_until(
        lambda: (
            len(listed(chat)) == len(texts)
            and all(text in row for text, row in zip(texts, listed(chat), strict=True))
        ),
        what=lambda: "\n".join(listed(chat)),
    )


@pytest.mark.parametrize("size", [(80, 24), (200, 60), (40, 10)])
async def test_it_narrows_as_one_types_with_the_newest_at_the_top(size: tuple[int, int]) -> None:
    async with open_log(size=size) as (chat, _):
        await chat.pilot.press("alt+s")
        await chat.sees("Words, and from:NICK")
        await chat.pilot.press(*"49")
        await wait_until(lambda: "lab 499" in listed(chat)[0], what=lambda: chat.text)
        await chat.pilot.press("7")
        await lists(chat, "lab 497", "ops 497")
        await chat.sees("1 of")
        assert "❯" in listed(chat)[0]
        await chat.pilot.press(*" in:op")
        await lists(chat, "ops 497")
        await chat.pilot.press(*" from:dave")
        await chat.sees("nothing foun")


async def test_a_row_says_when_where_and_who_with_the_hit_marked() -> None:
    async with open_log() as (chat, _):
        await chat.enter("/search STRASSE long in:lab")
        day = time.strftime("%d %b %H:%M", time.localtime(NOW - 3 * 24 * 60 * 60 + 100))
        await lists(chat, f"❯ {day} lab carol the Straße is␊long")
        strips = chat.app.screen._compositor.render_strips()
        hits = [
            segment.text
            for strip in strips
            for segment in strip
            if segment.style is not None and segment.style.underline and segment.style.bold
        ]
        assert hits == ["Straße", "long"]


async def test_all_lines_that_name_the_person_are_listed_and_lead_to_their_rooms() -> None:
    async with open_log() as (chat, _):
        chat.client.hear(said("alice: look"), said("balice and alices"), to=OPS)
        chat.client.hear(said("thank you, Alice"), said("I am alice", nick="dave"), to=LAB)
        chat.client.hear(message("alice", "alice I am", own=True, at=NOW), to=LAB)
        await chat.sees("balice and alices")
        await chat.enter("/ignore dave")
        await chat.pilot.press("alt+m")
        await lists(chat, "lab bob thank you, Alice", "ops bob alice: look")
        await chat.sees("1 of 2")
        await chat.pilot.press(*"look")
        await lists(chat, "ops bob alice: look")
        await chat.pilot.press(*["backspace"] * 4)
        await lists(chat, "thank you, Alice", "alice: look")
        await chat.pilot.press("enter")
        await wait_until(lambda: shown(chat) == "lab", what="the room")
        await chat.pilot.press("escape")
        await chat.enter("/mentions")
        await lists(chat, "thank you, Alice", "alice: look")


async def test_a_slip_is_told_in_the_list_s_place_while_one_types() -> None:
    async with open_log() as (chat, _):
        await chat.enter("/search since:soon")
        assert "“soon” is no time" in chat.hint
        chat.prompt.show("")
        await chat.pilot.press("alt+s", *"ops since:")
        await chat.sees("Say since when, as in 2d")
        await chat.pilot.press(*"9d")
        await wait_until(lambda: "ops 499" in listed(chat)[0], what="the list")


async def test_more_is_asked_for_as_one_goes_down() -> None:
    async with open_log() as (chat, _):
        await chat.enter("/search ops")
        await chat.sees("1 of 100+")
        for _ in range(8):
            await chat.pilot.press("pagedown")
        await chat.sees("of 200+")
        await chat.pilot.press("pageup", "up", "down")
        await wait_until(lambda: any("❯" in row for row in listed(chat)), what="the picked row")


async def test_a_line_in_the_scrollback_is_shown_there_and_esc_leads_back_to_the_very_place() -> None:
    async with open_log() as (chat, _):
        chat.client.hear(*(said(f"new {number}") for number in range(60)), to=OPS)
        await chat.sees("new 59")
        await chat.pilot.press("pageup")
        before = chat.rows[:18]
        await chat.pilot.press(*"draft", "alt+s", *"lab", " ", "4", "9", "8", "enter")
        await wait_until(lambda: shown(chat) == "lab", what="the room")
        await chat.sees("lab 499")
        assert FROM_LOG in [entry.text for entry in session(chat).shown.scrollback if hasattr(entry, "text")]
        await chat.sees("n N")
        await chat.pilot.press("escape")
        await wait_until(lambda: shown(chat) == "ops", what="the room before")
        await wait_until(lambda: chat.rows[:18] == before, what=lambda: chat.text)
        assert chat.prompt.has_focus
        assert chat.prompt.text == "draft"


async def test_a_line_that_is_only_in_the_log_is_shown_with_what_was_said_around_it() -> None:
    async with open_log() as (chat, _):
        await chat.enter("/search STRASSE in:ops")
        await lists(chat, "the Straße")
        await chat.pilot.press("enter")
        await chat.sees("ops 99")
        await chat.sees("ops 101")
        before = chat.rows
        chat.client.hear(said("something new"), to=OPS)
        await wait_until(lambda: session(chat).conversations[OPS].unread == 1, what="the news")
        assert chat.rows[:15] == before[:15]
        await chat.pilot.press("pageup")
        await chat.sees("ops 80")
        await chat.pilot.press("enter")
        await chat.sees("only in your log")
        await chat.pilot.press("escape")
        await chat.sees("something new")
        await wait_until(lambda: session(chat).conversations[OPS].unread == 0, what="it to be read")
        assert len(session(chat).conversations[OPS].scrollback) < 60


async def test_letters_lead_to_the_next_line_and_the_key_of_the_search_back_to_the_list() -> None:
    async with open_log() as (chat, _):
        await chat.enter("/search STRASSE")
        await lists(chat, "lab carol", "ops carol")
        await chat.pilot.press("enter")
        await wait_until(lambda: shown(chat) == "lab", what="the room")
        await chat.pilot.press("n")
        await wait_until(lambda: shown(chat) == "ops", what="the older one")
        await chat.pilot.press("x", "N")
        await wait_until(lambda: shown(chat) == "lab", what="the newer one")
        await chat.pilot.press("alt+s")
        await lists(chat, "lab carol", "ops carol")
        await chat.pilot.press("down", "escape")
        await chat.sees("ops 499")
        assert shown(chat) == "ops"


async def test_one_may_stay_at_a_line_of_the_scrollback() -> None:
    async with open_log() as (chat, _):
        chat.client.hear(*(said(f"new {number}") for number in range(60)), to=LAB)
        await wait_until(lambda: session(chat).conversations[LAB].unread == 60, what="the news")
        await chat.enter('/search "new 7"')
        await lists(chat, "new 7")
        await chat.pilot.press("enter")
        await wait_until(lambda: shown(chat) == "lab", what="the room")
        await chat.sees("stay")
        await chat.pilot.press("enter")
        assert shown(chat) == "lab"
        assert chat.prompt.has_focus
        await chat.sees("new 7")
        assert "new 59" not in chat.text


async def test_what_one_looks_for_in_the_find_bar_is_searched_everywhere() -> None:
    async with open_log() as (chat, _):
        await chat.pilot.press("ctrl+f", *"Straße", "alt+s")
        await lists(chat, "lab carol", "ops carol")
        await chat.pilot.press("escape")
        await chat.sees("ops 499")
        assert chat.prompt.has_focus


async def test_what_is_typed_at_once_is_searched() -> None:
    async with open_log() as (chat, _):
        type_at_once(chat, "alt+s", "+STRASSE", "enter")
        await wait_until(lambda: shown(chat) == "lab", what="the room")
        await chat.sees("lab 101")
        type_at_once(chat, "alt+s", "+x", "escape")
        await chat.sees("ops 499")
        type_at_once(chat, "ctrl+f", "+Stra", "alt+s", "+ße")
        await lists(chat, "lab carol", "ops carol")


async def test_a_click_goes_to_a_line() -> None:
    async with open_log() as (chat, _):
        await chat.enter("/search STRASSE")
        await lists(chat, "lab carol", "ops carol")
        await chat.pilot.click(ResultList, offset=(5, 1))
        await chat.sees("ops 101")


async def test_a_room_that_was_left_is_named() -> None:
    async with open_log() as (chat, _):
        await chat.enter("/search STRASSE in:lab")
        await lists(chat, "lab carol")
        session(chat).leave(LAB)
        await chat.pilot.press("enter")
        await chat.sees("You are in lab no more; /join goes there.")
        await chat.pilot.press("escape")
        await chat.sees("ops 499")


async def test_going_elsewhere_ends_the_search() -> None:
    async with open_log() as (chat, _):
        await chat.pilot.press("alt+s", *"ops", "alt+2")
        await wait_until(lambda: shown(chat) == "lab", what="the room")
        await chat.sees("lab 499")
        assert chat.prompt.has_focus
        assert not chat.app.screen.query(ResultList)


async def test_a_log_that_cannot_be_read_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_log() as (chat, store):

        async def fail(*_: object) -> list[LoggedLine]:
            raise LogError("/log.db: it is damaged; move it away to begin anew")

        monkeypatch.setattr(store.log, "search", fail)
        await chat.enter("/search ops")
        await chat.sees("/log.db: it is damaged; move it away to begin anew")
        await chat.pilot.press("enter", "escape")
        await chat.sees("ops 499")


async def test_without_a_log_a_hint_says_so() -> None:
    async with open_chat() as chat:
        await chat.pilot.press("alt+s")
        assert "Nothing is logged" in chat.hint


DAY = 24 * 60 * 60


async def test_histories_are_looked_into_for_what_is_not_in_the_log() -> None:
    async with open_log() as (chat, _):
        newer = [said("ops 498 was right", ago=60), said("ops 499", ago=DAY * 3 - 499)]
        older = [said(f"ancient {number}", ago=DAY * 9) for number in range(30)]
        older[20] = said("ops 498 is older than the log", ago=DAY * 9)
        chat.client.histories.pages = {OPS: [newer, older], LAB: [[said("lab 498 is none", ago=5)]]}
        await chat.enter("/search 498 in:ops")
        await lists(chat, "⋯ ops 498 was right", "ops bob ops 498", "⋯ ops 498 is older than the log")
        await chat.sees("2 of 3 · ")
        await chat.pilot.press("down", "enter")
        for text in ("ancient 19", "ops 498 is older than the log", "ancient 21"):
            await chat.sees(text)
        await chat.pilot.press("pageup", "pageup")
        await chat.sees(FROM_HISTORY)
        await chat.pilot.press("enter")
        await chat.sees("only in the history")
        await chat.pilot.press("N")
        await wait_until(lambda: FROM_HISTORY not in chat.text, what="the line of the log")
        await chat.pilot.press("alt+s")
        await lists(chat, "ops 498 was right", "❯", "older than the log")


async def test_it_says_that_it_is_still_looking_and_another_search_ends_that() -> None:
    async with open_log() as (chat, _):
        chat.client.histories.pages = {OPS: [[said("ops 499 and more", ago=60)], None]}
        await chat.enter("/search 499")
        await lists(chat, "⋯ ops 499 and more", "lab 499", "ops 499")
        await chat.sees("2 of 3 · still looking")
        assert "❯" in listed(chat)[1], "what was picked before"
        chat.client.histories.pages = {}
        await chat.pilot.press("backspace", "8")
        await lists(chat, "lab 498", "ops 498")
        await wait_until(lambda: "still looking" not in chat.text, what="the end")


async def test_what_is_found_in_a_history_has_its_turn_with_the_lines_of_its_time() -> None:
    async with open_log() as (chat, _):
        chat.client.histories.pages = {OPS: [[said("ops of old", ago=DAY * 9)]]}
        await chat.enter("/search ops")
        await chat.sees("1 of 100+ · ")
        assert "of old" not in chat.text
        for _ in range(100):
            if "⋯ ops of old" in chat.text:
                break
            await chat.pilot.press("pagedown")
        await chat.sees("⋯ ops of old")
        await wait_until(lambda: "❯" in listed(chat)[-1], what="the last line to be picked")
        assert "⋯ ops of old" in listed(chat)[-1]


async def test_a_key_that_is_held_down_goes_to_the_last_line_that_the_log_has() -> None:
    async with open_log() as (chat, _):
        await chat.enter("/search ops")
        await chat.sees("1 of 100+ · ")
        type_at_once(chat, *["pagedown"] * 60)
        await wait_until(lambda: listed(chat)[-1].endswith(" ops 0"), what="the last line")


async def test_a_history_that_cannot_be_read_is_told_beside_what_the_log_has() -> None:
    async with open_log() as (chat, _):
        chat.client.histories.problem = "it does not answer"
        await chat.enter("/search 499")
        await lists(chat, "lab 499", "ops 499")
        await chat.sees("1 of 2 · it does not answer")
