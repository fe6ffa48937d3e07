"""The log of programs that are killed, that run at once, and whose disk is full or file is spoilt."""

import asyncio
import random
import signal
from collections.abc import Callable

import pytest

from amqpchat_tui.model import LogError, LogSearch
from tests.support.waiting import wait_until

from .log_support import BROKERS, LOBBY, check_whole, fill, found, kept, log_path, look, open_log, said, texts
from .support import Complaints, open_store, program

PRELUDE = """
import time
from amqpchat_tui.config import LogSettings
from amqpchat_tui.model import ChatMessage, LogSearch
import amqpchat_tui.storage.database as database
database.RETRY_SECONDS = 0.01

LOBBY, BROKERS = ConversationId.room("lobby"), ["a:5672//"]

def said(text, message_id=None):
    return ChatMessage("bob", text, time.time(), message_id=message_id)

def begin():
    told = asyncio.Event()
    def complain(text):
        tell(text)
        told.set()
    store = DiskStore(LogSettings())
    store.start(complain)
    return store, told

async def written(store):
    return len(await store.log.latest(BROKERS, LOBBY, 100000, time.time() + 1000))
"""

LOGGING = f"""{PRELUDE}
async def main():
    store, _ = begin()
    for number in range(10_000):
        store.log.add(BROKERS, [(LOBBY, [said(f"line {{number}}")])])
        if number % 5 == 4:
            await written(store)
            tell("written", number)
"""


@pytest.mark.parametrize("seed", range(3))
def test_killed_at_any_moment_it_is_whole_and_has_what_was_written(seed: int) -> None:
    with program(LOGGING) as other:
        assert other.stdout is not None
        heard = [other.stdout.readline() for _ in range(random.Random(seed).choice([1, 5, 40]))]
        other.send_signal(signal.SIGKILL)
        heard += other.stdout.readlines()
    last = max(int(words.split()[1]) for words in heard if words.endswith("\n"))
    lines = kept()
    assert lines == [f"line {number}" for number in range(len(lines))]
    assert len(lines) > last
    check_whole()


FULL_DISK = f"""{PRELUDE}
async def main():
    store, told = begin()
    store.log.add(BROKERS, [(LOBBY, [said("before", "1")])])
    await written(store)
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, limit[1]))
    for number in range(20):
        store.log.add(BROKERS, [(LOBBY, [said(f"line {{number}}", f"id {{number}}")])])
    await told.wait()
    found = await store.log.search(BROKERS, LogSearch(words=("before",)), 10)
    tell("found", len(found))
    later = asyncio.create_task(written(store))
    if sys.argv[1:] == ["freed"]:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        tell(await later)
    tell(store.close())
"""


@pytest.mark.parametrize("end", ["freed", "never"])
async def test_a_full_disk_is_told_once_and_what_waits_is_logged_once_there_is_room(end: str) -> None:
    with program(FULL_DISK, end) as other:
        told, _ = other.communicate()
    assert told.count("cannot be kept") == 1, told
    assert told.startswith(f"The log cannot be kept: {log_path()}: ")
    assert "\nfound 1\n" in told
    assert kept() == ["before", *(f"line {number}" for number in range(20 if end == "freed" else 0))]
    check_whole()


HANGING_DISK = f"""{PRELUDE}
import amqpchat_tui.storage.log as log
log.WAITING_MAX_CHARACTERS = 10_000

async def main():
    store, told = begin()
    store.log.add(BROKERS, [(LOBBY, [said("before")])])
    await written(store)
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, limit[1]))
    for number in range(1000):
        store.log.add(BROKERS, [(LOBBY, [said(f"line {{number}}")])])
    await told.wait()
    resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    tell(await written(store))
"""


def test_only_so_much_waits_for_a_disk_that_takes_nothing() -> None:
    with program(HANGING_DISK) as other:
        told, _ = other.communicate()
    assert 80 < int(told.splitlines()[-1]) < 110


TOGETHER = f"""{PRELUDE}
async def main():
    store, _ = begin()
    await written(store)
    tell("ready")
    for line in sys.stdin:
        store.log.add(BROKERS, [(LOBBY, [said(text, message_id or None) for text, message_id in eval(line)])])
        if len(line) % 3:
            await written(store)
    await written(store)
    tell(store.close())
"""


def test_two_programs_at_once_both_log_and_no_line_twice() -> None:
    chance = random.Random(1)
    said_lines = [
        (chance.choice(["ok", "yes", f"line {number}"]), f"id{number}" if chance.random() < 0.5 else "")
        for number in range(400)
    ]
    with program(TOGETHER) as one, program(TOGETHER) as other:
        for each in (one, other):
            assert each.stdout is not None
            assert each.stdout.readline() == "ready\n"
        places = {one: 0, other: 0}
        while min(places.values()) < len(said_lines):
            each = chance.choice([one, other])
            end = places[each] + chance.choice([0, 1, 2, 7, 30])
            assert each.stdin is not None
            each.stdin.write(f"{said_lines[places[each] : end]!r}\n")
            each.stdin.flush()
            places[each] = end
        assert [each.communicate()[0] for each in (one, other)] == ["\n", "\n"]
    assert sorted(kept()) == sorted(text for text, _ in said_lines)
    check_whole()


def no_database() -> None:
    log_path().write_text("shopping list: " + "milk, " * 1000)


def other_program_s() -> None:
    with look() as connection:
        connection.execute("PRAGMA application_id = 1")


def kept_by_us_for_something_else() -> None:
    log_path().with_name("amqpchat.db").rename(log_path())


def newer() -> None:
    with look() as connection:
        connection.execute("PRAGMA user_version = 99")


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (no_database, "it is not a database; move it away"),
        (other_program_s, "it belongs to another program; move it away"),
        (kept_by_us_for_something_else, "it belongs to another program; move it away"),
        (newer, "a newer amqpchat has written it; use that one, or move the file away"),
    ],
)
async def test_what_must_not_be_written_to_is_told_once_and_left_as_it_is(
    spoil: Callable[[], None], reason: str
) -> None:
    await fill(said("before"))
    async with open_store() as store:
        await store.recall.latest()
    spoil()
    before = log_path().read_bytes()
    complaints = Complaints()
    async with open_log(complain=complaints) as log:
        assert await log.begun() == ""
        assert await log.latest(BROKERS, LOBBY, 10, 2**31) == ()
        for _ in range(3):
            log.add(BROKERS, [(LOBBY, [said("more")])])
        await wait_until(lambda: complaints, what="a complaint")
    assert complaints == [f"The log cannot be kept: {log_path()}: {reason}"]
    assert log_path().read_bytes() == before


async def test_damage_is_told_where_it_is_met_and_the_chat_goes_on() -> None:
    await fill(*(said(f"line {number} {'lorem ' * 20}") for number in range(1000)))
    content = bytearray(log_path().read_bytes())
    content[4096 * 20 :] = b"\x55" * (len(content) - 4096 * 20)
    log_path().write_bytes(content)
    complaints = Complaints()
    async with open_log(complain=complaints) as log:
        with pytest.raises(LogError, match="it is damaged; move it away to begin anew"):
            await log.search(BROKERS, LogSearch(words=("lorem",)), 1000)
        log.add(BROKERS, [(LOBBY, [said("more")])])
        await wait_until(lambda: complaints, what="a complaint")
        assert await texts(log) == []
    assert len(complaints) == 1
    assert "it is damaged" in complaints[0]


async def test_a_search_goes_on_while_another_program_writes() -> None:
    await fill(said("hello"))
    async with open_log() as log:
        await texts(log)
        with look() as other:
            other.execute("BEGIN IMMEDIATE")
            other.execute("DELETE FROM line")
            search = asyncio.create_task(found(log, words=("hello",)))
            await asyncio.sleep(0)
            other.execute("ROLLBACK")
        assert await search == ["hello"]
