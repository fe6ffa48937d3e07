"""The broker itself fails, under everybody at once."""

import asyncio
from collections.abc import Callable
from contextlib import ExitStack

import pytest

from amqpchat_tui.model import Phase
from tests.client.support import Seat
from tests.support.broker import Broker
from tests.support.proxy import Proxy
from tests.support.waiting import wait_until

from .people import AWAY, BACK_SECONDS, BLOCKED, ONLINE, hears_once, talker

AT_ONCE_SECONDS = 2.0
"""What the client learns within milliseconds has this long to be seen."""


def close_all_connections(node: Broker) -> None:
    node.ctl("close_all_connections", "maintenance")


@pytest.mark.parametrize(
    ("fault", "reasons"),
    [
        # A line sent at that very moment is answered with a reset, which may overtake the broker's goodbye.
        pytest.param(Broker.stop, {"the broker was shut down", "the connection broke"}, id="stopped"),
        pytest.param(Broker.kill, {"the connection broke"}, id="killed"),
        pytest.param(
            close_all_connections,
            {"the broker closed the connection: maintenance"},
            id="close_all_connections",
        ),
    ],
)
async def test_everybody_is_thrown_out(
    node: Broker, proxy: Proxy, bea: Seat, room: str, fault: Callable[[Broker], None], reasons: set[str]
) -> None:
    async with talker(proxy.url, room) as ann:
        await ann.sees(ONLINE, within=BACK_SECONDS)
        async with ann.talking():
            await bea.hear("line 0")
            proxy.refuse()  # until bea is there again to hear what was typed meanwhile
            await asyncio.to_thread(fault, node)
            await ann.sees(AWAY, within=AT_ONCE_SECONDS)
            away = len(ann.typed)
            await asyncio.to_thread(node.start)
            await wait_until(
                lambda: bea.gaps and bea.client.state.phase is Phase.ONLINE, BACK_SECONDS, "bea to be back"
            )
            await proxy.accept()
            await ann.sees(ONLINE, within=BACK_SECONDS)
        await ann.settle()
        await hears_once(bea, ann.typed[away:])
        assert ann.gaps == 1
        kept = "What you type is kept and sent when the connection is back."
        assert {f"Not connected: {reason}. {kept}" for reason in reasons} & set(ann.notices), ann.notices


async def test_memory_alarm(node: Broker, bea: Seat, room: str) -> None:
    async with talker(node.url(), room) as ann:
        await ann.sees(ONLINE, within=BACK_SECONDS)
        async with ann.talking():
            await bea.hear("line 0")
            with ExitStack() as alarm:
                await asyncio.to_thread(alarm.enter_context, node.memory_alarm())
                await ann.sees(BLOCKED, "low on memory", "yours are kept", within=AT_ONCE_SECONDS)
                await asyncio.to_thread(alarm.close)
            await ann.sees(ONLINE, within=BACK_SECONDS)
        await ann.settle()
        await hears_once(bea, ann.typed)
        assert ann.gaps == 0
