"""The connection and its tenants, without a broker: the test plays the link and who lives on it."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from types import SimpleNamespace
from typing import cast

import pytest

from amqpchat_tui.client import connection as module
from amqpchat_tui.client.connection import Connection, OnJoined
from amqpchat_tui.client.dialer import Tell
from amqpchat_tui.client.errors import ChannelLost, Lost, RoomRefused
from amqpchat_tui.client.transport.link import Link
from amqpchat_tui.config import BrokerAddress, ConnectionSettings
from amqpchat_tui.model import ConnectionState, NoticeKind, Phase
from tests.support.waiting import wait_until

from .support import address


class FakeDialer:
    """Gives links that only the test can lose; remembers what happened to them."""

    hosting = False

    def __init__(self) -> None:
        self.events: list[str] = []

    @property
    def dials(self) -> int:
        return self.events.count("dialled")

    async def dial(self, address: BrokerAddress, settings: ConnectionSettings, name: str, tell: Tell) -> Link:
        self.events.append("dialled")
        tell(f"dialled as {name}", NoticeKind.INFO)

        async def silence() -> Lost:
            await asyncio.Event().wait()
            raise AssertionError

        async def explain(lost: Lost) -> Lost:
            return Lost(lost.reason or "the connection broke", lost.silence)

        async def close() -> None:
            self.events.append("link closed")

        link = SimpleNamespace(
            lost=asyncio.get_running_loop().create_future(),
            silence=silence,
            explain=explain,
            close=close,
            product="a test",
        )
        return cast("Link", link)

    async def close(self) -> None:
        self.events.append("dialer closed")


class FakeTenant:
    """Joins, and stays until the test puts an end to it."""

    unconfirmed_since = None

    def __init__(self) -> None:
        self.lives = 0
        self.joins = True
        self.held_until: list[float] = []
        self.ends: list[tuple[float, RoomRefused | None]] = []
        self._end: asyncio.Future[None] | None = None

    async def live(self, link: Link, joined: OnJoined) -> None:
        self.lives += 1
        self._end = asyncio.get_running_loop().create_future()
        if self.joins:
            self.held_until.append(joined())
        await self._end

    def left(self, silence: float, refusal: RoomRefused | None = None) -> None:
        self.ends.append((silence, refusal))

    async def reach_life(self, number: int) -> None:
        """Wait until it has begun to live so many times."""
        await wait_until(lambda: self.lives == number, what=lambda: f"life {number}, not {self.lives}")

    async def end(self, problem: BaseException | None) -> None:
        """Let it fail, as soon as it lives; None stands for a cancellation that nobody has asked for."""
        await wait_until(lambda: self._end is not None, what="a tenant")
        assert self._end is not None
        end, self._end = self._end, None
        if problem is None:
            end.cancel()
        else:
            end.set_exception(problem)


class House:
    """A connection with two tenants."""

    def __init__(self) -> None:
        self.dialer = FakeDialer()
        self.first, self.second = FakeTenant(), FakeTenant()
        self.states: list[ConnectionState] = []
        self.told: list[str] = []
        self.waits: list[float] = []
        """How long it wanted to wait at most; it need not."""
        self.connection = Connection(
            ConnectionSettings(brokers=(address("amqp://127.0.0.1"),)),
            self.dialer,
            (self.first, self.second),
            name=lambda: "a test",
            changed=self.states.append,
            tell=lambda text, _: self.told.append(text),
        )

    async def reach(self, condition: Callable[[], object], what: str) -> None:
        await wait_until(condition, what=lambda: f"{what}: {self.states}, {self.dialer.events}")


@pytest.fixture
async def house(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    house = House()

    def wait(low: float, high: float) -> float:
        house.waits.append(high)
        return 0.0

    monkeypatch.setattr(random, "uniform", wait)
    monkeypatch.setattr(module, "STABLE_SECONDS", 0.0)
    house.connection.start()
    await house.reach(lambda: house.first.lives and house.second.lives, "both to live")
    yield house
    await house.connection.close()


async def test_it_is_online_when_the_first_tenant_has_joined(house: House) -> None:
    assert [state.phase for state in house.states] == [Phase.ONLINE]
    assert house.first.held_until == house.second.held_until, "all are told the same"
    assert house.told == ["dialled as a test"]


async def test_who_loses_a_channel_lives_again_on_the_same_link(house: House) -> None:
    await house.first.end(ChannelLost("our queue is gone"))
    await house.reach(lambda: house.first.lives == 2, "another life")
    assert house.first.ends == [(0.0, None)]
    assert (house.second.lives, house.second.ends) == (1, [])
    assert house.dialer.dials == 1


async def test_who_loses_channels_all_the_time_waits_longer_and_longer(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "STABLE_SECONDS", 3600.0)
    for life in range(2, 5):
        await house.first.end(ChannelLost("our queue is gone"))
        await house.first.reach_life(life)
    assert house.waits == sorted(set(house.waits))
    assert len(house.waits) == 3


async def test_a_tenant_alone_that_loses_its_channel_has_a_new_link(house: House) -> None:
    refusal = RoomRefused("no such room")
    await house.second.end(refusal)
    await house.reach(lambda: house.second.ends, "the other to end")
    await house.first.end(ChannelLost("our queue is gone"))
    await house.reach(lambda: house.second.lives == 2, "both to live again")
    assert house.second.ends == [(0.0, refusal), (0.0, refusal)]
    assert house.dialer.dials == 2
    assert house.states[1].reason == "our queue is gone"


async def test_a_refusal_of_all_is_one_of_the_connection(house: House) -> None:
    await house.second.end(RoomRefused("not the second"))
    await house.reach(lambda: house.second.ends, "the second to end")
    assert house.connection.state.phase is Phase.ONLINE
    await house.first.end(RoomRefused("not the first"))
    await house.reach(lambda: house.connection.state.phase is Phase.REFUSED, "the refusal")
    assert house.connection.state.reason == "not the first"
    assert house.dialer.events == ["dialled", "link closed"]


async def test_a_cancellation_that_nobody_asked_for_loses_the_link(house: House) -> None:
    await house.first.end(None)
    await house.reach(lambda: house.first.lives == 2 and house.second.lives == 2, "both to live again")
    assert house.states[1].reason == "the connection broke"


async def test_an_error_of_our_own_is_told_and_dialled_again(house: House) -> None:
    await house.first.end(KeyError("ours"))
    await house.reach(lambda: house.dialer.dials == 2, "another dial")
    assert house.states[1].reason == "an error inside amqpchat; its log has the details"


async def test_the_dialer_is_closed_last(house: House) -> None:
    await house.connection.close()
    assert house.dialer.events == ["dialled", "link closed", "dialer closed"]
