"""After a power cut there is what was synced, and any part of what was written behind it."""

import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from amqpchat_tui.storage.files import state_file
from tests.support.waiting import wait_until

from .support import (
    BROKERS,
    ONE,
    ROOM,
    bodies,
    database,
    left_behind,
    line,
    look,
    open_store,
    ready_program,
    written,
)

LOG = "amqpchat.db-wal"


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How long the log was each time it was synced."""
    sizes: list[int] = []
    fsync: Callable[[int], None] = os.fsync

    def watch(descriptor: int) -> None:
        sizes.append(os.fstat(descriptor).st_size)
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", watch)
    return sizes


async def test_a_line_of_the_outbox_is_synced_soon_and_what_was_entered_need_not_be(
    synced: list[int],
) -> None:
    async with open_store() as store:
        store.recall.add("entered")
        await written(store)
        store.outbox.keep(ROOM, BROKERS, [ONE])
        await written(store)
        await wait_until(lambda: synced, what="a sync")
        assert synced[0] == state_file(LOG).stat().st_size
        synced.clear()
        store.outbox.keep(ROOM, BROKERS, [])
        store.recall.add("more")
        await written(store)
        assert synced == []


@pytest.mark.parametrize("seed", range(10))
async def test_a_log_that_is_torn_behind_what_was_synced_gives_back_all_that_was(
    seed: int, synced: list[int]
) -> None:
    chance = random.Random(seed)
    lines = [line(number, f"line {number} " + "x" * chance.randrange(3000)) for number in range(20)]
    folder = state_file("")
    async with open_store() as store:
        for count in range(1, 20):
            store.outbox.keep(ROOM, BROKERS, lines[:count])
            if count == 10:
                await written(store)
                await wait_until(lambda: synced[-1:] == [(folder / LOG).stat().st_size], what="a sync")
                safe = synced[-1]
            await written(store)
        copy = folder.with_name("after the cut")
        copy.mkdir()
        for name in "amqpchat.db", LOG:
            shutil.copy(folder / name, copy / name)
    tear(copy / LOG, safe, chance)
    shutil.rmtree(folder)
    copy.rename(folder)
    found = await left_behind()
    assert 10 <= len(found) <= 19
    assert found == lines[: len(found)]
    with look() as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def tear(log: Path, safe: int, chance: random.Random) -> None:
    """Cut what was not synced anywhere, and let some of its pages be as they were before, or nothing."""
    content = bytearray(log.read_bytes())
    for start in range(-(-safe // 512) * 512, len(content), 512):
        if chance.random() < 0.2:
            content[start : start + 512] = chance.choice([bytes(512), chance.randbytes(512)])
    del content[chance.randrange(safe, len(content) + 1) :]
    log.write_bytes(content)


TYPING = """
async def main():
    store = DiskStore()
    store.start(print)
    for number in range(1000):
        store.outbox.keep(ROOM, BROKERS, [line(number)])
        await store.recall.latest()
    tell("ready")
    sys.stdin.read()
"""


async def test_a_log_that_was_written_back_many_times_still_holds_the_latest_line() -> None:
    """SQLite begins the log anew when it has been written back into the database, 1000 pages at a time."""
    with ready_program(TYPING):
        assert state_file(LOG).stat().st_size < 2**23
    assert bodies() == ["line 999"]
    assert [entry.body for entry in await left_behind()] == ["line 999"]
    assert list(state_file("").iterdir()) == [database()]
