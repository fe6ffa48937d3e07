"""The broker of a hosted chat, in which each room has a history from the start. Pure, as `routing`."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from time import time

from amqpchat_tui.broker.errors import AmqpError
from amqpchat_tui.broker.exchanges import Exchange
from amqpchat_tui.broker.queues import Message
from amqpchat_tui.broker.routing import Broker
from amqpchat_tui.broker.stream_queue import StreamQueue
from amqpchat_tui.wire.names import events_of, history_of, is_room, room_of_events

HISTORY: Mapping[str, object] = {
    "x-queue-type": "stream",
    "x-max-age": "7D",
    "x-max-length-bytes": 100_000_000,
    "x-stream-max-segment-size-bytes": 1_000_000,
}
"""A history as `/history on` declares it, so that who does so finds the one that there is."""


class HostedRooms(Broker):
    """Beside each room it keeps the stream `<room>.history`, bound to the room and to `<room>.events`.

    That is for as long as the broker lives: a stream stays when its room is deleted, and goes on with the
    next room of that name, unless somebody has deleted it.
    """

    def declare_exchange(self, wanted: Exchange, arguments: Mapping[str, object]) -> None:
        """Make an exchange as any broker does, and have its history keep what is published there."""
        is_new = wanted.name not in self.exchanges
        super().declare_exchange(wanted, arguments)
        if not is_new or not _is_like_a_room(wanted):
            return
        with contextlib.suppress(AmqpError):  # the broker is full: a room without a history is a room
            if is_room(wanted.name):
                self._declare_history(wanted.name)
                self._bind(wanted.name, wanted.name)
                self._bind(wanted.name, events_of(wanted.name))
            elif room := room_of_events(wanted.name):
                self._bind(room, wanted.name)

    def record(self, room: str, message: Message, came_at: float) -> None:
        """Put a message of a time before this broker into a room's history, with nobody hearing it."""
        with contextlib.suppress(AmqpError):  # as above
            self._declare_history(room)
        if history := self._history(room):
            history.keep(message, min(came_at, time()))

    def _declare_history(self, room: str) -> None:
        name = history_of(room)
        if name is not None and name not in self.queues:
            self.declare_queue(
                name, None, durable=True, exclusive=False, auto_delete=False, arguments=HISTORY
            )

    def _history(self, room: str) -> StreamQueue | None:
        queue = self.queues.get(history_of(room) or "")
        return queue if isinstance(queue, StreamQueue) else None

    def _bind(self, room: str, exchange: str | None) -> None:
        source, history = self.exchanges.get(exchange or ""), self._history(room)
        if source is not None and history is not None:
            self.bind(source, history, "")


def _is_like_a_room(exchange: Exchange) -> bool:
    """Whether an exchange is of the kind that rooms and what is beside them are (`docs/wire.md`)."""
    return exchange.kind == "fanout" and not exchange.auto_delete and not exchange.internal
