"""What the layers talk about: messages, connection states, lines under way, and the client's interface.

Every text in here has been cleaned by `wire.text`: it holds no control character but newline and tab.
All points in time are seconds since the epoch (`time.time()`) unless a name says otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One line as the room saw it."""

    nick: str
    text: str
    received_at: float
    action: bool = False
    """True for `/me` lines (XEP-0245); `text` is then without the `/me `."""
    own: bool = False
    """True when this is the echo of a line typed here."""
    sent_at: float | None = None
    """When its sender says it was typed; None where the sender does not say."""
    message_id: str | None = None


class NoticeKind(Enum):
    """What a line of our own in the scrollback is about."""

    INFO = "info"
    ERROR = "error"
    GAP = "gap"
    """The connection was lost here, and lines may be missing."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A line of our own in the scrollback; it never was on the wire."""

    text: str
    at: float
    kind: NoticeKind = NoticeKind.INFO


@dataclass(frozen=True, slots=True)
class DaySeparator:
    """A new day begins below this line; `at` is any moment of that day."""

    at: float


Entry = ChatMessage | Notice | DaySeparator
"""What a scrollback holds."""


class Phase(Enum):
    """Where the connection stands."""

    CONNECTING = "connecting"
    ONLINE = "online"
    BLOCKED = "blocked"
    """Connected, but the broker has an alarm and accepts no messages."""
    RECONNECTING = "reconnecting"
    REFUSED = "refused"
    """The broker said no (login, virtual host, permission, exchange type); the person decides to retry."""


@dataclass(frozen=True, slots=True)
class ConnectionState:
    """The connection, in words for a person."""

    phase: Phase
    broker: str
    """`host:port` of the broker at hand, without credentials."""
    reason: str = ""
    """Why it is so, as a sentence without a full stop; empty when there is nothing to explain."""
    attempt: int = 0
    """How many dials have failed in a row."""
    retry_at: float = 0.0
    """`time.monotonic()` of the next dial, when `phase` is RECONNECTING and none is under way; else 0."""
    nobody_listens: bool = False
    """Whether the machine is there and has just refused the dial: no program listens on that port."""
    product: str = ""
    """What the broker at the other end calls itself, such as RabbitMQ; empty while there is none."""
    hosting: bool = False
    """Whether it is this program's own."""


class Fate(Enum):
    """What has become of a typed line that the room has not yet been seen to hear."""

    QUEUED = "queued"
    SENT = "sent"
    """Published; the broker's confirm or our own echo is still to come."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class OutboxLine:
    """A typed line under way."""

    message_id: str
    nick: str
    body: str
    """What goes over the wire: `/me waves`, not `waves`."""
    typed_at: float
    fate: Fate = Fate.QUEUED
    reason: str = ""
    """Why it failed."""


class ClientListener(Protocol):
    """What a client tells the screen, on the event loop's thread. Each call is cheap and returns at once."""

    def connection_changed(self, state: ConnectionState) -> None:
        """Show the connection's new state."""

    def outbox_changed(self) -> None:
        """Read `ChatClient.outbox` and `ChatClient.lag` again."""

    def entries_arrived(self) -> None:
        """Something waits in a buffer that was empty: `ChatClient.drain` it soon."""


class ChatClient(Protocol):
    """A room on a broker, as the screen sees it. No method raises for anything the network does."""

    @property
    def state(self) -> ConnectionState:
        """The connection as it is now."""

    @property
    def nick(self) -> str:
        """The name under which lines are sent from now on."""

    @property
    def outbox(self) -> Sequence[OutboxLine]:
        """The typed lines that have not come back from the room, oldest first."""

    @property
    def lag(self) -> float | None:
        """Seconds from publishing our latest line to its echo; None before the first one."""

    def start(self, listener: ClientListener) -> None:
        """Begin to connect, in the background of the running event loop."""

    def say(self, body: str) -> None:
        """Put a line, checked by `wire.text.check_body`, into the outbox; it goes out as soon as possible."""

    def resend(self, message_id: str) -> None:
        """Queue a failed line of the outbox again; any other is left alone."""

    def withdraw(self, message_id: str, *, for_editing: bool = False) -> OutboxLine | None:
        """Take a line out of the outbox and return it; None when it is under way, or no longer there.

        One that is to be edited is still kept for the next start, until `say` puts another in its place.
        """

    def rename(self, nick: str) -> None:
        """Send later lines under another name, checked by `wire.text.check_nick`."""

    def reconnect(self) -> None:
        """Dial at once, dropping the connection if there is one."""

    def drain(self) -> Sequence[Entry]:
        """Take what has arrived, in the room's order, and let the broker send more."""

    async def close(self) -> None:
        """Leave the room and close the connection, within 2 seconds whatever the broker does."""
