"""Streams: messages in the order in which they came, until there are too many or they are too old. Pure.

A message is found by its offset, which is its number in the stream, and by the time when it came. Messages
are packed into segments, and dropped by whole segments, the oldest first.
"""

from __future__ import annotations

import heapq
import struct
from array import array
from bisect import bisect_left, bisect_right
from dataclasses import dataclass

ARCHIVE_BYTES = 64 * 1024 * 1024
"""What all streams together may take; beyond that the biggest drops its oldest."""
SEGMENT_BYTES = 1024 * 1024
"""The largest segment, whatever is asked for."""
_SPARE = 1 / 16
"""The part of all streams that is made free when there is too little room."""
_SEGMENT_OVERHEAD = 600
"""What a segment takes besides its messages, in bytes."""
_INDEX_BYTES = array("I").itemsize + array("d").itemsize
"""What it takes that a message is found."""

Record = tuple[bytes, bytes, bytes]
"""A message as it is kept: exchange and routing key as they are in methods, content header, body."""

_sizes = struct.Struct(">HI")


@dataclass(frozen=True)
class Limits:
    """When a stream drops its oldest; None: never for that reason."""

    max_bytes: int | None = None
    """Only a single segment may take more."""
    max_age: float | None = None
    """Seconds; looked at when a segment is full."""
    segment_bytes: int = SEGMENT_BYTES


class _Segment:
    """Consecutive messages, packed, so that they take little more than their bytes."""

    __slots__ = ("_data", "_ends", "_times", "first", "size")

    def __init__(self, first: int) -> None:
        self.first = first
        """The offset of its first message."""
        self.size = 0
        """What its messages take in memory, about."""
        self._data = bytearray()
        self._ends = array("I")
        self._times = array("d")

    @property
    def count(self) -> int:
        return len(self._ends)

    @property
    def last_time(self) -> float:
        return self._times[-1]

    def append(self, record: Record, time: float) -> int:
        """Add a message, and return what it takes."""
        address, header, body = record
        data = b"".join((_sizes.pack(len(address), len(header)), address, header, body))
        self._data += data
        self._ends.append(len(self._data))
        self._times.append(time)
        size = len(data) + _INDEX_BYTES
        self.size += size
        return size

    def seal(self) -> None:
        """Give back what was reserved for more."""
        self._data, self._ends, self._times = self._data[:], self._ends[:], self._times[:]

    def read(self, index: int) -> Record:
        begin = self._ends[index - 1] if index else 0
        address_size, header_size = _sizes.unpack_from(self._data, begin)
        data = bytes(self._data[begin + _sizes.size : self._ends[index]])
        body_at = address_size + header_size
        return data[:address_size], data[address_size:body_at], data[body_at:]

    def index_at(self, time: float) -> int:
        return bisect_left(self._times, time)


class Archive:
    """What all streams take together."""

    def __init__(self) -> None:
        self.limit = ARCHIVE_BYTES
        self.bytes = 0
        self.streams: dict[Stream, None] = {}

    def make_room(self) -> None:
        """When all streams take too much, have the biggest drop its oldest, and some more.

        What is made free at a time pays for looking through the streams.
        """
        if self.bytes <= self.limit:
            return
        biggest = [(-stream.taken, number, stream) for number, stream in enumerate(self.streams)]
        heapq.heapify(biggest)
        while self.bytes > self.limit * (1 - _SPARE) and (stream := biggest[0][2]).bytes:
            number = biggest[0][1]
            stream.drop_oldest()
            heapq.heapreplace(biggest, (-stream.taken, number, stream))


class Stream:
    """Messages by their offsets, each one more than the one before."""

    def __init__(self, archive: Archive, limits: Limits) -> None:
        self.bytes = 0
        """What its messages take."""
        self._archive = archive
        self._max_age = limits.max_age
        self._max_bytes = ARCHIVE_BYTES if limits.max_bytes is None else limits.max_bytes
        self._segment_bytes = min(limits.segment_bytes, SEGMENT_BYTES)
        self._time = 0.0
        """When the last message came."""
        self._segments: list[_Segment] = []
        archive.streams[self] = None
        self._add_segment(0)

    @property
    def first(self) -> int:
        """The offset of the oldest message; that of the next one, if there is none."""
        return self._segments[0].first

    @property
    def next(self) -> int:
        """The offset of the next message to come."""
        last = self._segments[-1]
        return last.first + last.count

    @property
    def taken(self) -> int:
        """What it takes in memory, about."""
        return self.bytes + _SEGMENT_OVERHEAD * len(self._segments)

    def append(self, record: Record, time: float) -> None:
        """Add a message that came at this time, in seconds since the epoch, or when the last one did."""
        self._time = time = max(time, self._time)
        segment = self._segments[-1]
        if segment.size >= self._segment_bytes and segment.size:
            segment.seal()
            segment = self._add_segment(self.next)
            self._drop_older(time)
        size = segment.append(record, time)
        self.bytes += size
        self._archive.bytes += size
        while self.bytes > self._max_bytes and len(self._segments) > 1:
            self.drop_oldest()
        self._archive.make_room()

    def read(self, offset: int) -> Record:
        """Return a message, from `first` on and before `next`; O(log n)."""
        segment = self._segments[-1]
        if offset < segment.first:
            segment = self._segments[bisect_right(self._segments, offset, key=lambda each: each.first) - 1]
        return segment.read(offset - segment.first)

    def at(self, time: float) -> int:
        """Return the offset of the first message that came at this time or later, or `next`; O(log n)."""
        segments = self._segments  # of which only the last may be empty
        index = bisect_left(segments, time, hi=len(segments) - 1, key=lambda each: each.last_time)
        segment = segments[index]
        return segment.first + segment.index_at(time)

    def drop_oldest(self) -> None:
        """Drop the oldest segment."""
        oldest = self._segments.pop(0)
        self.bytes -= oldest.size
        self._archive.bytes -= oldest.size + _SEGMENT_OVERHEAD
        if not self._segments:
            self._add_segment(oldest.first + oldest.count)

    def close(self) -> None:
        """Forget all of it."""
        del self._archive.streams[self]
        self._archive.bytes -= self.taken

    def _drop_older(self, now: float) -> None:
        age = self._max_age
        while age is not None and len(self._segments) > 1 and self._segments[0].last_time < now - age:
            self.drop_oldest()

    def _add_segment(self, first: int) -> _Segment:
        segment = _Segment(first)
        self._segments.append(segment)
        self._archive.bytes += _SEGMENT_OVERHEAD
        return segment
