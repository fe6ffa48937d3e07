"""Channels that come and go on one connection."""

import asyncio
from collections.abc import AsyncIterator

import aiormq
import pytest

from amqpchat_tui.client.errors import RoomRefused
from amqpchat_tui.client.transport.channels import Channels


@pytest.fixture
async def channels(amqp_url: str) -> AsyncIterator[Channels]:
    """Four at most."""
    connection = await aiormq.connect(amqp_url)
    yield Channels(connection, 4)
    await connection.close()


async def test_numbers_are_used_again(channels: Channels) -> None:
    three = [await channels.open() for _ in range(3)]
    for _ in range(20):
        oldest = three.pop(0)
        await channels.close(oldest)
        async with channels.brief() as channel:
            three.append(await channels.open())
            assert {one.number for one in (*three, channel)} == {1, 2, 3, 4}


async def test_no_more_are_open_than_the_broker_allows(channels: Channels) -> None:
    channels.reserve(3)
    with pytest.raises(RoomRefused, match=r"the broker allows 4 channels .*, and amqpchat needs 5"):
        channels.reserve(1)
    three = [await channels.open() for _ in range(3)]
    async with channels.brief():
        waiting = asyncio.create_task(channels.open())
        await asyncio.wait({waiting}, timeout=0.1)
        assert not waiting.done()
    await channels.close(await waiting)
    await channels.close(three[0])
    channels.give_back(1)
    channels.reserve(1)


@pytest.mark.parametrize("turns", range(8))
async def test_a_channel_that_nobody_waits_for_any_more_is_closed(channels: Channels, turns: int) -> None:
    """Whenever it was that they ceased to wait."""
    for _ in range(10):
        opening = asyncio.create_task(channels.open())
        for _ in range(turns):
            await asyncio.sleep(0)
        opening.cancel()
        await asyncio.wait({opening})
    four = [await channels.open() for _ in range(4)]
    for channel in four:
        closing = asyncio.create_task(channels.close(channel))
        for _ in range(turns):
            await asyncio.sleep(0)
        closing.cancel()
    await channels.settle()
    assert turns == 0 or all(channel.is_closed for channel in four)
