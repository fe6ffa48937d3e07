"""Three amqpchats and plain scripts in three rooms where something breaks every few seconds."""

import asyncio
import contextlib
import random
import time
from collections import Counter
from collections.abc import Container, Sequence
from dataclasses import dataclass, field

from amqpchat_tui.model import ConversationId, Fate, Membership
from tests.client.history.support import begin_history
from tests.support.broker import Broker
from tests.support.embedded import AnyBroker
from tests.support.proxy import Proxy
from tests.support.waiting import wait_until

from .accounting import Publications, Said, Stay
from .faults import GUARDED, NOTICE_SECONDS, World
from .people import Person, occupant, watcher
from .plain import PlainHearer, PlainSender
from .rosters import converge

HEARTBEAT = 2
ROOMS = 3
SETTLE_SECONDS = 90.0
"""How long all that was typed may take to be heard once nothing breaks any more."""
LAST_PAINT_SECONDS = 5.0
"""How long the last lines may take to their places in all scrollbacks."""


@dataclass
class Figures:
    """What came of it."""

    typed: int = 0
    echoed: int = 0
    queued: list[str] = field(default_factory=list)
    """Lines that were still in an outbox, with the reason why."""
    parted: int = 0
    """Lines that the broker had been given when their author left the room, before they came back."""
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    asked: int = 0
    """Lines that a room heard, times those who were in it."""
    missed: int = 0
    """Of these, how many were within a gap that somebody was told of."""
    untold: list[str] = field(default_factory=list)
    """Of these, those which somebody missed without being told."""
    stays: int = 0
    """How often somebody was in a room, from joining to leaving."""
    gaps: int = 0
    open_gaps: list[str] = field(default_factory=list)
    """Those in which lines may be missing, though the room's history was kept all the time."""
    gap_seconds: float = 0.0
    """How long all gaps of all amqpchats were together."""
    mistakes: list[str] = field(default_factory=list)
    """Who was missing in a roster, or in it and not here, long enough after the last fault."""
    converged_seconds: float = 0.0
    """How long it took after that until all rosters were right."""
    plain_said: int = 0
    plain_heard: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    notice_seconds: dict[str, float] = field(default_factory=dict)
    """For each fault that ann's screen has to tell of, the longest that this took."""
    key_seconds: float = 0.0

    @property
    def honest(self) -> bool:
        """Whether each line has had one of its good fates, and each roster tells who is here."""
        return not self.lost and not self.doubled and not self.untold and not self.mistakes

    def count(self, person: Person, kept: Container[str], publications: Publications) -> None:
        """Add what has become of one person's lines; `kept` are those in anybody's outbox.

        What somebody leaves behind in a room is offered to whoever joins it next on this machine.
        """
        self.typed += len(person.typed)
        self.queued += [f"{line.body} ({line.reason or line.fate.value})" for line in person.kept]
        shown = {(stay.room, message.text) for stay in person.stays for message in stay.messages}
        for stay, line in person.typed:
            if (stay.room, line) in shown:
                self.echoed += 1
            elif stay.left and line in publications and line not in kept:
                self.parted += 1
            elif line not in kept:
                self.lost.append(line)

    def account(self, said: Sequence[Said], stays: Sequence[Stay], world: World) -> None:
        """Add with whom the lines of a room have arrived."""
        by_text = {line.text: line for line in said}
        for stay in stays:
            stay.account(by_text)
            self.asked += stay.asked
            self.missed += len(stay.missed)
            self.untold += [
                f"{stay.nick} has not heard {line.text} in {stay.room.name}, {world.before(line.ended)}"
                for line in stay.untold
            ]
            self.doubled += stay.doubled
            self.gaps += len(stay.gaps)
            if stay.room in world.kept:
                self.open_gaps += [
                    f"with {stay.nick} in {stay.room.name}, {world.before(gap.ended)}"
                    for gap in stay.open_gaps
                    if not world.may_lack(stay.room, gap)
                ]
            self.gap_seconds += sum(gap.ended - gap.began for gap in stay.gaps)
        self.stays += len(stays)

    def __str__(self) -> str:
        slowest = max(self.notice_seconds, key=self.notice_seconds.__getitem__, default="none")
        faults = ", ".join(f"{count} {name}" for name, count in self.faults.most_common())
        rows = {
            "faults": f"{self.faults.total()} ({faults})",
            "lines typed": str(self.typed),
            "echoed": str(self.echoed),
            "still queued": " ".join([str(len(self.queued)), *self.queued[:5]]),
            "left before their echo": str(self.parted),
            "lost": " ".join([str(len(self.lost)), *self.lost[:5]]),
            "shown twice": " ".join([str(len(self.doubled)), *self.doubled[:5]]),
            "said, times listeners": f"{self.asked}, in {self.stays} stays in a room",
            "missed within a gap": f"{self.missed}, in {self.gaps} gaps of {self.gap_seconds:.0f} s together",
            "of these left open": " ".join([str(len(self.open_gaps)), "; ".join(self.open_gaps[:5])]),
            "missed untold": " ".join([str(len(self.untold)), "; ".join(self.untold[:5])]),
            "rosters wrong": " ".join([str(len(self.mistakes)), "; ".join(self.mistakes[:5])]),
            "rosters right after": f"{self.converged_seconds:.1f} s",
            "plain lines said, heard": f"{self.plain_said}, {self.plain_heard}",
            "worst fault to state": f"{self.notice_seconds.get(slowest, 0.0):.2f} s ({slowest})",
            "worst key to screen": f"{self.key_seconds * 1000:.0f} ms",
        }
        return "\n".join(f"{name + ':':<25}{value}" for name, value in rows.items())


async def soak(broker: AnyBroker, seconds: float, seed: int) -> Figures:
    """Let things break for so long; return the figures once all is well again."""
    rooms = [ConversationId.room(f"soak-{seed}-{number}") for number in range(1, ROOMS + 1)]
    publications = Publications()
    async with contextlib.AsyncExitStack() as stack:
        stack.enter_context(publications.recorded())
        kept = rooms  # a hosted room has a history from the start
        if isinstance(broker, Broker):
            kept = rooms[1:]
            for room in kept:
                await asyncio.to_thread(begin_history, broker.url(), room.name)
        urls = broker.url(), broker.url(), await asyncio.to_thread(_guarded_url, broker)
        proxies = [await stack.enter_async_context(Proxy(url)) for url in urls]
        for proxy in proxies:
            proxy.delay(0.01)
        screen = await stack.enter_async_context(watcher(proxies[0].url, rooms, heartbeat=HEARTBEAT))
        occupants = [
            await stack.enter_async_context(occupant(proxy.url, rooms, nick, heartbeat=HEARTBEAT))
            for nick, proxy in zip(("bea", "cyd"), proxies[1:], strict=True)
        ]
        people: list[Person] = [screen, *occupants]
        await _all_in(people, rooms)
        world = World(broker, proxies, rooms, kept, random.Random(seed), screen.ann, occupants)
        senders = [stack.enter_context(PlainSender(broker.url(), room.name)) for room in rooms]
        hearers = [stack.enter_context(PlainHearer(broker.url(), room.name)) for room in rooms]
        await _let_things_break(world, people, senders, time.monotonic() + seconds)
        _, (mistakes, converged_seconds) = await asyncio.gather(_settle(people), converge(people, rooms))

        def count() -> Figures:
            figures = Figures(faults=world.faults, notice_seconds=world.notice_seconds)
            figures.mistakes, figures.converged_seconds = mistakes, converged_seconds
            figures.key_seconds = screen.ann.slowest_key
            figures.plain_said = sum(sender.count for sender in senders)
            figures.plain_heard = sum(hearer.count for hearer in hearers)
            for sender in senders:
                stays = [stay for person in people for stay in person.stays if stay.room.name == sender.room]
                said = [line for stay in stays for line in publications.of(stay)]
                figures.account([*said, *sender.said], stays, world)
            kept = {line.body for person in people for line in person.kept}
            for person in people:
                figures.count(person, kept, publications)
            return figures

        with contextlib.suppress(AssertionError):  # the figures tell it
            await wait_until(lambda: count().honest, LAST_PAINT_SECONDS)
        return count()


def _guarded_url(broker: AnyBroker) -> str:
    """Return the URL of a user whose permissions may be taken without harm to others, if there can be one."""
    if not isinstance(broker, Broker):
        return broker.url()
    broker.add_user(GUARDED, GUARDED)
    broker.set_permissions(GUARDED)
    return broker.url(GUARDED, GUARDED)


async def _all_in(people: Sequence[Person], rooms: Sequence[ConversationId]) -> None:
    def states() -> list[Membership | None]:
        return [
            person.client.room_state(room).membership if room in person.client.conversations else None
            for person in people
            for room in rooms
        ]

    await wait_until(lambda: set(states()) == {Membership.JOINED}, NOTICE_SECONDS, lambda: str(states()))


async def _let_things_break(
    world: World, people: Sequence[Person], senders: Sequence[PlainSender], end: float
) -> None:
    """Have everybody talk while one fault follows another; return when all are back in all rooms."""
    enough = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        for person in people:
            group.create_task(person.talk(random.Random(world.chance.random()), enough))
        try:
            while time.monotonic() < end:
                await world.strike()
                await world.a_while()
        finally:
            enough.set()
    await _all_in(people, world.rooms)
    for sender in senders:
        sender.leaves.set()


async def _settle(people: Sequence[Person]) -> None:
    """Wait until no line is under way; what still is after that time is counted as queued."""
    with contextlib.suppress(AssertionError):
        await wait_until(
            lambda: all(line.fate is Fate.FAILED for person in people for line in person.kept), SETTLE_SECONDS
        )
