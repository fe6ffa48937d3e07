"""What is logged is there at the next start, whole, and found."""

import asyncio
import contextlib
import threading
from functools import partial
from typing import Any

import pytest

from amqpchat_tui.config import LogSettings
from amqpchat_tui.model import LoggedLine, LogSearch
from amqpchat_tui.storage import log_reading, log_words, log_writing
from amqpchat_tui.storage.files import make_state_folder
from amqpchat_tui.storage.log import Log
from amqpchat_tui.storage.log_places import Execute
from amqpchat_tui.storage.question import Question
from amqpchat_tui.storage.session import open_database
from amqpchat_tui.storage.store import DiskStore
from amqpchat_tui.storage.tables import LOG
from tests.support.waiting import wait_until

from .log_support import (
    BOB,
    BROKERS,
    FULL,
    LAB,
    LOBBY,
    START,
    check_whole,
    fill,
    found,
    kept,
    log_path,
    look,
    open_log,
    said,
    texts,
)

WORDS = [
    "Die Straße ist lang",
    "the DISK is full",
    "明日は雨です",
    'she said "no" and left',
    "Ⓕull-width ＡＢＣ and ﬁsh",
    "an İstanbul morning",
    "100% of it_all",
    "ok",
    "Hey! ÄRGER!",
]


async def test_a_line_is_kept_with_all_that_is_known_of_it() -> None:
    await fill(FULL, said("plain"))
    await fill(said("to you alone"), to=BOB)
    async with open_log() as log:
        everywhere = await log.search(BROKERS, LogSearch(), 10)
        first, second = await log.latest(BROKERS, LOBBY, 10, START + 1)
        assert (first.message, first.conversation) == (FULL, LOBBY)
        assert second.message == said("plain")
        assert [line.conversation for line in everywhere] == [
            BOB,
            LOBBY,
            LOBBY,
        ]


async def test_only_its_owner_can_read_it() -> None:
    await fill(said("hello"))
    async with open_log() as log:
        log.add(BROKERS, [(LOBBY, [said("more")])])
        await texts(log)
        files = list(log_path().parent.glob("log.db*"))
        assert len(files) == 3
        assert {path.stat().st_mode & 0o777 for path in files} == {0o600}


async def test_it_is_told_where_it_is_by_the_program_that_has_begun_it() -> None:
    async with open_log() as log:
        assert await log.begun() == str(log_path())
    async with open_log() as log:
        assert await log.begun() == ""


async def test_nothing_is_logged_where_that_is_not_wanted() -> None:
    store = DiskStore(LogSettings(keep=False))
    store.start(pytest.fail)
    assert not store.log.keeps
    store.log.add(BROKERS, [(LOBBY, [FULL])])
    await store.recall.latest()
    assert store.close() == ""
    assert not log_path().exists()


async def test_the_latest_are_those_before_a_time_in_their_order() -> None:
    await fill(*(said(f"line {number}", at=number) for number in range(10)))
    await fill(said("elsewhere", at=3), to=LAB)
    async with open_log() as log:
        lines = await log.latest(BROKERS, LOBBY, 3, START + 8)
        assert [line.message.text for line in lines] == ["line 5", "line 6", "line 7"]
        assert await log.latest(["c:5672//"], LOBBY, 3, START + 8) == []


async def test_a_line_is_found_with_those_around_it_in_its_conversation() -> None:
    for number in range(10):
        await fill(said(f"line {number}", at=number))
        await fill(said("elsewhere", at=number), to=LAB)
    async with open_log() as log:
        (hit,) = await log.search(BROKERS, LogSearch(words=("line 5",)), 10)
        lines = await log.around(hit.number, 2, 3)
        assert [line.message.text for line in lines] == [f"line {number}" for number in range(3, 9)]


@pytest.mark.parametrize("index", ["found by it", "too common", "none"])
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["STRASSE"], [0]),
        (["strasse", "LANG"], [0]),
        (["is"], [5, 4, 1, 0]),
        (["is", "disk"], [1]),
        (["明日"], [2]),
        (["は雨です"], [2]),
        (['"no"'], [3]),
        (["abc"], [4]),
        (["FISH"], [4]),
        (["istanbul"], [5]),
        (["%"], [6]),
        (["t_a"], [6]),
        (["100%"], [6]),
        (["disk full"], []),
        (["lang", "disk"], []),
        (["ok"], [7]),
        (["y!"], [8]),
        (["är"], [8]),
        (["ä"], [8]),
        (["hey! ä"], [8]),
        (["r!"], [8]),
        (["k", "O"], [7]),
        (["zz"], []),
        (["zz", "is"], []),
    ],
)
async def test_words_are_found_as_the_find_bar_finds_them(
    words: list[str], expected: list[int], index: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_reading, "LOOKED_THROUGH", 0)
    if index == "too common":
        monkeypatch.setattr(log_words, "_COMMON_TRIGRAMS", 0)
    if index == "none":
        monkeypatch.setattr(log_words, "_CREATE", log_words._CREATE.replace("trigram", "nonsense"))
    await fill(*map(said, WORDS))
    async with open_log() as log:
        assert await found(log, words=tuple(words)) == [WORDS[place] for place in expected]
    with look() as connection:
        tables = connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'words'").fetchone()
        assert tables == (int(index != "none"),)


async def test_a_log_of_an_earlier_version_is_taken_over_and_its_index_made_anew() -> None:
    make_state_folder()
    older = LOG._replace(migrations=LOG.migrations[:3])
    with contextlib.closing(open_database(log_path(), older)) as connection:
        connection.execute(
            "INSERT INTO conversation VALUES (1, ?, 'room', 'lobby', '')", ("\n".join(sorted(BROKERS)),)
        )
        connection.execute("INSERT INTO author VALUES (1, 'bob', '', '', 'bob')")
        connection.execute(
            "INSERT INTO line (conversation, author, received_at, action, own, text)"
            " VALUES (1, 1, ?, 0, 0, 'oh my!')",
            (START * 1000,),
        )
        connection.execute(log_words._CREATE)
        connection.execute("INSERT INTO words (rowid, folded) SELECT id, folded FROM folded_line")
        connection.execute("UPDATE indexed SET up_to = 1")
    async with open_log() as log:
        assert await found(log, words=("y!",)) == ["oh my!"]
        log.add(BROKERS, [(LOBBY, [said("hey!", at=1)])])
        assert await found(log, words=("y!",)) == ["hey!", "oh my!"]
        assert await texts(log) == ["oh my!", "hey!"]
        with look() as connection:
            assert connection.execute("SELECT up_to FROM indexed").fetchone() == (2,)
    check_whole()


async def test_who_where_and_when_narrow_a_search() -> None:
    await fill(
        said("one", nick="Bob", at=1), said("two", nick="carol", at=2), said("three", nick="bobby", at=3)
    )
    await fill(said("four", nick="BOB", at=4), to=LAB)
    await fill(said("five", at=5), to=BOB)
    async with open_log() as log:
        assert await found(log, nicks=("bob",)) == ["five", "four", "three", "one"]
        assert await found(log, nicks=("carol", "bobby")) == ["three", "two"]
        assert await found(log, rooms=("LA",)) == ["four"]
        assert await found(log, rooms=("la", "lobb")) == ["four", "three", "two", "one"]
        assert await found(log, rooms=("@bob",)) == ["five"]
        assert await found(log, labels=("lab",), nicks=("bob",)) == ["four"]
        assert await found(log, labels=("la",)) == []
        assert await found(log, since=START + 3, until=START + 5) == ["four", "three"]
        assert await found(log, words=("o",), since=START + 2, nicks=("bob",)) == ["four"]
        assert await log.search(["c:5672//"], LogSearch(), 10) == []


@pytest.mark.parametrize("looked_through", [0, 7, 20_000])
async def test_short_words_are_found_once_wherever_they_are_looked_for(
    looked_through: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_reading, "LOOKED_THROUGH", looked_through)
    lines = [f"line {number} {'xy' if number % 3 else 'x'}" for number in range(25)]
    await fill(*map(said, lines))
    async with open_log() as log:
        pages = await log.search(BROKERS, LogSearch(words=("xy",)), 10), await found(log, words=("xy",))
    assert [line.message.text for line in pages[0]] == pages[1][:10]
    assert pages[1] == [line for line in reversed(lines) if line.endswith("xy")]


async def test_a_search_goes_on_below_what_was_found() -> None:
    await fill(*(said(f"line {number}") for number in range(25)))
    async with open_log() as log:
        lines: list[LoggedLine] = []
        below = None
        while page := await log.search(BROKERS, LogSearch(words=("line",)), 10, below):
            lines += page
            below = page[-1].number
        assert [line.message.text for line in lines] == [f"line {number}" for number in range(24, -1, -1)]


async def test_what_was_logged_without_an_index_is_indexed_later(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as old:
        old.setattr(log_words, "_CREATE", log_words._CREATE.replace("trigram", "nonsense"))
        await fill(*(said(f"older {number}") for number in range(10)))
    monkeypatch.setattr(log_words, "INDEXED_AT_ONCE", 4)
    async with open_log() as log:
        for number in range(3):
            log.add(BROKERS, [(LOBBY, [said(f"newer {number}")])])
            await texts(log)
            assert len(await found(log, words=("older",))) == 10
            assert len(await found(log, words=("newer",))) == number + 1
    check_whole()
    with look() as connection:
        assert connection.execute("SELECT up_to FROM indexed").fetchone() == (12,)


async def test_a_flood_is_found_at_once_and_indexed_when_it_is_over() -> None:
    flood = [said(f"flood {number}") for number in range(2_000)]
    async with open_log() as log:
        log.add(BROKERS, [(LOBBY, flood)])
        assert await found(log, words=("flood 1999",)) == ["flood 1999"]
        with look() as connection:
            assert connection.execute("SELECT up_to FROM indexed").fetchone() == (-1,)
        log.add(BROKERS, [(LOBBY, [said("quiet")])])
        assert await found(log, words=("flood 1998",)) == ["flood 1998"]
        with look() as connection:
            assert connection.execute("SELECT up_to FROM indexed").fetchone() == (2_001,)
    check_whole()


@pytest.mark.parametrize("at_once", [64, 256])
@pytest.mark.parametrize("count", [1, 3, 64, 255, 256, 257, 700])
async def test_however_many_lines_come_at_once_each_is_logged_in_its_place(
    count: int, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_writing, "_INSERTED_AT_ONCE", at_once)
    lines = [said(f"line {number}", nick=f"nick {number % 7}", at=number) for number in range(count)]
    async with open_log() as log:
        log.add(BROKERS, [(LOBBY, lines[:2]), (LOBBY, lines[2:])])
        logged = [line.message for line in await log.latest(BROKERS, LOBBY, count + 1, START + 10**6)]
    assert logged == lines


async def test_lines_of_which_little_is_known_take_few_values(monkeypatch: pytest.MonkeyPatch) -> None:
    bound: list[object] = []

    def count(execute: Execute, *arguments: Any) -> Any:
        if arguments[0].startswith("INSERT INTO line"):
            bound.extend(arguments[1])
        return execute(*arguments)

    insert = log_writing._insert
    monkeypatch.setattr(log_writing, "_insert", lambda execute, rows: insert(partial(count, execute), rows))
    await fill(*[said("plain")] * 8)
    assert {type(value) for value in bound} == {int, str}, "all else has to be converted, one by one"
    assert len(bound) == 6 * 8
    bound.clear()
    await fill(FULL, said("plain"))
    assert len(bound) > 2 * 6, "what one has takes its place in all that come with it"


async def test_the_oldest_lines_go_when_their_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_writing, "_TRIMMED_AT_ONCE", 2)
    day = 24 * 60 * 60
    old = [said(f"old {number}", nick=f"nick {number}", at=-3 * day) for number in range(7)]
    await fill(*old, said("new"))
    async with open_log(LogSettings(days=2)) as log:
        for number in range(3):
            log.add(BROKERS, [(LOBBY, [said(f"newer {number}")])])
            await texts(log)
    assert kept() == ["new", "newer 0", "newer 1", "newer 2"]
    check_whole()
    with look() as connection:
        assert connection.execute("SELECT nick FROM author").fetchall() == [("bob",)]


async def test_it_does_not_grow_above_its_size() -> None:
    async with open_log(LogSettings(megabytes=1)) as log:
        for batch in range(100):
            lines = [said(f"{batch} {number} {'lorem ipsum ' * 10}") for number in range(100)]
            log.add(BROKERS, [(LOBBY, lines)])
            await texts(log, LAB)
    assert log_path().stat().st_size < 1_500_000
    assert kept()[-1].startswith("99 99 ")
    assert 1_000 < len(kept()) < 9_000
    check_whole()


async def test_a_file_that_is_too_large_becomes_smaller(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_writing, "_FREE_PAGES", 10)
    await fill(*(said(f"{number} {'lorem ipsum ' * 10}") for number in range(10_000)))
    before = log_path().stat().st_size
    async with open_log(LogSettings(megabytes=1)) as log:
        for number in range(40):
            log.add(BROKERS, [(LOBBY, [said(f"more {number}")])])
            await texts(log, LAB)
    assert log_path().stat().st_size < before * 0.6
    check_whole()


async def test_a_search_that_nobody_waits_for_is_interrupted() -> None:
    await fill(said("hello"))
    begun = threading.Event()

    def work(execute: Execute) -> object:
        begun.set()
        return execute(
            "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT max(x) FROM n"
        ).fetchone()

    question = Question(log_path(), work)
    await asyncio.to_thread(begun.wait)

    def is_over() -> bool:
        question.interrupt()
        return question.answer.done()

    await wait_until(is_over, what="the end of the search")
    assert question.answer.exception() is not None


async def test_whoever_cancels_a_search_can_search_again_at_once() -> None:
    await fill(*(said(f"line {number}") for number in range(100)))
    async with open_log() as log:
        for _ in range(20):
            task = asyncio.create_task(log.search(BROKERS, LogSearch(words=("li",)), 1000))
            await asyncio.sleep(0)
            task.cancel()
        assert len(await found(log, words=("li",))) == 100


async def test_what_makes_no_sense_in_the_file_is_left_out_and_the_rest_is_cleaned() -> None:
    await fill(*(said(f"line {number}") for number in range(4)))
    with look() as connection:
        connection.execute("UPDATE line SET received_at = 'yesterday' WHERE id = 1")
        connection.execute("UPDATE line SET text = x'00ff' WHERE id = 2")
        connection.execute("UPDATE line SET text = 'line' || char(27) || '[31m' WHERE id = 3")
    async with open_log() as log:
        assert await texts(log) == ["line␛[31m", "line 3"]


def test_a_log_that_was_not_begun_is_closed_at_once() -> None:
    assert Log(LogSettings()).close() == ""
