"""The client as the chat sees it, and what it tells the chat."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from typing import Protocol

from amqpchat_tui.model.arrivals import Arrivals, HistoryLimits
from amqpchat_tui.model.connection import ConnectionState
from amqpchat_tui.model.conversation import ConversationId
from amqpchat_tui.model.correspondent import Correspondent
from amqpchat_tui.model.messages import ChatMessage
from amqpchat_tui.model.outgoing import PLAIN, Bearing, OutboxLine
from amqpchat_tui.model.presence import Occupant, Posting, PresenceMessage
from amqpchat_tui.model.room_state import RoomState


class ClientListener(Protocol):
    """What a client tells the chat, on the event loop's thread. Each call is cheap and returns at once."""

    def connection_changed(self, state: ConnectionState) -> None:
        """Show the connection's new state."""

    def outbox_changed(self, conversation: ConversationId) -> None:
        """Read `ChatClient.outbox` of a conversation, and `ChatClient.lag`, again."""

    def room_changed(self, conversation: ConversationId) -> None:
        """Read `ChatClient.room_state` of a conversation again."""

    def entries_arrived(self, conversation: ConversationId) -> None:
        """Something waits in a conversation's buffer, which was empty: `ChatClient.drain` it soon."""

    def conversation_opened(self, conversation: ConversationId) -> None:
        """Somebody else has begun a private conversation; `entries_arrived` follows."""


class PresenceListener(Protocol):
    """What a client tells of the people in rooms, as `ClientListener` is told all else."""

    def bound(self, conversation: ConversationId, me: Occupant) -> None:
        """From now on we hear of the people in a room; `me` is who we are on this connection."""

    def muted(self, conversation: ConversationId) -> None:
        """We do, but what is posted there is heard by nobody on this connection."""

    def lost(self, conversation: ConversationId) -> None:
        """We hear of them no more, until we are bound again."""

    def heard(self, conversation: ConversationId, message: PresenceMessage) -> None:
        """Somebody in a room, perhaps we ourselves, says something of themselves, asks us or answers us."""

    def returned(self, conversation: ConversationId, mailbox: str) -> None:
        """What was posted to a mailbox has come back: there is none of that name."""


class HistoryError(Exception):
    """A room's history cannot be read; the message says why, without a full stop."""


class Histories(Protocol):
    """What one can ask of rooms' histories; who is not in the room gets no answer."""

    def older(self, conversation: ConversationId) -> None:
        """Have lines read that are older than all that has come, if a `Replay` has said `more`.

        They come as another, which is without lines where they cannot be had.
        """

    def tell(self, conversation: ConversationId) -> None:
        """Say in a room what history it has."""

    def begin(self, conversation: ConversationId, limits: HistoryLimits) -> None:
        """Have a room keep a history, and say so to all who are there."""

    def look_back(self, conversation: ConversationId) -> AsyncGenerator[Sequence[ChatMessage], None]:
        """Go through pages of a room's history, the newest first, each with its oldest line first.

        Nothing of it arrives in the conversation. There are none where there is no history.

        Raises:
            HistoryError: if it cannot be read, when the next page is asked for.
        """


class LineEvents(Protocol):
    """What one can do about lines that were said; others hear of it, and so do we, by `Arrivals.events`."""

    def problem(self, conversation: ConversationId) -> str:
        """Return why nothing can be done about lines there now, in a sentence; empty if it can."""

    def react(self, conversation: ConversationId, about: str, emoji: str, *, remove: bool = False) -> None:
        """Put what `wire.events.check_emoji` has checked under a line, or take it away.

        `about` is the line's name, as `wire.lines.line_name` gives it.
        """

    def withdraw(self, conversation: ConversationId, about: str) -> None:
        """Say that one would rather not have said a line."""


class ChatClient(Protocol):
    """Conversations on a broker, as the chat sees them. No method raises for anything the network does.

    Whatever is about a conversation takes its identity, which is one of `conversations`. The listener is told
    of nothing in others.
    """

    @property
    def state(self) -> ConnectionState:
        """The connection as it is now."""

    @property
    def nick(self) -> str:
        """The name under which lines are sent from now on."""

    @property
    def session(self) -> str:
        """Random for this run: what tells us from others, in `Occupant`."""

    @property
    def histories(self) -> Histories:
        """What was said in rooms before we came, where the broker keeps that."""

    @property
    def events(self) -> LineEvents:
        """What becomes of lines after they were said, as far as that is done here."""

    @property
    def conversations(self) -> Sequence[ConversationId]:
        """Where one can talk, in the order in which they were joined."""

    def room_state(self, conversation: ConversationId) -> RoomState:
        """How we stand with the room of a conversation."""

    def join(self, conversation: ConversationId) -> None:
        """Be in a conversation from now on, if the broker lets us.

        One that is there already and was refused is tried again at once.
        """

    def leave(self, conversation: ConversationId) -> None:
        """Be in a conversation no more: from now on it is none of `conversations`.

        What was typed just before still goes out, and what the broker does not take is kept for whoever joins
        next.
        """

    def put_first(self, conversation: ConversationId) -> None:
        """Enter this conversation before all others that are still to be entered: it is on the screen."""

    def outbox(self, conversation: ConversationId) -> Sequence[OutboxLine]:
        """The lines typed in a conversation that have not come back from it, oldest first."""

    @property
    def lag(self) -> float | None:
        """Seconds from publishing our latest line to its echo; None before the first one."""

    def start(self, listener: ClientListener, people: PresenceListener | None = None) -> None:
        """Begin to connect, in the background of the running event loop.

        Without `people`, nothing is heard or said of those in rooms.
        """

    def say(self, conversation: ConversationId, body: str, bearing: Bearing = PLAIN) -> None:
        """Put a line, checked by `wire.text.check_body`, into the outbox; it goes out as soon as possible.

        `bearing` tells what it is besides a text.
        """

    def address(self, conversation: ConversationId, who: Occupant) -> None:
        """Write to somebody in a private conversation from now on; what was typed before is not for them."""

    def correspondent(self, conversation: ConversationId) -> Correspondent | None:
        """To whom one writes in a private conversation; None as long as that is not known."""

    def post(self, conversation: ConversationId, posting: Posting) -> None:
        """Publish something about the people in a room, once; while we do not hear of them it is dropped."""

    def resend(self, conversation: ConversationId, message_id: str) -> None:
        """Queue a failed line of the outbox again; any other is left alone."""

    def withdraw(
        self, conversation: ConversationId, message_id: str, *, for_editing: bool = False
    ) -> OutboxLine | None:
        """Take a line out of the outbox and return it; None when it is under way, or no longer there.

        One that is to be edited is still kept for the next start, until `say` puts another in its place.
        """

    def rename(self, nick: str) -> None:
        """Send later lines under another name, checked by `wire.text.check_nick`."""

    def reconnect(self) -> None:
        """Dial at once, dropping the connection if there is one."""

    def drain(self, conversation: ConversationId, most: int) -> Arrivals:
        """Take what has arrived in a conversation, in its order, and let the broker send as many more.

        No more than `most` deliveries are taken at once, so that others have their turn.
        """

    async def close(self) -> None:
        """Leave all rooms and close the connection, within 2 seconds of a broker that is silent."""
