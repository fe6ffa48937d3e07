"""Who is in the rooms: ann at a whole amqpchat, and others without a screen, who leave and come back."""

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterator, Sequence
from typing import Protocol
from unittest import mock

from msgspec.structs import replace

from amqpchat_tui.chat.people.people import People
from amqpchat_tui.chat.session import Session
from amqpchat_tui.chat.speakers import last_lines
from amqpchat_tui.client import AmqpClient
from amqpchat_tui.config import PresenceSettings
from amqpchat_tui.model import ConnectionState, ConversationId, Membership, Notice, OutboxLine
from amqpchat_tui.scrollback import Scrollback
from amqpchat_tui.storage.store import DiskStore
from tests.client.support import settings
from tests.faults.people import Talker, talker
from tests.support.waiting import wait_until

from .accounting import NEVER, Stay

LINE_SECONDS = 0.25
"""Between two lines of those who have no screen."""
GO, LEAVE, RETURN = 0.1, 0.03, 0.3
"""How likely ann goes to another room before her next line, leaves one, and comes back into it."""
SURE_SECONDS = 1.0
"""How long she waits for what `/leave` does before she presses Enter again."""


class Person(Protocol):
    """Somebody who talks in all rooms."""

    client: AmqpClient
    people: People
    """Who is in the rooms, as far as they know."""
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
    """An amqpchat that shows at once whatever arrives; a `model.ClientListener` and `PeopleListener`."""

    def __init__(self, client: AmqpClient) -> None:
        self.client = client
        self.people = People(
            client,
            PresenceSettings(),
            self,
            later=lambda seconds, do: asyncio.get_running_loop().call_later(seconds, do),
        )
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
        stay = self._current[conversation]
        shown = stay.entries
        assert isinstance(shown, list)
        more = True
        while more:
            arrived = self.client.drain(conversation, 1000)
            shown += [*arrived.entries, *(line for replay in arrived.replays for line in replay.lines)]
            stay.filled |= {replay.gap for replay in arrived.replays if replay.gap and not replay.more}
            self.people.said(conversation, last_lines(arrived.entries))
            more = arrived.more

    # PeopleListener

    def people_changed(self, conversation: ConversationId) -> None: ...

    def people_moved(self, conversation: ConversationId, row: str) -> None: ...

    def people_marked(self) -> None: ...

    def people_doubted(self, conversation: ConversationId, text: str) -> None: ...

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
        self.people.leave(room)
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
    """Ann, who types key by key and goes from room to room; now and then she leaves one for a while."""

    def __init__(self, ann: Talker, joined_at: dict[ConversationId, float]) -> None:
        """`joined_at` is when she was told that she is in a room, for the first time since she joined it."""
        self.ann = ann
        self.client = ann.client
        self.people = ann.people
        self.typed: list[tuple[Stay, str]] = []
        self._joined_at = joined_at
        self._scrollbacks: dict[Stay, Scrollback] = {}
        """What there is to see of each stay."""
        self._current = {room: self._begin(room) for room in self.client.conversations}

    @property
    def stays(self) -> Sequence[Stay]:
        for room, stay in self._current.items():
            stay.began = self._joined_at.get(room, NEVER)
        for stay, scrollback in self._scrollbacks.items():
            stay.entries = list(scrollback)
            notices = [entry for entry in stay.entries if isinstance(entry, Notice)]
            stay.filled = {one.gap for one in notices if one.gap and "missing" not in one.text}
        return list(self._scrollbacks)

    @property
    def kept(self) -> Sequence[OutboxLine]:
        return [line for room in self.client.conversations for line in self.client.outbox(room)]

    async def talk(self, chance: random.Random, enough: asyncio.Event) -> None:
        away: ConversationId | None = None
        while not enough.is_set() or away is not None:
            if away is not None:
                if enough.is_set() or chance.random() < RETURN:
                    await self._return_to(away)
                    away = None
            elif chance.random() < LEAVE:
                away = await self._leave()
            elif chance.random() < GO:
                await self._go(chance.choice(self.client.conversations))
            line = f"ann {len(self.typed)}"
            self.typed.append((self._current[self.ann.shown], line))
            await self.ann.enter(line)

    async def _go(self, room: ConversationId) -> None:
        await self.ann.enter(f"/go {room.name}")
        assert self.ann.shown == room

    async def _leave(self) -> ConversationId:
        """Leave the room on the screen, also where it has not heard all; return it."""
        room = self.ann.shown
        stay = self._current.pop(room)
        stay.left = True
        await self.ann.type("/leave")
        while room in self.client.conversations:
            self.ann.press_enter()
            with contextlib.suppress(AssertionError):  # it waits a moment, or asks whether she is sure
                await wait_until(lambda: room not in self.client.conversations, SURE_SECONDS)
        stay.began = self._joined_at.pop(room, NEVER)
        return room

    async def _return_to(self, room: ConversationId) -> None:
        await self.ann.enter(f"/join {room.name}")
        assert self.ann.shown == room
        self._current[room] = self._begin(room)

    def _begin(self, room: ConversationId) -> Stay:
        stay = Stay("ann", room, [])
        self._scrollbacks[stay] = self.ann.scrollback_of(room)
        return stay


@contextlib.asynccontextmanager
async def watcher(url: str, rooms: Sequence[ConversationId], *, heartbeat: int) -> AsyncIterator[Watcher]:
    """Start a whole amqpchat in these rooms."""
    first, *others = [room.name for room in rooms]
    joined_at: dict[ConversationId, float] = {}
    room_changed = Session.room_changed

    def noting(session: Session, room: ConversationId) -> None:
        room_changed(session, room)
        if session.conversations[room].room_state.membership is Membership.JOINED:
            joined_at.setdefault(room, time.time())

    store = DiskStore()
    with mock.patch.object(Session, "room_changed", noting):
        async with talker(url, first, more_rooms=others, heartbeat=heartbeat, store=store) as ann:
            yield Watcher(ann, joined_at)
    await asyncio.to_thread(store.close)


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
    client.start(somebody, somebody.people)
    try:
        yield somebody
    finally:
        await client.close()
        await asyncio.to_thread(store.close)
