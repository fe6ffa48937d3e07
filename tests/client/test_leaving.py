"""The client leaves in order, within two seconds, whatever the broker does."""

import time

import pytest

from amqpchat_tui.client import AmqpClient
from amqpchat_tui.model import Fate
from tests.support.broker import Broker
from tests.support.ports import free_port
from tests.support.proxy import Direction, Proxy
from tests.support.waiting import wait_until

from .conftest import Join, TakeSeat
from .support import Seat, settings


async def leave(seat: Seat) -> float:
    """Close the client; return how many seconds that took."""
    began = time.monotonic()
    await seat.client.close()
    return time.monotonic() - began


async def test_a_line_typed_just_before_leaving_goes_out(join: Join) -> None:
    ann, bea = await join(nick="ann"), await join(nick="bea")
    ann.say("bye")
    await ann.client.close()
    await bea.hear("bye")


async def test_close_is_orderly_and_final(join: Join, node: Broker) -> None:
    ann = await join()
    states = list(ann.states)
    await ann.client.close()
    await ann.client.close()
    assert ann.states == states
    assert "amqpchat ann" not in node.ctl("list_connections", "client_properties")


@pytest.mark.parametrize("fault", ["stalled", "half-open", "stalled with lines under way"])
async def test_close_while_the_broker_hangs(join: Join, amqp_url: str, fault: str) -> None:
    async with Proxy(amqp_url) as proxy:
        ann = await join(proxy.url)
        if fault == "half-open":
            proxy.half_open()
        else:
            proxy.stall(Direction.UP)
            proxy.stall(Direction.DOWN)
        if fault == "stalled with lines under way":
            for _ in range(500):
                ann.say("x" * 16_000)
            await wait_until(lambda: ann.outbox()[0].fate is Fate.SENT, what="lines under way")
        assert await leave(ann) < 2.0


@pytest.mark.parametrize("stall", [True, False])
async def test_close_while_dialling(take_seat: TakeSeat, amqp_url: str, stall: bool) -> None:
    async with Proxy(amqp_url) as proxy:
        if stall:
            proxy.stall(Direction.DOWN)
            ann = take_seat(proxy.url)
            await wait_until(lambda: proxy.accepted, what="a dial")
        else:
            ann = take_seat(f"amqp://127.0.0.1:{free_port()}")
        assert await leave(ann) < 2.0


async def test_close_before_start(amqp_url: str, room: str) -> None:
    client = AmqpClient(settings(amqp_url, room=room))
    client.say(client.conversations[0], "never sent")
    await client.close()
    assert [line.fate for line in client.outbox(client.conversations[0])] == [Fate.QUEUED]
