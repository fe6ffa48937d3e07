"""Seats in a room, and the check that nobody who leaves it leaves anything behind."""

import asyncio
import gc
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from amqpchat_tui.client import AmqpClient, connection, tenants
from amqpchat_tui.model import ConversationId, Membership, Phase
from amqpchat_tui.storage.store import DiskStore
from tests.support.both import pytest_generate_tests as pytest_generate_tests

from .house import House
from .lodger import Lodger
from .support import Seat, settings
from .traces import Traces

TakeSeat = Callable[..., Seat]
Join = Callable[..., Awaitable[Seat]]
Move = Callable[..., Awaitable[Lodger]]


@pytest.fixture
async def take_seat(room: str, caplog: pytest.LogCaptureFixture) -> AsyncIterator[TakeSeat]:
    """Starts a client: `take_seat(url, nick="ann")`; all are closed afterwards and leave no task."""
    before = asyncio.all_tasks()
    seats: list[Seat] = []

    def take(*urls: str, **options: Any) -> Seat:
        store = DiskStore()
        seat = Seat(AmqpClient(settings(*urls, **{"room": room, **options}), store), store)
        seats.append(seat)
        seat.client.start(seat)
        return seat

    yield take
    for seat in seats:
        await seat.close()
    left = asyncio.all_tasks() - before - {asyncio.current_task()}
    assert not left, f"tasks are left: {left}"
    gc.collect()
    complaints = [record.getMessage() for record in caplog.records if record.name == "asyncio"]
    assert not complaints, "asyncio tells of exceptions that nobody has looked at"


@pytest.fixture
def join(take_seat: TakeSeat, amqp_url: str) -> Join:
    """A function that takes a seat, by default at the test's broker, and waits until it is online."""

    async def take(*urls: str, **options: Any) -> Seat:
        seat = take_seat(*(urls or (amqp_url,)), **options)
        await seat.reach(Phase.ONLINE)
        return seat

    return take


@pytest.fixture
async def move_in(amqp_url: str, room: str) -> AsyncIterator[Move]:
    """A function that lets somebody come into the room and a second one, and waits until they are in both."""
    before = asyncio.all_tasks()
    lodgers: list[Lodger] = []

    async def move(second: Membership = Membership.JOINED, url: str = amqp_url, lines: int = 1000) -> Lodger:
        lodgers.append(Lodger(url, room, f"{room}-2", lines=lines))
        await lodgers[-1].be(Membership.JOINED, second)
        return lodgers[-1]

    yield move
    for lodger in lodgers:
        await lodger.leave()
    assert asyncio.all_tasks() - before == {asyncio.current_task()} - before


@pytest.fixture
def third(room: str) -> ConversationId:
    """A room beside the two into which `move_in` lets somebody come."""
    return ConversationId.room(f"{room}-3")


@pytest.fixture
def traces(amqp_url: str, monkeypatch: pytest.MonkeyPatch) -> Traces:
    """What has been declared on the test's broker."""
    return Traces(amqp_url, monkeypatch)


@pytest.fixture
async def house(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    """A connection with two tenants, who live on it; it waits for nothing."""
    monkeypatch.setattr(random, "uniform", lambda low, high: 0.0)
    monkeypatch.setattr(tenants, "PAUSE_SECONDS", 0.0)
    monkeypatch.setattr(connection, "STABLE_SECONDS", 0.0)
    monkeypatch.setattr(tenants, "STABLE_SECONDS", 0.0)
    house = House()
    house.connection.start()
    await house.reach(lambda: house.first.lives and house.second.lives, "both to live")
    yield house
    await house.connection.close()
