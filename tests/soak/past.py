"""`python -m tests.soak.past`: whether history and live lines together are what was said, each line once.

Four plain scripts speak without ids, in few texts. Amqpchats join at random moments, one of them slow; then
some are cut off, and one is stopped. What each shows at the end, history included, is compared with what was
said.
"""

import argparse
import asyncio
import json
import random
import signal
import sys
import uuid
from collections import Counter
from collections.abc import Sequence
from types import ModuleType
from typing import NamedTuple

from tests.client.history.support import begin_history
from tests.soak.programs import reader, talkers
from tests.support.broker import Broker
from tests.support.embedded import AnyBroker, EmbeddedBroker
from tests.support.proxy import Proxy

BEFORE_SECONDS = 1.0, 2.5
"""For how long something is said before somebody joins, at least and at most."""
AFTER_SECONDS = 3.2, 4.0
"""For how long they are there."""
AWAY_SECONDS = 0.3, 1.5
"""For how long they are stopped."""
ANSWER_SECONDS = 60.0


class Verdict(NamedTuple):
    """What became of the lines that one of them was to see."""

    who: str
    missing: int
    doubled: int
    gap_left: bool
    notices: Sequence[str]
    first: str
    """The first difference: whose, at which of their lines, and what is there."""

    @property
    def right(self) -> bool:
        """Whether each line was there once, or else a gap is still told of."""
        return not self.doubled and (self.gap_left or not self.missing)


class Child:
    """A program that is talked to."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    @classmethod
    async def start(cls, module: ModuleType, *arguments: str) -> "Child":
        """Run one of the programs."""
        pipe = asyncio.subprocess.PIPE
        return cls(
            await asyncio.create_subprocess_exec(
                sys.executable, "-m", module.__name__, *arguments, stdin=pipe, stdout=pipe, limit=2**24
            )
        )

    async def hear(self, *words: str) -> str:
        """Wait until it says one of these words."""
        assert self.process.stdout is not None
        async with asyncio.timeout(ANSWER_SECONDS):
            while (line := (await self.process.stdout.readline()).decode().strip()) not in words:
                assert line, f"it has ended before it said {words}"
        return line

    async def end(self) -> dict[str, list[str]]:
        """Have it end, and return what it says last."""
        out, _ = await self.process.communicate(b"")
        told: dict[str, list[str]] = json.loads(out.decode().splitlines()[-1])
        return told


def compare(who: str, said: dict[str, list[str]], shown: dict[str, list[str]]) -> Verdict:
    """Say what is wrong about what somebody has shown."""
    missing = doubled = 0
    first = ""
    for nick, lines in said.items():
        there = shown.get(nick, [])
        if there != lines:
            lacking, extra = Counter(lines) - Counter(there), Counter(there) - Counter(lines)
            missing += lacking.total() or (not extra)  # as many, in another order
            doubled += extra.total()
            pairs = enumerate(zip(lines, there, strict=False))
            at = next((at for at, (line, other) in pairs if line != other), len(there))
            first = f"{nick} {at} of {len(lines)}: {there[at - 3 : at + 5]}, not {lines[at - 3 : at + 5]}"
    notices = shown.get("", [])
    gaps = sum("Nothing heard" in notice or "may be missing" in notice for notice in notices)
    return Verdict(who, missing, doubled, gaps > 0, notices, first)


async def round_of(
    broker: AnyBroker, rate: float, texts: int, events: float, seed: int, *, cuts: bool
) -> list[Verdict]:
    """Have four speak, and three amqpchats see it: one is slow, one is cut off or stopped."""
    chance = random.Random(f"{seed} {rate} {texts} {cuts}")
    room = f"past-{uuid.uuid4().hex[:8]}"
    url = broker.url()
    await asyncio.to_thread(begin_history, url, room)
    talking = await Child.start(talkers, url, room, str(rate), str(texts), str(events), str(seed))
    async with Proxy(url) as network:
        through = url.replace(str(broker.port), str(network.port))
        await asyncio.sleep(chance.uniform(*BEFORE_SECONDS))
        readers = {"quick": await Child.start(reader, through, room)}
        await asyncio.sleep(chance.uniform(0, 0.5))
        readers["slow"] = await Child.start(reader, url, room, "slow")
        if cuts:
            readers["stopped"] = await Child.start(reader, url, room)
        for each in readers.values():
            await each.hear("joined")
        await asyncio.sleep(chance.uniform(*AFTER_SECONDS) if not cuts else chance.uniform(0.2, 2.0))
        if cuts:
            readers["stopped"].process.send_signal(signal.SIGSTOP)
            network.cut()
            await asyncio.sleep(chance.uniform(*AWAY_SECONDS))
            readers["stopped"].process.send_signal(signal.SIGCONT)
            await asyncio.sleep(chance.uniform(*AFTER_SECONDS))
        said = await talking.end()
        return [compare(who, said, await each.end()) for who, each in readers.items()]


async def soak(
    broker: AnyBroker,
    rounds: int,
    rate: float,
    texts: int,
    events: float,
    *,
    cuts: bool,
    at_once: int = 2,
) -> list[Verdict]:
    """Do so many rounds, some at a time."""
    places = asyncio.Semaphore(at_once)

    async def one(seed: int) -> list[Verdict]:
        async with places:
            return await round_of(broker, rate, texts, events, seed, cuts=cuts)

    verdicts = await asyncio.gather(*map(one, range(rounds)))
    return [verdict for each in verdicts for verdict in each]


def main() -> int:
    """Say what went wrong, for several rates and numbers of texts."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak.past", description="Join and be cut off.")
    parser.add_argument("--rounds", metavar="N", type=int, default=50)
    parser.add_argument("--rates", metavar="R", type=float, nargs="+", default=[5, 20, 100, 400])
    parser.add_argument("--texts", metavar="T", type=int, nargs="+", default=[6, 1])
    parser.add_argument("--events", metavar="R", type=float, default=0, help="reactions a second meanwhile")
    parser.add_argument("--broker", choices=("rabbitmq", "embedded"), default="rabbitmq")
    parser.add_argument("--what", choices=("joins", "cuts"), nargs="+", default=["joins", "cuts"])
    arguments = parser.parse_args()
    wrong = 0
    with (Broker if arguments.broker == "rabbitmq" else EmbeddedBroker)() as broker:
        for what in arguments.what:
            for rate in arguments.rates:
                for texts in arguments.texts:
                    verdicts = asyncio.run(
                        soak(broker, arguments.rounds, rate, texts, arguments.events, cuts=what == "cuts")
                    )
                    bad = [verdict for verdict in verdicts if not verdict.right]
                    left = sum(verdict.gap_left for verdict in verdicts)
                    wrong += len(bad)
                    figures = f"{len(bad)} of {len(verdicts)} wrong, {left} gaps left"
                    print(f"{what} {rate:g}/s {texts} texts: {figures}")
                    for verdict in bad:
                        print(f"  {verdict}", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
