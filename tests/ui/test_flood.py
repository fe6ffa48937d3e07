"""What a flood costs: how often it is drained, and how often and how much of it is painted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from inspect import signature
from itertools import count
from types import SimpleNamespace
from unittest.mock import Mock, PropertyMock, patch

import pytest
from msgspec.structs import replace
from textual import _callback
from textual.pilot import Pilot

from amqpchat_tui.chat.batches import BATCH_DELIVERIES
from amqpchat_tui.ui import patient_screen
from amqpchat_tui.ui.patient_screen import PatientScreen
from amqpchat_tui.ui.scrollback.bar import Bar
from amqpchat_tui.ui.scrollback.view import ScrollbackView
from tests.support.fake_client import message
from tests.support.waiting import wait_until
from tests.ui.chat import Chat, open_chat, settings

BATCHES = 20


@pytest.fixture
def one_frame_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patient_screen, "FRAME_SECONDS", 3600.0)


@contextmanager
def repaints() -> Iterator[Mock]:
    """Counts how often the scrollback asks for a repaint."""
    asked = ScrollbackView.refresh
    with patch.object(ScrollbackView, "refresh", autospec=True, side_effect=asked) as refresh:
        yield refresh


async def flood(chat: Chat, size: int) -> None:
    """Let batches come, each when the one before has been drained."""
    drains = chat.client.drains
    for batch in range(1, BATCHES + 1):
        chat.client.hear(*(message("bob", f"line {batch}.{n}") for n in range(size)))
        await wait_until(partial(_has_drained, chat, drains + batch), what="a drain")


async def press(chat: Chat, key: str) -> None:
    """Press a key without waiting until all that has arrived is shown."""
    pilot = Pilot(chat.app)
    await pilot.press(key)
    await pilot.pause()


def _has_drained(chat: Chat, times: int) -> bool:
    return chat.client.drains == times


@pytest.mark.usefixtures("one_frame_an_hour")
async def test_a_flood_is_drained_meanwhile_and_painted_with_the_next_frame() -> None:
    async with open_chat() as chat:
        chat.client.hear(message("bob", "before the flood"))
        await chat.sees("before the flood")
        with repaints() as refresh:
            await flood(chat, BATCH_DELIVERIES)
            await press(chat, "x")
            assert not refresh.called
        assert len(chat.scrollback.reader.store) > BATCHES * BATCH_DELIVERIES
        assert chat.prompt.text == "x"
        await press(chat, "escape")  # shows the newest
        await chat.sees(f"line {BATCHES}.{BATCH_DELIVERIES - 1}")


async def test_taking_a_batch_needs_no_look_at_the_signature_of_what_takes_it() -> None:
    async with open_chat() as chat:
        await flood(chat, 10)
        await chat.sees(f"line {BATCHES}.9")
        with patch.object(_callback, "signature", side_effect=signature) as looks:
            await flood(chat, 10)
            assert not looks.called


async def take_long_for_a_frame(chat: Chat) -> None:
    """Paint something, which takes 10 minutes."""
    with patch.object(patient_screen, "time", SimpleNamespace(monotonic=count(step=600).__next__)):
        await press(chat, "x")


async def test_after_a_frame_that_took_long_the_next_one_comes_late(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patient_screen, "REST_SECONDS", 3600.0)
    async with open_chat() as chat:
        chat.client.hear(message("bob", "before the flood"))
        await chat.sees("before the flood")
        await take_long_for_a_frame(chat)
        with repaints() as refresh:
            await flood(chat, 10)
            await press(chat, "y")
            assert not refresh.called


async def test_a_machine_that_stood_still_in_a_frame_does_not_hold_the_next_one_back_for_long() -> None:
    async with open_chat() as chat:
        await take_long_for_a_frame(chat)
        chat.client.hear(message("bob", "meanwhile"))
        await chat.sees("meanwhile")


@pytest.mark.usefixtures("one_frame_an_hour")
async def test_rows_on_the_screen_may_be_trimmed_before_the_next_frame() -> None:
    few = replace(settings(), ui=replace(settings().ui, scrollback_lines=1000))
    async with open_chat(with_settings=few) as chat:
        await flood(chat, 500)
        chat.app.refresh(layout=True)
        await Pilot(chat.app).pause()
        assert sum("│ line" in row for row in chat.rows) == chat.scrollback.size.height
        assert all(chat.scrollback.offset_at(30, y) for y in range(chat.scrollback.size.height))


async def test_a_flood_paints_no_rows_for_a_reader_further_up() -> None:
    async with open_chat() as chat:
        chat.client.hear(*(message("bob", f"line {n}") for n in range(100)))
        await chat.sees("line 99")
        await chat.pilot.press("pageup")
        await chat.pilot.pause()
        with repaints() as refresh:
            await flood(chat, 10)
            await wait_until(lambda: f"↓ {BATCHES * 10} new" in chat.status, what="the count of new lines")
            await chat.pilot.pause()
            assert refresh.call_count <= 1  # below what was read a line is drawn


async def test_the_scrollbar_is_painted_only_when_it_looks_otherwise() -> None:
    async with open_chat() as chat:
        chat.client.hear(*(message("bob", f"line {n}") for n in range(5000)))
        await chat.sees("line 4999")
        with patch.object(Bar, "render", autospec=True, side_effect=Bar.render) as render:
            for number in range(3):
                chat.client.hear(message("bob", f"one more: {number}"))
                await chat.sees(f"one more: {number}")
            assert not render.called
            await chat.pilot.press("pageup")
            await wait_until(lambda: render.called, what="the scrollbar to move")


async def test_nothing_is_painted_while_the_terminal_has_to_take_the_last_frame() -> None:
    with patch.object(PatientScreen, "terminal_lags", new_callable=PropertyMock, return_value=False) as lags:
        async with open_chat() as chat:
            await chat.sees("broadcast_chat as alice")
            await chat.pilot.pause()
            with patch.object(chat.app, "post_display_hook") as displayed:
                lags.return_value = True
                await chat.pilot.press(*"typed")
                await flood(chat, 10)
                assert not displayed.called
                lags.return_value = False
                await wait_until(lambda: displayed.called, what="a frame")
