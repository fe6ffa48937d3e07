"""Reading a stream: on to where our queue goes on, or back from what is shown already."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

from amqpchat_tui.client.history.matching import (
    LONG_SILENCE_SECONDS,
    PATIENCE_SECONDS,
    LineKey,
    older_than_queue,
)
from amqpchat_tui.client.history.problems import HistoryProblem, Silent
from amqpchat_tui.client.history.room_history import RoomHistory, Told
from amqpchat_tui.client.history.stream import ANSWER_SECONDS, PREFETCH, Streamed, find_tail, reading
from amqpchat_tui.client.transport.link import Link

LOOK_SECONDS = 0.01
"""How often stream and queue are compared while both bring lines."""
MOST_MESSAGES = 20_000
"""How many messages are read at once at most; of more, the latest are had."""
MOST_BYTES = 32 * 1024 * 1024
"""How much of their bodies is kept; of more, the latest."""
MOST_DOUBTS = 5
"""How often is looked whether the stream has more, when nothing but time says that it has not."""
BEFORE_MESSAGES = 100
"""How far before the place where the shown lines end the stream is read: by more it cannot be off.

It is read further back where so much else is between the lines that too few of them are there.
"""
HOLES = 8
"""How many offsets may be missing before a message, where nothing has been trimmed."""


class Replayed(NamedTuple):
    """What a stream has."""

    lines: Sequence[Streamed]
    """Those that our queue has not brought."""
    events: Sequence[Told]
    """What became of lines, these or others, whether our queue has brought it or not."""
    beyond: int
    """How many of them are newer than the end of the stream that was found before our queue was bound."""
    first: int
    """The offset from which on it was read, or of the first message that is there, if that is greater."""
    trimmed: bool
    """Whether there is nothing older in the stream."""
    cut: bool = False
    """Whether there was more, of which the oldest was left out."""


class _Pages:
    """What was read so far, within bounds."""

    def __init__(self) -> None:
        self._messages = 0
        self._bytes = 0

    def count(self, taken: Sequence[Streamed], spare: deque[Streamed] | None = None) -> bool:
        """Take note of what was read; where that is too much, leave out the oldest that can be spared.

        Return whether anything was left out.

        Raises:
            HistoryProblem: if it is still too much.
        """
        self._messages += len(taken)
        self._bytes += sum(len(each.delivery.body) for each in taken)
        cut = False
        while self._messages > MOST_MESSAGES or self._bytes > MOST_BYTES:
            if not spare:
                raise HistoryProblem("there is too much of it to be read at once")
            self._messages -= 1
            self._bytes -= len(spare.popleft().delivery.body)
            cut = True
        return cut


async def read_on(link: Link, history: RoomHistory, start: int, tail: int, end: int) -> Replayed:
    """Read from an offset on to where our queue goes on, which is being filled meanwhile.

    Up to `tail` all is older than our queue; what is beyond is what the queue has not brought. It is
    read up to `end` at least. Of too much, the latest is returned.

    Raises:
        HistoryProblem: if the stream cannot be read, or brings too much beyond `tail`.
        Lost: when the channel or the connection is.
    """
    shown = history.shown
    certain: deque[Streamed] = deque()
    window: list[Streamed] = []
    events: deque[Told] = deque(maxlen=MOST_MESSAGES)
    keys: list[LineKey] = []
    pages, first, last, reached = _Pages(), None, start - 1, end < start
    older: Sequence[int] = ()
    doubts, doubtful_until, cut = 0, None, False
    bound_for = silent_for = 0.0
    looked_at, heard = time.monotonic(), shown.count
    async with reading(link, history.stream, start) as stream:
        while True:
            taken = await stream.take(LOOK_SECONDS)
            news = bool(taken) and not reached
            for each in taken:
                first = each.offset if first is None else first
                last = each.offset
                reached |= each.offset >= end
                if not history.is_line(each.delivery):
                    continue
                news = True
                if each.offset <= tail:
                    certain.append(each)
                else:
                    window.append(each)
                    keys.append(history.key(each.delivery))
            events += history.read_events(taken, events)
            cut |= pages.count([each for each in taken if history.is_line(each.delivery)], certain)
            # After a standstill, time has gone by in which nothing could come.
            passed = min(time.monotonic() - looked_at, 2 * LOOK_SECONDS)
            looked_at += time.monotonic() - looked_at
            bound_for += passed
            news |= shown.count != heard
            heard = shown.count
            silent_for = 0.0 if news else silent_for + passed
            if news:
                doubtful_until = None
            elif doubtful_until is not None and last >= doubtful_until:  # what it had were no lines
                break
            if reached and (found := older_than_queue(bound_for, silent_for, keys, shown.since)) is not None:
                older = found
                patient = bound_for < PATIENCE_SECONDS and silent_for < LONG_SILENCE_SECONDS
                if patient or doubts == MOST_DOUBTS or last < 0:
                    break
                doubtful_until = await find_tail(link, history.stream, messages=1)
                if doubtful_until <= last:
                    break
                doubts += 1  # the broker stands still in between, and has more
                bound_for = silent_for = 0.0
            if not reached and silent_for > ANSWER_SECONDS:
                raise Silent
    beyond = [window[index] for index in older]
    begin = start if first is None else max(start, first)
    trimmed = begin == 0 or begin - start > HOLES
    if cut:
        begin, trimmed = certain[0].offset if certain else tail + 1, False
    return Replayed([*certain, *beyond], events, len(beyond), begin, trimmed, cut)


async def read_until(link: Link, history: RoomHistory, start: int, end: int) -> Replayed:
    """Read from an offset on up to another, which is there; of too much, the latest.

    Raises as `read_on` does.
    """
    lines: deque[Streamed] = deque()
    events: deque[Told] = deque(maxlen=MOST_MESSAGES)
    pages, first, last, cut = _Pages(), None, start - 1, False
    async with reading(link, history.stream, start) as stream:
        while last < end:
            if not (taken := await stream.take(ANSWER_SECONDS)):
                raise Silent
            first, last = taken[0].offset if first is None else first, taken[-1].offset
            found = [each for each in taken if each.offset <= end and history.is_line(each.delivery)]
            lines += found
            events += history.read_events(taken, events)
            cut |= pages.count(found, lines)
    begin = start if first is None else max(start, first)
    trimmed = begin == 0 or begin - start > HOLES
    if cut:
        begin, trimmed = lines[0].offset if lines else end + 1, False
    return Replayed(list(lines), events, 0, begin, trimmed, cut)


async def read_back(link: Link, history: RoomHistory, end: int, count: int) -> Replayed:
    """Read the last so many lines that are older than an offset, if there are; raise as `read_on` does.

    There are fewer where so much else is between them that it would take long.
    """
    lines: list[Streamed] = []
    events: list[Told] = []
    pages, step, trimmed, to_read = _Pages(), count, end == 0, MOST_MESSAGES
    while len(lines) < count and not trimmed and step > 0:
        start = max(0, end - step)
        page: list[Streamed] = []
        told: list[Told] = []
        first, last = end, -1
        async with reading(link, history.stream, start) as stream:
            while last < end - 1:
                if not (taken := await stream.take(ANSWER_SECONDS)):
                    raise Silent
                older = [each for each in taken if each.offset < end]
                said = [each for each in older if history.is_line(each.delivery)]
                pages.count(said)
                page += said
                told += history.read_events(older, told)
                first, last = min(first, taken[0].offset), taken[-1].offset
                to_read -= len(taken)
        trimmed = start == 0 or first - start > HOLES or first == end
        lines[:0], events[:0] = page, told
        end, step = min(first, end), min(2 * step, to_read - PREFETCH)
    if len(lines) > count:
        lines = lines[-count:]
        end, trimmed = lines[0].offset, False
    return Replayed(lines, [one for one in events if one.offset >= end], 0, end, trimmed)
