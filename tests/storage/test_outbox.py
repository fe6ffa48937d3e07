"""Lines that outlive the program: whose they are, and who gets them."""

import asyncio
import contextlib
import fcntl
import signal
from pathlib import Path

import pytest
from hypothesis import settings
from msgspec.structs import replace

from amqpchat_tui.model import Bearing, ConversationId, ConversationKind, OutboxLine
from amqpchat_tui.storage.files import state_file
from amqpchat_tui.storage.store import DiskStore

from .support import (
    BROKERS,
    ONE,
    ROOM,
    THREE,
    TWO,
    bodies,
    database,
    left_behind,
    line,
    look,
    open_store,
    program,
    ready_program,
    written,
)


async def leave(*lines: OutboxLine) -> None:
    async with open_store() as store:
        store.outbox.keep(ROOM, BROKERS, lines)


async def test_a_line_is_kept_with_what_it_is_about() -> None:
    await leave(replace(ONE, bearing=Bearing(answers="~0123", replaces="id")))
    async with open_store() as store:
        (left,) = await store.outbox.claim(ROOM, BROKERS)
    assert left.bearing == Bearing(answers="~0123", replaces="id")


async def test_lines_are_left_to_the_next_and_only_once() -> None:
    async with open_store() as first:
        assert await first.outbox.claim(ROOM, BROKERS) == []
        first.outbox.keep(ROOM, BROKERS, [ONE, TWO])
    async with open_store() as second:
        assert await second.outbox.claim(ROOM, BROKERS) == [ONE, TWO]
        second.outbox.keep(ROOM, BROKERS, [ONE, TWO, THREE])
        async with open_store() as third:
            assert await third.outbox.claim(ROOM, BROKERS) == []
        second.outbox.keep(ROOM, BROKERS, [TWO, THREE])
    async with open_store() as fourth:
        assert await fourth.outbox.claim(ROOM, BROKERS) == [TWO, THREE]
        fourth.outbox.keep(ROOM, BROKERS, [])
    assert bodies() == []


async def test_what_was_claimed_and_never_taken_is_left_again() -> None:
    await leave(ONE)
    async with open_store() as hasty:
        claim = asyncio.create_task(hasty.outbox.claim(ROOM, BROKERS))
        await asyncio.sleep(0)
        claim.cancel()
        hasty.outbox.keep(ROOM, BROKERS, [])
    assert await left_behind() == [ONE]


async def test_other_rooms_kinds_and_brokers_keep_their_own_lines() -> None:
    person = ConversationId(ConversationKind.PRIVATE, ROOM.name)
    verified = ConversationId.private(ROOM.name, "ops")
    privately, to_ops = line(4, to=person), line(5, to=verified)
    async with open_store() as store:
        store.outbox.keep(ROOM, BROKERS, [ONE])
        store.outbox.keep(person, BROKERS, [privately])
        store.outbox.keep(verified, BROKERS, [to_ops])
        store.outbox.keep(ROOM, BROKERS, [ONE, TWO])
    async with open_store() as store:
        assert await store.outbox.claim(ConversationId.room("other"), BROKERS) == []
        assert await store.outbox.claim(ROOM, ["example.org:5672//"]) == []
        assert await store.outbox.claim(person, BROKERS) == [privately]
        assert await store.outbox.claim(verified, BROKERS) == [to_ops]
        assert await store.outbox.claim(ROOM, BROKERS) == [ONE, TWO]


async def test_several_brokers_are_the_same_in_any_order() -> None:
    async with open_store() as store:
        store.outbox.keep(ROOM, ["a:5672//", "b:5672//"], [ONE])
    async with open_store() as store:
        assert await store.outbox.claim(ROOM, ["b:5672//", "a:5672//"]) == [ONE]


async def test_lines_go_along_to_other_brokers() -> None:
    async with open_store() as store:
        store.outbox.keep(ROOM, ["nowhere:5672//"], [ONE, TWO])
        store.outbox.keep(ROOM, BROKERS, [ONE, TWO])
        store.outbox.keep(ROOM, BROKERS, [TWO])
    async with open_store() as store:
        assert await store.outbox.claim(ROOM, ["nowhere:5672//"]) == []
        assert await store.outbox.claim(ROOM, BROKERS) == [TWO]


async def test_what_was_released_is_for_whoever_asks_next() -> None:
    other = ConversationId.room("other")
    async with open_store() as ann, open_store() as bea:
        ann.outbox.keep(ROOM, BROKERS, [ONE, TWO])
        ann.outbox.keep(other, BROKERS, [line(3, to=other)])
        ann.outbox.release(ROOM, BROKERS)
        await written(ann)
        assert await bea.outbox.claim(other, BROKERS) == []
        assert await ann.outbox.claim(ROOM, BROKERS) == [ONE, TWO]
        assert await bea.outbox.claim(ROOM, BROKERS) == []
        ann.outbox.release(ROOM, BROKERS)
        await written(ann)
        assert await bea.outbox.claim(ROOM, BROKERS) == [ONE, TWO]
        ann.outbox.keep(ROOM, BROKERS, [])
        await written(ann)
        bea.outbox.keep(ROOM, BROKERS, [TWO])
    assert await left_behind() == [TWO]


async def test_lines_keep_their_order_when_the_clock_is_set_back() -> None:
    by_clock = replace(line(4), typed_at=ONE.typed_at - 3600)
    await leave(ONE, THREE, by_clock)
    assert await left_behind() == [ONE, THREE, by_clock]


async def test_lines_of_several_programs_are_offered_in_the_order_in_which_they_were_typed() -> None:
    async with open_store() as ann, open_store() as bea:
        ann.outbox.keep(ROOM, BROKERS, [ONE])
        await written(ann)
        bea.outbox.keep(ROOM, BROKERS, [THREE])
        await written(bea)
        ann.outbox.keep(ROOM, BROKERS, [ONE, TWO])
    for _ in range(2):
        assert await left_behind() == [ONE, THREE, TWO]


async def test_folder_and_files_are_for_their_owner_only() -> None:
    folder = state_file("")
    folder.mkdir(parents=True, mode=0o755)
    for _ in range(2):
        async with open_store() as store:
            await written(store)
            assert folder.stat().st_mode & 0o777 == 0o700
            files = {path.name.split("-")[0]: path.stat().st_mode & 0o777 for path in folder.iterdir()}
            assert files == {"amqpchat.db": 0o600, "running": 0o600}
            assert len(list(folder.iterdir())) == 4
        database().chmod(0o644)


async def test_only_the_database_is_left_by_a_program_that_ends() -> None:
    await leave(ONE)
    assert list(state_file("").iterdir()) == [database()]


async def test_a_line_that_was_heard_is_nowhere_in_the_files() -> None:
    secret = line(4, "nobody needs to know")
    async with open_store() as store:
        store.outbox.keep(ROOM, BROKERS, [secret])
        await written(store)
        store.outbox.keep(ROOM, BROKERS, [])
    assert secret.body.encode() not in database().read_bytes()


WAITING = """
async def main():
    store = DiskStore()
    store.start(print)
    store.outbox.keep(ROOM, BROKERS, [line(1)])
    await store.recall.latest()
    tell("ready")
    sys.stdin.read()
"""


async def test_a_line_under_way_in_a_live_program_is_offered_to_nobody_until_it_is_killed() -> None:
    with ready_program(WAITING) as other:
        assert await left_behind() == []
        other.send_signal(signal.SIGSTOP)
        assert await left_behind() == []
    assert [entry.body for entry in await left_behind()] == ["line 1"]
    assert list(state_file("").iterdir()) == [database()]


CLAIMING = """
async def main():
    tell("ready")
    sys.stdin.readline()
    store = DiskStore()
    store.start(lambda text: tell("complaint", text))
    found = await store.outbox.claim(ROOM, BROKERS)
    store.outbox.keep(ROOM, BROKERS, found)
    tell(*[line.body.split()[1] for line in found])
    sys.stdin.readline()
    tell(store.close())
"""


@pytest.mark.parametrize("left", [0, 40])
async def test_of_programs_started_at_once_each_line_goes_to_one(left: int) -> None:
    if left:
        await leave(*[line(number, f"line {number}") for number in range(left)])
    with contextlib.ExitStack() as stack:
        programs = [stack.enter_context(program(CLAIMING)) for _ in range(5)]
        for step in range(3):
            said = [other.stdout.readline() for other in programs if other.stdout is not None]
            if step == 1:
                found = [int(number) for words in said for number in words.split()]
                assert sorted(found) == list(range(left))
            elif step == 2:
                assert said == ["\n"] * 5
            for other in programs:
                if other.stdin is not None and step < 2:
                    other.stdin.write("\n")
                    other.stdin.flush()
    assert bodies() == [f"line {number}" for number in range(left)]


RACING = """
from amqpchat_tui.storage.files import state_file
from amqpchat_tui.storage.session import Session
from amqpchat_tui.storage.tables import KEPT

home = os.environ["XDG_STATE_HOME"]
for number in range(int(sys.argv[1])):
    os.environ["XDG_STATE_HOME"] = f"{home}/{number}"
    gate, key = os.pipe()
    racers = []
    while len(racers) < 8:
        racers.append(os.fork())
        if not racers[-1]:
            session = Session(state_file("amqpchat.db"), KEPT, str(os.getpid()), tell)
            os.close(key)
            os.read(gate, 1)  # until the gate is opened
            try:
                session.do([lambda _: tell("opened")])
            except Exception as error:
                tell(error)
            os._exit(0)
    os.close(key)
    os.close(gate)
    for racer in racers:
        os.waitpid(racer, 0)

async def main():
    pass
"""


def test_programs_that_find_no_database_make_one_together() -> None:
    times = settings().max_examples
    with program(RACING, str(times)) as racing:
        told, _ = racing.communicate()
    assert told == "opened\n" * 8 * times


async def test_a_mark_that_another_removes_before_it_is_locked_is_made_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    removed: list[Path] = []
    flock = fcntl.flock

    def remove_first(descriptor: int, operation: int) -> None:
        if not removed:
            removed.extend(state_file("").glob("running-*"))
            removed[0].unlink()
        flock(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", remove_first)
    async with open_store() as store:
        store.outbox.keep(ROOM, BROKERS, [ONE])
        await written(store)
        assert await left_behind() == []
    assert len(removed) == 1


@pytest.mark.parametrize(
    "change",
    [
        "nick = 'a' || char(27) || 'b'",
        "body = ''",
        "body = x'ff'",
        "typed_at = 1e300",
        "typed_at = 'noon'",
        "message_id = '/'",
    ],
)
async def test_what_nobody_could_send_is_left_where_it_is(change: str) -> None:
    await leave(ONE, TWO)
    with look() as connection:
        connection.execute(f"UPDATE outbox SET {change} WHERE id = 1")
    assert await left_behind() == [TWO]
    with look() as connection:
        assert connection.execute("SELECT count(*) FROM outbox").fetchone() == (2,)


async def test_control_characters_do_not_come_back_from_the_disk() -> None:
    await leave(ONE)
    with look() as connection:
        connection.execute("UPDATE outbox SET body = 'a' || char(27) || ']52;c;x'")
    (read,) = await left_behind()
    assert "\x1b" not in read.body


async def test_nothing_is_made_before_the_store_is_started() -> None:
    assert DiskStore().close() == ""
    assert not state_file("").exists()
