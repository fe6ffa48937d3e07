"""The way to the mailboxes of others: the default exchange, which brings a message to one queue or back."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Coroutine
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from msgspec import Struct

from amqpchat_tui.client.errors import ChannelLost, ConnectionProblem, Lost, RoomRefused, first_problem

if TYPE_CHECKING:
    from aiormq.abc import AbstractChannel as Channel
    from pamqp.commands import Basic

    from amqpchat_tui.client.identity import Identity
    from amqpchat_tui.client.tenants import OnJoined
    from amqpchat_tui.client.transport.link import Link

Result = TypeVar("Result")

_DEFAULT_EXCHANGE = ""
_IN_PERMISSIONS = "exchange `amq.default`"
"""What RabbitMQ calls the default exchange there (https://www.rabbitmq.com/docs/access-control)."""


class Outcome(Enum):
    """What has become of a message to a mailbox."""

    DELIVERED = auto()
    """It is in the mailbox."""
    RETURNED = auto()
    """There is no such mailbox any more."""
    REFUSED = auto()
    """The broker does not take it."""
    LOST = auto()
    """There was no way to the broker, or it broke: it may be in the mailbox or not."""


class Receipt(Struct, frozen=True):
    """What has become of a message, in words for a person."""

    outcome: Outcome
    reason: str = ""
    """Why it was refused, as a sentence without a full stop."""


class Postman:
    """Publishes to mailboxes on a channel of its own; a tenant of the connection.

    A user who may not write to the default exchange loses the channel by trying. So the first message goes
    alone, and after a refusal none is tried until the next stay. Messages tell the account, unless everybody
    has it, or the broker knows us under another name: then it closes the channel, and they go without.
    """

    essential = False

    def __init__(
        self,
        reply_to: Callable[[], str],
        identity: Identity,
        *,
        published: Callable[[], None],
        ready: Callable[[], None],
        tell: Callable[[str], None],
    ) -> None:
        """`reply_to` gives the name of our own mailbox, and `identity` our account.

        `published` is called when a message waits for its confirm, `ready` when there is a way to the broker
        again, or somebody has refused it; `tell` says once, without a full stop, why nothing can be sent.
        """
        self._reply_to = reply_to
        self._published = published
        self._ready = ready
        self._tell = tell
        self._told: set[str] = set()
        self._refusal = ""
        self._identity = identity
        self._link: Link | None = None
        self._channel: Channel | None = None
        self._first = asyncio.Lock()
        self._proven = False
        """Whether the broker has taken a message on this channel."""
        self._life: asyncio.TaskGroup | None = None
        self._under_way: dict[asyncio.Task[Any], float] = {}
        """Since when, by the monotonic clock."""

    @property
    def can_tell(self) -> bool:
        """Whether a message is on its way or refused at once; else it is better kept for later."""
        return self._life is not None or bool(self._refusal)

    def expect(self) -> None:
        """The person wants it, and it is tried again: messages wait for that."""
        self._refusal = ""

    async def be_able(self) -> None:
        """Wait as long as the broker takes no messages; not for a way to it."""
        if self._life is not None and self._link is not None:
            await self._in_this_stay(self._life, self._link.writable.wait())

    async def post(self, mailbox: str, body: bytes, properties: Basic.Properties) -> Receipt:
        """Publish to a mailbox, and return what became of it; `reply_to` is added.

        No two messages that are under way at once have the same `message_id`.
        """
        if self._refusal or self._life is None:
            return self._not_tried
        task = await self._in_this_stay(self._life, self._post(mailbox, body, properties))
        return self._not_tried if task.cancelled() else task.result()

    # The connection

    @property
    def unconfirmed_since(self) -> float | None:
        """When the oldest message that waits for its confirm was published, by the monotonic clock."""
        return min(self._under_way.values(), default=None)

    async def live(self, link: Link, joined: OnJoined) -> NoReturn:
        """Be able to publish on a link until something cannot be mended.

        Raises:
            RoomRefused: when the broker does not let us.
            ChannelLost: when the channel is gone.
            Lost: when the link is.
        """
        from amqpchat_tui.client.transport.failures import failures_are_losses  # late: aio-pika is here

        link.channels.reserve(1)
        self._link = link
        with failures_are_losses():
            channel = self._channel = await link.channels.open(confirms=True)
        self._refusal = ""
        self._proven = False
        joined()
        try:
            async with asyncio.TaskGroup() as life:
                self._life = life
                self._ready()
                await asyncio.wait({channel.closing})
                raise await self._explain(channel, link)
        except BaseExceptionGroup as problems:
            raise first_problem(problems) from problems
        finally:
            self._life = None

    async def move_out(self) -> None:
        """Remove the channel from a link that goes on."""
        if self._link is None:
            return
        from amqpchat_tui.client.transport.failures import failures_are_losses

        if self._channel is not None:
            with contextlib.suppress(Lost), failures_are_losses():
                await self._link.channels.close(self._channel)
        self._link.channels.give_back(1)
        self._link = self._channel = None

    def left(self, silence: float, refusal: RoomRefused | None = None) -> None:
        """There is no way to the broker any more; `refusal` says why it does not let us, if so."""
        self._link = self._channel = None
        self._refusal = refusal.reason if refusal is not None else ""
        if self._refusal and self._refusal not in self._told:
            self._told.add(self._refusal)
            self._tell(f"nothing private can be sent: {self._refusal}")
        if self._refusal:
            self._ready()

    async def _in_this_stay(
        self, life: asyncio.TaskGroup, coroutine: Coroutine[Any, Any, Result]
    ) -> asyncio.Task[Result]:
        """Do something until it is done or the stay is over, and return its task."""
        task = life.create_task(coroutine)
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError:
            task.cancel()
            raise
        return task

    async def _explain(self, channel: Channel, link: Link) -> ConnectionProblem:
        """Return why the channel is closed, once those who wait for a confirm on it know that."""
        from aiormq.exceptions import ChannelAccessRefused

        from amqpchat_tui.client.transport.failures import REASON_SECONDS, broker_text, why_closed

        closed = await why_closed(channel)
        problem: ConnectionProblem
        match closed:
            case None:
                problem = Lost("")
            case ChannelAccessRefused():
                problem = self._refuse(link)
            case _:
                problem = ChannelLost(f"the broker closed our channel: {broker_text(closed)}")
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=REASON_SECONDS)
        return problem

    @property
    def _not_tried(self) -> Receipt:
        return Receipt(Outcome.REFUSED, self._refusal) if self._refusal else Receipt(Outcome.LOST)

    def _refuse(self, link: Link) -> RoomRefused:
        """Try nothing more in this stay."""
        from amqpchat_tui.client.rooms.topology import missing

        refused = missing("write", _IN_PERMISSIONS, link.user)
        self._refusal = refused.reason
        return refused

    async def _post(self, mailbox: str, body: bytes, properties: Basic.Properties) -> Receipt:
        async with contextlib.AsyncExitStack() as turn:
            if not self._proven:
                await turn.enter_async_context(self._first)
            if (link := self._link) is None or (channel := self._channel) is None:
                return Receipt(Outcome.LOST)
            await link.writable.wait()
            if self._refusal:
                return self._not_tried
            return await self._publish(link, channel, mailbox, body, properties)

    async def _publish(
        self, link: Link, channel: Channel, mailbox: str, body: bytes, properties: Basic.Properties
    ) -> Receipt:
        from aiormq.exceptions import (
            ChannelAccessRefused,
            ChannelPreconditionFailed,
            DeliveryError,
            PublishError,
        )

        from amqpchat_tui.client.transport.failures import failures_are_losses, why_closed

        properties.reply_to = self._reply_to() or None
        properties.user_id = self._identity.account(link.user) or None
        task = asyncio.current_task()
        assert task is not None, "it is made in `post`"
        self._under_way[task] = time.monotonic()
        self._published()
        try:
            with failures_are_losses():
                await channel.basic_publish(
                    body,
                    exchange=_DEFAULT_EXCHANGE,
                    routing_key=mailbox,
                    properties=properties,
                    mandatory=True,
                )
        except Lost as lost:
            match lost.__cause__:
                case PublishError():
                    self._proven = True
                    return Receipt(Outcome.RETURNED)
                case DeliveryError():
                    return Receipt(Outcome.REFUSED, "the broker did not take it")
            match await why_closed(channel):
                case ChannelAccessRefused():
                    return Receipt(Outcome.REFUSED, self._refuse(link).reason)
                case ChannelPreconditionFailed() as closed:
                    self._identity.is_disowned(link.user, closed)
            return Receipt(Outcome.LOST)
        finally:
            del self._under_way[task]
        self._proven = True
        return Receipt(Outcome.DELIVERED)
