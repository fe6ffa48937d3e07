"""What amqpchat kept in files of its own before there was a database is taken over once."""

import errno
import fcntl
import hashlib
import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from amqpchat_tui.model import RECALL_MAX_LINES, OutboxLine
from amqpchat_tui.storage import session
from amqpchat_tui.storage.files import state_file
from amqpchat_tui.storage.legacy import read_entered, read_outbox

from .support import (
    BROKERS,
    ONE,
    ROOM,
    THREE,
    TWO,
    bodies,
    database,
    gone,
    left_behind,
    line,
    open_store,
    record,
)

# The records -----------------------------------------------------------------------------------------------


def test_what_came_and_did_not_leave_is_read_back() -> None:
    journal = record(ONE) + record(TWO) + gone(ONE.message_id) + record(THREE)
    assert read_outbox(ROOM, journal) == [TWO, THREE]


def test_a_torn_record_spoils_no_other() -> None:
    last = record(TWO)
    for end in range(len(last)):
        assert read_outbox(ROOM, record(ONE) + last[:end]) == [ONE]
        assert read_outbox(ROOM, record(ONE) + last[:end] + record(THREE)) == [ONE, THREE]


@given(st.binary(), st.binary())
def test_garbage_is_skipped(before: bytes, after: bytes) -> None:
    assert ONE in read_outbox(ROOM, before + record(ONE) + b"\n" + after)


@pytest.mark.parametrize(
    "row",
    [
        b"[" * 100_000,
        b"\0" * 4096,
        b"null",
        b'{"type":"typed","id":"a","nick":"ann","body":"x"}',
        b'{"type":"typed","id":"a","nick":"ann","body":"x","at":1e300}',
        b'{"type":"typed","id":"a","nick":"ann","body":"x","at":-1}',
        b'{"type":"typed","id":"/","nick":"ann","body":"x","at":1}',
        b'{"type":"typed","id":"a","nick":"a\\u001bb","body":"x","at":1}',
        b'{"type":"typed","id":"a","nick":"ann","body":"","at":1}',
        b'{"type":"other","id":"a"}',
    ],
)
def test_what_no_journal_would_write_is_skipped(row: bytes) -> None:
    assert read_outbox(ROOM, record(ONE) + b"\n" + row) == [ONE]


def test_control_characters_do_not_come_back_from_the_file() -> None:
    row = b'\n{"type":"typed","id":"a","nick":"ann","body":"a\\u001b]52;c;x","at":1}'
    (read,) = read_outbox(ROOM, row)
    assert "\x1b" not in read.body


@given(st.binary())
def test_garbage_between_entered_lines_is_skipped(garbage: bytes) -> None:
    lines = read_entered(garbage + b'\n"before"\n"to' + garbage + b'\n"a\\u001b[31m"\n[' + garbage)
    assert "before" in lines
    assert not any("\x1b" in line for line in lines)


# The files -------------------------------------------------------------------------------------------------


def left_file(*lines: OutboxLine, room: str = ROOM.name, ending: str = "a" * 32) -> Path:
    """A file as an older amqpchat has left it behind."""
    digest = hashlib.sha256("\n".join([room, *sorted(BROKERS)]).encode()).hexdigest()[:16]
    path = state_file(f"outbox-{digest}-{ending}.jsonl")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(map(record, lines)))
    return path


def entered_file(*lines: str) -> Path:
    path = state_file("history.jsonl")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(b"\n" + json.dumps(line).encode() for line in lines))
    return path


async def entered() -> list[str]:
    async with open_store() as store:
        return list(await store.recall.latest())


async def test_lines_of_several_files_are_taken_over_in_the_order_of_time_and_once_each() -> None:
    earlier = replace(line(4), typed_at=ONE.typed_at - 3600)
    left_file(ONE, THREE, earlier, ending="b" * 32)
    left_file(TWO, THREE, ending="a" * 32)
    assert await left_behind() == [ONE, TWO, THREE, earlier]
    assert list(state_file("").iterdir()) == [database()]
    assert await left_behind() == [ONE, TWO, THREE, earlier]


async def test_other_rooms_files_wait_for_those() -> None:
    path = left_file(ONE, room="other")
    assert await left_behind() == []
    assert path.exists()


async def test_a_file_of_an_older_amqpchat_that_runs_is_left_to_it() -> None:
    path = left_file(ONE)
    with path.open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert await left_behind() == []
        assert path.read_bytes() == record(ONE)
    assert await left_behind() == [ONE]


async def test_entered_lines_are_taken_over_once() -> None:
    lines = [f"line {number}" for number in range(RECALL_MAX_LINES + 5)]
    entered_file(*lines)
    state_file("history.jsonl.new").touch()
    for _ in range(2):
        assert await entered() == lines[-RECALL_MAX_LINES:]
        assert list(state_file("").iterdir()) == [database()]


async def test_an_end_between_taking_over_and_removing_doubles_nothing() -> None:
    path, entered_path = left_file(ONE), entered_file("one", "two")
    files = {path: path.read_bytes(), entered_path: entered_path.read_bytes()}
    assert (await left_behind(), await entered()) == ([ONE], ["one", "two"])
    for file, content in files.items():
        file.write_bytes(content)
    assert (await left_behind(), await entered()) == ([ONE], ["one", "two"])
    assert list(state_file("").iterdir()) == [database()]


async def test_what_cannot_be_removed_is_taken_over_once(monkeypatch: pytest.MonkeyPatch) -> None:
    paths = left_file(ONE), entered_file("one")
    unlink = Path.unlink

    def refuse(path: Path, missing_ok: bool = False) -> None:
        if path in paths:
            raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))
        unlink(path, missing_ok)

    monkeypatch.setattr(Path, "unlink", refuse)
    assert (await left_behind(), await entered()) == ([ONE], ["one"])
    async with open_store() as store:
        await store.outbox.claim(ROOM, BROKERS)
        store.outbox.keep(ROOM, BROKERS, [])
        store.recall.add("two")
    assert (await left_behind(), await entered()) == ([], ["one", "two"])


async def test_nothing_is_removed_before_it_has_reached_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    path, entered_path = left_file(ONE), entered_file("one")
    seen: list[tuple[bool, bool]] = []

    def sync(log: Path) -> None:
        seen.append((path.exists(), entered_path.exists()))

    monkeypatch.setattr(session, "sync", sync)
    async with open_store() as store:
        await store.outbox.claim(ROOM, BROKERS)
        assert bodies() == [ONE.body]
        await store.recall.latest()
    assert seen[:2] == [(True, True), (False, True)]
    assert not entered_path.exists()


async def test_a_disk_that_fails_to_sync_is_told_and_nothing_is_removed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = left_file(ONE)

    def sync(log: Path) -> None:
        raise OSError(5, os.strerror(5))

    monkeypatch.setattr(session, "sync", sync)
    complaints: list[str] = []
    async with open_store(complaints.append) as store:
        assert await store.outbox.claim(ROOM, BROKERS) == [ONE]
    assert [text.rpartition(": ")[2] for text in complaints] == ["Input/output error"]
    assert path.exists()


async def test_what_is_forgotten_is_forgotten_in_the_old_file_too() -> None:
    path = entered_file("one")
    async with open_store() as store:
        store.recall.forget()
    assert not path.exists()


async def test_a_pipe_in_place_of_an_old_file_is_not_waited_for() -> None:
    state_file("").mkdir(parents=True)
    os.mkfifo(state_file("history.jsonl"))
    os.mkfifo(left_file(ending="c").with_suffix(".pipe.jsonl"))
    async with open_store() as store:
        assert await store.outbox.claim(ROOM, BROKERS) == []
        store.recall.add("new")
        assert await store.recall.latest() == ["new"]
