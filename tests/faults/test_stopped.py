"""A client that is stopped, or too slow, harms nobody, and says what it may have missed."""

import asyncio
import contextlib
import re
import signal
import sysconfig
import time
from collections.abc import AsyncIterator, Callable
from itertools import pairwise
from pathlib import Path

import pytest

from amqpchat_tui.client import AmqpClient
from amqpchat_tui.client.client import WINDOW
from amqpchat_tui.model import Notice, NoticeKind, Phase
from tests.client.support import Seat, plain_speaker, settings
from tests.support.broker import Broker
from tests.support.terminal import Terminal
from tests.support.waiting import block_until, wait_until

AMQPCHAT = Path(sysconfig.get_path("scripts")) / "amqpchat"
SCROLLBACK_LINES = 1000
"""The least that can be configured; it bounds the queue as well."""
FLOOD = 4000
"""More than is sent ahead and than the queue keeps."""
OVERFLOW = "the broker keeps the latest 1,000 lines, which are above: older ones may be missing."
OUTAGE = re.compile(r"Nothing heard from [\d:]{8} to [\d:]{8} \((\d+) s\)")

OpenAnn = Callable[[int], Terminal]


@pytest.fixture
def open_ann(
    node: Broker, room: str, tmp_path: Path, open_terminal: Callable[..., Terminal]
) -> Callable[[int], Terminal]:
    """A function that runs the program with a heartbeat of so many seconds, until it is online."""

    def open_one(heartbeat: int) -> Terminal:
        config = tmp_path / "config.toml"
        config.write_text(
            f"[ui]\nscrollback_lines = {SCROLLBACK_LINES}\n[connection]\nheartbeat = {heartbeat}\n",
            encoding="utf-8",
        )
        argv = (AMQPCHAT, "--config", config, "--url", node.url(), "--room", room, "--name", "ann")
        ann = open_terminal(*argv, columns=240)
        ann.wait_for("● online", 30.0)
        return ann

    return open_one


@contextlib.asynccontextmanager
async def slow_reader(url: str, room: str) -> AsyncIterator[Seat]:
    """Somebody whose screen draws nothing but when the test says so."""
    seat = Seat(AmqpClient(settings(url, room=room, nick="sam", heartbeat=60, lines=SCROLLBACK_LINES)))
    seat.drains = False
    seat.client.start(seat)
    try:
        await seat.reach(Phase.ONLINE)
        yield seat
    finally:
        await seat.client.close()


async def test_stopped_client_is_bounded_and_catches_up(
    node: Broker, bea: Seat, room: str, open_ann: OpenAnn
) -> None:
    ann = await asyncio.to_thread(open_ann, 60)
    ann.signal(signal.SIGSTOP)
    try:
        await asyncio.to_thread(_flood, node.url(), room, FLOOD)
        await bea.hear("flood 0", f"flood {FLOOD - 1}")
        assert len(bea.texts) == FLOOD
        assert max(await asyncio.to_thread(_queue_lengths, node)) <= SCROLLBACK_LINES + WINDOW
    finally:
        ann.signal(signal.SIGCONT)
    await asyncio.to_thread(ann.wait_for, f"flood {FLOOD - 1}", 30.0)
    await asyncio.to_thread(ann.wait_for, OVERFLOW, 30.0)
    await asyncio.to_thread(ann.write, "still here\r")
    await bea.hear("still here")


def test_outage_begins_when_the_client_was_stopped(node: Broker, open_ann: OpenAnn) -> None:
    ann = open_ann(1)
    ann.signal(signal.SIGSTOP)
    stopped_at = time.monotonic()
    try:
        block_until(lambda: not _queue_lengths(node), 30.0, "the broker to give ann up")
    finally:
        stopped = time.monotonic() - stopped_at
        ann.signal(signal.SIGCONT)
    ann.wait_for(OUTAGE, 30.0)
    told = OUTAGE.search(ann.text)
    assert told is not None
    assert int(told[1]) >= round(stopped) - 1


async def test_slow_client_tells_what_may_be_missing_and_only_then(amqp_url: str, room: str) -> None:
    async with slow_reader(amqp_url, room) as sam:
        for lines in SCROLLBACK_LINES - 100, FLOOD:
            sam.drains = False
            await asyncio.to_thread(_flood, amqp_url, room, lines)
            sam.drains = True
            sam.drain()
            await sam.hear(f"flood {lines - 1}")
        await wait_until(lambda: len(sam.gaps) > 1, 30, what="to be told")
        here, last = [entry for entry in sam.entries if isinstance(entry, Notice)]
        assert (here.kind, last.kind) == (NoticeKind.GAP, NoticeKind.GAP)
        assert sam.entries[-1] == last
        assert last.text.endswith(OVERFLOW)
        assert here.gap is not None
        numbers = [int(text.split()[1]) for text in sam.texts[SCROLLBACK_LINES - 100 :]]
        holes = [at for at, (one, next_) in enumerate(pairwise(numbers), 1) if next_ != one + 1]
        assert holes == [sam.entries.index(here) - (SCROLLBACK_LINES - 100)]


def _flood(url: str, room: str, lines: int) -> None:
    with plain_speaker(url, room) as bob:
        for number in range(lines):
            bob.say(f"flood {number}")


def _queue_lengths(node: Broker) -> list[int]:
    """How much waits for clients; other tests may have left histories."""
    queues = [line.split() for line in node.ctl("list_queues", "name", "messages").splitlines()]
    return [int(queue[-1]) for queue in queues if queue and queue[0].startswith("amq.gen-")]
