"""A connection without a broker: the test plays the link and who lives on it."""

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import NoReturn, cast

from amqpchat_tui.client.connection import Connection
from amqpchat_tui.client.dialer import Tell
from amqpchat_tui.client.errors import Lost, RoomRefused
from amqpchat_tui.client.tenants import OnJoined
from amqpchat_tui.client.transport.link import Link
from amqpchat_tui.config import BrokerAddress, ConnectionSettings
from amqpchat_tui.model import ConnectionState, NoticeKind
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
            self.events.append("asked why")
            return Lost(lost.reason or "the connection broke", lost.silence)

        async def close() -> None:
            self.events.append("link closed")

        link = SimpleNamespace(
            lost=asyncio.get_running_loop().create_future(),
            silence=silence,
            explain=explain,
            close=close,
            cut=lambda: self.events.append("link cut"),
            product="a test",
            belongings=set(),
        )
        return cast("Link", link)

    async def close(self) -> None:
        self.events.append("dialer closed")


class FakeTenant:
    """Joins, and stays until the test puts an end to it."""

    unconfirmed_since = None

    def __init__(self, *, essential: bool = True) -> None:
        self.essential = essential
        self.lives = 0
        self.moves = 0
        """How often it has removed what it left."""
        self.joins = True
        """Set to False to have it wait for `join`."""
        self.may_go = asyncio.Event()
        """Cleared to have it take long to end its life."""
        self.may_go.set()
        self.held_until: list[float] = []
        self.ends: list[tuple[float, RoomRefused | None]] = []
        self._end: asyncio.Future[None] | None = None
        self._join: OnJoined | None = None

    async def live(self, link: Link, joined: OnJoined) -> NoReturn:
        self.lives += 1
        self._end = asyncio.get_running_loop().create_future()
        if self.joins:
            self.held_until.append(joined())
        else:
            self._join = joined
        try:
            await self._end
        finally:
            await self.may_go.wait()
        raise AssertionError("it ends by a problem")

    async def move_out(self) -> None:
        self.moves += 1

    def left(self, silence: float, refusal: RoomRefused | None = None) -> None:
        self.ends.append((silence, refusal))

    def join(self) -> None:
        """Let it have what it needs."""
        assert self._join is not None, "it does not live yet"
        self._join()

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
