"""There is no broker at the address for a while, and then there is."""

import socket
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack

import pytest

from tests.client.support import Seat
from tests.support.broker import Broker
from tests.support.proxy import Proxy

from .people import AWAY, BACK_SECONDS, ONLINE, hears_once, talker
from .wrong_numbers import black_hole, http, nobody, silent

pytestmark = pytest.mark.usefixtures("node")
"""RabbitMQ is enough: what is tried here happens before any broker is reached."""

DIAL_SECONDS = 2.0
"""How long the client waits for an answer, in these tests; what has to be seen has three times as long."""


@pytest.mark.parametrize(
    ("wrong_number", "reason"),
    [
        (nobody, "nobody listens on {label}"),
        (black_hole, "no answer from {label} within 2 s"),
        (silent, "{label} accepts connections, but does not speak AMQP: no answer within 2 s"),
        (http, "{label} does not speak AMQP 0-9-1"),
    ],
)
async def test_wrong_number_for_a_while(
    proxy: Proxy,
    bea: Seat,
    room: str,
    wrong_number: Callable[[int], AbstractAsyncContextManager[None]],
    reason: str,
) -> None:
    proxy.refuse()
    async with AsyncExitStack() as wrong, talker(proxy.url, room) as ann:
        await wrong.enter_async_context(wrong_number(proxy.port))
        async with ann.talking():
            await ann.sees(AWAY, reason.format(label=f"127.0.0.1:{proxy.port}"), within=3 * DIAL_SECONDS)
            await wrong.aclose()
            await proxy.accept()
            await ann.sees(ONLINE, within=BACK_SECONDS)
        await ann.settle()
        await hears_once(bea, ann.typed)


async def test_name_that_is_not_known_for_a_while(
    node: Broker, bea: Seat, room: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    look_up = socket.getaddrinfo
    async with talker(f"amqp://broker.invalid:{node.port}", room) as ann:
        async with ann.talking():
            await ann.sees(AWAY, "broker.invalid", within=3 * DIAL_SECONDS)
            monkeypatch.setattr(
                socket, "getaddrinfo", lambda _, port, **options: look_up("127.0.0.1", port, **options)
            )
            await ann.sees(ONLINE, within=BACK_SECONDS)
        assert any("no such host" in told or "no name server" in told for told in ann.notices)
        await ann.settle()
        await hears_once(bea, ann.typed)
