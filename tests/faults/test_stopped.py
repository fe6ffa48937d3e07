"""A client that is stopped during a flood harms nobody."""

import asyncio
import signal
import sysconfig
from collections.abc import Callable
from pathlib import Path

from tests.client.support import Seat, plain_speaker
from tests.support.broker import Broker
from tests.support.terminal import Terminal

AMQPCHAT = Path(sysconfig.get_path("scripts")) / "amqpchat"
SCROLLBACK_LINES = 1000
"""The least that can be configured; it bounds the queue as well."""
FLOOD = 5000
PREFETCH = 2000


async def test_stopped_client_is_bounded_and_catches_up(
    node: Broker, bea: Seat, room: str, tmp_path: Path, open_terminal: Callable[..., Terminal]
) -> None:
    config = tmp_path / "config.toml"
    config.write_text(f"[ui]\nscrollback_lines = {SCROLLBACK_LINES}\n", encoding="utf-8")
    ann = open_terminal(AMQPCHAT, "--config", config, "--url", node.url(), "--room", room, "--name", "ann")
    await asyncio.to_thread(ann.wait_for, "● online", 30.0)
    ann.signal(signal.SIGSTOP)
    try:
        await asyncio.to_thread(_flood, node.url(), room)
        await bea.hear("flood 0", f"flood {FLOOD - 1}")
        assert len(bea.texts) == FLOOD
        waiting = [int(count) for count in (await asyncio.to_thread(_queue_lengths, node))]
        assert max(waiting) <= SCROLLBACK_LINES + PREFETCH
    finally:
        ann.signal(signal.SIGCONT)
    await asyncio.to_thread(ann.wait_for, f"flood {FLOOD - 1}", 30.0)
    await asyncio.to_thread(ann.write, "still here\r")
    await bea.hear("still here")


def _flood(url: str, room: str) -> None:
    with plain_speaker(url, room) as bob:
        for number in range(FLOOD):
            bob.say(f"flood {number}")


def _queue_lengths(node: Broker) -> list[str]:
    return node.ctl("list_queues", "messages").split()
