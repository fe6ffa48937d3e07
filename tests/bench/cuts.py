"""What becomes of lines that were typed during an outage that everybody in the room had."""

import asyncio
import logging
import time
import uuid
from collections.abc import Iterator
from contextlib import AsyncExitStack
from itertools import permutations

from amqpchat_tui.client import AmqpClient
from amqpchat_tui.model import Phase
from tests.bench.figures import Figure, Goal
from tests.bench.setting import Setting
from tests.client.support import Seat, settings
from tests.support.proxy import Proxy
from tests.support.waiting import wait_until

PEOPLE = 10
ROOMS = 3
"""So many rooms at once have the same outage."""
STABLE_SECONDS = 2.0
"""How long everybody is online before the next outage."""
BACK_SECONDS = 90.0
CUTS = {1.0: (3, 95), 5.0: (3, 95), 60.0: (1, 50)}
"""For outages of so many seconds: how many of them, and which percentage of the lines should arrive."""


def measure(setting: Setting) -> Iterator[Figure]:
    """Have everybody say a line during the outage, and count with whom it arrives."""
    logging.disable()  # aiormq logs each of the many losses
    for seconds, (runs, goal) in CUTS.items():
        shares, held = asyncio.run(_cut(setting.url, seconds, setting.runs(runs)))
        yield Figure(
            f"kept lines that reach others, after a cut of {seconds:g} s for {PEOPLE}",
            100 * sum(shares) / len(shares),
            "%",
            Goal("≥", goal),
            f"{len(shares)} rooms, worst {100 * min(shares):.0f} %; longest wait once online {held:.1f} s",
        )


async def _cut(url: str, seconds: float, runs: int) -> tuple[list[float], float]:
    """Return the share of lines for each room and outage, and how long a line waited at most when online."""
    shares: list[float] = []
    waits: list[float] = []
    async with AsyncExitStack() as stack:
        proxy = await stack.enter_async_context(Proxy(url))
        rooms = [[_sit(stack, proxy.url, room, n) for n in range(PEOPLE)] for room in _names()]
        everybody = [seat for room in rooms for seat in room]
        for run in range(runs):
            await _all_online(everybody)
            await asyncio.sleep(STABLE_SECONDS)
            await _outage(proxy, everybody, seconds, run)
            watched = [asyncio.create_task(_wait_of(seat)) for seat in everybody]
            await _all_online(everybody)
            waits += await asyncio.gather(*watched)
            await asyncio.sleep(STABLE_SECONDS)
            for room in rooms:
                arrived = [_line(speaker, run) in hearer.texts for speaker, hearer in permutations(room, 2)]
                shares.append(sum(arrived) / len(arrived))
    return shares, max(waits)


async def _outage(proxy: Proxy, people: list[Seat], seconds: float, run: int) -> None:
    """Have an outage during which everybody says a line."""
    proxy.refuse()
    proxy.cut()
    end = time.monotonic() + seconds
    await wait_until(lambda: all(seat.client.state.phase is not Phase.ONLINE for seat in people))
    for seat in people:
        seat.say(_line(seat, run))
    await asyncio.sleep(end - time.monotonic())
    await proxy.accept()


async def _wait_of(seat: Seat) -> float:
    """Return for how many seconds somebody's lines waited though they were online."""
    await wait_until(lambda: seat.client.state.phase is Phase.ONLINE, BACK_SECONDS)
    since = time.monotonic()
    await wait_until(lambda: not seat.outbox(), BACK_SECONDS)
    return time.monotonic() - since


def _sit(stack: AsyncExitStack, url: str, room: str, number: int) -> Seat:
    seat = Seat(AmqpClient(settings(url, room=room, nick=f"nick{number}")))
    stack.push_async_callback(seat.client.close)
    seat.client.start(seat)
    return seat


async def _all_online(people: list[Seat]) -> None:
    await wait_until(lambda: all(seat.client.state.phase is Phase.ONLINE for seat in people), BACK_SECONDS)


def _line(seat: Seat, run: int) -> str:
    return f"{seat.client.nick} {run}"


def _names() -> list[str]:
    return [f"cuts-{uuid.uuid4().hex[:8]}" for _ in range(ROOMS)]
