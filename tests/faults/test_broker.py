"""The broker itself fails, under everybody at once."""

import asyncio
from collections.abc import Callable
from contextlib import ExitStack

from amqpchat_tui.model import Phase
from tests.client.support import Seat
from tests.support.broker import Broker
from tests.support.embedded import AnyBroker
from tests.support.proxy import Proxy
from tests.support.waiting import wait_until

from .people import AWAY, BACK_SECONDS, BLOCKED, ONLINE, hears_once, talker

AT_ONCE_SECONDS = 2.0
"""What the client learns within milliseconds has this long to be seen."""


async def test_the_broker_is_stopped(broker: AnyBroker, proxy: Proxy, bea: Seat, room: str) -> None:
    # A line sent at that very moment is answered with a reset, which may overtake the broker's goodbye.
    reasons = {"the broker was shut down", "the connection broke"}
    await _everybody_is_thrown_out(broker, proxy, bea, room, broker.stop, reasons)


async def test_the_broker_is_killed(broker: AnyBroker, proxy: Proxy, bea: Seat, room: str) -> None:
    await _everybody_is_thrown_out(broker, proxy, bea, room, broker.kill, {"the connection broke"})


async def test_close_all_connections(node: Broker, proxy: Proxy, bea: Seat, room: str) -> None:
    def close() -> None:
        node.ctl("close_all_connections", "maintenance")

    reasons = {"the broker closed the connection: maintenance"}
    await _everybody_is_thrown_out(node, proxy, bea, room, close, reasons)


async def _everybody_is_thrown_out(
    broker: AnyBroker, proxy: Proxy, bea: Seat, room: str, fault: Callable[[], None], reasons: set[str]
) -> None:
    async with talker(proxy.url, room) as ann:
        await ann.sees(ONLINE, within=BACK_SECONDS)
        async with ann.talking():
            await bea.hear("line 0")
            proxy.refuse()  # until bea is there again to hear what was typed meanwhile
            await asyncio.to_thread(fault)
            await ann.sees(AWAY, within=AT_ONCE_SECONDS)
            away = len(ann.typed)
            await asyncio.to_thread(broker.start)
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
