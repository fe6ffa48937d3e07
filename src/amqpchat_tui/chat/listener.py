"""What a session tells whoever shows the chat."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from amqpchat_tui.model import Arrivals, ChatMessage, ConnectionState, ConversationId


class Ring(Struct, frozen=True):
    """A line for which to call the person."""

    conversation: ConversationId
    message: ChatMessage


class Changes(Struct, frozen=True):
    """What a batch has brought."""

    arrived: Sequence[Arrivals]
    """By conversation; each is in its scrollback already."""
    ring: Ring | None = None


class SessionListener(Protocol):
    """Whoever shows the chat. Each call is cheap and returns at once."""

    def connection_changed(self, before: ConnectionState, now: ConnectionState) -> None:
        """Show how we stand with the broker."""

    def outbox_changed(self, conversation: ConversationId) -> None:
        """Read `ChatClient.outbox` of a conversation, and `ChatClient.lag`, again."""

    def changed(self, changes: Changes) -> None:
        """Show what a batch has brought."""

    def listing_changed(self) -> None:
        """Read `Session.listing` again; this may be said often."""
