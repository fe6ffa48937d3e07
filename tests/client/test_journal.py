"""Lines that outlive the program: the journal's records, its files, and the client that keeps it."""

import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amqpchat_tui.client import records
from amqpchat_tui.client.journal import Journal
from amqpchat_tui.model import ConversationId, Fate, OutboxLine, Phase
from amqpchat_tui.storage.files import state_file
from tests.support.ports import free_port
from tests.support.waiting import wait_until

from .conftest import Join, TakeSeat
from .support import PlainListener, Seat

ROOM, BROKERS = ConversationId.room("lobby"), ["localhost:5672//"]


def line(number: int, body: str = "hello") -> OutboxLine:
    return OutboxLine(ROOM, f"{number:032x}", "ann", body, 1_800_000_000.0 + number)


ONE, TWO, THREE = line(1, "grüß dich\nzwei Zeilen"), line(2, "/me waves"), line(3)

# The records -----------------------------------------------------------------------------------------------


def test_what_came_and_did_not_leave_is_read_back() -> None:
    journal = records.typed(ONE) + records.typed(TWO) + records.gone(ONE.message_id) + records.typed(THREE)
    assert records.read(ROOM, journal) == [TWO, THREE]


def test_a_torn_record_spoils_no_other() -> None:
    last = records.typed(TWO)
    for end in range(len(last)):
        assert records.read(ROOM, records.typed(ONE) + last[:end]) == [ONE]
        assert records.read(ROOM, records.typed(ONE) + last[:end] + records.typed(THREE)) == [ONE, THREE]


@given(st.binary(), st.binary())
def test_garbage_is_skipped(before: bytes, after: bytes) -> None:
    assert ONE in records.read(ROOM, before + records.typed(ONE) + b"\n" + after)


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
    assert records.read(ROOM, records.typed(ONE) + b"\n" + row) == [ONE]


def test_control_characters_do_not_come_back_from_the_file() -> None:
    row = b'\n{"type":"typed","id":"a","nick":"ann","body":"a\\u001b]52;c;x","at":1}'
    (read,) = records.read(ROOM, row)
    assert "\x1b" not in read.body


# The files -------------------------------------------------------------------------------------------------


FULL = Path("/dev/full")
"""Linux's disk without room."""


class Complaints(list[str]):
    def __call__(self, text: str) -> None:
        self.append(text)


@asynccontextmanager
async def journal(
    *leaves: OutboxLine, room: ConversationId = ROOM, complain: Callable[[str], None] = pytest.fail
) -> AsyncIterator[tuple[Journal, Sequence[OutboxLine]]]:
    """A journal, and what it found; in the end it leaves these lines behind."""
    opened = Journal(room, BROKERS, complain)
    found = opened.open()
    try:
        yield opened, found
    finally:
        await opened.close(leaves)


def files() -> list[Path]:
    return sorted(state_file("").glob("outbox-*"))


async def test_lines_are_left_to_the_next_and_only_once() -> None:
    async with journal(ONE, TWO) as (_, found):
        assert found == []
    async with journal(ONE, TWO, THREE) as (first, found):
        assert found == [ONE, TWO]
        async with journal() as (_, nothing):
            assert nothing == []
        first.update([TWO, THREE])
    async with journal() as (_, found):
        assert found == [ONE, TWO, THREE]
    assert files() == []


async def test_an_empty_outbox_empties_the_file() -> None:
    async with journal() as (kept, _):
        kept.update([ONE])
        kept.update([ONE, TWO])
        kept.update([])
        assert [file.stat().st_size for file in files()] == [0]
        kept.update([THREE])
        assert records.read(ROOM, files()[0].read_bytes()) == [THREE]


async def test_other_rooms_and_brokers_keep_their_own_lines() -> None:
    async with journal(ONE):
        pass
    async with journal(room=ConversationId.room("other")) as (_, found):
        assert found == []
    elsewhere = Journal(ROOM, ["example.org:5672//"], pytest.fail)
    assert elsewhere.open() == []
    await elsewhere.close([])
    async with journal() as (_, found):
        assert found == [ONE]


async def test_folder_and_file_are_for_their_owner_only() -> None:
    folder = state_file("")
    folder.mkdir(parents=True, mode=0o755)
    async with journal():
        assert folder.stat().st_mode & 0o777 == 0o700
        assert [file.stat().st_mode & 0o777 for file in files()] == [0o600]


DYING = f"""
import asyncio, os, signal
from amqpchat_tui.client.journal import Journal
from amqpchat_tui.client.records import read
from amqpchat_tui.model import ConversationId, OutboxLine

async def main():
    room = ConversationId.room({ROOM.name!r})
    journal = Journal(room, {BROKERS!r}, print)
    assert journal.open() == []
    journal.update([OutboxLine(room, "a", "ann", "last words", 1.0)])
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


def die() -> int:
    return subprocess.run([sys.executable, "-c", DYING], check=False).returncode


async def test_a_killed_program_s_lines_are_taken_over() -> None:
    assert die() == -signal.SIGKILL
    async with journal() as (_, found):
        assert [line.body for line in found] == ["last words"]


async def test_lines_keep_their_order_when_the_clock_is_set_back() -> None:
    set_back = line(4)
    by_clock = replace(set_back, typed_at=ONE.typed_at - 3600)
    async with journal(ONE, THREE, by_clock):
        pass
    async with journal(TWO) as (_, found):
        assert found == [ONE, THREE, by_clock]
        assert len(files()) == 1


async def test_lines_of_several_programs_are_offered_in_the_order_of_time() -> None:
    earlier = replace(line(4), typed_at=ONE.typed_at - 3600)
    async with journal(TWO), journal(ONE, THREE, earlier):
        pass
    for _ in range(2):  # the second time, one file holds the lines of both
        async with journal(ONE, TWO, THREE, earlier) as (_, found):
            assert found == [ONE, TWO, THREE, earlier]


async def test_a_crash_between_copying_and_removing_doubles_no_line() -> None:
    async with journal(ONE, TWO):
        pass
    (left,) = files()
    left.with_name(left.name.replace(".jsonl", "-copy.jsonl")).write_bytes(left.read_bytes())
    async with journal() as (_, found):
        assert found == [ONE, TWO]
        assert len(files()) == 1


async def test_without_a_folder_one_complaint_is_made() -> None:
    state_file("").parent.mkdir(parents=True)
    state_file("").write_text("no folder")
    complaints = Complaints()
    async with journal(ONE, complain=complaints) as (kept, found):
        assert found == []
        kept.update([ONE])
    assert len(complaints) == 1
    assert "cannot be kept" in complaints[0]


@pytest.fixture
def full_disk() -> Iterator[object]:
    if not FULL.exists():
        pytest.skip("needs Linux's full disk")
    with FULL.open("ab", buffering=0) as file:
        yield file


async def test_on_a_full_disk_one_complaint_is_made_and_lines_are_tried_again(
    monkeypatch: pytest.MonkeyPatch, full_disk: object
) -> None:
    complaints = Complaints()
    async with journal(ONE, TWO, complain=complaints) as (kept, _):
        with monkeypatch.context() as patch:
            patch.setattr(kept, "_file", full_disk)
            kept.update([ONE])
            kept.update([ONE, TWO])
    assert len(complaints) == 1
    assert "No space left" in complaints[0]
    async with journal() as (_, found):
        assert found == [ONE, TWO]


# The client ------------------------------------------------------------------------------------------------


def kept(seat: Seat) -> list[tuple[str, Fate, str]]:
    return [(line.body, line.fate, line.reason) for line in seat.outbox()]


async def leave_lines(take_seat: TakeSeat, url: str, *bodies: str) -> None:
    """Type lines where there is no broker, and quit."""
    ann = take_seat(url)
    for body in bodies:
        ann.say(body)
    await ann.client.close()


async def test_unsent_lines_are_offered_again_and_not_sent_by_themselves(
    take_seat: TakeSeat, amqp_url: str, room: str
) -> None:
    await leave_lines(take_seat, amqp_url, "one", "two", "three")
    ann = take_seat(amqp_url)
    assert kept(ann) == [(body, Fate.FAILED, "kept from last time") for body in ("one", "two", "three")]
    one, two, _ = ann.outbox()
    with PlainListener(amqp_url, room) as listener:
        await ann.reach(Phase.ONLINE)
        ann.say("new")
        await ann.hear("new")
        ann.client.resend(ann.conversation, two.message_id)
        await ann.hear("two")
        assert ann.client.withdraw(ann.conversation, one.message_id) is not None
        assert [body.decode() for _, body, _ in listener.heard()] == ["new", "two"]
    await ann.client.close()
    assert kept(take_seat(amqp_url)) == [("three", Fate.FAILED, "kept from last time")]


async def test_a_line_taken_back_for_editing_is_kept_until_another_is_said(take_seat: TakeSeat) -> None:
    nowhere = f"amqp://127.0.0.1:{free_port()}"

    def written() -> list[str]:
        return [line.body for file in files() for line in records.read(ROOM, file.read_bytes())]

    ann = take_seat(nowhere)
    ann.say("one")
    ann.say("two")
    one, two = ann.outbox()
    ann.client.withdraw(ann.conversation, one.message_id, for_editing=True)
    ann.client.withdraw(ann.conversation, two.message_id)
    await wait_until(lambda: written() == ["one"], what=lambda: str(written()))
    await ann.client.close()
    bea = take_seat(nowhere)
    (one,) = bea.outbox()
    bea.client.withdraw(bea.conversation, one.message_id, for_editing=True)
    bea.say("another")
    await wait_until(lambda: written() == ["another"], what=lambda: str(written()))


async def test_what_the_room_has_heard_is_not_kept(join: Join) -> None:
    ann = await join()
    ann.say("heard")
    await ann.settle()
    await wait_until(lambda: [file.stat().st_size for file in files()] == [0], what="an empty journal")
    await ann.client.close()
    assert files() == []


async def test_a_disk_that_fails_is_told_once_and_the_chat_goes_on(join: Join) -> None:
    state_file("").parent.mkdir(parents=True)
    state_file("").write_text("no folder")
    ann = await join()
    ann.say("one")
    ann.say("two")
    await ann.settle()
    assert ann.texts == ["one", "two"]
    assert sum("cannot be kept" in notice for notice in ann.notices) == 1


async def test_two_clients_at_once_keep_their_own_lines(take_seat: TakeSeat) -> None:
    nowhere, room = f"amqp://127.0.0.1:{free_port()}", "lobby"
    ann, bea = take_seat(nowhere, room=room), take_seat(nowhere, room=room)
    ann.say("of ann")
    bea.say("of bea")
    await ann.client.close()
    carol = take_seat(nowhere, room=room)
    assert [body for body, *_ in kept(carol)] == ["of ann"]
    await bea.client.close()
