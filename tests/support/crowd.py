"""A room full of programs that tell each other who is there: the real protocol code under a clock of its own.

The broker is a delay and, if one likes, a loss: what is said to everybody comes to all who are bound at one
time, what is said to one person comes to them, or is returned.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from heapq import heappop, heappush
from itertools import count
from random import Random

from amqpchat_tui.chat.people.announcer import Announcer, Part
from amqpchat_tui.chat.people.roster import Change, Roster
from amqpchat_tui.model import Here, Occupant, Posting

DELAY_SECONDS = 0.001, 0.1
"""From publishing to hearing, at random between these."""


class Program:
    """Somebody's amqpchat, as far as presence goes."""

    def __init__(self, crowd: Crowd, number: int, session: str, *, part: Part = Part.ANNOUNCES) -> None:
        self.nick = f"nick{number}"
        self.session = session
        self.changes: list[Change] = []
        self.roster = Roster(session, self.changes.append)
        self.announcer = Announcer(self.roster, Occupant(self.nick, session), crowd.random, part=part)
        self.mailbox = ""
        self.planned_at = float("inf")
        """When the crowd will look at it next."""

    @property
    def is_bound(self) -> bool:
        return bool(self.mailbox)

    @property
    def known(self) -> set[str]:
        """The sessions of those who are here, as far as it knows."""
        return {present.who.session for present in self.roster}


@dataclass
class Traffic:
    """What the broker had to do, by the second."""

    messages: Counter[int] = field(default_factory=Counter)
    """To everybody."""
    direct: Counter[int] = field(default_factory=Counter)
    """To one person."""
    deliveries: Counter[int] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)

    def worst(self, begin: float, end: float) -> tuple[int, int, int]:
        """Messages to everybody, to one person, and deliveries, each in its worst second of a time."""
        seconds = range(int(begin), int(end) + 1)
        most_messages = max(self.messages[second] for second in seconds)
        most_direct = max(self.direct[second] for second in seconds)
        return most_messages, most_direct, max(self.deliveries[second] for second in seconds)

    def per_second(self, begin: float, end: float) -> tuple[float, float]:
        """Messages to everybody, and deliveries, on average over whole seconds."""
        seconds = range(int(begin), int(end))
        return (
            sum(self.messages[second] for second in seconds) / len(seconds),
            sum(self.deliveries[second] for second in seconds) / len(seconds),
        )


class Crowd:
    """The programs in a room, and the broker between them."""

    def __init__(self, seed: int = 0, loss: float = 0.0) -> None:
        self.random = Random(seed)
        self.loss = loss
        self.now = 0.0
        self.traffic = Traffic()
        self.programs: list[Program] = []
        self.bound: dict[str, Program] = {}
        """Those who hear the room, by mailbox."""
        self._queue: list[tuple[float, int, Callable[[], None]]] = []
        self._order = count()
        self._mailboxes = count()

    # -- people -------------------------------------------------------------------------------------

    def add(self, number: int = 1, *, part: Part = Part.ANNOUNCES) -> list[Program]:
        """Have more programs that are not in the room yet."""
        added = [
            Program(self, len(self.programs) + n, f"{self.random.getrandbits(64):016x}", part=part)
            for n in range(number)
        ]
        self.programs += added
        return added

    def join(self, programs: Iterable[Program], within: float = 0.0) -> None:
        """Have programs come into the room, each at some time within so many seconds."""
        for program in programs:
            self.at(self.now + self.random.uniform(0, within), partial(self._bind, program))

    def leave(self, programs: Iterable[Program], within: float = 0.0) -> None:
        """Have programs say goodbye."""
        for program in programs:
            self.at(self.now + self.random.uniform(0, within), partial(self._say_bye, program))

    def lose(self, programs: Iterable[Program]) -> None:
        """Have programs lose their connection now, without a word."""
        for program in programs:
            if program.is_bound:
                del self.bound[program.mailbox]
                program.mailbox = ""
                program.announcer.lost(self.now)

    def say_line(self, program: Program) -> None:
        """Have somebody say a line in the room."""
        self._to_all(lambda other: other.announcer.hear_line(program.announcer.me, self.now))

    # -- time ---------------------------------------------------------------------------------------

    def at(self, when: float, do: Callable[[], None]) -> None:
        """Have something done at some time, now at the earliest."""
        heappush(self._queue, (max(when, self.now), next(self._order), do))

    def run(self, seconds: float, until: Callable[[], bool] | None = None) -> bool:
        """Let time pass; tell whether it is so already before all of it has."""
        end = self.now + seconds
        while self._queue and self._queue[0][0] <= end:
            self.now, _, do = heappop(self._queue)
            do()
            if until is not None and until():
                return True
        self.now = end
        return False

    # -- the broker ---------------------------------------------------------------------------------

    def publish(self, posting: Posting) -> None:
        """Bring a message to whom it is for."""
        second = int(self.now)
        message = posting.message
        is_hello = isinstance(message, Here) and message.asks
        self.traffic.kinds["Hello" if is_hello else type(message).__name__] += 1
        if posting.mailbox:
            self.traffic.direct[second] += 1
            self.traffic.deliveries[second] += 1
            self._later(lambda: self._bring(posting))
        else:
            self.traffic.messages[second] += 1
            self.traffic.deliveries[second] += len(self.bound)
            self._to_all(lambda program: program.announcer.hear(posting.message, self.now))

    def _to_all(self, hear: Callable[[Program], None]) -> None:
        def bring() -> None:
            for program in list(self.bound.values()):
                if not self.loss or self.random.random() >= self.loss:
                    hear(program)
                    self._plan(program)

        self._later(bring)

    def _bring(self, posting: Posting) -> None:
        if self.loss and self.random.random() < self.loss:
            return
        program = self.bound.get(posting.mailbox)
        if program is not None:
            program.announcer.hear(posting.message, self.now)
            self._plan(program)
            return
        sender = self.bound.get(posting.message.who.mailbox)
        if sender is not None:
            sender.announcer.returned(posting.mailbox, self.now)
            self._plan(sender)

    def _later(self, do: Callable[[], None]) -> None:
        self.at(self.now + self.random.uniform(*DELAY_SECONDS), do)

    # -- programs -----------------------------------------------------------------------------------

    def _bind(self, program: Program) -> None:
        program.mailbox = f"amq.gen-{next(self._mailboxes)}"
        self.bound[program.mailbox] = program
        program.announcer.bound(Occupant(program.nick, program.session, mailbox=program.mailbox), self.now)
        self._plan(program)

    def _say_bye(self, program: Program) -> None:
        if not program.is_bound:
            return
        posting = program.announcer.farewell(self.now)
        del self.bound[program.mailbox]
        program.mailbox = ""
        if posting is not None:
            self.publish(posting)

    def _plan(self, program: Program) -> None:
        due = program.announcer.due
        if due < program.planned_at:
            program.planned_at = due
            self.at(due, lambda: self._poll(program, due))

    def _poll(self, program: Program, planned_at: float) -> None:
        if program.planned_at != planned_at:
            return
        program.planned_at = float("inf")
        if program.announcer.due <= self.now:
            for posting in program.announcer.poll(self.now):
                self.publish(posting)
        self._plan(program)
