"""Who is in the rooms: ann at a whole amqpchat, and others without a screen, who leave and come back."""

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from msgspec.structs import replace

from amqpchat_tui.client import AmqpClient
from amqpchat_tui.model import ConnectionState, ConversationId, Membership, OutboxLine
from amqpchat_tui.storage.store import DiskStore
from tests.client.support import settings
from tests.faults.people import Talker, talker
from tests.support.waiting import wait_until

from .accounting import Stay

LINE_SECONDS = 0.25
"""Between two lines of those who have no screen."""


class Person(Protocol):
    """Somebody who talks in all rooms."""

    client: AmqpClient
    typed: list[tuple[Stay, str]]
    """The lines said, each with the stay in which it was."""

    @property
    def stays(self) -> Sequence[Stay]:
        """All that there have been, in all rooms, as they are now."""

    @property
    def kept(self) -> Sequence[OutboxLine]:
        """What is in the outboxes."""

    async def talk(self, chance: random.Random, enough: asyncio.Event) -> None:
        """Say a line every now and then, in any room."""


class Occupant:
    """An amqpchat that shows at once whatever arrives; implements `model.ClientListener`."""

    def __init__(self, client: AmqpClient) -> None:
        self.client = client
        self.stays: list[Stay] = []
        self.typed: list[tuple[Stay, str]] = []
        self._current: dict[ConversationId, Stay] = {}
        for room in client.conversations:
            self._begin(room)

    # model.ClientListener

    def connection_changed(self, state: ConnectionState) -> None: ...

    def outbox_changed(self, conversation: ConversationId) -> None: ...

    def room_changed(self, conversation: ConversationId) -> None:
        if self.client.room_state(conversation).membership is Membership.JOINED:
            stay = self._current[conversation]
            stay.began = min(stay.began, time.time())

    def conversation_opened(self, conversation: ConversationId) -> None: ...

    def entries_arrived(self, conversation: ConversationId) -> None:
        shown = self._current[conversation].entries
        assert isinstance(shown, list)
        more = True
        while more:
            arrived = self.client.drain(conversation, 1000)
            shown += arrived.entries
            more = arrived.more

    # What they do

    @property
    def nick(self) -> str:
        return self.client.nick

    @property
    def kept(self) -> Sequence[OutboxLine]:
        return [line for room in self.client.conversations for line in self.client.outbox(room)]

    def leave(self, room: ConversationId) -> None:
        """Leave a room."""
        self._current.pop(room).left = True
        self.client.leave(room)

    def join(self, room: ConversationId) -> None:
        """Come back into a room, or try it again."""
        if room not in self._current:
            self._begin(room)
        self.client.join(room)

    async def talk(self, chance: random.Random, enough: asyncio.Event) -> None:
        while not enough.is_set():
            room = chance.choice(self.client.conversations)
            line = f"{self.nick} {len(self.typed)}"
            self.typed.append((self._current[room], line))
            self.client.say(room, line)
            await asyncio.sleep(LINE_SECONDS)

    def _begin(self, room: ConversationId) -> None:
        self._current[room] = Stay(self.nick, room, [])
        self.stays.append(self._current[room])


class Watcher:
    """Ann, who types key by key, and reads what has been painted; she goes from room to room."""

    def __init__(self, ann: Talker) -> None:
        self.ann = ann
        self.client = ann.client
        self.typed: list[tuple[Stay, str]] = []
        self._stays = {room: Stay("ann", room, [], time.time()) for room in ann.client.conversations}

    @property
    def stays(self) -> Sequence[Stay]:
        for room, stay in self._stays.items():
            stay.entries = self.ann.entries_in(room)
        return list(self._stays.values())

    @property
    def kept(self) -> Sequence[OutboxLine]:
        return [line for room in self.client.conversations for line in self.client.outbox(room)]

    async def talk(self, chance: random.Random, enough: asyncio.Event) -> None:
        while not enough.is_set():
            line = f"ann {len(self.typed)}"
            self.typed.append((self._stays[self.ann.shown], line))
            await self.ann.enter(line)


@contextlib.asynccontextmanager
async def watcher(url: str, rooms: Sequence[ConversationId], *, heartbeat: int) -> AsyncIterator[Watcher]:
    """Start a whole amqpchat in these rooms, and wait until it is in all of them."""
    first, *others = [room.name for room in rooms]
    async with talker(url, first, more_rooms=others, heartbeat=heartbeat) as ann:
        await wait_until(
            lambda: all(ann.client.room_state(room).membership is Membership.JOINED for room in rooms), 20
        )
        yield Watcher(ann)


@contextlib.asynccontextmanager
async def occupant(
    url: str, rooms: Sequence[ConversationId], nick: str, *, heartbeat: int
) -> AsyncIterator[Occupant]:
    """Start an amqpchat in these rooms."""
    store = DiskStore()
    told = settings(url, room=rooms[0].name, nick=nick, heartbeat=heartbeat, lines=100_000)
    told = replace(told, conversations=tuple(rooms))
    client = AmqpClient(told, store, answerable=False)
    somebody = Occupant(client)
    client.start(somebody)
    try:
        yield somebody
    finally:
        await client.close()
        await asyncio.to_thread(store.close)
