"""The network between client and broker fails."""

from collections.abc import Callable
from functools import partial

import pytest

from amqpchat_tui.model import Fate
from tests.client.support import Seat
from tests.support.proxy import Direction, Proxy
from tests.support.waiting import wait_until

from .people import AWAY, BACK_SECONDS, ONLINE, hears_once, talker

HEARTBEAT = 2
DEAD_LINK_SECONDS = 3 * HEARTBEAT + 2
"""Within this a dead link is to be noticed; tests allow twice as long."""


# Stalled on the way down, either side may be the first to take the other for dead.
@pytest.mark.usefixtures("node")  # RabbitMQ is enough: it is the network that fails, and we who notice
@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        pytest.param(Proxy.cut, "the connection broke", id="cut with RST"),
        pytest.param(partial(Proxy.stall, direction=Direction.UP), "the connection broke", id="stalled up"),
        pytest.param(
            partial(Proxy.stall, direction=Direction.DOWN), "", id="stalled down"
        ),  # either side sees it
        pytest.param(Proxy.half_open, "no sign of life", id="half-open"),
    ],
)
async def test_link(proxy: Proxy, bea: Seat, room: str, fault: Callable[[Proxy], None], reason: str) -> None:
    async with talker(proxy.url, room, heartbeat=HEARTBEAT) as ann:
        await ann.sees(ONLINE, within=BACK_SECONDS)
        async with ann.talking():
            await bea.hear("line 0")
            proxy.delay(0.02)  # so that the way back takes long enough to be seen
            fault(proxy)
            await ann.sees(AWAY, reason, within=2 * DEAD_LINK_SECONDS)
            proxy.resume()
            await ann.sees(ONLINE, within=BACK_SECONDS)
        await ann.settle()
        await hears_once(bea, ann.typed)
        assert ann.gaps == 1
        assert any(notice.startswith(f"Not connected: {reason}") for notice in ann.notices)


async def test_20_cuts_during_a_paste_of_500_lines(proxy: Proxy, bea: Seat, room: str) -> None:
    lines = [f"pasted {number}" for number in range(500)]
    async with talker(proxy.url, room) as ann:
        await ann.sees(ONLINE, within=BACK_SECONDS)
        for cut in range(20):
            proxy.delay(0.1)  # so that lines are under way for long enough to be seen there
            ann.paste(lines[cut * 25 : cut * 25 + 25])
            under_way = await wait_until(
                lambda: [line.body for line in ann.outbox if line.fate is Fate.SENT],
                what="lines under way",
            )
            proxy.delay(0.0)
            if cut % 2:  # a line arrives, and we do not know it
                proxy.stall(Direction.DOWN)
                await bea.hear(under_way[0])
            proxy.cut()
            proxy.resume()
            await wait_until(
                lambda: ann.gaps > cut and ann.look().startswith(ONLINE),  # noqa: B023 - it is waited for here
                BACK_SECONDS,
                "ann to be back",
            )
        await ann.say("and still typing")
        await ann.settle()
        await hears_once(bea, ann.typed)
        assert ann.gaps == 20
        told = [notice for notice in ann.notices if notice.startswith("Not connected: the connection broke")]
        assert len(told) == 20
