"""The wall clock is set while a room is not heard, though there is a connection."""

import asyncio
import time

import pytest

from amqpchat_tui.model import Notice
from tests.support.waiting import wait_until

from .conftest import Join
from .support import plain_speaker


@pytest.mark.parametrize(("set_by", "how"), [(-3600.0, "back"), (3600.0, "ahead")])
async def test_how_long_a_deleted_room_was_not_heard(
    join: Join, amqp_url: str, room: str, monkeypatch: pytest.MonkeyPatch, set_by: float, how: str
) -> None:
    began = time.monotonic()
    ann = await join()
    wall = time.time
    monkeypatch.setattr(time, "time", lambda: wall() + set_by)

    def delete() -> None:
        with plain_speaker(amqp_url, room) as bob:
            bob.channel.exchange_delete(room)

    await asyncio.to_thread(delete)
    await wait_until(lambda: ann.gaps, what="to be told of the gap")
    (gap,) = [entry.gap for entry in ann.entries if isinstance(entry, Notice) and entry.gap]
    assert 0.0 < gap.seconds <= time.monotonic() - began
    assert f", while the clock was set {how}:" in ann.gaps[0]
