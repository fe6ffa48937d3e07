"""What is missing between lines that were shown: looked for in the stream between those on both sides."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import NamedTuple

from amqpchat_tui.client.errors import Lost
from amqpchat_tui.client.history import stream
from amqpchat_tui.client.history.access import OverLink
from amqpchat_tui.client.history.matching import SHOWN_LINES, LineKey, not_shown
from amqpchat_tui.client.history.problems import HistoryProblem
from amqpchat_tui.client.history.replay import BEFORE_MESSAGES, MOST_MESSAGES, Replayed, read_until
from amqpchat_tui.client.history.room_history import RoomHistory
from amqpchat_tui.client.history.shown import Stretch
from amqpchat_tui.client.transport.link import Link
from amqpchat_tui.model import Gap, Replay

MOST_HOLES = 20
"""How many are looked for at once at most; the others stay."""
LOOK_SECONDS = 0.05
"""How often we look whether enough lines have come behind one."""


class Hole(NamedTuple):
    """Where lines are missing."""

    gap: Gap | None
    """What the notice there says; None: all that is older than what is shown."""
    before: Sequence[LineKey]
    """Those that were shown last before it."""
    left: Stretch
    """What came before it."""
    right: Stretch
    """What came, or comes, behind it."""
    kept: bool
    """Whether the stream was bound all the time."""
    waiting: int = 0
    """How many messages were in our queue, where all comes from that is behind it; 0: that is not known."""


class Holes:
    """Fills them one after the other, in the order in which they came about."""

    def __init__(
        self, history: RoomHistory, over_link: OverLink, failed: Callable[[HistoryProblem | Lost], None]
    ) -> None:
        """`over_link` does something on the connection for histories; `failed` is told why it could not."""
        self._history = history
        self._over_link = over_link
        self._failed = failed
        self._turn = asyncio.Lock()
        self._count = 0

    @property
    def may_be_more(self) -> bool:
        """Whether another one may be looked for."""
        return self._count < MOST_HOLES

    async def fill(self, hole: Hole) -> None:
        """Fill one in, as far as that can be decided."""
        self._count += 1
        past: Replay | None = None
        try:
            tail = await self._over_link(self._find_tail)
            async with self._turn:
                await self._until_enough_has_come(hole.right)
                past = await self._over_link(lambda link: self._read(link, hole, tail))
        except (HistoryProblem, Lost) as problem:
            self._failed(problem)
        finally:
            self._count -= 1
        if past is not None or hole.gap is None:
            self._history.arrived(past or Replay(()))

    async def _until_enough_has_come(self, right: Stretch) -> None:
        """Wait for the lines behind a hole; whoever is slow may take long."""
        while True:
            if right.ended or len(right.first) >= SHOWN_LINES:
                return
            await asyncio.sleep(LOOK_SECONDS)

    async def _find_tail(self, link: Link) -> int:
        return await stream.find_tail(link, self._history.stream, messages=1)

    async def _read(self, link: Link, hole: Hole, tail: int) -> Replay | None:
        history = self._history
        until = hole.left.end(with_others=history.keeps_events)
        end = min(tail, tail - hole.waiting + SHOWN_LINES + BEFORE_MESSAGES) if hole.waiting else tail
        if hole.gap is None:
            return await self._read_oldest(link, hole, end)
        if until is None:
            return None
        begin = max(0, until - BEFORE_MESSAGES, end + 1 - MOST_MESSAGES)
        read = await read_until(link, history, begin, end)
        keys = [history.key(each.delivery) for each in read.lines]
        older = self._older(hole, read, keys)
        cut = read.first > until + BEFORE_MESSAGES
        expected = sum(each.offset <= until for each in read.lines)
        newer = range(len(keys)) if cut else not_shown(hole.before, keys, expected)
        elsewhere = not cut and newer and read.lines[newer[0]].offset > until + BEFORE_MESSAGES
        if older is None or newer is None or elsewhere:
            history.hand_over(read.events)
            return None
        missed = [read.lines[index] for index in newer if index in older]
        if cut:
            return history.replay(
                missed, read.events, gap=hole.gap, more=True, left_out=read.first - 1 - until
            )
        whole = hole.kept and {*hole.before[-1:], *hole.right.first[:1]} <= set(keys)
        return history.replay(missed, read.events, gap=hole.gap, more=not whole)

    async def _read_oldest(self, link: Link, hole: Hole, end: int) -> Replay | None:
        history, wanted = self._history, self._history.wanted
        begin = max(0, end + 1 - min(MOST_MESSAGES, max(wanted.lines, BEFORE_MESSAGES)))
        if wanted.seconds:
            begin = await stream.find_age(link, history.stream, wanted.seconds, otherwise=end + 1)
            begin = max(begin, end + 1 - MOST_MESSAGES)
        read = await read_until(link, history, begin, end)
        older = self._older(hole, read, [history.key(each.delivery) for each in read.lines])
        if older is None:
            history.hand_over(read.events)
            return None
        history.oldest = read.first if wanted.lines else None
        lines = [each for index, each in enumerate(read.lines) if index in older]
        return history.replay(lines, read.events, more=not read.trimmed)

    def _older(self, hole: Hole, read: Replayed, keys: Sequence[LineKey]) -> set[int] | None:
        """Return which lines were said before those behind a hole, by index; None where nothing tells."""
        found = not_shown(hole.right.first[::-1], keys[::-1], None)
        if found is None:
            return None
        older = {len(keys) - 1 - index for index in found}
        later = (each.offset for index, each in enumerate(read.lines) if index not in older)
        if (first := next(later, None)) is not None:
            hole.right.tail = first - 1
        return older
