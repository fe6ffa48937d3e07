"""Who is in our rooms: what is heard of that on one queue for all of them, and what is said of ourselves."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, NoReturn

from msgspec import Struct

from amqpchat_tui.client.errors import RoomRefused
from amqpchat_tui.model import ConversationId, ConversationKind, Occupant, Posting, PresenceListener
from amqpchat_tui.wire.control import OutgoingControl, decode, encode

if TYPE_CHECKING:
    from amqpchat_tui.client.identity import Identity
    from amqpchat_tui.client.people.mailbox import Mailbox
    from amqpchat_tui.client.people.postman import Postman
    from amqpchat_tui.client.people.presence_visit import PresenceVisit
    from amqpchat_tui.client.tenants import OnJoined
    from amqpchat_tui.client.transport.link import Link
    from amqpchat_tui.client.transport.sieve import Delivery

MAX_WAITING = 100
"""How many postings wait for the broker at most; of more, the latest."""
LAST_WORDS_SECONDS = 0.3
"""How long goodbyes may take."""


class Waiting(Struct, frozen=True):
    """Something that is to be published."""

    conversation: ConversationId
    message: OutgoingControl
    until: float
    """When it is of no use any more, by the monotonic clock."""


class Presence:
    """What goes on among the people of the rooms in which we are; a tenant of the connection."""

    essential = False

    def __init__(
        self,
        session: str,
        mailbox: Mailbox,
        postman: Postman,
        identity: Identity,
        *,
        nick: Callable[[], str],
        private_with: Callable[[Occupant], ConversationId | None],
        published: Callable[[], None],
        tell: Callable[[ConversationId | None, str], None],
    ) -> None:
        """`session` is our own; `identity` tells our account, `nick` the name under which we are in rooms.

        `private_with` finds the private conversation with somebody.
        `published` is called when something waits for its confirm. `tell` says something about a room, or
        about all of them, in a sentence without a full stop.
        """
        self.session = session
        self.mailbox = mailbox
        self.postman = postman
        self.identity = identity
        self.nick = nick
        self.published = published
        self.listener: PresenceListener | None = None
        """Who is told of people, if anybody is."""
        self.rooms: dict[ConversationId, None] = {}
        """Those whose people are to be heard, as we are there."""
        self.bound: dict[ConversationId, tuple[str, str]] = {}
        """Those whose people are heard; by which account and mailbox they know us."""
        self.waiting: deque[Waiting] = deque(maxlen=MAX_WAITING)
        self.unconfirmed_since: float | None = None
        """When the message was published that waits for its confirm, by the monotonic clock."""
        self.rooms_changed = asyncio.Event()
        """Set when there is another room, or one less."""
        self.posted = asyncio.Event()
        """Set when there is something to publish."""
        self.all_said = asyncio.Event()
        """Set when there is nothing more to publish."""
        self.all_said.set()
        self._private_with = private_with
        identity.changed = self._introduce
        self._tell = tell
        self._told: set[str] = set()
        self._visit: PresenceVisit | None = None

    def begin(self, listener: PresenceListener) -> None:
        """Have somebody told of people, as long as `listener` is theirs."""
        self.listener = listener
        for kind in "ask", "answer", "typing":
            self.mailbox.register(kind, self.receive)

    def enter(self, conversation: ConversationId) -> None:
        """We are in a room: hear its people."""
        self.rooms[conversation] = None
        self.rooms_changed.set()

    def leave(self, conversation: ConversationId) -> None:
        """We are not in a room any more. What is to be said there already still is."""
        if conversation in self.rooms:
            del self.rooms[conversation]
            self.lose(conversation)
            self.rooms_changed.set()

    def post(self, conversation: ConversationId, posting: Posting) -> None:
        """Publish something, if we hear a room's people, or in private; else it is of no use."""
        message = None
        if conversation.kind is ConversationKind.PRIVATE and self._visit is not None:
            message = encode("", posting)
        elif conversation in self.bound:
            message = encode(conversation.name, posting)
        if message is not None:
            until = time.monotonic() + message.expiration_ms / 1000
            self.waiting.append(Waiting(conversation, message, until))
            self.all_said.clear()
            self.posted.set()

    async def say_last_words(self) -> None:
        """Give what was posted just before a moment to go out."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LAST_WORDS_SECONDS):
                await self.all_said.wait()

    # What a visit finds out

    def bind(self, conversation: ConversationId, me: Occupant) -> None:
        """We hear a room's people, for whom we are this."""
        known_as = me.account, me.mailbox
        if conversation in self.rooms and self.bound.get(conversation) != known_as:
            self.bound[conversation] = known_as
            if self.listener is not None:
                self.listener.bound(conversation, me)

    def lose(self, conversation: ConversationId) -> None:
        """We hear them no more."""
        if self.bound.pop(conversation, None) is not None and self.listener is not None:
            self.listener.lost(conversation)

    def refuse(self, conversation: ConversationId, reason: str) -> None:
        """The broker does not let us hear them."""
        self.lose(conversation)
        self._tell_once(conversation, f"no roster: {reason}")

    def mute(self, conversation: ConversationId, reason: str) -> None:
        """It does not let us speak to them, or nobody hears it."""
        if conversation in self.bound and self.listener is not None:
            self.listener.muted(conversation)
        self._tell_once(conversation, f"nobody is told that you are here: {reason}")

    def returned(self, conversation: ConversationId, mailbox: str) -> None:
        """There is no such mailbox."""
        if self.listener is not None:
            self.listener.returned(conversation, mailbox)

    def receive(self, delivery: Delivery) -> None:
        """Take a message from a room's exchange or from our mailbox; anybody may have sent it."""
        properties = delivery.properties
        incoming = decode(
            exchange=delivery.exchange.decode(errors="replace"),
            routing_key=delivery.routing_key,
            type=properties.message_type,
            headers=properties.headers,
            body=delivery.body,
            user_id=properties.user_id,
            reply_to=properties.reply_to,
            message_id=properties.message_id,
            correlation_id=properties.correlation_id,
        )
        if incoming is None or self.listener is None:
            return
        if incoming.room:
            room = ConversationId.room(incoming.room)
            conversation = room if room in self.bound else None
        else:
            conversation = self._private_with(incoming.message.who)
        if conversation is not None:
            self.listener.heard(conversation, incoming.message)

    def _introduce(self) -> None:
        if self._visit is not None:
            self._visit.introduce()

    def _tell_once(self, conversation: ConversationId | None, sentence: str) -> None:
        if sentence not in self._told:
            self._told.add(sentence)
            self._tell(conversation, sentence)

    # The connection

    async def live(self, link: Link, joined: OnJoined) -> NoReturn:
        """Hear and say what there is, until something cannot be mended.

        Raises:
            RoomRefused: when the broker gives us no queue.
            ChannelLost: when queue or channel are gone.
            Lost: when the link is.
        """
        from amqpchat_tui.client.people.presence_visit import PresenceVisit  # late: aio-pika is here by now

        visit = self._visit = PresenceVisit(link, self)
        await visit.enter()
        joined()
        await visit.stay()

    async def move_out(self) -> None:
        """Remove what is left of the latest visit from a link that goes on."""
        if self._visit is not None:
            await self._visit.leave()

    def left(self, silence: float, refusal: RoomRefused | None = None) -> None:
        """We hear nobody any more; `refusal` says why, if the broker does not let us."""
        self._visit = None
        self.unconfirmed_since = None
        self.waiting.clear()
        self.all_said.set()
        for conversation in list(self.bound):
            self.lose(conversation)
        if refusal is not None:
            self._tell_once(None, f"no roster: {refusal.reason}")
