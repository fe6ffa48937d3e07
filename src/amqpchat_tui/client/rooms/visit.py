"""One stay in a conversation, on one link: what is the same wherever one listens."""

from __future__ import annotations

import asyncio
import contextlib
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

from amqpchat_tui.client.errors import Lost, first_problem
from amqpchat_tui.client.rooms.listening import Listening
from amqpchat_tui.client.transport.failures import failures_are_losses
from amqpchat_tui.client.transport.link import Link
from amqpchat_tui.client.transport.sieve import Delivery
from amqpchat_tui.model import Gap, Moment

if TYPE_CHECKING:
    from amqpchat_tui.client.rooms.room import Room

LEAVE_SECONDS = 30.0
"""How long the broker may take to answer while we clean up after a stay on a connection that goes on."""

CleanUp = Callable[[], Awaitable[None]]


class Visit(ABC):
    """Comes in over one connection, and stays.

    In this order: `enter`, `listen`, `stay`; and `leave` if the connection goes on. The first three raise
    `RoomRefused` when the broker does not let us, `ChannelLost` when our queue or channel is gone, and `Lost`
    when the link is, without a reason where that knows it better.
    """

    channels: ClassVar[int]
    """How many stay open."""

    def __init__(self, link: Link, room: Room) -> None:
        self.entered = False
        """Whether our queue keeps what is said."""
        self._link = link
        self._inbox = room.inbox
        self._reserved = 0
        self._listening = Listening(
            link,
            room.inbox,
            limit=room.queue_length,
            window=room.window,
            receive=self._receive,
            seek=self._seek,
        )

    @property
    def silence(self) -> float:
        """For how many seconds we have heard nothing because the program stood still; 0 if it did not."""
        return self._listening.backlog.silence

    @property
    @abstractmethod
    def complete_until(self) -> Moment:
        """Up to when all that was said has come to us, who have entered."""

    async def enter(self) -> str:
        """Declare and bind; from the return on, the queue keeps what is said.

        Returns what is worth telling about the exchange, or an empty text.
        """
        self._link.channels.reserve(self.channels)
        self._reserved = self.channels
        await self._listening.open()
        remark = await self._join(self._listening.queue)
        self.entered = True
        return remark

    async def listen(self) -> None:
        """Begin to receive."""
        await self._listening.begin()

    @abstractmethod
    def look_back(self, gap: Gap | None) -> None:
        """Have what was missed in a gap read, or what was said before we came, as far as that can be."""

    async def stay(self) -> NoReturn:
        """Acknowledge and mend what breaks, until something cannot be mended."""
        try:
            async with asyncio.TaskGroup() as life:
                for duty in self._duties():
                    life.create_task(duty)
                await self._listening.go_on()
        except BaseExceptionGroup as problems:
            raise self._listening.explain(first_problem(problems)) from problems

    async def leave(self) -> None:
        """Remove what we have from a connection that goes on, if it still exists."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LEAVE_SECONDS):
                for clean_up in *self._clean_ups(), self._listening.end:
                    with contextlib.suppress(Lost), failures_are_losses():
                        await clean_up()
        self._link.channels.give_back(self._reserved)
        self._reserved = 0

    def acknowledge(self, delivery_tag: int) -> None:
        """Tell the broker that everything up to this delivery has been drained."""
        self._listening.acknowledge(delivery_tag)

    def resize(self, window: int) -> None:
        """Have another number of messages here at most which are not drained."""
        self._listening.resize(window)

    @abstractmethod
    def _seek(self, gap: Gap, waiting: int) -> bool:
        """Look for what the broker has dropped between what has come and the so many messages that wait.

        Return whether that can be.
        """

    @abstractmethod
    def outbox_changed(self) -> None:
        """There may be lines to say."""

    @abstractmethod
    async def _join(self, queue: str) -> str:
        """Bind our queue, and do what else there is to do, as `enter` says."""

    @abstractmethod
    def _duties(self) -> Sequence[Coroutine[Any, Any, NoReturn]]:
        """What is to be done for as long as one stays."""

    @abstractmethod
    def _clean_ups(self) -> Sequence[CleanUp]:
        """What is to be done when one leaves, before the queue goes; each raises as aiormq does."""

    @abstractmethod
    def _receive(self, deliveries: Sequence[Delivery]) -> None:
        """Put what has come into the inbox; never raises."""
