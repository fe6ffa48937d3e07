"""One stay among the people of rooms: a queue bound to each room's exchange for presence, and the way out."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, NoReturn

from aiormq.abc import AbstractChannel as Channel
from aiormq.exceptions import (
    ChannelAccessRefused,
    ChannelClosed,
    ChannelNotFoundEntity,
    DeliveryError,
)
from pamqp.commands import Basic

from amqpchat_tui.client.errors import Lost, RoomRefused, first_problem
from amqpchat_tui.client.people.digest import WINDOW, Digest
from amqpchat_tui.client.people.postman import Outcome
from amqpchat_tui.client.rooms.inbox import Inbox
from amqpchat_tui.client.rooms.topology import join, missing
from amqpchat_tui.client.transport.failures import failures_are_losses, why_closed
from amqpchat_tui.client.transport.link import Link
from amqpchat_tui.model import ConversationId, Occupant
from amqpchat_tui.wire.control import OutgoingControl
from amqpchat_tui.wire.names import presence_of
from amqpchat_tui.wire.text import clean_line

if TYPE_CHECKING:
    from amqpchat_tui.client.people.presence import Presence, Waiting
    from amqpchat_tui.client.transport.sieve import Delivery

RENEW_SECONDS = 30.0
"""How often exchanges and bindings are declared again, as somebody may delete them."""
RETRY_SECONDS = 300.0
"""How long to wait until a room is tried again whose people the broker does not let us hear: it logs that."""
DOUBTFUL_MOST = 2
"""How much is published into an exchange that may be no fanout until something comes from it."""
LEAVE_SECONDS = 30.0
"""How long the broker may take to take back what we have, on a connection that goes on."""

_CHANNELS = 2


class PresenceVisit:
    """In this order: `enter`, `stay`; and `leave` if the connection goes on.

    The first two raise as `Tenant.live` does.
    """

    def __init__(self, link: Link, presence: Presence) -> None:
        self._link = link
        self._presence = presence
        self._inbox = Inbox(lambda: None)
        self._much_arrived = asyncio.Event()
        """Set when so much has come that it is time to acknowledge it."""
        self._listening = Digest(link, self._inbox, self._receive)
        self._publishing: Channel | None = None
        self._reserved = 0
        self._bindings: dict[ConversationId, str] = {}
        """The exchange of each room to which our queue is bound."""
        self._refused_until: dict[ConversationId, float] = {}
        """When to try again where the broker does not let us."""
        self._doubtful: dict[str, int] = {}
        """How much was published into exchanges that may be no fanout, and from which nothing has come."""
        self._muted: dict[str, str] = {}
        """Exchanges into which nothing is published, and why."""

    async def enter(self) -> None:
        """Begin to receive, without a room yet."""
        self._link.channels.reserve(_CHANNELS)
        self._reserved = _CHANNELS
        await self._listening.start()

    async def stay(self) -> NoReturn:
        """Bind, listen and publish until something cannot be mended."""
        try:
            async with asyncio.TaskGroup() as life:
                life.create_task(self._listening.acknowledge_all(self._much_arrived))
                life.create_task(self._keep_bound())
                life.create_task(self._publish_all(life))
                await self._listening.go_on()
        except BaseExceptionGroup as problems:
            raise self._listening.explain(first_problem(problems)) from problems

    async def leave(self) -> None:
        """Remove queue and channels from a connection that goes on."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LEAVE_SECONDS):
                with contextlib.suppress(Lost), failures_are_losses():
                    if self._publishing is not None:
                        await self._link.channels.close(self._publishing)
                with contextlib.suppress(Lost), failures_are_losses():
                    await self._listening.end()
        self._link.channels.give_back(self._reserved)
        self._reserved = 0

    def introduce(self) -> None:
        """Have it known who we are in all rooms whose people we hear, if it is not already.

        To be called before anything tells another account of us: else what we say comes back as a stranger's.
        """
        presence = self._presence
        me = Occupant(presence.nick(), presence.session, self._account, presence.mailbox.address)
        for conversation, exchange in self._bindings.items():
            presence.bind(conversation, me)
            if exchange in self._muted:
                presence.mute(conversation, self._muted[exchange])

    # What comes in

    def _receive(self, deliveries: Sequence[Delivery]) -> None:
        self._inbox.receive([(delivery.tag, None) for delivery in deliveries])
        if self._inbox.unacknowledged >= WINDOW // 2:
            self._much_arrived.set()
        for delivery in deliveries:
            if delivery.exchange:  # else it came to our queue past the rooms
                self._doubtful.pop(delivery.exchange.decode(errors="replace"), None)
                self._presence.receive(delivery)

    # The rooms

    async def _keep_bound(self) -> NoReturn:
        """Be bound to the rooms in which we are, and see now and then whether we still are."""
        rooms, changed = self._presence.rooms, self._presence.rooms_changed
        renew_at = time.monotonic() + RENEW_SECONDS
        while True:
            changed.clear()
            is_due = time.monotonic() >= renew_at
            if is_due:
                renew_at = time.monotonic() + RENEW_SECONDS
            for conversation in [left for left in self._bindings if left not in rooms]:
                await self._unbind(self._bindings.pop(conversation))
            for conversation in list(rooms):
                refused = self._refused_until.get(conversation, 0.0) > time.monotonic()
                if not refused and (is_due or conversation not in self._bindings):
                    await self._bind(conversation)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(renew_at - time.monotonic()):
                    await changed.wait()

    @property
    def _account(self) -> str:
        """What messages tell of our account."""
        return self._presence.identity.account(self._link.user)

    async def _bind(self, conversation: ConversationId) -> None:
        exchange = presence_of(conversation.name)
        if exchange is None:
            self._refuse(conversation, "the room's name is too long for one")
            return
        try:
            with failures_are_losses():
                joined = await join(self._link.channels, exchange, self._listening.queue, self._link.user)
        except RoomRefused as refusal:
            self._refuse(conversation, refusal.reason)
            return
        if conversation not in self._bindings and not joined.shown:
            self._doubtful[exchange] = 0
        self._bindings[conversation] = exchange
        self.introduce()

    def _refuse(self, conversation: ConversationId, reason: str) -> None:
        self._bindings.pop(conversation, None)
        self._refused_until[conversation] = time.monotonic() + RETRY_SECONDS
        self._presence.refuse(conversation, reason)

    async def _unbind(self, exchange: str) -> None:
        with failures_are_losses(), contextlib.suppress(ChannelClosed):
            async with self._link.channels.brief() as channel:
                await channel.queue_unbind(self._listening.queue, exchange)

    # What goes out

    async def _publish_all(self, life: asyncio.TaskGroup) -> NoReturn:
        """Publish what waits: to a room one message after the other, so that it is known what one closes."""
        presence = self._presence
        while True:
            if not presence.waiting:
                presence.all_said.set()
                presence.posted.clear()
                await presence.posted.wait()
            await self._link.writable.wait()
            if not presence.waiting:
                continue
            waiting = presence.waiting.popleft()
            if waiting.until < time.monotonic():
                continue
            if waiting.message.mandatory:
                life.create_task(self._send(waiting))
            elif self._may_publish(waiting):
                await self._publish(waiting)

    async def _send(self, waiting: Waiting) -> None:
        """Send something to one person."""
        message = waiting.message
        receipt = await self._presence.postman.post(
            message.routing_key, message.body, self._properties(message)
        )
        if receipt.outcome is Outcome.RETURNED:
            self._presence.returned(waiting.conversation, message.routing_key)

    def _may_publish(self, waiting: Waiting) -> bool:
        exchange = waiting.message.exchange
        if self._doubtful.get(exchange, 0) >= DOUBTFUL_MOST:
            self._mute(waiting, f"exchange `{clean_line(exchange)}` cannot be shown to be a fanout")
        return exchange not in self._muted

    async def _publish(self, waiting: Waiting) -> None:
        """Publish something to a room's people.

        Raises:
            Lost: when the channel is closed for a reason that has nothing to do with the room.
        """
        message = waiting.message
        properties = self._properties(message)
        if message.exchange in self._doubtful:
            self._doubtful[message.exchange] += 1
        self._presence.unconfirmed_since = time.monotonic()
        self._presence.published()
        try:
            with failures_are_losses():
                channel = self._publishing = self._publishing or await self._link.channels.open(confirms=True)
                await channel.basic_publish(
                    message.body,
                    exchange=message.exchange,
                    routing_key=message.routing_key,
                    properties=properties,
                )
        except Lost as lost:
            if isinstance(lost.__cause__, DeliveryError):  # the broker did not take it: there will be others
                return
            if self._publishing is None:
                raise
            closed, self._publishing = await why_closed(self._publishing), None
            if closed is None or not self._is_disowned(properties, closed):
                self._recover(waiting, closed, lost)
        finally:
            self._presence.unconfirmed_since = None

    def _recover(self, waiting: Waiting, closed: ChannelClosed | None, lost: Lost) -> None:
        """Deal with a channel that the broker closed because of what we published on it."""
        match closed:
            case ChannelAccessRefused():
                exchange = f"exchange `{clean_line(waiting.message.exchange)}`"
                self._mute(waiting, missing("write", exchange, self._link.user).reason)
            case ChannelNotFoundEntity():  # somebody has deleted the exchange
                self._bindings.pop(waiting.conversation, None)
                self._presence.rooms_changed.set()
            case _:
                raise lost

    def _is_disowned(self, properties: Basic.Properties, closed: ChannelClosed) -> bool:
        """Whether the broker knows us under another name than a message told; nobody hears of it any more."""
        identity = self._presence.identity
        return properties.user_id is not None and identity.is_disowned(self._link.user, closed)

    def _mute(self, waiting: Waiting, reason: str) -> None:
        self._muted[waiting.message.exchange] = reason
        self._presence.mute(waiting.conversation, reason)

    def _properties(self, message: OutgoingControl) -> Basic.Properties:
        return Basic.Properties(
            message_type=message.type,
            headers={**message.headers},
            expiration=str(message.expiration_ms),
            app_id=message.app_id,
            message_id=message.message_id,
            correlation_id=message.correlation_id,
            reply_to=self._presence.mailbox.address or None,
            user_id=self._account or None,
            delivery_mode=message.delivery_mode,
        )
