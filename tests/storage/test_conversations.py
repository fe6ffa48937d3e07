"""What is known of conversations outlives the program, and several programs lose nothing of each other."""

import asyncio

import pytest
from msgspec.structs import replace

from amqpchat_tui.model import ConversationId, ConversationKind, KeptConversation, Level
from amqpchat_tui.storage.store import DiskStore
from amqpchat_tui.storage.tables import KEPT
from tests.chat.support import Screen

from .support import BROKERS, ONE, ROOM, Complaints, database, look, open_store, program, written

OPS = KeptConversation(ConversationId.room("ops"), 1, joined=False)
LAB = KeptConversation(
    ConversationId.room("lab"),
    3,
    joined=True,
    draft="grüß dich\nzwei Zeilen",
    level=Level.MENTIONS,
    level_until=1_800_000_000.5,
    read_id="0123",
    read_at=1_799_999_999.25,
)
ALARMS = KeptConversation(ConversationId(ConversationKind.WATCHED, "amq.topic", "alarm.#"), 2, joined=True)
BOB = KeptConversation(ConversationId(ConversationKind.PRIVATE, "bob"), 4, joined=True)


async def left() -> list[KeptConversation]:
    """What the next program finds."""
    async with open_store() as store:
        return list(await store.conversations.all(BROKERS))


async def leave(*conversations: KeptConversation) -> None:
    async with open_store() as store:
        for conversation in conversations:
            store.conversations.keep(BROKERS, conversation)


async def test_all_that_is_known_is_left_to_the_next_by_number() -> None:
    await leave(BOB, LAB, OPS, ALARMS)
    assert await left() == [OPS, ALARMS, LAB, BOB]


async def test_what_changes_is_kept_and_what_is_forgotten_is_gone() -> None:
    await leave(OPS, LAB)
    async with open_store() as store:
        await store.conversations.all(BROKERS)
        store.conversations.keep(BROKERS, replace(LAB, level=None, level_until=None, draft=""))
        store.conversations.forget(BROKERS, OPS.id)
        store.conversations.keep(BROKERS, ALARMS)
    assert await left() == [ALARMS, replace(LAB, level=None, level_until=None, draft="")]
    async with open_store() as store:
        store.conversations.keep(BROKERS, OPS)
        store.conversations.forget(BROKERS, OPS.id)
        store.conversations.keep(BROKERS, OPS)
    assert (await left())[0] == OPS


async def test_other_brokers_patterns_and_kinds_are_others() -> None:
    other_pattern = replace(ALARMS, id=ALARMS.id._replace(pattern="#"), number=5)
    other_kind = replace(LAB, id=ConversationId(ConversationKind.PRIVATE, "lab"), number=6)
    async with open_store() as store:
        store.conversations.keep(["b:5672//", "a:5672//"], OPS)
        for conversation in LAB, ALARMS, other_pattern, other_kind:
            store.conversations.keep(BROKERS, conversation)
        store.conversations.forget(BROKERS, ALARMS.id)
    async with open_store() as store:
        assert await store.conversations.all(["a:5672//", "b:5672//"]) == [OPS]
        assert await store.conversations.all(BROKERS) == [LAB, other_pattern, other_kind]


async def test_of_two_programs_the_later_wins_and_none_undoes_what_the_other_changed() -> None:
    await leave(OPS, LAB)
    async with open_store() as ann, open_store() as bea:
        for store in ann, bea:
            await store.conversations.all(BROKERS)
        ann.conversations.keep(BROKERS, replace(LAB, draft="of ann"))
        await written(ann)
        bea.conversations.keep(BROKERS, replace(LAB, read_id="9", read_at=2.0))
        await written(bea)
        assert await left() == [OPS, replace(LAB, draft="of ann", read_id="9", read_at=2.0)]
        bea.conversations.keep(BROKERS, replace(LAB, draft="of bea", read_id="9", read_at=2.0))
        await written(bea)
        ann.conversations.forget(BROKERS, OPS.id)
        await written(ann)
        bea.conversations.keep(BROKERS, replace(OPS, draft="there again"))
    assert await left() == [
        replace(OPS, draft="there again"),
        replace(LAB, draft="of bea", read_id="9", read_at=2.0),
    ]


WRITING = """
from msgspec.structs import replace
from amqpchat_tui.model import KeptConversation

async def main():
    store = DiskStore()
    store.start(lambda text: tell("complaint", text))
    number = int(sys.argv[1])
    await store.conversations.all(BROKERS)
    tell("ready")
    sys.stdin.readline()
    shared = KeptConversation(ROOM, 1, joined=True)
    own = KeptConversation(ConversationId.room(f"own {number}"), 2 + number, joined=True)
    for step in range(50):
        store.conversations.keep(BROKERS, replace(shared, draft=f"draft {step}"))
        store.conversations.keep(BROKERS, replace(own, draft=f"draft {step}"))
    tell(store.close())
"""


async def test_programs_that_write_at_once_lose_nothing_and_say_nothing() -> None:
    programs = [program(WRITING, str(number)) for number in range(4)]
    for other in programs:
        assert other.stdout is not None
        assert other.stdout.readline() == "ready\n"
    for other in programs:
        assert other.communicate("\n")[0] == "\n"
    assert [(kept.id.name, kept.number, kept.draft) for kept in await left()] == [
        (ROOM.name, 1, "draft 49"),
        *((f"own {number}", 2 + number, "draft 49") for number in range(4)),
    ]


async def test_rooms_that_two_programs_join_at_once_are_all_there_at_the_next_start() -> None:
    """Each gave its room the number 2: at the next start one of them keeps it."""
    lobby, lab, dev = map(ConversationId.room, ("lobby", "lab", "dev"))
    async with open_store() as one, open_store() as other:
        screens = [Screen(lobby, store=store.conversations) for store in (one, other)]
        for store, screen in zip((one, other), screens, strict=True):
            screen.session.restore(BROKERS, await store.conversations.all(BROKERS))
            await written(store)
        for store, screen, room in zip((one, other), screens, (lab, dev), strict=True):
            screen.session.join(room)
            screen.session.shown.draft = f"draft of who joined {room.name}"
            screen.session.show(room)
            await written(store)
    async with open_store() as store:
        screen = Screen(lobby, store=store.conversations)
        screen.session.restore(BROKERS, await store.conversations.all(BROKERS))
        assert {label: listed.number for label, listed in screen.listing.items()} == {
            "lobby": 1,
            "dev": 2,
            "lab": 3,
        }
        assert screen.session.shown.draft == "draft of who joined dev"


@pytest.mark.parametrize(
    "change",
    [
        "kind = 'shop'",
        "name = ''",
        "name = 'a' || char(27) || 'b'",
        "name = 'ops.presence'",
        "pattern = x'ff'",
        "number = 0",
        "number = 1.5",
        "joined = 2",
        "draft = x'ff'",
        "level = 'loud'",
        "level_until = 1e300",
        "read_at = 'noon'",
    ],
)
async def test_what_cannot_be_one_is_left_where_it_is(change: str) -> None:
    await leave(OPS, LAB)
    with look() as connection:
        connection.execute(f"UPDATE conversation SET {change} WHERE number = 1")
    assert await left() == [LAB]
    with look() as connection:
        assert connection.execute("SELECT count(*) FROM conversation").fetchone() == (2,)


async def test_control_characters_do_not_come_back_from_the_disk() -> None:
    await leave(LAB)
    with look() as connection:
        connection.execute("UPDATE conversation SET draft = 'a' || char(27) || 'b', read_id = char(27)")
    (read,) = await left()
    assert (read.draft, read.read_id) == ("a␛b", None)


async def test_a_draft_that_was_sent_is_nowhere_in_the_files() -> None:
    secret = replace(OPS, draft="nobody needs to know")
    await leave(secret)
    assert secret.draft.encode() in database().read_bytes()
    async with open_store() as store:
        await store.conversations.all(BROKERS)
        store.conversations.keep(BROKERS, OPS)
    assert secret.draft.encode() not in database().read_bytes()


VERSION_1 = """
    CREATE TABLE outbox (
        id INTEGER PRIMARY KEY, message_id TEXT NOT NULL UNIQUE, program TEXT NOT NULL, brokers TEXT NOT NULL,
        kind TEXT NOT NULL, name TEXT NOT NULL, nick TEXT NOT NULL, body TEXT NOT NULL, typed_at REAL NOT NULL
    );
    CREATE TABLE entered (id INTEGER PRIMARY KEY, line TEXT NOT NULL);
    PRAGMA application_id = 0x616D7163;
    PRAGMA user_version = 1;
"""
"""A database as amqpchat made it before it kept conversations."""


async def test_a_database_of_the_version_before_is_taken_over_with_what_it_holds() -> None:
    database().parent.mkdir(parents=True)
    database().touch()
    with look() as connection:
        connection.executescript(VERSION_1)
        values = (ONE.message_id, BROKERS[0], ROOM.name, ONE.nick, ONE.body, ONE.typed_at)
        connection.execute("INSERT INTO outbox VALUES (1, ?, 'gone', ?, 'room', ?, ?, ?, ?)", values)
        connection.execute("INSERT INTO entered VALUES (1, 'hello')")
    async with open_store() as store:
        assert await store.outbox.claim(ROOM, BROKERS) == [ONE]
        assert await store.recall.latest() == ["hello"]
        assert await store.conversations.all(BROKERS) == []
        store.conversations.keep(BROKERS, LAB)
    assert await left() == [LAB]
    with look() as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (len(KEPT.migrations),)


async def test_nothing_is_kept_where_there_is_no_disk_and_nobody_waits() -> None:
    database().parent.parent.mkdir(parents=True)
    database().parent.write_text("no folder")
    complaints = Complaints()
    store = DiskStore()
    store.start(complaints)
    asked = asyncio.create_task(store.conversations.all(BROKERS))
    store.conversations.keep(BROKERS, LAB)
    store.conversations.forget(BROKERS, OPS.id)
    await asyncio.to_thread(store.close)
    assert await asked == ()
