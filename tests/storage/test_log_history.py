"""Whatever a person reads of a room's history, and in how many sessions: each line is logged once."""

import contextlib
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from amqpchat_tui.client.history.times import with_times
from amqpchat_tui.config import LogSettings
from amqpchat_tui.model import ChatMessage, LogSearch
from amqpchat_tui.storage import log_history, log_places, log_reading
from amqpchat_tui.storage.database import brokers_key
from amqpchat_tui.storage.log import Portion
from amqpchat_tui.storage.log_file import DiskLogFile
from amqpchat_tui.storage.log_writing import Writer
from amqpchat_tui.storage.session import Transaction
from amqpchat_tui.storage.tables import LOG

from .log_support import BROKERS, LAB, LOBBY, START, check_whole, fill, found, open_log, said, texts

KEY = brokers_key(BROKERS)
PAGE = 7


class Room:
    """A room whose history has all that is said, and the log of somebody who is there now and then."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.stream: list[ChatMessage] = []
        self.transaction = Transaction(connection.execute, set, contextlib.ExitStack())

    def say(self, text: str, message_id: str | None) -> None:
        at = START + len(self.stream)
        self.stream.append(
            ChatMessage("bob", text, at, message_id=message_id, sent_at=None if message_id is None else at)
        )

    def logged(self) -> list[ChatMessage]:
        execute = self.transaction.execute
        return [line.message for line in log_reading.latest(execute, KEY, LOBBY, 10**6, START + 10**6)]


class Program:
    """One that joins, and from then on hears what is said."""

    def __init__(self, room: Room, swapped: Random | None) -> None:
        """Of several publishers it may hear lines in another order than the stream has them."""
        self._room = room
        self._swapped = swapped
        self._writer = Writer(LogSettings(), START + len(room.stream) - 0.5)
        self._joined = self._oldest = self._heard = len(room.stream)
        self.seen: set[int] = set()

    def log(self) -> None:
        """What has been heard since the last time."""
        lines = self._room.stream[self._heard :]
        if self._swapped is not None:
            for place in range(len(lines) - 1):
                if self._swapped.random() < 0.2:
                    lines[place : place + 2] = lines[place + 1], lines[place]
        self.seen.update(range(self._heard, len(self._room.stream)))
        self._heard = len(self._room.stream)
        self._write([Portion(KEY, LOBBY, lines)])

    def read(self, lines: int) -> None:
        """Read a page of the history."""
        begin = max(0, self._oldest - lines)
        page = self._room.stream[begin : self._oldest]
        self.seen.update(range(begin, self._oldest))
        self._oldest = begin
        until = START + self._joined
        if page:
            self._write([Portion(KEY, LOBBY, with_times(page, until), until)])

    def _write(self, batch: Sequence[Portion]) -> None:
        transaction = self._room.transaction
        transaction.once_written.clear()
        self._writer.write(transaction, batch)
        for do in transaction.once_written:
            do()


@contextlib.contextmanager
def open_room() -> Iterator[Room]:
    with contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        for statement in chain.from_iterable(LOG.migrations):
            connection.execute(statement)
        yield Room(connection)


KINDS = st.lists(st.sampled_from(["id", "unique", "ok", "yes"]), max_size=20)
DOINGS = st.lists(
    st.one_of(
        st.tuples(st.just("say"), KINDS),
        st.tuples(st.just("join"), st.one_of(st.none(), st.integers(0, 12))),
        st.tuples(st.sampled_from(["older", "older", "leave"]), st.integers(0, 1)),
    ),
    max_size=25,
)


@given(DOINGS, st.booleans(), st.integers(0, 5))
def test_each_line_that_was_seen_is_logged_once(
    doings: list[tuple[str, object]], swaps: bool, seed: int
) -> None:
    swapped = Random(seed) if swaps else None
    with open_room() as room:
        programs: list[Program] = []
        gone: list[Program] = []
        for what, how in doings:
            if what == "say" and isinstance(how, list):
                for kind in how:
                    number = len(room.stream)
                    text = kind if kind in {"ok", "yes"} else f"line {number}"
                    room.say(text, f"id {number}" if kind == "id" else None)
                for program in programs:
                    program.log()
            elif what == "join":
                programs.append(Program(room, swapped))
                if isinstance(how, int):  # else the history comes when more has been heard
                    programs[-1].read(how)
            elif isinstance(how, int) and how < len(programs):
                if what == "older":
                    programs[how].read(PAGE)
                elif what == "leave":
                    gone.append(programs.pop(how))
        seen = set().union(*(program.seen for program in programs + gone))
        logged = room.logged()
        told = Counter(line.text for line in logged)
        for text, count in told.items():
            assert count <= sum(room.stream[index].text == text for index in seen)
        sure = [index for index in sorted(seen) if room.stream[index].text.startswith("line")]
        numbers = [int(line.text.split()[1]) for line in logged if line.text.startswith("line")]
        assert sorted(numbers) == sure
        if swapped is None and not {"ok", "yes"} & {*told}:
            assert numbers == sure


@pytest.mark.parametrize("page", [2, 3, 7, 30, 200])
@pytest.mark.parametrize("message_ids", [False, True])
def test_pages_of_whatever_size_meet_what_was_heard(page: int, message_ids: bool) -> None:
    with open_room() as room:
        room.say("line 0", None)
        one = Program(room, None)
        one.read(page)
        for number in range(1, 402):
            room.say(f"line {number}", str(number) if message_ids else None)
        one.log()
        room.say("line 402", None)
        other = Program(room, None)
        for _ in range(-(-403 // page)):
            other.read(page)
        assert [line.text for line in room.logged()] == [f"line {number}" for number in range(403)]


def rough(text: str, at: float) -> ChatMessage:
    """A line from a history, of which is only known about when it was said."""
    return replace(said(text, at=at), roughly=None)


async def test_a_page_that_comes_late_is_read_where_it_was_said() -> None:
    await fill(said("before", at=0))
    async with open_log() as log:
        log.add(BROKERS, [(LOBBY, [said("heard", at=100)]), (LAB, [said("elsewhere", at=101)])])
        log.add_history(BROKERS, LOBBY, [said("one", at=50), rough("two", 60)], START + 100)
        log.add_history(BROKERS, LOBBY, [said("before", at=0), said("zero", at=40)], START + 100)
        log.add(BROKERS, [(LOBBY, [said("heard too", at=102)])])
        assert await texts(log) == ["before", "zero", "one", "two", "heard", "heard too"]
        assert await found(log, words=("o",)) == ["heard too", "two", "one", "zero", "before"]
        lines = await log.search(BROKERS, LogSearch(), 100)
        numbers = [line.number for line in lines]
        assert numbers == sorted(numbers, reverse=True)
        for index, line in enumerate(lines):
            page = await log.search(BROKERS, LogSearch(), 2, line.number)
            assert page == lines[index + 1 : index + 3]
        (two,) = (line for line in lines if line.message.text == "two")
        around = await log.around(two.number, 2, 1)
        assert [line.message.text for line in around] == ["zero", "one", "two", "heard"]
        assert two.message.roughly is None
    exported = [line.message.text for line in DiskLogFile().lines(LogSearch())]
    assert exported == ["before", "zero", "one", "two", "heard", "elsewhere", "heard too"]
    exported = [line.message.text for line in DiskLogFile().lines(LogSearch(words=("e",)))]
    assert exported == ["before", "zero", "one", "heard", "elsewhere", "heard too"]
    check_whole()


@pytest.mark.parametrize("message_id", [None, "1"])
async def test_what_another_program_hears_is_not_logged_again_from_its_history(
    message_id: str | None,
) -> None:
    async with open_log() as one, open_log() as other:
        now = time.time() - START
        before, heard = said("before", at=now - 1), said("ok", at=now + 1, message_id=message_id)
        one.add(BROKERS, [(LOBBY, [before, heard])])
        await texts(one)
        other.add_history(BROKERS, LOBBY, [before, heard], START + now + 2)
        other.add(BROKERS, [(LOBBY, [said("ok", at=now + 3)])])
        await texts(other)
        one.add(BROKERS, [(LOBBY, [said("ok", at=now + 3)])])
        assert await texts(one) == ["before", "ok", "ok"]


async def test_who_goes_back_through_a_history_is_told_what_the_log_lacks() -> None:
    lines = [said(f"line {number}", at=number - 100, message_id=str(number)) for number in range(60)]
    await fill(*lines[10:20], *lines[40:])
    async with open_log() as log:
        compared = log.compare(BROKERS, LOBBY)
        assert await compared.lacking(lines[30:]) == lines[30:40]
        assert await compared.lacking(lines[:30]) == [*lines[:10], *lines[20:30]]
        assert await log.compare(BROKERS, LAB).lacking(lines) == lines
        assert await texts(log) == [line.text for line in (*lines[10:20], *lines[40:])]


async def test_the_texts_of_yesterday_are_none_of_today() -> None:
    day = 24 * 60 * 60
    await fill(said("good morning", at=-day), said("good night", at=-day + 1, message_id="1"))
    async with open_log() as log:
        page = [said("hello", at=-5, message_id="2"), said("good morning", at=-4)]
        log.add_history(BROKERS, LOBBY, page, START)
        log.add_history(BROKERS, LOBBY, page, START + 1)
        assert await texts(log) == ["good morning", "good night", "hello", "good morning"]


async def test_a_page_that_cannot_be_compared_with_all_of_its_time_is_logged_as_far_as_it_can(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(log_history, "MOST_LOOKED_BACK", 3)
    lines = [said(f"line {number}", at=number, message_id=str(number)) for number in range(8)]
    await fill(*lines[:4], *lines[5:7])
    async with open_log() as log:
        log.add_history(BROKERS, LOBBY, lines, START + 10)
        assert await texts(log) == [line.text for line in lines]
        log.add_history(BROKERS, LOBBY, [said("unknown", at=-1), *lines], START + 11)
        assert await texts(log) == [line.text for line in lines]


async def test_lines_that_claim_to_be_old_do_not_have_others_deleted() -> None:
    async with open_log(LogSettings(days=1)) as log:
        log.add(BROKERS, [(LAB, [said("new")])])
        log.add_history(BROKERS, LOBBY, [said("old", at=-(10**7))], START)
        log.add(BROKERS, [(LOBBY, [said("newer")])])
        assert await texts(log) == ["old", "newer"]
        assert await texts(log, LAB) == ["new"]


def test_only_so_many_lines_come_between_two_others() -> None:
    first, second = map(log_places.number_of, (1, 2))
    places = log_places.places_before(second, first, 3)
    assert places is not None
    assert first < places[0] < places[-1] == second - 1
    assert log_places.places_before(places[0], first, 2**20) is None
    assert {log_places.id_of(place) for place in places} == {None}
    assert log_places.id_of(second) == 2
