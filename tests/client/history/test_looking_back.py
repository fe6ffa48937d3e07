"""Going back through all of a room's history, beside what is shown of it."""

import pytest

from amqpchat_tui.client.history import looking_back, stream
from amqpchat_tui.client.history.problems import Silent
from amqpchat_tui.model import ChatMessage, HistoryError
from tests.client.conftest import Join
from tests.client.support import Seat, plain_speaker
from tests.support.waiting import wait_until

from .support import begin_history, texts


async def have_page(seat: Seat) -> None:
    await wait_until(lambda: bool(seat.replays), 20, "what is shown of the history")


async def pages(seat: Seat) -> list[list[ChatMessage]]:
    return [list(page) async for page in seat.client.histories.look_back(seat.conversation)]


async def test_all_of_it_is_there_from_the_newest_page_on_and_nothing_is_shown(
    join: Join, amqp_url: str, room: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking_back, "PAGE_LINES", 150)
    begin_history(amqp_url, room)
    said = [f"line {number}" for number in range(400)]
    with plain_speaker(amqp_url, room) as bob:
        for text in said:
            bob.say(text)
        ann = await join()
        await have_page(ann)
        ann.say("and of ann")
        bob.say("live")
        await wait_until(lambda: {*texts(ann)[-2:]} == {"and of ann", "live"}, 20, "what is said live")
    before = texts(ann)
    found = await pages(ann)
    assert [len(page) for page in found] == [150, 150, 102]
    lines = [line for page in reversed(found) for line in page]
    assert [line.text for line in lines][:400] == said
    assert [line.own for line in lines if line.text == "and of ann"] == [True]
    assert texts(ann) == before
    monkeypatch.setattr(looking_back, "MOST_MESSAGES", 200)
    assert len(await pages(ann)) == 2


async def test_a_room_without_a_history_has_no_pages(join: Join) -> None:
    ann = await join()
    await have_page(ann)
    assert await pages(ann) == []


async def test_why_it_cannot_be_read_is_told(
    join: Join, amqp_url: str, room: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin_history(amqp_url, room)
    with plain_speaker(amqp_url, room) as bob:
        bob.say("hello")
        ann = await join()
        await have_page(ann)

    async def find_tail(*_: object, **__: object) -> int:
        raise Silent

    monkeypatch.setattr(stream, "find_tail", find_tail)
    with pytest.raises(HistoryError, match="does not answer"):
        await pages(ann)
