"""What can happen to the people of a soak, and what ann's screen then has to say."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractContextManager, ExitStack, suppress
from dataclasses import dataclass, field

from amqpchat_tui.model import ConversationId, Gap
from tests.client.support import plain_speaker
from tests.faults.people import AWAY, BLOCKED, ONLINE, Talker
from tests.support.broker import Broker
from tests.support.embedded import AnyBroker
from tests.support.proxy import Direction, Proxy

from .people import Occupant

GUARDED = "guarded"
"""The user of the occupant who came last; what it may do changes."""
UNSEEN = ""
"""What ann's status line begins with when a fault does not concern her."""
UNBOUND_SECONDS = 5.0
"""How long before and after such a fault nobody may be sure that a stream is bound."""
NOTICE_SECONDS = 60.0
"""How long a state may take to be seen before the soak gives up."""


@dataclass
class World:
    """All that can break, and ann, who looks on; the first of the proxies is hers, the others occupants'."""

    broker: AnyBroker
    proxies: list[Proxy]
    rooms: Sequence[ConversationId]
    kept: Sequence[ConversationId]
    """Those rooms that have a history."""
    chance: random.Random
    ann: Talker
    occupants: Sequence[Occupant]
    faults: Counter[str] = field(default_factory=Counter)
    """How often each fault has come."""
    notice_seconds: dict[str, float] = field(default_factory=dict)
    """For each fault that ann's screen has to tell of, the longest that this took."""
    _history: list[tuple[float, str]] = field(default_factory=list)
    _unbound: list[tuple[float, float, ConversationId | None]] = field(default_factory=list)
    """From when to when the streams of a room, or of all, may have been bound to nothing."""
    _fault: str = ""
    _room: ConversationId | None = None
    _concerns_ann: bool = False

    async def strike(self) -> None:
        """Have something happen, and wait until it is over."""
        faults = FAULTS | RABBITMQ_FAULTS if isinstance(self.broker, Broker) else FAULTS
        fault, *_ = self.chance.choices(list(faults), list(faults.values()))
        self._fault = fault.__name__.replace("_", " ")
        self._room = None
        began = time.time()
        self.faults[self._fault] += 1
        self._history.append((time.time(), self._fault))
        self._concerns_ann = self.ann.look().startswith(ONLINE)
        await fault(self)
        if fault in UNBINDING:
            self._unbound.append((began, time.time(), self._room))

    def may_lack(self, room: ConversationId, gap: Gap) -> bool:
        """Whether a room's history may not have all that was said in a gap: nothing may have been kept."""
        return any(
            began - UNBOUND_SECONDS < gap.ended and gap.began < ended + UNBOUND_SECONDS
            for began, ended, where in self._unbound
            if where in (room, None)
        )

    def before(self, moment: float) -> str:
        """Name the two faults that came last before a moment, with how many seconds they were ago."""
        latest = [(at, fault) for at, fault in self._history if at < moment][-2:]
        return ", ".join(f"{moment - at:.1f} s after {fault}" for at, fault in latest)

    async def notice(self, status: str) -> None:
        """Wait until ann's status line begins with this, if she was online; it counts from now."""
        began = time.monotonic()
        if self._concerns_ann and status != UNSEEN:
            seconds = max(0.0, await self.ann.sees(status, within=NOTICE_SECONDS) - began)
            self.notice_seconds[self._fault] = max(seconds, self.notice_seconds.get(self._fault, 0.0))

    def victim(self) -> tuple[Proxy, str]:
        """Pick somebody's link; with it, what ann's status line begins with when that link fails."""
        proxy = self.chance.choice(self.proxies)
        return proxy, AWAY if proxy is self.proxies[0] else UNSEEN

    def a_room(self) -> ConversationId:
        """Pick a room."""
        self._room = self.chance.choice(self.rooms)
        return self._room

    def all_try_again(self, room: ConversationId) -> None:
        """Have everybody try a room again that may have refused them."""
        if room in self.ann.client.conversations:
            self.ann.client.join(room)
        for occupant in self.occupants:
            occupant.join(room)

    async def a_while(self) -> None:
        """Let some seconds pass."""
        await asyncio.sleep(self.chance.uniform(0.5, 4.0))

    @property
    def _node(self) -> Broker:
        assert isinstance(self.broker, Broker), "that only RabbitMQ has"
        return self.broker

    def memory_alarm(self) -> AbstractContextManager[None]:
        """Have RabbitMQ block all publishers."""
        return self._node.memory_alarm()

    def set_read_permission(self, expression: str) -> None:
        """Say what the guarded user may read; blocks."""
        self._node.set_permissions(GUARDED, read=expression)

    async def ctl(self, *arguments: str) -> str:
        """Run `rabbitmqctl`."""
        return await asyncio.to_thread(self._node.ctl, *arguments)


Fault = Callable[[World], Awaitable[None]]


async def link_cut(world: World) -> None:
    proxy, seen = world.victim()
    proxy.cut()
    await world.notice(seen)


async def several_cuts(world: World) -> None:
    proxy, _ = world.victim()
    for _ in range(5):
        proxy.cut()
        await asyncio.sleep(world.chance.uniform(0.0, 0.5))


async def link_down_for_a_while(world: World) -> None:
    proxy, seen = world.victim()
    proxy.refuse()
    proxy.cut()
    await world.notice(seen)
    await world.a_while()
    await proxy.accept()


async def link_stalled(world: World) -> None:
    proxy, seen = world.victim()
    proxy.stall(world.chance.choice(list(Direction)))
    await world.notice(seen)
    await world.a_while()
    proxy.resume()


async def link_half_open(world: World) -> None:
    proxy, seen = world.victim()
    proxy.half_open()
    await world.notice(seen)


async def link_slow(world: World) -> None:
    proxy, _ = world.victim()
    proxy.delay(0.3)
    await world.a_while()
    proxy.delay(0.01)


async def broker_stopped(world: World) -> None:
    await asyncio.to_thread(world.broker.stop)
    await world.notice(AWAY)
    await world.a_while()
    await asyncio.to_thread(world.broker.start)


async def broker_killed(world: World) -> None:
    await asyncio.to_thread(world.broker.kill)
    await world.notice(AWAY)
    await asyncio.to_thread(world.broker.start)


async def all_connections_closed(world: World) -> None:
    await world.ctl("close_all_connections", "soak")
    await world.notice(AWAY)


async def memory_alarm(world: World) -> None:
    with ExitStack() as alarm:
        await asyncio.to_thread(alarm.enter_context, world.memory_alarm())
        await world.notice(BLOCKED)
        await world.a_while()
        await asyncio.to_thread(alarm.close)


async def exchange_deleted(world: World) -> None:
    await asyncio.to_thread(_replace_exchange, world, world.a_room(), None)


async def exchange_recreated(world: World) -> None:
    await asyncio.to_thread(_replace_exchange, world, world.a_room(), "fanout")


async def exchange_recreated_twice(world: World) -> None:
    room = world.a_room()
    await asyncio.to_thread(_replace_exchange, world, room, "fanout")
    await asyncio.sleep(world.chance.uniform(0.0, 3.0))
    await asyncio.to_thread(_replace_exchange, world, room, "fanout")


async def room_refused(world: World) -> None:
    """Something that is no room takes its name, which is noticed or not; then everybody tries again."""
    room = world.a_room()
    await asyncio.to_thread(_replace_exchange, world, room, "direct")
    await world.a_while()
    await asyncio.to_thread(_replace_exchange, world, room, None)
    world.all_try_again(room)


async def somebody_leaves_and_returns(world: World) -> None:
    somebody, room = world.chance.choice(world.occupants), world.a_room()
    somebody.leave(room)
    await world.a_while()
    somebody.join(room)


def _replace_exchange(world: World, room: ConversationId, kind: str | None) -> None:
    """Delete a room's exchange; unless `kind` is None, make one of that kind in its place."""
    with plain_speaker(world.broker.url(), room.name) as bob:
        bob.channel.exchange_delete(room.name)
        if kind is not None:
            bob.channel.exchange_declare(room.name, kind)


async def permission_taken(world: World) -> None:
    """One person may not read one room for a while; that is noticed on a new connection."""
    room = world.a_room()
    await asyncio.to_thread(world.set_read_permission, f"^(?!{room.name}$)")
    world.proxies[-1].cut()
    await world.a_while()
    await asyncio.to_thread(world.set_read_permission, ".*")
    world.occupants[-1].join(room)


async def a_queue_deleted(world: World) -> None:
    queues = [name for name in (await world.ctl("list_queues", "name")).split() if name.startswith("amq.")]
    with suppress(AssertionError):  # it may have gone by itself
        await world.ctl("delete_queue", world.chance.choice(queues))


async def a_channel_closed(world: World) -> None:
    """The broker is made to believe that something was acknowledged that it never sent."""
    number = world.chance.randrange(1000)
    await world.ctl(
        "eval",
        f"Channels = rabbit_channel:list_local(), Number = {number} rem length(Channels) + 1,"
        " rabbit_channel:do(lists:nth(Number, Channels), {'basic.ack', 4711000, false}).",
    )


UNBINDING = {
    broker_stopped,
    broker_killed,
    exchange_deleted,
    exchange_recreated,
    exchange_recreated_twice,
    room_refused,
}
"""What takes a stream's binding with it."""
FAULTS: dict[Fault, int] = {
    link_cut: 4,
    several_cuts: 3,
    link_down_for_a_while: 4,
    link_stalled: 4,
    link_half_open: 3,
    link_slow: 2,
    broker_stopped: 1,
    broker_killed: 1,
    exchange_deleted: 3,
    exchange_recreated: 3,
    exchange_recreated_twice: 2,
    room_refused: 4,
    somebody_leaves_and_returns: 4,
}
"""Each fault, and how often it comes compared with the others."""
RABBITMQ_FAULTS: dict[Fault, int] = {
    all_connections_closed: 2,
    memory_alarm: 2,
    a_queue_deleted: 2,
    a_channel_closed: 2,
    permission_taken: 3,
}
"""Those that only RabbitMQ can have."""
