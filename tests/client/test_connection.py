"""The connection, without a broker."""

import asyncio
from typing import NoReturn

import pytest

from amqpchat_tui.client import connection
from amqpchat_tui.client.errors import Lost
from amqpchat_tui.client.tenants import OnJoined
from amqpchat_tui.client.transport.link import Link
from amqpchat_tui.model import Phase

from .house import House


async def test_it_is_online_when_the_first_tenant_has_joined(house: House) -> None:
    assert [state.phase for state in house.states] == [Phase.ONLINE]
    assert house.first.held_until == house.second.held_until, "all are told the same"
    assert house.told == ["dialled as a test"]


async def test_an_error_of_our_own_is_told_and_dialled_again(house: House) -> None:
    await house.first.end(KeyError("ours"))
    await house.reach(lambda: house.dialer.dials == 2, "another dial")
    assert house.states[1].reason == "an error inside amqpchat; its log has the details"


async def test_the_dialer_is_closed_last(house: House) -> None:
    await house.connection.close()
    assert house.dialer.events == ["dialled", "link closed", "dialer closed"]


async def test_who_gives_up_because_the_link_is_to_end_is_not_asked_why(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A link that is well has no reason to tell, and while that is waited for in vain it would be cut."""
    live = house.first.live

    async def give_up(link: Link, joined: OnJoined) -> NoReturn:
        try:
            await live(link, joined)
        except asyncio.CancelledError:
            raise Lost("") from None

    monkeypatch.setattr(house.first, "live", give_up)
    house.connection.reconnect()
    await house.first.reach_life(2)
    await house.connection.close()
    assert house.dialer.events[-2:] == ["link closed", "dialer closed"]
    assert "asked why" not in house.dialer.events


@pytest.fixture
def impatient(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """A connection that cuts its links at once when it is to end, with a tenant who takes long to go."""
    monkeypatch.setattr(connection, "STOP_SECONDS", 0.0)
    house.first.may_go.clear()
    return house


async def test_the_next_link_is_dialled_when_the_last_tenant_of_the_former_has_gone(impatient: House) -> None:
    house = impatient
    house.connection.reconnect()
    await house.reach(lambda: house.dialer.events.count("link cut") > 9, "the link to be cut")
    assert house.dialer.dials == 1
    house.first.may_go.set()
    await house.first.reach_life(2)
    await house.reach(lambda: house.dialer.dials == 2, "another dial")
    await house.reach(lambda: house.connection.state.phase is Phase.ONLINE, "the next link")
    assert house.dialer.events.count("link closed") == 1
    assert len(house.first.ends) == 1


@pytest.mark.parametrize("reconnect", [False, True])
async def test_close_waits_for_tenants_who_take_long_to_go(impatient: House, *, reconnect: bool) -> None:
    house = impatient
    if reconnect:
        house.connection.reconnect()
        await house.reach(lambda: "link cut" in house.dialer.events, "the link to be cut")
    house.dialer.events.clear()
    closing = asyncio.create_task(house.connection.close())
    await house.reach(lambda: house.dialer.events.count("link cut") > 9, "the link to be cut")
    assert set(house.dialer.events) == {"link cut"}
    house.first.may_go.set()
    await closing
    assert house.dialer.events[-2:] == ["link closed", "dialer closed"]
