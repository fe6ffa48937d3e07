"""A room with several plain publishers, its stream and our queue, played through with a clock of its own."""

import bisect
import random
from collections.abc import Sequence
from typing import NamedTuple

from amqpchat_tui.client.history.matching import (
    SETTLE_SECONDS,
    SHOWN_LINES,
    LineKey,
    key_of,
    not_shown,
    older_than_queue,
)

LOOK_SECONDS = 0.01


class Line(NamedTuple):
    """A line as it was published, and when the broker put it where."""

    nick: str
    number: int
    key: LineKey
    at: float
    queued_at: float
    streamed_at: float


class Room:
    """Some seconds of a room, in which everybody publishes so many lines a second."""

    def __init__(
        self,
        seed: int,
        *,
        rate: float,
        texts: int,
        late: float = 0.005,
        seconds: float = 12.0,
        publishers: int = 4,
    ) -> None:
        """`late` is the part of the lines that the broker is slow about, in queue or stream."""
        self._random = random.Random(seed)
        self._late = late
        self.lines = [
            line
            for publisher in range(publishers)
            for line in self._publish(f"nick-{publisher}", rate / publishers, texts, seconds)
        ]
        self._in_queue = sorted(self.lines, key=lambda line: line.queued_at)
        self.stream = sorted(self.lines, key=lambda line: line.streamed_at)

    def _publish(self, nick: str, rate: float, texts: int, seconds: float) -> list[Line]:
        lines: list[Line] = []
        at = self._random.uniform(0, 1 / rate)
        queued = streamed = 0.0
        while at < seconds:
            queued, streamed = max(queued, at + self._delay()), max(streamed, at + self._delay())
            text = self._random.randrange(texts)
            lines.append(
                Line(nick, len(lines), key_of(None, nick.encode(), b"%d" % text, 0), at, queued, streamed)
            )
            at += self._random.expovariate(rate)
        return lines

    def _delay(self) -> float:
        late = self._random.random() < self._late
        return self._random.uniform(0.005, 0.09) if late else self._random.expovariate(1 / 0.0008)

    def queue(self, begin: float, end: float = float("inf")) -> Sequence[Line]:
        """What a queue brings that is bound for so long: what the room is told from `begin` to `end`."""
        return [line for line in self._in_queue if begin <= line.at < end]

    def streamed(self, at: float) -> int:
        """How many lines the stream has at a moment."""
        return bisect.bisect_right(self.stream, at, key=lambda line: line.streamed_at)

    # What a client does

    def join(self, bound_at: float) -> tuple[Sequence[Line], int, int]:
        """Read the past as who joins does: what is history, its tail, and how many lines are beyond that."""
        tail = self.streamed(bound_at - 0.01)
        window = self._window(tail, bound_at)
        past = [self.stream[tail + index] for index in window]
        return [*self.stream[:tail], *past], tail, len(past)

    def fill(self, shown: Sequence[Line], came: int, tail: int, bound_at: float) -> Sequence[Line] | None:
        """Read what was missed; after `tail` so many lines came before the cut. None: undecided."""
        new_tail = self.streamed(bound_at - 0.01)
        window = self._window(new_tail, bound_at)
        begin = max(0, tail + came - 100)
        certain = self.stream[begin:new_tail]
        doubtful = self.stream[new_tail : new_tail + len(certain) + SHOWN_LINES]
        missed = not_shown([line.key for line in shown], [line.key for line in certain], tail + came - begin)
        if missed is None:
            return None
        return [*(certain[index] for index in missed), *(doubtful[index] for index in window)]

    def _window(self, tail: int, bound_at: float) -> Sequence[int]:
        now = bound_at + SETTLE_SECONDS
        queue = self.queue(bound_at)
        while True:
            window = self.stream[tail : self.streamed(now)]
            heard = queue[: bisect.bisect_right(queue, now, key=lambda line: line.queued_at)]
            latest = max(
                [line.streamed_at for line in window] + [line.queued_at for line in heard], default=0.0
            )
            keys, heard_keys = [line.key for line in window], [line.key for line in heard]
            older = older_than_queue(now - bound_at, now - latest, keys, heard_keys)
            if older is not None:
                return older
            now += LOOK_SECONDS


def difference(view: Sequence[Line], published: Sequence[Line]) -> str:
    """What is wrong about a view, in which equal lines of one nick stand for each other; empty: nothing."""
    for nick in {line.nick for line in published}:
        seen = [line.key for line in view if line.nick == nick]
        said = [line.key for line in sorted(published, key=lambda line: line.number) if line.nick == nick]
        if seen != said:
            return f"{nick}: {len(seen)} lines instead of {len(said)}"
    return ""
