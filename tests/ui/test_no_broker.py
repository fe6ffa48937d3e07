"""The question at the start when nobody listens: its answers, by key and mouse, and what ends it."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from amqpchat_tui.model import Phase
from amqpchat_tui.ui.no_broker import Menu, NoBroker
from tests.support.fake_client import BROKER, FakeChoices
from tests.support.waiting import wait_until

from .chat import Chat, connecting_chat, open_chat, settings


@pytest.fixture
def choices() -> FakeChoices:
    return FakeChoices(settings().connection)


@contextlib.asynccontextmanager
async def asking(choices: FakeChoices, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Chat]:
    """A chat that has found nobody at its first dial, and asks."""
    async with connecting_chat(size, choices=choices) as chat:
        chat.client.find_nobody()
        await chat.pilot.pause()
        assert asks(chat)
        yield chat


def asks(chat: Chat) -> bool:
    return isinstance(chat.app.screen, NoBroker)


async def enter(pilot: Pilot[None], *keys: str) -> None:
    await pilot.press(*keys, "enter")
    await pilot.pause()


@pytest.mark.parametrize("size", [(40, 10), (80, 24), (200, 60)])
async def test_it_fits(choices: FakeChoices, size: tuple[int, int]) -> None:
    async with asking(choices, size) as chat:
        region = chat.app.screen.query_one("#question").region
        assert chat.app.screen.region.contains_region(region)
        for row in f"Nobody listens on {BROKER}", "❯ Host a room here", "  Quit", "↑ ↓ Enter · Esc waits":
            assert row in chat.text


async def test_hosting_is_ready_under_enter(choices: FakeChoices) -> None:
    async with asking(choices) as chat:
        await enter(chat.pilot)
        assert choices.taken == ["host"]
        assert not asks(chat)
        chat.client.become(Phase.CONNECTING)
        chat.client.become(Phase.ONLINE)
        await chat.enter("hello")
        assert chat.client.said == ["hello"]
        assert "Not connected" not in chat.text


async def test_trying_again_says_how_that_went(choices: FakeChoices) -> None:
    async with asking(choices) as chat:
        await enter(chat.pilot, "down")
        assert choices.taken == ["retry"]
        await chat.sees("Trying again …")
        chat.client.become(Phase.CONNECTING)
        chat.client.find_nobody()
        await chat.sees("Still nobody.")
        await enter(chat.pilot, "up")
        assert choices.taken == ["retry", "host"]


async def test_another_address_is_checked_and_dialled(choices: FakeChoices) -> None:
    async with asking(choices) as chat:
        await enter(chat.pilot, "down", "down")
        await chat.sees("Which broker is it?")
        await enter(chat.pilot, *"host")
        await chat.sees("The address must begin with amqp://")
        chat.client.find_nobody()
        await chat.pilot.pause()
        assert "The address must begin with amqp://" in chat.text
        url = "amqp://alice:p@broker.example.org"
        chat.app.screen.query_one(Input).value = url
        await enter(chat.pilot)
        assert choices.taken == [url]
        assert not asks(chat)
        chat.client.become(Phase.ONLINE)
        await chat.pilot.pause()
        assert "not encrypted" in chat.status


async def test_escape_leads_back_from_the_address_and_then_to_the_chat(choices: FakeChoices) -> None:
    async with asking(choices) as chat:
        await enter(chat.pilot, "tab", "tab")
        await chat.pilot.press("escape")
        await chat.sees("❯ Another address")
        await chat.pilot.press("escape")
        assert not asks(chat)
        chat.client.find_nobody()
        await chat.pilot.pause()
        assert not asks(chat)
        assert choices.taken == []


@pytest.mark.parametrize("keys", [["up", "enter"], ["ctrl+c"], ["ctrl+q"]])
async def test_quitting(choices: FakeChoices, keys: list[str]) -> None:
    async with asking(choices) as chat:
        await chat.pilot.press(*keys)
        await wait_until(lambda: chat.client.closed, what="the client to be closed")


@pytest.mark.parametrize(("row", "way"), [(0, "host"), (1, "retry")])
async def test_answers_can_be_clicked(choices: FakeChoices, row: int, way: str) -> None:
    async with asking(choices) as chat:
        await chat.pilot.click(Menu, offset=(4, row))
        assert choices.taken == [way]


async def test_what_is_typed_meanwhile_stands_in_the_prompt(choices: FakeChoices) -> None:
    async with connecting_chat(choices=choices) as chat:
        await chat.pilot.press(*"qu")
        chat.client.find_nobody()
        await chat.pilot.pause()
        await chat.pilot.press(*"ick", "space", *"fox")
        await enter(chat.pilot)
        assert chat.prompt.text == "quick fox"
        assert choices.taken == ["host"]


@pytest.mark.parametrize(
    ("phase", "reason", "said"),
    [
        (Phase.ONLINE, "", "Connected to"),
        (Phase.REFUSED, "wrong user name or password", "Refused: wrong user name"),
    ],
)
async def test_a_broker_that_comes_meanwhile_ends_it(
    choices: FakeChoices, phase: Phase, reason: str, said: str
) -> None:
    async with asking(choices) as chat:
        chat.client.become(Phase.RECONNECTING, "nobody listens")  # the next dial
        assert asks(chat)
        chat.client.become(phase, reason)
        await chat.pilot.pause()
        assert not asks(chat)
        await chat.sees(said)


@pytest.mark.parametrize("phase", [Phase.ONLINE, Phase.RECONNECTING, Phase.REFUSED])
async def test_it_is_asked_at_the_start_only(choices: FakeChoices, phase: Phase) -> None:
    async with connecting_chat(choices=choices) as chat:
        chat.client.become(phase, "it may be so")
        chat.client.find_nobody()
        await chat.pilot.pause()
        assert not asks(chat)


async def test_it_is_not_asked_where_an_address_is_configured() -> None:
    async with open_chat() as chat:
        chat.client.find_nobody()
        await chat.pilot.pause()
        assert not asks(chat)
        await chat.sees(f"Not connected: nobody listens on {BROKER}.")
