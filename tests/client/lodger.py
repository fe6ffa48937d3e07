"""Somebody in several rooms, at an amqpchat without a screen."""

import asyncio
from collections import defaultdict

from msgspec.structs import replace

from amqpchat_tui.client import AmqpClient
from amqpchat_tui.model import (
    ChatMessage,
    ConnectionState,
    ConversationId,
    Entry,
    Membership,
    Notice,
    RoomState,
)
from amqpchat_tui.storage.store import DiskStore
from tests.support.waiting import wait_until

from .support import settings


class Lodger:
    """A client in rooms, and what a screen in front of it has been told."""

    def __init__(self, url: str, *rooms: str, lines: int = 1000, nick: str = "ann") -> None:
        self._store = DiskStore()
        self.client = AmqpClient(
            replace(
                settings(url, room=rooms[0], lines=lines, nick=nick),
                conversations=tuple(map(ConversationId.room, rooms)),
            ),
            self._store,
        )
        self.first, self.second, *_ = *self.client.conversations, ConversationId.room(f"{rooms[0]}-2")
        self.states: list[ConnectionState] = []
        self.changes: list[tuple[str, RoomState]] = []
        """What became of which room."""
        self.opened: list[ConversationId] = []
        """Private conversations that others have begun."""
        self.entries: dict[ConversationId, list[Entry]] = defaultdict(list)
        self.order: list[ConversationId] = []
        """Where the lines came in, one after the other."""
        self.undrained: set[ConversationId] = set()
        """The rooms whose lines are left where they are."""
        self.client.start(self)

    # model.ClientListener

    def connection_changed(self, state: ConnectionState) -> None:
        self.states.append(state)

    def outbox_changed(self, conversation: ConversationId) -> None: ...

    def room_changed(self, conversation: ConversationId) -> None:
        assert conversation in self.client.conversations
        self.changes.append((conversation.name, self.client.room_state(conversation)))

    def conversation_opened(self, conversation: ConversationId) -> None:
        assert conversation in self.client.conversations
        self.opened.append(conversation)

    def entries_arrived(self, conversation: ConversationId) -> None:
        while conversation not in self.undrained:
            arrived = self.client.drain(conversation, 100)
            assert arrived.conversation == conversation
            self.entries[conversation] += arrived.entries
            self.order += [conversation] * len(arrived.entries)
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

    def waiting(self, room: ConversationId) -> int:
        """How many lines are here and not drained."""
        return self.client._rooms[room].inbox.unacknowledged

    def memberships(self) -> list[Membership]:
        return [self.client.room_state(room).membership for room in self.client.conversations]

    async def be(self, *memberships: Membership) -> None:
        """Wait until it stands so with the rooms."""
        await wait_until(
            lambda: self.memberships() == list(memberships),
            20,
            lambda: f"{memberships}; not {self.memberships()} in {self.client.state}",
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
