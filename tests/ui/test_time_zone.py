"""The system's time zone changes while the chat runs, as on a journey."""

import time
from collections.abc import Iterator

import pytest

from amqpchat_tui.ui import app
from tests.support.fake_client import NOON, message
from tests.ui.chat import open_chat


@pytest.fixture(autouse=True)
def _utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


async def test_all_times_on_the_screen_follow_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "ZONE_SECONDS", 0.02)
    monkeypatch.setattr(time, "time", lambda: NOON)
    async with open_chat() as chat:
        chat.client.hear(message("bob", "before the journey"))
        await chat.enter("waits")
        await chat.sees("(waiting) waits")
        await chat.sees("12:00          bob │ before the journey")
        monkeypatch.setenv("TZ", "Asia/Tokyo")
        await chat.sees("21:00          bob │ before the journey")
        row = next(row for row in chat.rows if "waits" in row)
        assert row.startswith("21:00")


async def test_a_day_that_has_begun_there_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "ZONE_SECONDS", 0.02)
    monkeypatch.setattr(time, "time", lambda: NOON)
    async with open_chat() as chat:
        chat.client.hear(message("bob", "before the journey"))
        await chat.sees("12:00")
        monkeypatch.setenv("TZ", "Pacific/Kiritimati")  # 14 hours ahead
        await chat.sees("02:00")
        chat.client.hear(message("bob", "after it"))
        await chat.sees("after it")
        await chat.sees("Saturday, 16 January 2027")
