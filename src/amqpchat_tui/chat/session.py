"""The chat between client and screen: takes what arrives, keeps it, and tells what has changed."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from msgspec import Struct

from amqpchat_tui.chat.attention import Attention
from amqpchat_tui.chat.conversation import Conversation
from amqpchat_tui.chat.pace import Later, Pace
from amqpchat_tui.chat.presence import Presence
from amqpchat_tui.model import (
    Arrivals,
    ChatClient,
    ChatMessage,
    ConnectionState,
    ConversationId,
    Entry,
    Notice,
    NoticeKind,
)

DRAIN_SECONDS = 1 / 100
"""Between two batches of arrivals: the broker sends no more than the prefetch window in this time."""
BATCH_DELIVERIES = 500
"""How many deliveries a batch has at most, as keys wait for one; conversations with something share them."""


class Changes(Struct, frozen=True):
    """What a batch has brought."""

    arrived: Sequence[Arrivals]
    """By conversation; each is in its scrollback already."""
    ring: ChatMessage | None = None
    """A line for which to call the person."""


class SessionListener(Protocol):
    """Whoever shows the chat. Each call is cheap and returns at once."""

    def connection_changed(self, before: ConnectionState, now: ConnectionState) -> None:
        """Show how we stand with the broker."""

    def outbox_changed(self, conversation: ConversationId) -> None:
        """Read `ChatClient.outbox` of a conversation, and `ChatClient.lag`, again."""

    def changed(self, changes: Changes) -> None:
        """Show what a batch has brought."""


class Session:
    """The conversations of one person; implements `model.ClientListener`."""

    def __init__(
        self,
        client: ChatClient,
        attention: Attention,
        *,
        open_conversation: Callable[[ConversationId], Conversation],
        presence: Presence,
        rings_always: bool = False,
        later: Later,
        listener: SessionListener,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`rings_always`: also while the person looks at the screen.

        `later` has the next batch taken; whoever is slow calls its function when it is ready for one.
        """
        self.attention = attention
        self.conversations: Mapping[ConversationId, Conversation] = {
            identity: open_conversation(identity) for identity in client.conversations
        }
        self.shown = next(iter(self.conversations.values()))
        """The conversation on the screen."""
        self._client = client
        self._listener = listener
        self._presence = presence
        self._rings_always = rings_always
        self._left_at: float | None = None
        """When the person left the screen; None while they look at it."""
        self._clock = clock
        self._state = client.state
        self._waiting: dict[ConversationId, None] = {}
        """The conversations in which something has arrived, whoever has waited longest first."""
        self._pace = Pace(self.flush, DRAIN_SECONDS, later, clock)

    @property
    def idle(self) -> bool:
        """Whether all that has arrived is taken."""
        return not self._waiting

    def start(self) -> None:
        """Begin to connect."""
        self._client.start(self)

    def show(self, identity: ConversationId) -> None:
        """Put another conversation on the screen; its lines are read now, if it is read at its end."""
        self.shown = self.conversations[identity]
        self._note_reading()

    def note_presence(self) -> None:
        """See whether the person looks at the screen: who leaves it has read so far."""
        left_at = self._presence.away_since(self._clock())
        if left_at is not None and left_at != self._left_at:
            self.shown.reader.look_away()
        self._left_at = left_at
        self._note_reading()

    def say(self, identity: ConversationId, body: str) -> None:
        """Send a line, checked by `wire.text.check_body`."""
        self._client.say(identity, body)

    def tell(self, text: str, kind: NoticeKind = NoticeKind.INFO, to: ConversationId | None = None) -> None:
        """Say something of our own in a conversation, by default the shown one, below what has come."""
        if self._waiting:
            self.flush()
        conversation = self.shown if to is None else self.conversations[to]
        conversation.scrollback.append(Notice(text, time.time(), kind))

    # model.ClientListener

    def connection_changed(self, state: ConnectionState) -> None:
        """Tell the screen, together with the state before."""
        before, self._state = self._state, state
        self._listener.connection_changed(before, state)

    def outbox_changed(self, conversation: ConversationId) -> None:
        """Tell the screen, which reads the outbox itself."""
        self._listener.outbox_changed(conversation)

    def room_changed(self, conversation: ConversationId) -> None:
        """Nobody shows yet how we stand with each room."""

    def entries_arrived(self, conversation: ConversationId) -> None:
        """Have it taken with the next batch."""
        self._waiting[conversation] = None
        self._pace.ask()

    # Batches

    def flush(self) -> None:
        """Take a batch: as much of each conversation as of the others, whatever waits in them."""
        self.note_presence()  # what comes in now has not been read by who is not here
        waiting, self._waiting = self._waiting, {}
        share = max(1, BATCH_DELIVERIES // max(1, len(waiting)))
        batch: list[Arrivals] = []
        for identity in waiting:
            arrived = self._client.drain(identity, share)
            if arrived.more:
                self.entries_arrived(identity)
            if arrived.entries:  # else only duplicates came, which the client keeps to itself
                conversation = self.conversations[identity]
                conversation.take(arrived.entries, self.attention, seen=self._sees(conversation))
                batch.append(arrived)
        if batch:
            self._listener.changed(Changes(batch, self._rings_for(batch)))

    def _rings_for(self, batch: Sequence[Arrivals]) -> ChatMessage | None:
        entries: list[Entry] = [entry for arrived in batch for entry in arrived.entries]
        here = self._left_at is None
        if (here and not self._rings_always) or not self.attention.ring(entries, self._clock()):
            return None
        return next(
            entry for entry in entries if isinstance(entry, ChatMessage) and self.attention.concerns(entry)
        )

    def _sees(self, conversation: Conversation) -> bool:
        return self._left_at is None and conversation is self.shown and conversation.reader.place is None

    def _note_reading(self) -> None:
        if self._sees(self.shown):
            self.shown.read()
