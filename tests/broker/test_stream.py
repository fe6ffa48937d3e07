"""A stream by itself: its segments, finding by offset and by time, and what is dropped when."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amqpchat_tui.broker import stream as streams
from amqpchat_tui.broker.stream import Archive, Limits, Record, Stream
from amqpchat_tui.broker.tables import recorded_header

HEADER = struct.pack(">HHQH", 60, 0, 0, 0)


def record(body: bytes = b"x") -> Record:
    return b"\x04room\x03ann", HEADER, body


def filled(limits: Limits, count: int, size: int = 100, archive: Archive | None = None) -> Stream:
    """A stream into which so many messages came, one a second from 1000 on."""
    stream = Stream(archive or Archive(), limits)
    for number in range(count):
        stream.append(record(b"%0*d" % (size, number)), 1000.0 + number)
    return stream


def kept(stream: Stream) -> list[int]:
    """The offsets that can be read, each of which is what its message says."""
    offsets = list(range(stream.first, stream.next))
    assert [int(stream.read(offset)[2]) for offset in offsets] == offsets
    return offsets


def test_an_empty_stream_has_no_first_message_but_the_next() -> None:
    stream = Stream(Archive(), Limits())
    assert (stream.first, stream.next, stream.at(0), stream.bytes) == (0, 0, 0, 0)


@given(
    records=st.lists(st.tuples(st.binary(min_size=2, max_size=40), st.binary(max_size=40), st.binary())),
    segment_bytes=st.integers(0, 300),
)
def test_what_is_read_is_what_was_appended(records: list[Record], segment_bytes: int) -> None:
    stream = Stream(Archive(), Limits(segment_bytes=segment_bytes))
    for each in records:
        stream.append(each, 0)
    assert [stream.read(offset) for offset in range(stream.first, stream.next)] == records


@given(
    times=st.lists(st.integers(0, 50)),
    wanted=st.integers(-1, 51),
    segment_bytes=st.integers(0, 300),
    max_bytes=st.integers(0, 1000),
)
def test_a_time_is_found(times: list[int], wanted: int, segment_bytes: int, max_bytes: int) -> None:
    stream = Stream(Archive(), Limits(max_bytes=max_bytes, segment_bytes=segment_bytes))
    came: list[int] = []
    for time in times:
        stream.append(record(), time)
        came.append(max([time, *came]))  # a clock that is put back makes nothing older than what was there
    later = [offset for offset in range(stream.first, stream.next) if came[offset] >= wanted]
    assert stream.at(wanted) == (later[0] if later else stream.next)


def test_the_oldest_go_by_whole_segments_when_there_are_too_many_bytes() -> None:
    offsets = kept(stream := filled(Limits(max_bytes=5000, segment_bytes=1000), 200))
    assert 3500 < stream.bytes <= 5000
    assert offsets[-1] == 199
    one_segment = kept(filled(Limits(max_bytes=0, segment_bytes=1000), 200))
    assert 0 < len(one_segment) < 10


def test_the_oldest_go_by_age_when_a_segment_is_full() -> None:
    stream = filled(Limits(max_age=20, segment_bytes=1000), 100)
    offsets = kept(stream)
    assert offsets[-1] == 99
    assert 20 <= len(offsets) < 40
    stream.append(record(b"100"), 1_000_000)
    assert len(kept(stream)) >= 2
    for number in range(101, 120):
        stream.append(record(b"%0100d" % number), 1_000_000.0 + number)
    assert kept(stream)[0] >= 92


def test_segments_are_no_larger_here_than_can_be_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "SEGMENT_BYTES", 1000)
    stream = filled(Limits(max_bytes=5000, segment_bytes=500_000_000), 200)
    assert stream.bytes <= 5000
    assert kept(stream)[-1] == 199


def test_all_streams_together_are_bounded_and_the_biggest_gives_way() -> None:
    archive = Archive()
    archive.limit = 50_000
    quiet = filled(Limits(segment_bytes=1000), 10, archive=archive)
    loud = filled(Limits(segment_bytes=1000), 2000, archive=archive)
    assert archive.bytes <= 50_000
    assert len(kept(quiet)) == 10
    assert kept(loud)[-1] == 1999
    assert len(kept(loud)) > 200
    huge = filled(Limits(), 1, size=100_000, archive=archive)
    assert (huge.first, huge.next) == (1, 1)
    for stream in quiet, loud, huge:
        stream.close()
    assert (archive.bytes, len(archive.streams)) == (0, 0)


def test_many_small_segments_count_as_what_they_take() -> None:
    archive = Archive()
    archive.limit = 50_000
    quiet = filled(Limits(), 50, archive=archive)
    filled(Limits(segment_bytes=0), 2000, size=1, archive=archive)
    assert archive.bytes <= 50_000
    assert len(kept(quiet)) == 50


@given(
    operations=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3000))),
    limit=st.integers(0, 20_000),
)
def test_what_streams_take_is_counted(operations: list[tuple[int, int]], limit: int) -> None:
    archive = Archive()
    archive.limit = limit
    several = [Stream(archive, Limits(max_bytes=limit, segment_bytes=number * 500)) for number in range(3)]
    for number, size in operations:
        several[number].append(record(b"x" * size), 0)
        assert sum(stream.bytes for stream in several) <= max(archive.bytes, 0)
        assert archive.bytes <= limit or not any(stream.bytes for stream in several)
    for stream in several:
        stream.close()
    assert archive.bytes == 0


def test_a_recorded_header_has_the_offset_and_all_else() -> None:
    header = struct.pack(">HHQH", 60, 0, 5, 1 << 15 | 1 << 7) + b"\x04text\x02id"
    offset = b"\0\0\0\x19\x0fx-stream-offsetl" + (7).to_bytes(8)
    start = struct.pack(">HHQH", 60, 0, 5, 1 << 15 | 1 << 13 | 1 << 7)
    assert recorded_header(header, 7) == start + b"\x04text" + offset + b"\x02id"


@pytest.mark.parametrize("lost", [b"\x01aF\0\0\0\x03\x01bV", b"\x01aA\0\0\0\x01V", b"\x01aD\x02\0\0\0\x01"])
def test_a_recorded_header_has_no_tables_arrays_and_decimals(lost: bytes) -> None:
    fields = b"\x01bS\0\0\0\x01b" + lost + b"\x01cV"
    header = struct.pack(">HHQH", 60, 0, 5, 1 << 13) + len(fields).to_bytes(4) + fields
    kept_fields = b"\x01bS\0\0\0\x01b\x01cV\x0fx-stream-offsetl" + bytes(8)
    start = struct.pack(">HHQH", 60, 0, 5, 1 << 13)
    assert recorded_header(header, 0) == start + len(kept_fields).to_bytes(4) + kept_fields
