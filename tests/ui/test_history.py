"""A room's history on the screen."""

from msgspec.structs import replace

from amqpchat_tui.model import ChatMessage, HistoryLimits, Replay
from amqpchat_tui.wording.history import OLDER
from tests.support.fake_client import NOON, ROOM, message
from tests.support.waiting import wait_until
from tests.ui.chat import open_chat


def line(text: str, roughly: bool | None = False) -> ChatMessage:
    return replace(message("bob", text, at=NOON - 3600), roughly=roughly)


async def test_lines_of_the_history_stand_above_a_border_with_their_times_as_far_as_they_are_known() -> None:
    async with open_chat((80, 24)) as chat:
        said = [line("stamped"), line("after that", True), line("who knows when", None)]
        chat.client.replay(Replay(said, more=True))
        await chat.sees("3 lines of history")
        rows = [row for row in chat.rows if row]
        older, stamped, after, unknown, border, *_ = rows
        assert older.strip("─ ") == OLDER
        time, about, none = (row.partition("bob")[0] for row in (stamped, after, unknown))
        assert about.startswith(f"~{time.strip()}")
        assert not none.strip()
        assert border.startswith("──")


async def test_scrolling_up_at_the_top_brings_older_lines_and_nothing_moves() -> None:
    async with open_chat((80, 24)) as chat:
        chat.client.replay(Replay([line(f"line {number}") for number in range(60)], more=True))
        await chat.sees("line 59")
        await chat.pilot.press("pageup")
        assert chat.client.histories.asked == []
        while OLDER not in chat.text:
            await chat.pilot.press("pageup")
        await wait_until(lambda: chat.client.histories.asked == [("older", ROOM)], what="the question")
        before = chat.rows
        chat.client.replay(Replay([line("older still")]))
        await chat.sees("older still")
        assert chat.rows[1:] == before[1:]


async def test_one_asks_for_the_history_or_begins_one_by_a_command() -> None:
    async with open_chat() as chat:
        await chat.enter("/history")
        await chat.enter("/history on 30d")
        assert chat.client.histories.asked == [("tell", ROOM), ("begin", ROOM)]
        assert chat.client.histories.limits == HistoryLimits(days=30)
        await chat.enter("/history off")
        assert "begin one with /history on" in chat.hint
