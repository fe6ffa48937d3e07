"""Several rooms on one connection: each has its own lines, and its own troubles."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from msgspec.structs import replace

from amqpchat_tui.client import AmqpClient
from amqpchat_tui.client.rooms.room import PREFETCH
from amqpchat_tui.model import (
    ChatMessage,
    ConnectionState,
    ConversationId,
    Entry,
    Fate,
    Membership,
    Notice,
    Phase,
)
from amqpchat_tui.storage.store import DiskStore
from tests.support.broker import Broker
from tests.support.ports import free_port
from tests.support.waiting import wait_until

from .support import PlainListener, plain_speaker, settings


class Lodger:
    """A client in two rooms, and what a screen in front of it has been told."""

    def __init__(self, url: str, *rooms: str) -> None:
        self._store = DiskStore()
        self.client = AmqpClient(
            replace(settings(url, room=rooms[0]), conversations=tuple(map(ConversationId.room, rooms))),
            self._store,
        )
        self.first, self.second = self.client.conversations
        self.states: list[ConnectionState] = []
        self.entries: dict[ConversationId, list[Entry]] = defaultdict(list)
        self.undrained: set[ConversationId] = set()
        """The rooms whose lines are left where they are."""
        self.client.start(self)

    # model.ClientListener

    def connection_changed(self, state: ConnectionState) -> None:
        self.states.append(state)

    def outbox_changed(self, conversation: ConversationId) -> None: ...

    def room_changed(self, conversation: ConversationId) -> None: ...

    def entries_arrived(self, conversation: ConversationId) -> None:
        while conversation not in self.undrained:
            arrived = self.client.drain(conversation, 100)
            assert arrived.conversation == conversation
            self.entries[conversation] += arrived.entries
            if not arrived.more:
                break

    # For tests

    async def leave(self) -> None:
        """Quit, as the program does."""
        await self.client.close()
        assert await asyncio.to_thread(self._store.close) == ""

    def texts(self, room: ConversationId) -> list[str]:
        return [entry.text for entry in self.entries[room] if isinstance(entry, ChatMessage)]

    def notices(self, room: ConversationId) -> list[str]:
        return [entry.text for entry in self.entries[room] if isinstance(entry, Notice)]

    def memberships(self) -> list[Membership]:
        return [self.client.room_state(room).membership for room in self.client.conversations]

    async def be(self, first: Membership, second: Membership) -> None:
        """Wait until it stands so with the two rooms."""
        await wait_until(
            lambda: self.memberships() == [first, second],
            20,
            lambda: f"{first}, {second}; not {self.memberships()} in {self.client.state}",
        )

    async def hear(self, room: ConversationId, *texts: str) -> None:
        """Wait until all that has come from a room are these texts."""
        await wait_until(
            lambda: self.texts(room) == list(texts), 20, lambda: f"{texts}, not {self.entries[room]}"
        )

    async def offers(self, room: ConversationId, body: str) -> None:
        """Wait until there is a line from last time in a room, and see that it is this one."""
        await wait_until(lambda: self.client.outbox(room), what=body)
        assert [line.body for line in self.client.outbox(room)] == [body]

    async def talk(self, room: ConversationId, text: str) -> None:
        """Say something, and wait until it has come back."""
        self.client.say(room, text)
        await wait_until(lambda: text in self.texts(room), 20, f"{text} to come back")
        await wait_until(lambda: not self.client.outbox(room), 20, "the line to leave the outbox")


Move = Callable[..., Awaitable[Lodger]]


@pytest.fixture
async def move_in(amqp_url: str, room: str) -> AsyncIterator[Move]:
    """A function that lets somebody come into the room and a second one, and waits until they are in both."""
    before = asyncio.all_tasks()
    lodgers: list[Lodger] = []

    async def move(second: Membership = Membership.JOINED, url: str = amqp_url) -> Lodger:
        lodgers.append(Lodger(url, room, f"{room}-2"))
        await lodgers[-1].be(Membership.JOINED, second)
        return lodgers[-1]

    yield move
    for lodger in lodgers:
        await lodger.leave()
    assert asyncio.all_tasks() - before == {asyncio.current_task()} - before


async def test_lines_go_to_their_rooms_and_come_from_them(move_in: Move, amqp_url: str, room: str) -> None:
    ann = await move_in()
    with plain_speaker(amqp_url, room) as bob, plain_speaker(amqp_url, f"{room}-2") as carol:
        bob.say("from bob")
        await ann.hear(ann.first, "from bob")
        carol.say("from carol", nick="carol")
        await ann.hear(ann.second, "from carol")
    await ann.talk(ann.first, "to the first")
    await ann.talk(ann.second, "to the second")
    await ann.hear(ann.first, "from bob", "to the first")
    await ann.hear(ann.second, "from carol", "to the second")
    assert [state.phase for state in ann.states] == [Phase.ONLINE]


async def test_a_refused_room_leaves_the_other_going_and_is_tried_again_with_the_next_connection(
    move_in: Move, amqp_url: str, room: str
) -> None:
    with plain_speaker(amqp_url, room) as bob:
        bob.channel.exchange_declare(f"{room}-2", "direct")
        ann = await move_in(Membership.REFUSED)
        reason = f"exchange `{room}-2` is a `direct` exchange; a room needs a fanout"
        assert ann.client.room_state(ann.second).reason == reason
        ann.client.say(ann.second, "kept")
        await ann.talk(ann.first, "hello")
        assert [state.phase for state in ann.states] == [Phase.ONLINE]
        assert [line.fate for line in ann.client.outbox(ann.second)] == [Fate.QUEUED]
        bob.channel.exchange_delete(f"{room}-2")
    ann.client.reconnect()
    await ann.be(Membership.JOINED, Membership.JOINED)
    await ann.hear(ann.second, "kept")
    await ann.hear(ann.first, "hello")
    assert (len(ann.notices(ann.first)), ann.notices(ann.second)) == (1, [])


async def test_a_connection_all_of_whose_rooms_are_refused_is_not_kept(amqp_url: str, room: str) -> None:
    with plain_speaker(amqp_url, room) as bob:
        for name in room, f"{room}-2":
            bob.channel.exchange_declare(name, "direct")
        ann = Lodger(amqp_url, room, f"{room}-2")
        await wait_until(lambda: ann.client.state.phase is Phase.REFUSED, 20, lambda: str(ann.states))
        reasons = [ann.client.room_state(where).reason for where in ann.client.conversations]
        assert reasons == [
            f"exchange `{name}` is a `direct` exchange; a room needs a fanout" for name in (room, f"{room}-2")
        ]
        assert ann.client.state.reason == reasons[0]
        assert [state.phase for state in ann.states] == [Phase.REFUSED]
        for name in room, f"{room}-2":
            bob.channel.exchange_delete(name)
    ann.client.reconnect()
    await ann.be(Membership.JOINED, Membership.JOINED)
    await ann.leave()


async def test_a_deleted_exchange_is_the_trouble_of_its_room_alone(
    move_in: Move, amqp_url: str, room: str
) -> None:
    ann = await move_in()
    with plain_speaker(amqp_url, room) as bob:
        bob.channel.exchange_delete(room)
        await wait_until(lambda: ann.notices(ann.first), 20, "to be told")
        await ann.talk(ann.first, "here again")
    await ann.talk(ann.second, "never away")
    assert ann.notices(ann.first)[0].startswith("The room was deleted.")
    assert ann.notices(ann.second) == []
    assert [state.phase for state in ann.states] == [Phase.ONLINE]


async def test_a_deleted_queue_is_the_trouble_of_its_room_alone(
    move_in: Move, node: Broker, room: str
) -> None:
    with PlainListener(node.url(), room) as listener:
        ann = await move_in()
        await ann.talk(ann.first, "from which queue?")
        await wait_until(listener.heard, what="the line")
        await asyncio.to_thread(node.ctl, "delete_queue", listener.heard()[0][2].reply_to)
        await wait_until(lambda: ann.notices(ann.first), 20, "to be told")
    assert ann.notices(ann.first)[0].startswith("Nothing heard from ")
    await ann.talk(ann.first, "with another queue")
    await ann.talk(ann.second, "never away")
    assert ann.notices(ann.second) == []
    assert [state.phase for state in ann.states] == [Phase.ONLINE]
    bindings = await asyncio.to_thread(node.ctl, "list_bindings", "source_name", "destination_name")
    ours = [source for row in bindings.splitlines() if (source := row.split("\t")[0]) in (room, f"{room}-2")]
    assert sorted(ours) == [room, f"{room}-2"], "what the first stay had is gone"
    channels = await asyncio.to_thread(node.ctl, "list_channels", "name")
    assert len(channels.splitlines()) == 2 * 3, "so are its channels"
    exchanges = await asyncio.to_thread(node.ctl, "list_exchanges", "name")
    assert sum(f"{room}.amqpchat-" in row for row in exchanges.splitlines()) == 1, "and so is its canary"


async def test_a_flooded_room_does_not_hold_up_the_other(move_in: Move, amqp_url: str, room: str) -> None:
    ann = await move_in()
    ann.undrained.add(ann.first)
    flood = [str(number) for number in range(PREFETCH)]
    with plain_speaker(amqp_url, room) as bob, plain_speaker(amqp_url, f"{room}-2") as carol:
        for text in flood:
            bob.say(text)
        carol.say("can you hear me?")
        await ann.hear(ann.second, "can you hear me?")
        here = ann.client.drain(ann.first, 2 * PREFETCH).entries
        share = PREFETCH // 2
        assert 0 < len(here) <= share, "the window is one for all rooms"
        ann.entries[ann.first] += here
        ann.undrained.clear()
        ann.entries_arrived(ann.first)
        await ann.hear(ann.first, *flood)
        for number in range(share + 1):  # acknowledged per channel, or else no more would come
            carol.say(f"line {number}")
    await ann.hear(ann.second, "can you hear me?", *(f"line {number}" for number in range(share + 1)))


async def test_an_alarm_of_the_broker_holds_up_all_rooms(move_in: Move, node: Broker) -> None:
    ann = await move_in()
    with node.memory_alarm():
        ann.client.say(ann.second, "kept")
        await wait_until(lambda: ann.client.state.phase is Phase.BLOCKED, 20, lambda: str(ann.states))
        ann.client.say(ann.first, "kept too")
        for _ in range(10):  # turns in which it could be published
            await asyncio.sleep(0)
        fates = [[line.fate for line in ann.client.outbox(where)] for where in ann.client.conversations]
        assert fates == [[Fate.QUEUED], [Fate.SENT]]
    await ann.hear(ann.first, "kept too")
    await ann.hear(ann.second, "kept")
    assert [state.phase for state in ann.states] == [Phase.ONLINE, Phase.BLOCKED, Phase.ONLINE]


@pytest.mark.usefixtures("node")
async def test_lines_are_kept_for_the_next_start_room_by_room(room: str) -> None:
    nowhere = f"amqp://127.0.0.1:{free_port()}"
    ann = Lodger(nowhere, room, f"{room}-2")
    ann.client.say(ann.first, "for the first")
    ann.client.say(ann.second, "for the second")
    assert [line.body for line in ann.client.outbox(ann.first)] == ["for the first"]
    await ann.leave()
    ann = Lodger(nowhere, f"{room}-2", room)
    for where, body in (ann.first, "for the second"), (ann.second, "for the first"):
        await ann.offers(where, body)
    await ann.leave()
