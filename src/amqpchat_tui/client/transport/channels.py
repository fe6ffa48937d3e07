"""The channels of a connection: numbered as low as possible, and no more than the broker allows."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Coroutine
from itertools import count
from typing import Any

from aiormq.abc import AbstractChannel as Channel
from aiormq.abc import AbstractConnection

from amqpchat_tui.client.errors import RoomRefused

_MOST = 65_535
"""Channels have numbers of 16 bits, from 1 (AMQP 0-9-1, section 4.2.3)."""


class Channels:
    """Opens channels.

    aiormq gives a new channel a higher number than all others have. Where some stay open and others come and
    go, that ends at a number which the broker does not allow.
    """

    def __init__(self, connection: AbstractConnection, most: int) -> None:
        """The broker allows `most` at once (section 1.4.2.5); 0 stands for no limit of its own."""
        self._connection = connection
        self._most = most or _MOST
        self._numbers: set[int] = set()
        self._slots = asyncio.Semaphore(self._most)
        self._closing: set[asyncio.Task[None]] = set()
        """Whoever waited for a channel to open or close may be gone; aiormq itself then leaves it open."""
        self._reserved = 0

    def reserve(self, number: int) -> None:
        """Set channels apart that will stay open, and keep one free for what is asked now and then.

        Raises:
            RoomRefused: if the broker does not allow so many more.
        """
        needed = self._reserved + number + 1
        if needed > self._most:
            raise RoomRefused(
                f"the broker allows {self._most} channels on a connection (channel_max), "
                f"and amqpchat needs {needed}"
            )
        self._reserved += number

    def give_back(self, number: int) -> None:
        """Undo a reservation: these channels are closed."""
        self._reserved -= number

    async def open(self, *, confirms: bool = False) -> Channel:
        """Open a channel; wait while there are as many as the broker allows.

        Raises:
            AMQPError, RuntimeError: as aiormq does when the connection is closed.
        """
        await self._slots.acquire()
        taken = self._numbers
        number = next(number for number in count(1) if number not in taken | self._connection.channels.keys())
        taken.add(number)
        opening = asyncio.ensure_future(self._open(number, confirms))
        try:
            return await asyncio.shield(opening)
        except asyncio.CancelledError:
            self._begin(_close_opened(opening))
            raise

    async def close(self, channel: Channel) -> None:
        """Close a channel, even if this is cancelled meanwhile; raise as `open` does."""
        await asyncio.shield(self._begin(channel.close()))

    async def settle(self) -> None:
        """Wait until all is closed that nobody waits for any more."""
        while self._closing:
            await asyncio.wait(self._closing)

    @contextlib.asynccontextmanager
    async def brief(self) -> AsyncIterator[Channel]:
        """Open a channel for what the broker may refuse by closing it; raise as `open` does.

        It is a new one each time: RabbitMQ remembers for a channel what its user may do.
        """
        channel = await self.open()
        try:
            yield channel
        finally:
            await self.close(channel)

    async def _open(self, number: int, confirms: bool) -> Channel:
        try:
            channel = await self._connection.channel(number, publisher_confirms=confirms)
        except BaseException:
            self._free(number)
            raise
        channel.closing.add_done_callback(lambda _: self._free(number))
        return channel

    def _begin(self, closing: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(closing)
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)
        task.add_done_callback(lambda done: done.cancelled() or done.exception())
        return task

    def _free(self, number: int) -> None:
        self._numbers.discard(number)
        self._slots.release()


async def _close_opened(opening: asyncio.Future[Channel]) -> None:
    await asyncio.wait({opening})
    if not opening.cancelled() and opening.exception() is None:
        await opening.result().close()
