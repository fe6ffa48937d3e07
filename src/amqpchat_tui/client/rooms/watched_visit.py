"""One stay at an exchange of others: our queue is bound to it, and nothing else is done there."""

from __future__ import annotations

import time
from collections.abc import Coroutine, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from aiormq.exceptions import ChannelNotFoundEntity, ChannelPreconditionFailed

from amqpchat_tui.client.errors import RoomRefused
from amqpchat_tui.client.rooms.topology import bind
from amqpchat_tui.client.rooms.visit import CleanUp, Visit
from amqpchat_tui.client.transport.failures import broker_text, failures_are_losses
from amqpchat_tui.client.transport.link import Link
from amqpchat_tui.client.transport.sieve import Delivery
from amqpchat_tui.model import Gap, Moment
from amqpchat_tui.wire.text import clean_line
from amqpchat_tui.wire.watched import decode_watched

if TYPE_CHECKING:
    from amqpchat_tui.client.rooms.room import Room

BINDING_SECONDS = 2.0
"""How often our queue is bound again, which tells whether the exchange is there."""
ALL = "#"
"""The binding key that a topic exchange takes for any, where the person has given none."""

_NO_EXCHANGE = "no exchange '"


class WatchedVisit(Visit):
    """Binds our queue to an exchange, and stays.

    Nothing of ours tells that the exchange was deleted: that would be one more exchange bound to theirs. So
    one that was made again within two seconds is heard again, and what was missed is not told.
    """

    channels = 1

    def __init__(self, link: Link, room: Room) -> None:
        super().__init__(link, room)
        self._exchange = room.conversation.name
        self._pattern = room.conversation.pattern or ALL
        self._complete_until = Moment.now()

    @property
    def complete_until(self) -> Moment:
        """Up to when all that was published there has come to us, who have entered."""
        return self._complete_until

    def outbox_changed(self) -> None:
        """Nothing is ever said here."""

    def look_back(self, gap: Gap | None) -> None:
        """Others keep no history that we know of."""

    def _seek(self, gap: Gap, waiting: int) -> bool:
        """Nobody else has it."""
        return False

    async def _join(self, queue: str) -> str:
        shown = clean_line(self._exchange)
        with failures_are_losses():
            try:
                await bind(self._link.channels, self._exchange, queue, self._link.user, key=self._pattern)
            except ChannelNotFoundEntity as error:
                if _NO_EXCHANGE not in str(error):
                    raise
                raise RoomRefused(f"there is no exchange `{shown}`") from error
            except ChannelPreconditionFailed as error:
                raise RoomRefused(
                    f"exchange `{shown}` takes no pattern `{clean_line(self._pattern)}`; "
                    f"the broker says: {broker_text(error)}"
                ) from error
        return ""

    def _duties(self) -> Sequence[Coroutine[Any, Any, NoReturn]]:
        return (self._watch(),)

    def _clean_ups(self) -> Sequence[CleanUp]:
        return ()

    async def _watch(self) -> NoReturn:
        while True:
            await self._link.look_later(BINDING_SECONDS)
            looked_at = Moment.now()
            nothing_waits = await self._listening.nothing_waits()
            await self._join(self._listening.queue)
            if nothing_waits:
                self._complete_until = looked_at

    def _receive(self, deliveries: Sequence[Delivery]) -> None:
        now = time.time()
        self._inbox.receive([(one.tag, decode_watched(one, received_at=now)) for one in deliveries])
