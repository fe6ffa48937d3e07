"""Our mailbox: a queue of our own, whose name is the `reply_to` of all that we publish."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NoReturn

from amqpchat_tui.client.errors import Lost, RoomRefused, first_problem
from amqpchat_tui.client.rooms.inbox import Inbox
from amqpchat_tui.wire.control import ANSWER_MAX_BYTES, KINDS

if TYPE_CHECKING:
    from amqpchat_tui.client.people.digest import Digest
    from amqpchat_tui.client.tenants import OnJoined
    from amqpchat_tui.client.transport.link import Link
    from amqpchat_tui.client.transport.sieve import Delivery

LEAVE_SECONDS = 30.0
"""How long the broker may take to take it back, on a connection that goes on."""

_DEFAULT_EXCHANGE = b""

Take = Callable[["Delivery"], None]
"""Takes a message; never raises."""


class Mailbox:
    """Takes what is sent to us alone through the default exchange; a tenant of the connection."""

    essential = False
    unconfirmed_since = None

    def __init__(self, tell: Callable[[str], None]) -> None:
        """`tell` says once, in a sentence without a full stop, why there is none."""
        self.address = ""
        """The name of the queue; empty while there is none."""
        self._tell = tell
        self._told: set[str] = set()
        self._takers: dict[str, Take] = {}
        self._take_others: Take | None = None
        self._arrived = asyncio.Event()
        self._inbox = Inbox(self._arrived.set)
        self._link: Link | None = None
        self._listening: Digest | None = None

    def register(self, kind: str, take: Take) -> None:
        """Give control messages of a kind to `take`; anybody may have sent them."""
        self._takers[kind] = take

    def register_for_others(self, take: Take) -> None:
        """Give messages that are no control messages to `take`."""
        self._take_others = take

    # The connection

    async def live(self, link: Link, joined: OnJoined) -> NoReturn:
        """Have a queue on a link and take what comes in, until something cannot be mended.

        Raises:
            RoomRefused: when the broker does not let us.
            ChannelLost: when queue or channel are gone.
            Lost: when the link is.
        """
        from amqpchat_tui.client.people.digest import Digest  # late: aio-pika is here by now

        link.channels.reserve(1)
        self._link = link
        listening = self._listening = Digest(
            link, self._inbox, self._receive, body_bytes=ANSWER_MAX_BYTES + 1
        )
        await listening.start()
        self.address = listening.queue
        joined()
        try:
            async with asyncio.TaskGroup() as life:
                life.create_task(listening.acknowledge_all(self._arrived, self._tell_of_loss))
                await listening.go_on()
        except BaseExceptionGroup as problems:
            raise listening.explain(first_problem(problems)) from problems

    async def move_out(self) -> None:
        """Remove the queue from a link that goes on."""
        from amqpchat_tui.client.transport.failures import failures_are_losses

        if self._listening is not None:
            with contextlib.suppress(TimeoutError, Lost), failures_are_losses():
                async with asyncio.timeout(LEAVE_SECONDS):
                    await self._listening.end()
        if self._link is not None:
            self._link.channels.give_back(1)
            self._link = None

    def left(self, silence: float, refusal: RoomRefused | None = None) -> None:
        """There is no mailbox any more; `refusal` says why the broker gives us none, if so."""
        self.address = ""
        self._link = self._listening = None
        self._inbox.forget_deliveries()
        if refusal is not None and refusal.reason not in self._told:
            self._told.add(refusal.reason)
            self._tell(f"nothing private can reach you: {refusal.reason}")

    def _tell_of_loss(self) -> None:
        self._tell("more has waited for you than the broker keeps: private lines may be missing")

    def _receive(self, deliveries: Sequence[Delivery]) -> None:
        self._inbox.receive([(delivery.tag, None) for delivery in deliveries])
        for delivery in deliveries:
            self._take(delivery)

    def _take(self, delivery: Delivery) -> None:
        if delivery.exchange != _DEFAULT_EXCHANGE:  # somebody has bound an exchange to it
            return
        kind = delivery.properties.message_type
        control = isinstance(kind, str) and kind in KINDS
        take = self._takers.get(kind or "") if control else self._take_others
        if take is not None:
            take(delivery)
