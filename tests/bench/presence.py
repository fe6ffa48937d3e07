"""`python -m tests.bench.presence` prints what presence costs a room, by simulation under a clock of its own.

For each number of people: all come into an empty room within a second; they rest; strangers come one by one;
the broker restarts and all are back within 5 seconds; nine of ten leave within a second. In a large room all
are known when the census is, by which they are counted; there, and where messages are lost, when 95 % are.
"""

import argparse
import gc
import time
from collections.abc import Callable
from functools import partial
from statistics import median

from amqpchat_tui.chat.people import budget
from tests.bench.figures import percentile, rounded
from tests.support.crowd import Crowd, Program

SIZES = 30, 300, 1_000, 3_000
LOSSES = 0.0, 0.2
NEWCOMERS = 20
WATCHED = 50
"""How many of the people are looked at, in a larger room, for whether all are known."""
_enough = 0.95
"""The share that is waited for in a large room, and where messages are lost."""
_first_seconds = 10
_patience = 3600.0
_look = 1.0
_row = "{:>6} {:>5}  {:<34} {:>11} {:>11} {:>13}  {}"


def main() -> None:
    """Simulate what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.presence", description=__doc__)
    parser.add_argument(
        "--people", metavar="N", type=int, action="append", help="only so many; may be repeated"
    )
    parser.add_argument(
        "--loss", metavar="P", type=float, action="append", help="only this share of messages"
    )
    arguments = parser.parse_args()
    gc.disable()  # millions of objects, and no circles that matter
    print(_row.format("people", "loss", "what", "messages/s", "to one/s", "deliveries/s", "until"))
    for size in arguments.people or SIZES:
        for loss in LOSSES if arguments.loss is None else arguments.loss:
            began = time.perf_counter()
            Room(size, loss).measure()
            print(f"{'':>13} simulated in {time.perf_counter() - began:.0f} s", flush=True)


class Room:
    """A room of so many people, and what is printed of it."""

    def __init__(self, size: int, loss: float) -> None:
        self.crowd = Crowd(seed=size, loss=loss)
        self.people = self.crowd.add(size)
        self.watched = self.people[:WATCHED] if size > SIZES[1] else self.people
        self.size = size
        self.share = _enough if loss or size >= budget.LARGE_SIZE else 1.0

    def measure(self) -> None:
        """Go through all that may happen, and print a line for each."""
        self._storm()
        self._rest()
        self._newcomers()
        self._restart()
        self._mass_leave()

    def _storm(self) -> None:
        self.crowd.join(self.people, within=1.0)
        began, took = self._until(self._have_heard())
        _, deliveries = self.crowd.traffic.per_second(began, began + _first_seconds)
        self._report_worst(
            "all join an empty room in 1 s: worst s",
            began,
            f"{took} s: {self.share:.0%} known; at first {deliveries:,.0f} deliveries/s",
        )

    def _rest(self) -> None:
        crowd, interval = self.crowd, self.people[0].roster.interval
        crowd.run(budget.INTERVALS_UNTIL_GONE * interval)
        began = crowd.now
        crowd.run(budget.INTERVALS_UNTIL_GONE * interval)
        messages, deliveries = crowd.traffic.per_second(began, crowd.now)
        wrong = sum(len(self._wanted(one) - one.known) for one in self.people)
        share = wrong / max(1, sum(len(self._wanted(one)) for one in self.people))
        shown = [one.roster.size for one in self.people]
        self._report(
            f"at rest, T = {interval:.0f} s",
            rounded(messages),
            "",
            rounded(deliveries),
            f"{share:.2%} of all missing; each takes it for {min(shown):,} to {max(shown):,} people",
        )

    def _newcomers(self) -> None:
        began, samples = self.crowd.now, []
        kinds = self.crowd.traffic.kinds
        asked, hellos = kinds["Ask"], kinds["Hello"]
        for _ in range(NEWCOMERS):
            (newcomer,) = self.crowd.add()
            self.crowd.join([newcomer])
            wanted = self._wanted(newcomer)
            start, _ = self._until(partial(_knows, newcomer, wanted, self.share), look=0.0)
            samples.append(self.crowd.now - start)
            self.crowd.leave([newcomer])
            self.crowd.run(2.0)
        self._report_worst(
            f"{NEWCOMERS} strangers, one by one: worst s",
            began,
            f"p50 {median(samples):.2f} s, p95 {percentile(samples, 95):.2f} s: {self.share:.0%} known; "
            f"{kinds['Ask'] - asked} asked one, {kinds['Hello'] - hellos} asked all",
        )

    def _restart(self) -> None:
        self.crowd.run(30.0)
        self.crowd.lose(self.people)
        self.crowd.run(3.0)
        self.crowd.join(self.people, within=5.0)
        self.crowd.run(5.0)
        began, took = self._until(self._have_heard(fresh=True))
        self._report_worst(
            "the broker restarts: worst s", began - 5.0, f"{took} s: {self.share:.0%} not greyed any more"
        )

    def _mass_leave(self) -> None:
        self.crowd.run(30.0)
        byes = self.crowd.traffic.kinds["Bye"]
        stay = self.people[: max(2, self.size // 10)]
        gone = {program.session for program in self.people[len(stay) :]}
        self.crowd.leave(self.people[len(stay) :], within=1.0)
        looked_at = stay[: len(self.watched)]
        began, took = self._until(lambda: all(not gone & one.known for one in looked_at))
        byes = self.crowd.traffic.kinds["Bye"] - byes
        self._report_worst(
            "nine of ten leave in 1 s: worst s", began, f"{took} s: nobody listed who left; {byes} byes"
        )

    def _wanted(self, program: Program) -> set[str]:
        """Whom somebody should know: in a large room the census."""
        others = {one.session for one in self.people if one is not program}
        if self.size >= budget.LARGE_SIZE:
            return {session for session in others if budget.in_census(session)}
        return others

    def _have_heard(self, *, fresh: bool = False) -> Callable[[], bool]:
        """Tell whether each has heard of enough of those of whom they should have, at some time since now."""
        missing = {program: self._wanted(program) for program in self.watched}
        few = {program: (1 - self.share) * len(missing[program]) for program in self.watched}

        def have_heard() -> bool:
            for program in list(missing):
                roster = program.roster
                missing[program] -= {
                    one.who.session for one in roster if not (fresh and roster.is_stale(one))
                }
                if len(missing[program]) <= few[program]:
                    del missing[program]
            return not missing

        return have_heard

    def _until(self, done: Callable[[], bool], look: float = _look) -> tuple[float, str]:
        """Let time pass until something is so; return when that began, and how long it took."""
        began = self.crowd.now
        if look:
            while self.crowd.now - began < _patience and not done():
                self.crowd.run(look)
        else:
            self.crowd.run(_patience, until=done)
        took = self.crowd.now - began
        return began, f"{took:.0f}" if took < _patience else f"not within {took:.0f}"

    def _report_worst(self, what: str, began: float, until: str) -> None:
        messages, direct, deliveries = self.crowd.traffic.worst(began, self.crowd.now)
        self._report(what, f"{messages:,}", f"{direct:,}", f"{deliveries:,}", until)

    def _report(self, what: str, messages: str, direct: str, deliveries: str, until: str) -> None:
        loss = f"{self.crowd.loss:.0%}"
        print(_row.format(f"{self.size:,}", loss, what, messages, direct, deliveries, until), flush=True)


def _knows(program: Program, wanted: set[str], share: float) -> bool:
    enough = share * len(wanted)
    return len(program.roster) >= enough and len(wanted & program.known) >= enough


if __name__ == "__main__":
    main()
