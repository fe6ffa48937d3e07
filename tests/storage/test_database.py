"""A database that cannot be used: one line says so, nothing in it is overwritten, and nobody waits."""

import asyncio
import contextlib
import errno
import fcntl
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from amqpchat_tui.model import OutboxLine
from amqpchat_tui.storage import database as database_module
from amqpchat_tui.storage.database import Database
from amqpchat_tui.storage.files import state_file
from amqpchat_tui.storage.session import Transaction
from amqpchat_tui.storage.store import DiskStore
from amqpchat_tui.storage.tables import KEPT
from tests.support.waiting import wait_until

from .support import BROKERS, ONE, ROOM, TWO, Complaints, bodies, database, look, open_store, program, written


async def fill(*lines: OutboxLine) -> None:
    async with open_store() as store:
        store.outbox.keep(ROOM, BROKERS, lines)
        for number in range(1000):
            store.recall.add(f"line {number}")


def no_database() -> None:
    database().write_text("shopping list: " + "milk, " * 1000)


def one_byte() -> None:
    database().write_bytes(b"x")


def other_program_s_without_tables() -> None:
    database().unlink()
    with contextlib.closing(sqlite3.connect(database())) as connection:
        connection.execute("PRAGMA user_version = 1")


def other_program_s() -> None:
    with contextlib.closing(sqlite3.connect(database())) as connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")


def newer() -> None:
    with look() as connection:
        connection.execute("PRAGMA user_version = 99")


def newer_in_the_log_only() -> None:
    """What a newer program has written stands in the log of the database, as that was killed."""
    with look() as connection:
        connection.execute("PRAGMA user_version = 99")
        for suffix in "", "-wal":
            shutil.copy(f"{database()}{suffix}", state_file(f"copy{suffix}"))
    for suffix in "", "-wal":
        state_file(f"copy{suffix}").rename(f"{database()}{suffix}")


def damaged() -> None:
    with look() as connection:
        query = "SELECT rootpage FROM sqlite_master WHERE name = 'entered'"
        (page,) = connection.execute(query).fetchone()
    content = bytearray(database().read_bytes())
    content[4096 * (page - 1) : 4096 * page] = b"\x55" * 4096
    database().write_bytes(content)


def cut_short() -> None:
    with database().open("r+b") as file:
        file.truncate(4096 * 3)


def folder() -> None:
    database().unlink()
    database().mkdir()


def pipe() -> None:
    database().unlink()
    os.mkfifo(database())


def content() -> dict[str, bytes]:
    """What lies in the state folder, but for the index of the log, which is made anew by whoever looks."""
    paths = [path for path in state_file("").iterdir() if stat.S_ISREG(path.stat().st_mode)]
    return {path.name: data for path in paths if (data := path.read_bytes()) and path.suffix != ".db-shm"}


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (no_database, "it is not a database; move it away"),
        (one_byte, "it is not a database; move it away"),
        (other_program_s_without_tables, "it belongs to another program; move it away"),
        (other_program_s, "it belongs to another program; move it away"),
        (newer, "a newer amqpchat has written it; use that one, or move the file away"),
        (newer_in_the_log_only, "a newer amqpchat has written it; use that one, or move the file away"),
        (damaged, "it is damaged; move it away to begin anew"),
        (cut_short, "it is damaged; move it away to begin anew"),
        (folder, "it is not a regular file; move it away"),
        (pipe, "it is not a regular file; move it away"),
    ],
)
async def test_what_must_not_be_written_to_is_told_once_and_left_as_it_is(
    spoil: Callable[[], None], reason: str
) -> None:
    if spoil is other_program_s:
        state_file("").mkdir(parents=True)
    else:
        await fill(ONE)
    spoil()
    before = content()
    complaints = Complaints()
    async with open_store(complaints) as store:
        assert await store.outbox.claim(ROOM, BROKERS) == ()
        store.outbox.keep(ROOM, BROKERS, [TWO])
        store.recall.add("entered")
        assert await store.recall.latest() == ()
        await wait_until(lambda: complaints, what="a complaint")
        store.recall.forget()
        store.outbox.keep(ROOM, BROKERS, [])
    assert complaints == [f"Unsent lines, rooms and input history cannot be kept: {database()}: {reason}"]
    assert content() == before


async def test_damage_that_is_met_later_ends_the_writing() -> None:
    await fill(ONE)
    complaints = Complaints()
    async with open_store(complaints) as store:
        await written(store)
        with look() as connection:  # what another has changed the store has to read again
            connection.execute("INSERT INTO entered (line) VALUES ('of somebody else')")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        damaged()
        assert await store.recall.latest() == ()
        await wait_until(lambda: complaints, what="a complaint")
        before = content()
        store.recall.add("more")
        assert await store.recall.latest() == ()
    assert len(complaints) == 1
    assert "it is damaged" in complaints[0]
    assert content() == before


async def test_an_empty_file_is_filled() -> None:
    state_file("").mkdir(parents=True)
    database().touch(0o644)
    await fill(ONE)
    assert bodies() == [ONE.body]
    assert database().stat().st_mode & 0o777 == 0o600


async def test_a_folder_that_cannot_be_made_is_told_once() -> None:
    state_file("").parent.mkdir(parents=True)
    state_file("").write_text("no folder")
    complaints = Complaints()
    async with open_store(complaints) as store:
        claim = asyncio.create_task(store.outbox.claim(ROOM, BROKERS))
        store.outbox.keep(ROOM, BROKERS, [ONE])
        await wait_until(lambda: complaints, what="a complaint")
        store.outbox.keep(ROOM, BROKERS, [ONE, TWO])
    assert await claim == ()
    assert complaints == [
        f"Unsent lines, rooms and input history cannot be kept: {database()}: Not a directory"
    ]


async def test_what_went_wrong_at_the_very_end_is_told_by_close() -> None:
    state_file("").parent.mkdir(parents=True)
    state_file("").write_text("no folder")
    store = DiskStore()
    store.start(Complaints())
    store.outbox.keep(ROOM, BROKERS, [ONE])
    assert store.close().endswith(": Not a directory")


async def test_a_file_system_without_locks_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def flock(descriptor: int, operation: int) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", flock)
    complaints = Complaints()
    async with open_store(complaints) as store:
        store.outbox.keep(ROOM, BROKERS, [ONE])
        await wait_until(lambda: complaints, what="a complaint")
    (told,) = complaints
    assert told.endswith(": its file system has no locks; set XDG_STATE_HOME to a folder on another")
    assert not database().exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to somebody else")
async def test_a_folder_of_somebody_else_is_told(tmp_path: Path) -> None:
    await fill(ONE)
    before = content()
    code = f"""
import os
os.setgroups([]); os.setgid(65534); os.setuid(65534)
{COMPLAINING}"""
    for path in (state_file("").parent.parent, state_file("").parent.parent.parent):
        path.chmod(0o755)
    # The modules are imported by root, as their folder may be closed to others.
    with program(code.replace("import os\n", "import amqpchat_tui.storage.session, os\n", 1)) as other:
        told, _ = other.communicate()
    assert told.count("cannot be kept") == 1
    assert "Permission denied" in told or "Operation not permitted" in told
    assert content() == before


COMPLAINING = """
async def main():
    told = asyncio.Event()
    def complain(text):
        tell(text)
        told.set()
    store = DiskStore()
    store.start(complain)
    store.outbox.keep(ROOM, BROKERS, [line(1)])
    await told.wait()
    tell(store.close())
"""

FULL_DISK = """
import amqpchat_tui.storage.database as database
database.RETRY_SECONDS = 0.01

async def main():
    told = asyncio.Event()
    def complain(text):
        tell(text)
        told.set()
    store = DiskStore()
    store.start(complain)
    store.outbox.keep(ROOM, BROKERS, [line(1)])
    await store.recall.latest()
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, limit[1]))
    store.outbox.keep(ROOM, BROKERS, [line(1), line(2)])
    store.outbox.keep(ROOM, BROKERS, [line(2), line(3)])
    later = asyncio.create_task(store.recall.latest())
    await told.wait()
    store.recall.add("entered")
    if sys.argv[1:] == ["freed"]:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        await later
        resource.setrlimit(resource.RLIMIT_FSIZE, (1024, limit[1]))
    elif sys.argv[1:] == ["killed"]:
        os.kill(os.getpid(), signal.SIGKILL)
    else:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    tell(store.close())
"""
"""The disk is full from the second line on. It has room again: soon, at the end, or never."""


@pytest.mark.parametrize(
    ("end", "kept"),
    [("freed", ["line 2", "line 3"]), ("at the end", ["line 2", "line 3"]), ("killed", ["line 1"])],
)
async def test_a_full_disk_is_told_once_and_lines_are_tried_again(end: str, kept: list[str]) -> None:
    with program(FULL_DISK, end) as other:
        told, _ = other.communicate()
    assert told.count("cannot be kept") == 1, told
    assert bodies() == kept
    with look() as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


async def test_nobody_waits_for_a_program_that_is_writing() -> None:
    async with open_store() as store:
        await written(store)
        with look() as other:
            other.execute("BEGIN IMMEDIATE")
            store.outbox.keep(ROOM, BROKERS, [ONE])
            claim = asyncio.create_task(store.outbox.claim(ROOM, BROKERS))
            for _ in range(100):
                await asyncio.sleep(0)
            assert not claim.done()
            assert bodies() == []
            other.execute("ROLLBACK")
        assert await claim == []
        assert bodies() == [ONE.body]


async def test_closing_does_not_wait_for_ever_for_a_program_that_hangs_while_writing() -> None:
    store = DiskStore()
    store.start(Complaints())
    await written(store)
    with look() as other:
        other.execute("BEGIN IMMEDIATE")
        store.outbox.keep(ROOM, BROKERS, [ONE])
        assert store.close().endswith(f"{database()}: writing took more than 1 s")
        other.execute("ROLLBACK")
    await wait_until(lambda: bodies() == [ONE.body], what="the thread to get its turn")
    await wait_until(lambda: list(state_file("").iterdir()) == [database()], what="its end")


async def test_an_error_of_our_own_is_told_and_ends_only_the_keeping() -> None:
    def fail(_: object) -> int:
        raise LookupError("a bug")

    complaints = Complaints()
    opened = Database(KEPT)
    opened.start(complaints)
    assert await asyncio.wrap_future(opened.submit(fail, 0)) == 0
    await wait_until(lambda: complaints, what="a complaint")
    assert complaints[0].endswith(": an error inside amqpchat; its log has the details")
    assert await asyncio.wrap_future(opened.submit(lambda _: 1, 2)) == 2
    assert opened.close() == ""


async def test_a_job_that_fails_leaves_nothing_of_those_that_were_done_with_it() -> None:
    opened = Database(KEPT)
    complaints = Complaints()
    try:
        insert = "INSERT INTO entered (line) VALUES ('one')"
        opened.submit(lambda transaction: transaction.execute(insert).rowcount, 0)
        opened.submit(lambda transaction: transaction.execute("SELECT nonsense").rowcount, 0)
        opened.start(complaints)
        await wait_until(lambda: complaints, what="a complaint")
    finally:
        opened.close()
    with look() as connection:
        assert connection.execute("SELECT * FROM entered").fetchall() == []


async def test_a_job_that_fails_is_undone_and_tried_again_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_module, "RETRY_SECONDS", 0.01)
    tries: list[int] = []

    def work(transaction: Transaction) -> int:
        transaction.execute("INSERT INTO entered (line) VALUES ('one')")
        tries.append(len(tries))
        if len(tries) < 4:
            raise sqlite3.OperationalError("the disk is away")
        return len(tries)

    complaints = Complaints()
    opened = Database(KEPT)
    opened.start(complaints)
    try:
        async with asyncio.timeout(20):
            assert await asyncio.wrap_future(opened.submit(work, 0)) == 4
    finally:
        opened.close()
    assert [told.rpartition(": ")[2] for told in complaints] == ["the disk is away"]
    with look() as connection:
        assert connection.execute("SELECT line FROM entered").fetchall() == [("one",)]


HANGING = """
import amqpchat_tui.storage.session as session
session.BUSY_SECONDS = 600

async def main():
    store = DiskStore()
    store.start(print)
    store.outbox.keep(ROOM, BROKERS, [line(1)])
    tell(store.close())
"""


async def test_a_disk_that_hangs_does_not_keep_the_program_from_ending() -> None:
    await fill(ONE)
    with look() as connection:
        connection.execute("BEGIN IMMEDIATE")
        with program(HANGING) as other:
            try:
                told, _ = other.communicate(timeout=30)
            finally:
                other.kill()
        connection.execute("ROLLBACK")
    assert told.endswith(": writing took more than 1 s\n")
    assert bodies() == [ONE.body]


def test_sqlite_is_not_imported_before_the_store_is_started() -> None:
    code = """
import sys
import amqpchat_tui.cli, amqpchat_tui.client, amqpchat_tui.storage, amqpchat_tui.ui.app
sys.exit("sqlite3" in sys.modules)
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
