"""No connection for now: what the person reads while the client tries again."""

import asyncio
import socket

import pika
import pytest

from amqpchat_tui.client.transport import dial
from amqpchat_tui.model import Phase
from tests.support.broker import Broker
from tests.support.embedded import AnyBroker
from tests.support.ports import free_port
from tests.support.proxy import Proxy
from tests.support.waiting import wait_until

from .conftest import TakeSeat
from .servers import Handler, hangs_up, says_another_version, says_http, says_nothing, server

# Unreachable: trying again may help


async def test_a_full_virtual_host_is_dialled_until_there_is_a_place(
    take_seat: TakeSeat, node: Broker
) -> None:
    node.add_vhost("small")
    node.ctl("set_vhost_limits", "-p", "small", '{"max-connections": 1}')
    reason = 'the connection limit of virtual host "small" is reached (1)'
    await _comes_in_later(take_seat, node.url(vhost="small"), node.url(vhost="small"), reason)


async def test_a_user_with_all_connections_is_dialled_for_until_one_is_free(
    take_seat: TakeSeat, node: Broker
) -> None:
    node.add_user("single", "single")
    node.set_permissions("single")
    node.ctl("set_user_limits", "single", '{"max-connections": 1}')
    url = node.url("single", "single")
    await _comes_in_later(take_seat, url, url, "the connection limit of user single is reached (1)")


async def _comes_in_later(take_seat: TakeSeat, first: str, second: str, reason: str) -> None:
    with pika.BlockingConnection(pika.URLParameters(first)):
        seat = take_seat(second)
        await wait_until(lambda: seat.client.state.attempt == 2, what=lambda: f"a second try: {seat.states}")
        assert seat.client.state.reason == reason
    await seat.reach(Phase.ONLINE)
    assert Phase.REFUSED not in seat.phases


async def test_a_virtual_host_that_is_down_is_dialled_until_it_is_up(
    take_seat: TakeSeat, node: Broker
) -> None:
    node.add_vhost("sleepy")
    node.take_vhost_down("sleepy")
    seat = take_seat(node.url(vhost="sleepy"))
    await wait_until(lambda: seat.client.state.attempt == 2, what=lambda: f"a second try: {seat.states}")
    assert seat.client.state.reason == 'virtual host "sleepy" is down'
    await asyncio.to_thread(node.ctl, "restart_vhost", "-p", "sleepy")
    await seat.reach(Phase.ONLINE)
    assert Phase.REFUSED not in seat.phases


async def test_nobody_listens(take_seat: TakeSeat) -> None:
    port = free_port()
    seat = take_seat(f"amqp://127.0.0.1:{port}")
    state = await seat.reach(Phase.RECONNECTING)
    assert (state.reason, state.attempt) == (f"nobody listens on 127.0.0.1:{port}", 1)
    assert state.retry_at > 0


async def test_back_off_is_shown_and_ends(take_seat: TakeSeat, amqp_url: str) -> None:
    async with Proxy(amqp_url) as proxy:
        proxy.refuse()
        seat = take_seat(proxy.url)
        await wait_until(lambda: seat.client.state.attempt == 2, what="two failures")
        await proxy.accept()
        await seat.reach(Phase.ONLINE)
    shown = [(state.phase, state.attempt, state.retry_at > 0) for state in seat.states]
    failures = shown[-2][1]  # on a busy machine more than were waited for
    assert shown == [
        *(
            (Phase.RECONNECTING, attempt, waits)
            for attempt in range(1, failures + 1)
            for waits in (True, False)
        ),
        (Phase.ONLINE, 0, False),
    ]


async def test_no_such_host(take_seat: TakeSeat) -> None:
    state = await take_seat("amqp://no-such-host.invalid").reach(Phase.RECONNECTING)
    assert "no-such-host.invalid" in state.reason


@pytest.mark.parametrize("host", ["a" * 64 + ".example", "a..b", "xn--"])
async def test_a_name_that_cannot_be_a_host(take_seat: TakeSeat, host: str) -> None:
    state = await take_seat(f"amqp://{host}").reach(Phase.RECONNECTING)
    assert host in state.reason


async def test_all_addresses_of_a_host_are_tried(
    take_seat: TakeSeat, broker: AnyBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As with `localhost`, when the broker listens on IPv4 only."""
    look_up = socket.getaddrinfo

    def two_addresses(host: str, port: int, **options: int) -> list[object]:
        return [*look_up("127.0.0.1", free_port(), **options), *look_up("127.0.0.1", port, **options)]

    monkeypatch.setattr(socket, "getaddrinfo", two_addresses)
    await take_seat(f"amqp://two.example:{broker.port}").reach(Phase.ONLINE)


async def test_of_addresses_that_fail_in_different_ways_the_last_is_told(
    take_seat: TakeSeat, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As with `localhost` on a machine without IPv6, where nobody listens on IPv4."""
    look_up = socket.getaddrinfo

    def two_addresses(host: str, port: int, **options: int) -> list[object]:
        return [*look_up("255.255.255.255", port, **options), *look_up("127.0.0.1", port, **options)]

    monkeypatch.setattr(socket, "getaddrinfo", two_addresses)
    port = free_port()
    state = await take_seat(f"amqp://two.example:{port}").reach(Phase.RECONNECTING)
    assert (state.reason, state.nobody_listens) == (f"nobody listens on two.example:{port}", True)


@pytest.mark.parametrize(
    ("handler", "reason"),
    [
        (says_http, "{label} does not speak AMQP 0-9-1; if it speaks TLS, use amqps://"),
        (says_another_version, "{label} does not speak AMQP 0-9-1; if it speaks TLS, use amqps://"),
        (hangs_up, "{label} closed the connection at once; if it speaks TLS, use amqps://"),
        (
            says_nothing,
            "{label} accepts connections, but does not speak AMQP: no answer within 1 s",
        ),
    ],
)
async def test_no_broker_behind_the_port(
    take_seat: TakeSeat, monkeypatch: pytest.MonkeyPatch, handler: Handler, reason: str
) -> None:
    monkeypatch.setattr(dial, "DIAL_SECONDS", 1.0)
    async with server(handler) as port:
        state = await take_seat(f"amqp://127.0.0.1:{port}").reach(Phase.RECONNECTING)
        assert state.reason == reason.format(label=f"127.0.0.1:{port}")


async def test_several_addresses_are_tried_in_turn(take_seat: TakeSeat, broker: AnyBroker) -> None:
    dead = f"amqp://127.0.0.1:{free_port()}"
    async with Proxy(broker.url()) as first, Proxy(broker.url()) as second:
        seat = take_seat(dead, first.url, broker.url(password="wrong"), second.url)
        state = await seat.reach(Phase.ONLINE)
        assert state.broker == f"127.0.0.1:{first.port}"
        first.refuse()
        first.cut()
        await wait_until(lambda: seat.client.state.broker == f"127.0.0.1:{second.port}", what="the second")
        await seat.reach(Phase.ONLINE)
    assert Phase.REFUSED not in seat.phases
