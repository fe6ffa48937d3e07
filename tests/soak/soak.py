"""Three amqpchats and two plain scripts in a room where something breaks every few seconds."""

import asyncio
import contextlib
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from amqpchat_tui.model import Fate, OutboxLine
from tests.client.support import Seat
from tests.faults.people import ONLINE, Talker, reader, talker
from tests.support.embedded import AnyBroker
from tests.support.proxy import Proxy
from tests.support.waiting import wait_until

from .accounting import Publications, Said, Witness
from .faults import NOTICE_SECONDS, World
from .plain import PlainHearer, PlainSender

HEARTBEAT = 2
SETTLE_SECONDS = 90.0
"""How long all that was typed may take to be heard once nothing breaks any more."""
LAST_PAINT_SECONDS = 5.0
"""How long the last echo may take to its place in the scrollback."""
LINE_SECONDS = 0.25
"""Between two lines of those who have no screen."""


@dataclass
class Figures:
    """What came of it."""

    typed: int = 0
    echoed: int = 0
    queued: list[str] = field(default_factory=list)
    """Lines that were still in an outbox, with the reason why."""
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    asked: int = 0
    """Lines that the room heard, times those who might have."""
    missed: int = 0
    """Of these, how many were within a gap that somebody was told of."""
    untold: list[str] = field(default_factory=list)
    """Of these, those which somebody missed without being told."""
    gaps: int = 0
    gap_seconds: float = 0.0
    """How long all gaps of all amqpchats were together."""
    plain_said: int = 0
    plain_heard: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    notice_seconds: dict[str, float] = field(default_factory=dict)
    """For each fault that ann's screen has to tell of, the longest that this took."""
    key_seconds: float = 0.0

    @property
    def honest(self) -> bool:
        """Whether each line has had one of its two good fates."""
        return not self.lost and not self.doubled and not self.untold

    def count(self, typed: Sequence[str], shown: Witness, outbox: Sequence[OutboxLine]) -> None:
        """Add what has become of one person's lines, on their own screen."""
        heard = {message.text for message in shown.messages}
        bodies = {line.body for line in outbox}
        self.typed += len(typed)
        self.echoed += sum(line in heard for line in typed)
        self.queued += [f"{line.body} ({line.reason or line.fate.value})" for line in outbox]
        self.lost += [line for line in typed if line not in heard and line not in bodies]

    def account(self, said: Sequence[Said], witnesses: Sequence[Witness], world: World) -> None:
        """Add with whom the lines of everybody have arrived."""
        self.asked = len(said) * len(witnesses)
        for witness in witnesses:
            witness.account(said)
            self.missed += len(witness.missed)
            self.untold += [
                f"{witness.nick} has not heard {line.text}, {world.before(line.ended)}"
                for line in witness.untold
            ]
            self.doubled += witness.doubled
            self.gaps += len(witness.gaps)
            self.gap_seconds += sum(gap.ended - gap.began for gap in witness.gaps)

    def __str__(self) -> str:
        slowest = max(self.notice_seconds, key=self.notice_seconds.__getitem__, default="none")
        faults = ", ".join(f"{count} {name}" for name, count in self.faults.most_common())
        rows = {
            "faults": f"{self.faults.total()} ({faults})",
            "lines typed": str(self.typed),
            "echoed": str(self.echoed),
            "still queued": " ".join([str(len(self.queued)), *self.queued[:5]]),
            "lost": " ".join([str(len(self.lost)), *self.lost[:5]]),
            "shown twice": " ".join([str(len(self.doubled)), *self.doubled[:5]]),
            "said, times listeners": str(self.asked),
            "missed within a gap": f"{self.missed}, in {self.gaps} gaps of {self.gap_seconds:.0f} s together",
            "missed untold": " ".join([str(len(self.untold)), "; ".join(self.untold[:5])]),
            "plain lines said, heard": f"{self.plain_said}, {self.plain_heard}",
            "worst fault to state": f"{self.notice_seconds.get(slowest, 0.0):.2f} s ({slowest})",
            "worst key to screen": f"{self.key_seconds * 1000:.0f} ms",
        }
        return "\n".join(f"{name + ':':<25}{value}" for name, value in rows.items())


async def soak(broker: AnyBroker, seconds: float, seed: int) -> Figures:
    """Let things break for so long; return the figures once all is well again."""
    figures = Figures()
    room = f"soak-{seed}"
    publications = Publications()
    async with contextlib.AsyncExitStack() as stack:
        stack.enter_context(publications.recorded())
        proxies = [await stack.enter_async_context(Proxy(broker.url())) for _ in range(3)]
        for proxy in proxies:
            proxy.delay(0.01)
        ann = await stack.enter_async_context(talker(proxies[0].url, room, heartbeat=HEARTBEAT))
        await ann.sees(ONLINE, within=NOTICE_SECONDS)
        seats = {
            nick: await stack.enter_async_context(reader(proxy.url, room, nick=nick, heartbeat=HEARTBEAT))
            for nick, proxy in zip(("bea", "cyd"), proxies[1:], strict=True)
        }
        sender = stack.enter_context(PlainSender(broker.url(), room))
        hearer = stack.enter_context(PlainHearer(broker.url(), room))
        world = World(broker, proxies, room, random.Random(seed), ann)
        end = time.monotonic() + seconds
        enough = asyncio.Event()
        async with asyncio.TaskGroup() as group, ann.talking():
            talks = {nick: group.create_task(_talk(seat, nick, enough)) for nick, seat in seats.items()}
            try:
                while time.monotonic() < end:
                    await world.strike()
                    await world.a_while()
                await wait_until(lambda: ann.look().startswith(ONLINE), NOTICE_SECONDS, "ann to be back")
            finally:
                enough.set()
                sender.leaves.set()
        await _settle(ann, *seats.values())
        with contextlib.suppress(AssertionError):
            await wait_until(
                lambda: all(sender.said[-1].text in seat.texts for seat in seats.values()),
                LAST_PAINT_SECONDS,
            )
        figures.faults, figures.notice_seconds = world.faults, world.notice_seconds
        shown = {"ann": Witness("ann", ann.entries)}
        figures.count(ann.typed, shown["ann"], ann.outbox)
        for nick, seat in seats.items():
            shown[nick] = Witness(nick, seat.entries)
            figures.count(talks[nick].result(), shown[nick], seat.outbox())
        witnesses = list(shown.values())
        said = [line for witness in witnesses for line in publications.of(witness)]
        figures.account([*said, *sender.said], witnesses, world)
        figures.key_seconds = ann.slowest_key
        figures.plain_said, figures.plain_heard = sender.count, hearer.count
    return figures


async def _talk(seat: Seat, nick: str, enough: asyncio.Event) -> list[str]:
    """Say a line every now and then; return them all."""
    lines: list[str] = []
    while not enough.is_set():
        lines.append(f"{nick} {len(lines)}")
        seat.say(lines[-1])
        await asyncio.sleep(LINE_SECONDS)
    return lines


async def _settle(ann: Talker, *seats: Seat) -> None:
    """Wait until no line is under way; what still is after that time is counted as queued."""
    with contextlib.suppress(AssertionError):
        await wait_until(
            lambda: all(
                line.fate is Fate.FAILED
                for line in [*ann.outbox, *(line for seat in seats for line in seat.outbox())]
            ),
            SETTLE_SECONDS,
        )
        await wait_until(
            lambda: set(ann.typed) == {*ann.heard, *ann.kept} & set(ann.typed), LAST_PAINT_SECONDS
        )
