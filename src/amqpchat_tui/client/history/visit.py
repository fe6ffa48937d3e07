"""One stay in a room, as its history has it: what was said before is read, and the stream kept bound."""

from __future__ import annotations

import asyncio
import contextlib
import math
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, NoReturn, TypeVar

from aiormq.exceptions import ChannelNotFoundEntity

from amqpchat_tui.client.errors import Lost
from amqpchat_tui.client.history import stream
from amqpchat_tui.client.history.existence import Existence
from amqpchat_tui.client.history.holes import Hole, Holes
from amqpchat_tui.client.history.matching import LineKey, not_shown
from amqpchat_tui.client.history.problems import HistoryProblem, NoHistory, OtherQueue, Unreachable
from amqpchat_tui.client.history.replay import (
    BEFORE_MESSAGES,
    MOST_MESSAGES,
    Replayed,
    read_back,
    read_on,
)
from amqpchat_tui.client.history.room_history import RoomHistory
from amqpchat_tui.client.rooms.canary import Canary
from amqpchat_tui.client.rooms.topology import look_for_exchange
from amqpchat_tui.client.transport.failures import failures_are_losses
from amqpchat_tui.client.transport.link import Link
from amqpchat_tui.model import Gap, HistoryLimits, Replay
from amqpchat_tui.wording.history import (
    NO_HISTORY,
    announce,
    describe_existing,
    describe_problem,
    describe_stream,
)

PREPARE_SECONDS = 1.0
"""How long entering a room may wait until its history has told where it ends."""
TRIES = 3
"""How often is tried to read what is wanted while the connection for it is lost."""
RETRY_SECONDS = 1.0
"""How long to wait before: if the connection of the rooms is lost as well, nothing is tried."""
RENEW_SECONDS = 30.0
"""How often the stream is bound again, as bindings go with the broker, or looked for where there is none."""
MOST_SINCE = MOST_MESSAGES // 2
"""How many messages are read at most by who wants to know what was said since some time."""
BEFORE_SECONDS = 60
"""How long before the gap the stream is read, where the place in it is not known at which shown lines end."""
DOUBTFUL_SECONDS = 5
"""How long before our queue was bound the stream is doubtful, where its end was not known by then."""

_Result = TypeVar("_Result")


class HistoryVisit:
    """In this order: `prepare`, `begin`, and `renew` beside all else; then `end`."""

    def __init__(
        self, link: Link, history: RoomHistory, canary: Canary, *, ready: Callable[[], Awaitable[None]]
    ) -> None:
        """`link` is the connection on which the room is, which the `canary` watches.

        `ready` waits until our queue is bound to all whose past is read here.
        """
        self._ready = ready
        self._link = link
        self._history = history
        history.visit = self
        self._existence = Existence(link, history, canary)
        self._stream = history.stream
        self._shown_before: Sequence[LineKey] = ()
        self._left = history.shown.stretch
        """What had come before our queue was bound."""
        self._kept = False
        """Whether the stream was bound all the time, so that it has what was said since the lines shown."""
        self._tail: int | None = None
        """Up to this offset all is older than our queue; None while that is not known."""
        self._bound_at = 0.0
        self._tasks: list[asyncio.Task[None]] = []
        self._catching_up: tuple[asyncio.Task[None], Gap | None] | None = None
        """What reads what was said before our queue was bound, and in which gap."""
        self._starts_over = False
        """Whether what was said before we came is still to be read, as nothing could be shown of it."""
        self._holes = Holes(history, self._over_link, self._note)

    @property
    def source(self) -> Link | None:
        """The connection on which the room is, if it is known to have a history."""
        return self._link if self._existence.exists else None

    async def prepare(self) -> None:
        """Find where the stream ends, before our queue is bound, if that does not take long; never raise."""
        self._tail, self._kept = None, False
        looking = self._run(self._prepare())
        await asyncio.wait({looking}, timeout=PREPARE_SECONDS)
        if not looking.done():
            looking.cancel()
            self._existence.exists = None
        self.note_shown(self._tail, kept=self._kept)

    @property
    def is_idle(self) -> bool:
        """Whether nothing is being read."""
        return all(task.done() for task in self._tasks)

    def note_shown(self, tail: int | None = None, *, kept: bool = False) -> None:
        """Our queue is about to be bound: what it has brought so far is what was shown before.

        Up to the offset `tail` the stream is older than that; None where it was not asked. The stream was
        `kept` bound all the time since, as far as that is known. What is still being read is looked for
        between what is shown by now.
        """
        shown = self._history.shown
        if not self._stop_catching_up():
            self._shown_before, self._left = shown.latest, shown.stretch
        self._tail = tail
        self._kept = kept
        shown.bind()

    def begin(self, gap: Gap | None) -> None:
        """Our queue is bound, and brings what is said: read what was said before, or in the gap."""
        if self._starts_over:
            gap, self._starts_over = None, False
        self._bound_at = time.monotonic()
        self._catching_up = self._run(self._catch_up(gap)), gap

    def note_missing(self, gap: Gap, waiting: int) -> bool:
        """Something is missing between what our queue has brought and the so many messages in it.

        Return whether it is looked for in the history.
        """
        shown = self._history.shown
        self._stop_catching_up()
        before, left = shown.latest, shown.stretch
        shown.interrupt()
        kept = self._existence.was_kept
        return self._look_for(Hole(gap, before, left, shown.stretch, kept, waiting))

    def _stop_catching_up(self) -> bool:
        """Something is missing behind what has come since our queue was bound: read no more on that way.

        Return whether nothing has come since, so that whoever reads next reads the same.
        """
        shown, catching_up = self._history.shown, self._catching_up
        self._catching_up = None
        if catching_up is None or shown.settled:
            return False
        task, gap = catching_up
        task.cancel()
        if not shown.count:
            self._starts_over = gap is None
            return True
        shown.stretch.tail = self._tail
        self._look_for(Hole(gap, self._shown_before, self._left, shown.stretch, self._kept))
        return False

    def _look_for(self, hole: Hole) -> bool:
        looks = self._existence.readable and self._holes.may_be_more
        if looks:
            self._run(self._holes.fill(hole))
        elif hole.gap is None:
            self._history.arrived(Replay(()))
        return looks

    async def bind_events(self) -> None:
        """Have the stream keep what becomes of lines, now that that may be; raise as `renew` does."""
        await self._existence.bind_events()

    async def renew(self) -> NoReturn:
        """Bind the stream again now and then, or see whether there is one by now.

        Raises:
            Lost: when the connection is.
        """
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            if not self._existence.exists:
                await self._find_tail()
            await self._existence.keep_bound()

    def read_older(self) -> None:
        """Read what is older than all that is shown, unless something is being read."""
        if self._history.oldest is not None and self.is_idle:
            self._run(self._read_older())

    def describe(self) -> None:
        """Say what there is."""
        self._run(self._answer(self._describe))

    def create(self, limits: HistoryLimits) -> None:
        """Begin a history, unless there is one, and say so to all."""
        self._run(self._answer(lambda: self._create(limits)))

    def end(self) -> None:
        """We are in the room no more: read nothing else."""
        for task in self._tasks:
            task.cancel()

    def _run(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        self._tasks = [task for task in self._tasks if not task.done()]
        self._tasks.append(task := self._history.access.run(work))
        return task

    # What there is

    async def _prepare(self) -> None:
        # What binds the stream to the room goes with the room, or a former host, as the canary does.
        if former := self._history.kept_under:
            with contextlib.suppress(ChannelNotFoundEntity, Lost), failures_are_losses():
                await look_for_exchange(self._link.channels, former)
                self._kept = True
        await self._find_tail()

    async def _find_tail(self) -> None:
        """See whether there is a stream, and where it ends; who reads it says why that cannot be."""
        with contextlib.suppress(HistoryProblem, Lost):
            await self._existence.look()
            async with self._history.access.link(self._link) as link:
                self._tail = await self._existence.find_tail(link)
            self._existence.readable = True

    async def _require_tail(self, link: Link) -> int:
        """Return where the stream certainly had ended before our queue was bound, though it was not asked."""
        if self._tail is None:
            tail = await self._existence.find_tail(link)
            age = math.ceil(time.monotonic() - self._bound_at) + DOUBTFUL_SECONDS
            self._tail = await stream.find_age(link, self._stream, age, otherwise=tail + 1) - 1
            self._existence.readable = True
        return self._tail

    # What is asked and ordered

    async def _answer(self, work: Callable[[], Awaitable[str]]) -> None:
        try:
            answer = await work()
        except NoHistory:
            answer = NO_HISTORY
        except (HistoryProblem, Lost) as problem:
            answer = describe_problem(self._history.room, problem.reason)
        if answer:
            self._history.tell(answer)

    async def _describe(self) -> str:
        await self._existence.look()
        async with self._history.access.link(self._link) as link:
            tail = await self._existence.find_tail(link)
            first = await stream.read_first(link, self._stream) if tail >= 0 else ()
            limits = await stream.find_limits(link, self._stream)
        self._existence.readable = True
        stamped = (line.sent_at for line in self._history.peek(first))
        return describe_stream(
            self._history.room,
            self._stream,
            tail - first[0].offset + 1 if first else 0,
            next((sent_at for sent_at in stamped if sent_at is not None), None),
            limits=limits,
            hosted=self._existence.is_hosted,
        )

    async def _create(self, limits: HistoryLimits) -> str:
        """Begin one, and return what is worth telling about one that is there."""
        existed = await self._existence.is_there()
        try:
            async with self._history.access.link(self._link) as link:
                other = await stream.declare(link, self._stream, limits)
        except OtherQueue:
            raise
        except HistoryProblem as problem:
            if not existed:
                raise
            return describe_existing(problem.reason)
        self._existence.exists = self._existence.readable = True
        await self._existence.keep_bound()
        if existed:
            return describe_existing(other)
        self._history.say(announce(limits))
        return ""

    def _note(self, problem: HistoryProblem | Lost) -> None:
        if not isinstance(problem, NoHistory):
            self._history.tell_once(problem.reason)

    # What is read

    async def _catch_up(self, gap: Gap | None) -> None:
        history = self._history
        past: Replay | None = None
        await self._ready()
        try:
            if self._existence.exists is None:
                await self._existence.is_there()
            if not self._existence.exists and history.wanted.create:
                await self._create(HistoryLimits())
            elif not self._existence.exists and history.wanted.seconds:
                history.tell(NO_HISTORY)
            if self._existence.exists:
                past = await self._over_link(lambda link: self._look_back(link, gap))
        except (HistoryProblem, Lost) as problem:
            self._note(problem)
        if past is None:
            history.shown.settle()
        if gap is None:
            history.arrived(past or Replay(()))
        elif past is not None:
            history.arrived(past)

    async def _over_link(self, work: Callable[[Link], Awaitable[_Result]]) -> _Result:
        """Do something over the connection for histories, and again when only that is lost."""
        for _ in range(TRIES - 1):
            with contextlib.suppress(Unreachable):
                async with self._history.access.link(self._link) as link:
                    return await work(link)
            await asyncio.sleep(RETRY_SECONDS)
        async with self._history.access.link(self._link) as link:
            return await work(link)

    async def _look_back(self, link: Link, gap: Gap | None) -> Replay | None:
        tail = await self._require_tail(link)
        await self._existence.keep_bound()
        return await (self._begin_with(link, tail) if gap is None else self._fill(link, tail, gap))

    async def _begin_with(self, link: Link, tail: int) -> Replay:
        history, wanted = self._history, self._history.wanted
        if not wanted.lines and not wanted.seconds:
            history.shown.settle(tail=tail)
            return Replay(())
        if wanted.seconds:
            start = await stream.find_age(link, self._stream, wanted.seconds, otherwise=tail + 1)
            if start < (start := max(start, tail - MOST_SINCE)):
                history.tell(f"Of the history, only the latest {MOST_SINCE:,} messages are read.")
        else:
            start = max(0, tail - wanted.lines + 1)
        read = await read_on(link, history, start, tail, await self._existence.find_end(link, tail))
        self._settle(read, tail)
        lines, events = list(read.lines), list(read.events)
        trimmed, oldest = read.trimmed, read.first
        if len(lines) < wanted.lines and not wanted.seconds:
            back = await read_back(link, history, oldest, wanted.lines - len(lines))
            lines[:0], events[:0] = back.lines, back.events
            trimmed, oldest = back.trimmed, back.first
        history.oldest = oldest if wanted.lines else None
        return history.replay(lines, events, more=not trimmed)

    async def _fill(self, link: Link, tail: int, gap: Gap) -> Replay | None:
        history, shown = self._history, self._shown_before
        until = self._left.end(with_others=history.keeps_events)
        if until is not None and until > tail:  # it is another stream than before, as of a new host
            until = None
        begin = until
        if begin is None or not self._kept:
            age = math.ceil(gap.seconds + time.monotonic() - self._bound_at) + BEFORE_SECONDS
            since = await stream.find_age(link, self._stream, age, otherwise=tail + 1)
            begin = since if begin is None else min(begin, since)
        begin, end = max(0, begin - BEFORE_MESSAGES), await self._existence.find_end(link, tail)
        read = await read_on(link, history, max(begin, tail + 1 - MOST_MESSAGES), tail, end)
        if self._kept and until is not None and read.first > until + BEFORE_MESSAGES:
            self._settle(read, tail)  # what is older was too much, or is not there any more
            left_out = read.first - 1 - until
            return history.replay(read.lines, read.events, gap=gap, more=True, left_out=left_out)
        expected = None if until is None else sum(each.offset <= until for each in read.lines)
        if expected is not None and expected < len(shown) and not read.trimmed:
            back = await read_back(link, history, read.first, len(shown) - expected)
            read = read._replace(
                lines=[*back.lines, *read.lines], events=[*back.events, *read.events], first=back.first
            )
            expected += len(back.lines)
        keys = [history.key(each.delivery) for each in read.lines]
        indices = not_shown(shown, keys, expected)
        if indices is None:
            history.hand_over(read.events)
            return None
        missed = [read.lines[index] for index in indices]
        whole = self._kept and until is not None and bool(shown) and shown[-1] in keys
        self._settle(read._replace(lines=missed), tail, whole=whole)
        return history.replay(missed, read.events, gap=gap, more=not whole)

    async def _read_older(self) -> None:
        history = self._history
        past: Replay | None = None
        try:
            past = await self._over_link(self._go_back)
        except (HistoryProblem, Lost) as problem:
            self._note(problem)
        history.arrived(past or Replay((), more=True))

    async def _go_back(self, link: Link) -> Replay:
        history = self._history
        assert history.oldest is not None, "else nobody asks for it"
        read = await read_back(link, history, history.oldest, history.wanted.lines)
        history.oldest = read.first
        return history.replay(read.lines, read.events, more=not read.trimmed)

    def _settle(self, read: Replayed, tail: int, *, whole: bool = False) -> None:
        history = self._history
        keys = [history.key(each.delivery) for each in read.lines]
        history.shown.settle(keys, tail + read.beyond, whole=whole)
