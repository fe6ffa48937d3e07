"""A `ChatClient` without a network, for tests of the screen: the test plays the broker."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Sequence

from msgspec.structs import replace

from amqpchat_tui.config import ConnectionSettings, Secret, switch_broker
from amqpchat_tui.model import (
    PLAIN,
    Arrivals,
    Bearing,
    ChatMessage,
    ClientListener,
    ConnectionState,
    ConversationId,
    Correspondent,
    Entry,
    Fate,
    HistoryError,
    HistoryLimits,
    LineEvent,
    Membership,
    Occupant,
    OutboxLine,
    Phase,
    Posting,
    PresenceListener,
    PresenceMessage,
    Replay,
    RoomState,
)

BROKER = "localhost:5672"
ROOM = ConversationId.room("broadcast_chat")
NOON = 1_800_014_400.0
"""2027-01-15 12:00:00 UTC: the time at which everything happens."""
PRESSING = 100
"""How many arrivals are pressing, as the broker sends no more before they are taken."""


class FakeHistories:
    """Remembers what was asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ConversationId]] = []
        self.limits: HistoryLimits | None = None
        self.pages: dict[ConversationId, Sequence[Sequence[ChatMessage] | None]] = {}
        """What one finds who goes back; None: it takes for ever."""
        self.problem = ""
        """Why one cannot."""

    def older(self, conversation: ConversationId) -> None:
        self.asked.append(("older", conversation))

    def tell(self, conversation: ConversationId) -> None:
        self.asked.append(("tell", conversation))

    async def look_back(self, conversation: ConversationId) -> AsyncGenerator[Sequence[ChatMessage], None]:
        if self.problem:
            raise HistoryError(self.problem)
        for page in self.pages.get(conversation, ()):
            if page is None:
                await asyncio.Event().wait()
            else:
                yield page

    def begin(self, conversation: ConversationId, limits: HistoryLimits) -> None:
        self.asked.append(("begin", conversation))
        self.limits = limits


class FakeLineEvents:
    """Remembers what was done about lines; nothing comes of it until the test has it `befall` them."""

    def __init__(self) -> None:
        self.done: list[tuple[str, ConversationId, str, str]] = []
        """What was done, where, to which line, and with what: `react`, `unreact` or `withdraw`."""
        self.trouble: dict[ConversationId, str] = {}
        """Why nothing can be done, where that is so."""

    def problem(self, conversation: ConversationId) -> str:
        return self.trouble.get(conversation, "")

    def react(self, conversation: ConversationId, about: str, emoji: str, *, remove: bool = False) -> None:
        self.done.append(("unreact" if remove else "react", conversation, about, emoji))

    def withdraw(self, conversation: ConversationId, about: str) -> None:
        self.done.append(("withdraw", conversation, about, ""))


class FakeClient:
    """Holds what the screen said to it; `hear`, `echo` and `become` make things happen."""

    def __init__(self, nick: str = "alice", conversations: Sequence[ConversationId] = (ROOM,)) -> None:
        self.state = ConnectionState(Phase.CONNECTING, BROKER)
        self.nick = nick
        self.session = "5e55"
        self.posted: list[tuple[ConversationId, Posting]] = []
        """What was to be said about the people in rooms."""
        self.people: PresenceListener | None = None
        self._bound: set[ConversationId] = set()
        self.conversations = tuple(conversations)
        self.lines: tuple[OutboxLine, ...] = ()
        self.lag: float | None = None
        self.first: ConversationId | None = None
        """The one that was put first last."""
        self.correspondents: dict[ConversationId, Correspondent] = {}
        self.reconnects = 0
        self.histories = FakeHistories()
        self.events = FakeLineEvents()
        self.closed = False
        self.drains = 0
        self._listener: ClientListener | None = None
        self._entries: dict[ConversationId, list[Entry]] = {where: [] for where in conversations}
        self._rooms = {where: RoomState(Membership.JOINED) for where in conversations}
        self._lines = 0
        self._replays: dict[ConversationId, Sequence[Replay]] = {}
        self._befallen: dict[ConversationId, list[LineEvent]] = {}

    # What the screen calls

    def start(self, listener: ClientListener, people: PresenceListener | None = None) -> None:
        self._listener = listener
        self.people = people

    def outbox(self, conversation: ConversationId) -> Sequence[OutboxLine]:
        return [line for line in self.lines if line.to == conversation]

    def room_state(self, conversation: ConversationId) -> RoomState:
        return self._rooms[conversation]

    def join(self, conversation: ConversationId) -> None:
        if conversation not in self._rooms:
            self.conversations = (*self.conversations, conversation)
            self._entries[conversation] = []
        self._rooms[conversation] = RoomState(Membership.JOINING)

    def leave(self, conversation: ConversationId) -> None:
        self.conversations = tuple(where for where in self.conversations if where != conversation)
        self.lines = tuple(line for line in self.lines if line.to != conversation)
        del self._rooms[conversation], self._entries[conversation]

    def put_first(self, conversation: ConversationId) -> None:
        self.first = conversation

    def say(self, conversation: ConversationId, body: str, bearing: Bearing = PLAIN) -> None:
        self._lines += 1
        line = OutboxLine(conversation, str(self._lines), self.nick, body, time.time(), bearing=bearing)
        self.lines = (*self.lines, line)
        self.listener.outbox_changed(conversation)

    def post(self, conversation: ConversationId, posting: Posting) -> None:
        self.posted.append((conversation, posting))

    def resend(self, conversation: ConversationId, message_id: str) -> None:
        self.lines = tuple(
            replace(line, fate=Fate.QUEUED, reason="")
            if line.message_id == message_id and line.fate is Fate.FAILED
            else line
            for line in self.lines
        )
        self.listener.outbox_changed(conversation)

    def withdraw(
        self, conversation: ConversationId, message_id: str, *, for_editing: bool = False
    ) -> OutboxLine | None:
        for line in self.lines:
            if line.message_id == message_id and line.fate is not Fate.SENT:
                self.lines = tuple(other for other in self.lines if other is not line)
                self.listener.outbox_changed(conversation)
                return line
        return None

    def rename(self, nick: str) -> None:
        self.nick = nick

    def reconnect(self) -> None:
        self.reconnects += 1

    def drain(self, conversation: ConversationId, most: int) -> Arrivals:
        self.drains += 1
        waiting = self._entries[conversation]
        filled = len(waiting) / PRESSING
        entries, waiting[:most] = waiting[:most], []
        replays: Sequence[Replay] = ()
        if not waiting:
            replays, self._replays = self._replays.get(conversation, ()), {}
        events = self._befallen.pop(conversation, ())
        return Arrivals(conversation, entries, bool(waiting), filled, replays, events)

    async def close(self) -> None:
        self.closed = True

    def address(self, conversation: ConversationId, who: Occupant) -> None:
        self.correspondents[conversation] = Correspondent(who)

    def correspondent(self, conversation: ConversationId) -> Correspondent | None:
        return self.correspondents.get(conversation)

    # What the test does

    @property
    def started(self) -> bool:
        return self._listener is not None

    @property
    def listener(self) -> ClientListener:
        assert self._listener is not None, "the screen has not started the client"
        return self._listener

    @property
    def said(self) -> list[str]:
        """The bodies in the outbox."""
        return [line.body for line in self.lines]

    def become(
        self,
        phase: Phase,
        reason: str = "",
        *,
        attempt: int = 0,
        retry_at: float = 0.0,
        nobody_listens: bool = False,
        product: str = "",
    ) -> None:
        """Change the connection's state."""
        self.state = ConnectionState(phase, BROKER, reason, attempt, retry_at, nobody_listens, product)
        self.listener.connection_changed(self.state)

    def find_nobody(self) -> None:
        """Let a dial be refused, as it is where no program listens."""
        reason, retry_at = f"nobody listens on {BROKER}", time.monotonic() + 1
        self.become(Phase.RECONNECTING, reason, retry_at=retry_at, nobody_listens=True)

    def become_room(self, conversation: ConversationId, membership: Membership, reason: str = "") -> None:
        """Change how we stand with a room."""
        self._rooms[conversation] = RoomState(membership, reason)
        self.listener.room_changed(conversation)

    def hear(self, *entries: Entry, to: ConversationId | None = None) -> None:
        """Let entries arrive in a conversation, by default the first."""
        where = to or self.conversations[0]
        was_empty = not self._entries[where]
        self._entries[where] += entries
        if was_empty:
            self.listener.entries_arrived(where)

    def replay(self, *replays: Replay, to: ConversationId | None = None) -> None:
        """Let lines of a room's history come, behind what has arrived."""
        where = to or self.conversations[0]
        self._replays[where] = replays
        self.listener.entries_arrived(where)

    def befall(self, *events: LineEvent, to: ConversationId | None = None) -> None:
        """Let something become of lines, with what arrives next."""
        where = to or self.conversations[0]
        self._befallen.setdefault(where, []).extend(events)
        self.listener.entries_arrived(where)

    def gather(self, *messages: PresenceMessage, to: ConversationId | None = None) -> None:
        """Hear of the people in a room, by default the first, and what they say of themselves."""
        assert self.people is not None, "the screen takes no part"
        where = to or self.conversations[0]
        if where not in self._bound:
            self._bound.add(where)
            self.people.bound(where, Occupant(self.nick, self.session, mailbox="mine"))
        for message in messages:
            self.people.heard(where, message)

    def scatter(self) -> None:
        """Hear of nobody any more."""
        assert self.people is not None
        for where in self._bound:
            self.people.lost(where)
        self._bound.clear()

    def hear_privately(self, *lines: ChatMessage) -> ConversationId:
        """Let lines come in for us alone, in a conversation that the first of them begins."""
        where = ConversationId.private(lines[0].nick, lines[0].who.account)
        if where not in self._rooms:
            self.conversations = (*self.conversations, where)
            self._entries[where], self._rooms[where] = [], RoomState(Membership.JOINED)
            self.correspondents[where] = Correspondent(lines[0].who)
            self.listener.conversation_opened(where)
        self.hear(*lines, to=where)
        return where

    def echo(self, lag: float = 0.003) -> None:
        """Let all lines of the outbox come back."""
        lines, self.lines, self.lag = self.lines, (), lag
        for line in lines:
            self.listener.outbox_changed(line.to)
            self.hear(message(line.nick, line.body, own=True), to=line.to)

    def fail(self, reason: str) -> None:
        """Let all lines of the outbox fail."""
        self._decide(Fate.FAILED, reason)

    def publish(self) -> None:
        """Let all lines of the outbox be under way."""
        self._decide(Fate.SENT)

    def _decide(self, fate: Fate, reason: str = "") -> None:
        self.lines = tuple(replace(line, fate=fate, reason=reason) for line in self.lines)
        for conversation in self.conversations:
            self.listener.outbox_changed(conversation)


class FakeChoices:
    """Remembers which way was taken where there is no broker; going elsewhere works as it really does."""

    def __init__(self, connection: ConnectionSettings) -> None:
        self.taken: list[str] = []
        self._connection = connection

    def host(self) -> None:
        self.taken.append("host")

    def retry(self) -> None:
        self.taken.append("retry")

    def switch_broker(self, url: Secret) -> ConnectionSettings:
        connection = switch_broker(url, self._connection)
        self.taken.append(url.reveal())
        return connection


def message(
    nick: str,
    text: str,
    *,
    at: float = NOON,
    own: bool = False,
    action: bool = False,
    message_id: str | None = None,
    sender: Occupant | None = None,
) -> ChatMessage:
    """A message as the room sent it."""
    return ChatMessage(nick, text, at, action=action, own=own, message_id=message_id, sender=sender)
