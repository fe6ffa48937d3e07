"""A connection that has ended, and those who have not noticed yet."""

import asyncio
import contextlib
import secrets
from typing import Any

import pytest
from aiormq.abc import TaskWrapper
from aiormq.base import FutureStore
from aiormq.channel import Channel
from aiormq.exceptions import ChannelNotFoundEntity
from pamqp.base import Frame
from pamqp.commands import Exchange

from amqpchat_tui.client.errors import Lost
from amqpchat_tui.client.transport.dial import dial
from amqpchat_tui.client.transport.failures import failures_are_losses
from amqpchat_tui.client.transport.link import GOODBYE_SECONDS, Link
from tests.client.support import settings


async def open_link(url: str) -> Link:
    connection = settings(url, room="lobby").connection
    return await dial(connection.brokers[0], connection, "test")


async def test_asking_a_connection_that_has_ended_for_more_is_a_loss(amqp_url: str) -> None:
    link = await open_link(amqp_url)
    channel = await link.channels.open()
    await link.close()
    for ask in link.channels.open, channel.queue_declare:
        with pytest.raises(Lost), failures_are_losses():
            await ask()


async def test_a_broker_that_deletes_slowly_is_waited_for(
    amqp_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = await open_link(amqp_url)
    ours = {f"ours-{number}-{secrets.token_hex(4)}" for number in range(40)}
    async with link.channels.brief() as channel:
        for exchange in ours:
            await channel.exchange_declare(exchange, exchange_type="fanout")
    link.belongings |= ours
    ask = Channel.rpc

    async def ask_slowly(channel: Channel, frame: Frame, **options: Any) -> Any:
        if isinstance(frame, Exchange.Delete):
            await asyncio.sleep(GOODBYE_SECONDS / 20)
        return await ask(channel, frame, **options)

    with monkeypatch.context() as patched:
        patched.setattr(Channel, "rpc", ask_slowly)
        await link.close()
    link = await open_link(amqp_url)
    for exchange in ours:
        with pytest.raises(ChannelNotFoundEntity):
            async with link.channels.brief() as channel:
                await channel.exchange_declare(exchange, passive=True)
    await link.close()


async def test_what_aiormq_gives_up_at_the_end_of_a_connection_is_a_loss() -> None:
    waiting = FutureStore(asyncio.get_running_loop())
    answer = TaskWrapper(asyncio.create_task(asyncio.Event().wait()))
    waiting.add(answer)
    ending = asyncio.ensure_future(waiting.reject_all(None))
    with pytest.raises(Lost), failures_are_losses():
        await answer
    await ending


async def test_a_cancellation_that_aiormq_keeps_to_itself_is_one_all_the_same() -> None:
    async def ask() -> None:
        with failures_are_losses(), contextlib.suppress(asyncio.CancelledError):
            await asyncio.Event().wait()

    asking = asyncio.create_task(ask())
    await asyncio.sleep(0)
    asking.cancel()
    await asyncio.wait({asking})
    assert asking.cancelled()


async def test_an_error_of_our_own_is_none() -> None:
    with pytest.raises(KeyError), failures_are_losses():
        raise KeyError
