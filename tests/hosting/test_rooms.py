"""Several rooms and their host: who takes over takes over all of them, and everybody is back in each."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from amqpchat_tui.client import AmqpClient
from amqpchat_tui.client.dialer import PlainDialer
from amqpchat_tui.hosting import HostingDialer, parse_listen
from amqpchat_tui.model import (
    ChatMessage,
    ConnectionState,
    ConversationId,
    Entry,
    Membership,
    Notice,
    NoticeKind,
    Phase,
)
from tests.client.support import settings
from tests.support.embedded import EmbeddedBroker
from tests.support.ports import free_port
from tests.support.waiting import wait_until

pytestmark = pytest.mark.broker

ROOMS = OPS, LAB = ConversationId.room("ops"), ConversationId.room("lab")
BACK_SECONDS = 20.0


class Person:
    """Somebody in all rooms, and what has come to them in each."""

    def __init__(self, nick: str, port: int, *, may_host: bool) -> None:
        listen = parse_listen(f"127.0.0.1:{port}", None)
        self.dialer = HostingDialer(PlainDialer(), listen, ["ops", "lab"], wanted=may_host)
        self.client = AmqpClient(
            replace(settings(f"amqp://127.0.0.1:{port}", room="ops", nick=nick), conversations=ROOMS),
            dialer=self.dialer,
        )
        self.entries: defaultdict[ConversationId, list[Entry]] = defaultdict(list)
        self.client.start(self)

    # model.ClientListener

    def connection_changed(self, state: ConnectionState) -> None: ...

    def room_changed(self, conversation: ConversationId) -> None: ...

    def outbox_changed(self, conversation: ConversationId) -> None: ...

    def conversation_opened(self, conversation: ConversationId) -> None: ...

    def entries_arrived(self, conversation: ConversationId) -> None:
        more = True
        while more:
            arrived = self.client.drain(conversation, 100)
            self.entries[conversation] += arrived.entries
            more = arrived.more

    # For tests

    def texts(self, room: ConversationId) -> list[str]:
        return [entry.text for entry in self.entries[room] if isinstance(entry, ChatMessage)]

    def gaps(self, room: ConversationId) -> int:
        return sum(isinstance(entry, Notice) and entry.kind is NoticeKind.GAP for entry in self.entries[room])

    async def hears(self, room: ConversationId, lines: Sequence[str], when: str) -> None:
        """Wait until these are the lines of a room that end like this."""
        await wait_until(
            lambda: sorted(text for text in self.texts(room) if text.endswith(when)) == lines,
            BACK_SECONDS,
            lambda: f"{self.client.nick} to hear {lines}, not {self.texts(room)}",
        )

    @property
    def is_in_all_rooms(self) -> bool:
        return all(self.client.room_state(room).membership is Membership.JOINED for room in ROOMS)

    @property
    def has_been_heard(self) -> bool:
        return not any(self.client.outbox(room) for room in ROOMS)


async def everybody_hears(people: Sequence[Person], when: str) -> None:
    """Have everybody say something in each room, and wait until all have heard it there, and nothing else."""
    for person in people:
        for room in ROOMS:
            person.client.say(room, f"{person.client.nick} in {room.name} {when}")
    for room in ROOMS:
        said = sorted(f"{person.client.nick} in {room.name} {when}" for person in people)
        for person in people:
            await person.hears(room, said, when)


async def say_something_that_is_kept(people: Sequence[Person]) -> None:
    """Have each say a line in each room while there is no broker; wait until the rooms have heard them."""
    for person in people:
        for room in ROOMS:
            person.client.say(room, f"{person.client.nick} kept")
    await wait_until(
        lambda: all(person.is_in_all_rooms and person.has_been_heard for person in people), BACK_SECONDS
    )
    for person in people:
        for room in ROOMS:
            assert person.texts(room).count(f"{person.client.nick} kept") == 1


async def test_who_takes_over_takes_over_all_rooms_with_what_was_kept_for_them() -> None:
    port = free_port()
    ann = Person("ann", port, may_host=True)
    await wait_until(lambda: ann.is_in_all_rooms, BACK_SECONDS)
    assert ann.dialer.hosting
    bea, cyd = Person("bea", port, may_host=True), Person("cyd", port, may_host=False)
    people = ann, bea, cyd
    await wait_until(lambda: all(person.is_in_all_rooms for person in people), BACK_SECONDS)
    await everybody_hears(people, "at first")
    assert not bea.dialer.hosting

    await ann.client.close()
    await wait_until(lambda: all(person.client.state.phase is not Phase.ONLINE for person in (bea, cyd)))
    await say_something_that_is_kept((bea, cyd))
    assert bea.dialer.hosting
    await everybody_hears((bea, cyd), "at last")
    for person in bea, cyd:
        assert [person.gaps(room) for room in ROOMS] == [1, 1]
        await person.client.close()


async def test_of_those_who_stand_by_one_follows_a_host_that_was_killed() -> None:
    with EmbeddedBroker() as host:
        ann, bea = (Person(nick, host.port, may_host=True) for nick in ("ann", "bea"))
        cyd = Person("cyd", host.port, may_host=False)
        people = ann, bea, cyd
        await wait_until(lambda: all(person.is_in_all_rooms for person in people), BACK_SECONDS)
        await everybody_hears(people, "at first")
        await asyncio.to_thread(host.kill)
        await wait_until(lambda: all(person.client.state.phase is not Phase.ONLINE for person in people))
        await say_something_that_is_kept(people)
        await everybody_hears(people, "at last")
        assert sorted((ann.dialer.hosting, bea.dialer.hosting)) == [False, True]
        for person in people:
            await person.client.close()
