"""The start shows how the last time ended, where the log has it."""

import time

from amqpchat_tui.chat.past import FROM_LOG
from amqpchat_tui.config import LogSettings
from amqpchat_tui.model import ConversationId, Replay
from amqpchat_tui.storage.store import DiskStore
from amqpchat_tui.wording.history import FROM_HISTORY, OLDER
from tests.storage.log_support import log_path
from tests.storage.support import open_store
from tests.support.fake_client import ROOM, message
from tests.support.waiting import wait_until
from tests.ui.chat import open_chat

LAB = ConversationId.room("lab")
KEPT = LogSettings()
EARLIER = time.time() - 3 * 24 * 60 * 60
"""Before the test is started, unlike what `message` says."""


async def test_the_first_start_says_where_the_log_is_and_later_ones_show_what_it_has() -> None:
    async with open_store(log=KEPT) as store, open_chat((120, 24), store=store) as chat:
        await chat.sees("What is said here is logged in")
        await chat.sees("log.keep = false")
        chat.client.hear(message("bob", "the day before", at=EARLIER))
        chat.client.hear(message("bob", "this morning", at=EARLIER + 10**5))
        await chat.sees("this morning")
        await chat.pilot.press("ctrl+q")
        await wait_until(lambda: chat.client.closed, what="the end")
    async with open_store(log=KEPT) as store, open_chat((80, 24), store=store) as chat:
        await chat.sees(FROM_LOG)
        rows = [row for row in chat.rows if row]
        places = [
            next(index for index, row in enumerate(rows) if text in row)
            for text in (FROM_LOG, "the day before", "this morning", "/help lists")
        ]
        assert places == sorted(places)
        assert "is logged in" not in chat.text


async def test_a_room_that_is_joined_later_shows_it_too_and_nothing_is_unread() -> None:
    async with open_store(log=KEPT) as store, open_chat(store=store, rooms=(ROOM, LAB)) as chat:
        chat.client.hear(*(message("bob", f"line {number}", at=EARLIER) for number in range(100)), to=LAB)
        await wait_until(lambda: "100" in chat.status, what="the news")
        await chat.pilot.press("ctrl+q")
        await wait_until(lambda: chat.client.closed, what="the end")
    async with open_store(log=KEPT) as store, open_chat(store=store) as chat:
        await chat.enter("/join lab")
        await chat.sees("line 99")
        assert "new" not in chat.status
        lab = chat.app.screen_stack[0].session.conversations[LAB]  # type: ignore[attr-defined]
        assert (lab.unread, lab.heard) == (0, 0)
        assert 20 < len(lab.scrollback) < 30


async def test_scrolling_up_goes_on_into_the_log() -> None:
    async with open_store(log=KEPT) as store, open_chat(store=store) as chat:
        chat.client.hear(*(message("bob", f"line {number}", at=EARLIER) for number in range(500)))
        await chat.sees("line 499")
        await chat.pilot.press("ctrl+q")
        await wait_until(lambda: chat.client.closed, what="the end")
    async with open_store(log=KEPT) as store, open_chat(store=store) as chat:
        await chat.sees("line 499")
        while FROM_LOG not in chat.text or OLDER in chat.text:
            await chat.pilot.press("pageup")
        await chat.sees("line 0")
        shown = chat.app.screen_stack[0].session.shown.scrollback  # type: ignore[attr-defined]
        texts = [shown.text(seq) for seq in shown.shown(shown.first, 1)]
        assert [text for text in texts if text.startswith("line ")] == [
            f"line {number}" for number in range(500)
        ]


async def test_a_history_of_one_line_stands_below_the_log() -> None:
    async with open_store(log=KEPT) as store, open_chat(store=store) as chat:
        chat.client.hear(*(message("bob", f"line {number}", at=EARLIER) for number in range(100)))
        await chat.sees("line 99")
        await chat.pilot.press("ctrl+q")
        await wait_until(lambda: chat.client.closed, what="the end")
    async with open_store(log=KEPT) as store, open_chat((80, 24), store=store) as chat:
        chat.client.replay(Replay([message("bob", "line 99", at=EARLIER)]))
        await chat.sees("1 line of history")
        await chat.sees("line 98")
        rows = [row for row in chat.rows if row]
        texts = "line 98", FROM_HISTORY, "line 99", "1 line of history"
        places = [next(index for index, row in enumerate(rows) if text in row) for text in texts]
        assert places == sorted(places)
        assert chat.text.count("line 99") == 1


async def test_nothing_is_said_where_nothing_is_logged() -> None:
    store = DiskStore(LogSettings(keep=False))
    async with open_chat(store=store) as chat:
        store.start(chat.app._complain)
        chat.client.hear(message("bob", "hello"))
        await chat.sees("hello")
        assert "log" not in chat.text.replace("/help lists", "")
    assert store.close() == ""
    assert not log_path().exists()
