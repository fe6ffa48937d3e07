"""The client as the chat sees it, and what it tells the chat."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from amqpchat_tui.model.connection import ConnectionState
from amqpchat_tui.model.messages import Entry
from amqpchat_tui.model.outgoing import OutboxLine


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
