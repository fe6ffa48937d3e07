"""Listening to what is looked at as it comes, and not by a person: it is acknowledged at a bounded pace."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import NoReturn

from amqpchat_tui.client.errors import ChannelLost
from amqpchat_tui.client.rooms.inbox import Inbox
from amqpchat_tui.client.rooms.listening import Listening
from amqpchat_tui.client.transport.link import Link
from amqpchat_tui.client.transport.sieve import Receive
from amqpchat_tui.wire.lines import BODY_READ_BYTES

LENGTH = 1_000
"""How many messages the broker keeps for us; of more, the latest."""
WINDOW = 100
"""How many are here and not acknowledged, at most."""
PAUSE_SECONDS = 0.05
"""Before what has come is acknowledged: with the window, what bounds how much a stranger can keep us busy."""
START_SECONDS = 10.0
"""How long the broker may take to give us a queue."""


class Digest(Listening):
    """A queue of our own of which all is taken in at once."""

    def __init__(
        self,
        link: Link,
        inbox: Inbox,
        receive: Receive,
        *,
        body_bytes: int = BODY_READ_BYTES,
    ) -> None:
        """As in `Listening`; what `receive` is given goes into the inbox without a message to show."""
        super().__init__(link, inbox, limit=LENGTH, window=WINDOW, receive=receive, body_bytes=body_bytes)

    async def start(self) -> None:
        """Begin to receive; raise as `open` does, and `ChannelLost` if that takes too long."""
        try:
            async with asyncio.timeout(START_SECONDS):
                await self.open()
                await self.begin()
        except TimeoutError:
            raise ChannelLost(f"no answer within {START_SECONDS:.0f} s") from None

    async def acknowledge_all(
        self, due: asyncio.Event, missed: Callable[[], object] = lambda: None
    ) -> NoReturn:
        """Acknowledge what has come each time it is `due`, after a pause.

        `missed` is called when the queue was full, so that the broker dropped some.
        """
        while True:
            await due.wait()
            await asyncio.sleep(PAUSE_SECONDS)
            due.clear()
            drained = self._inbox.drain(LENGTH)
            if drained.entries:  # nothing else is put into the inbox to be shown
                missed()
            if drained.tag:
                self.acknowledge(drained.tag)
