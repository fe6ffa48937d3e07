"""A history as it stands on RabbitMQ, without a client, and the whole of what somebody is shown."""

from __future__ import annotations

import pika

from amqpchat_tui.model import ChatMessage, Entry, Notice
from tests.client.support import Seat


def begin_history(url: str, room: str, *, bind: bool = True) -> None:
    """Have a room keep a history, as its administrator would."""
    with pika.BlockingConnection(pika.URLParameters(url)) as connection:
        channel = connection.channel()
        channel.exchange_declare(room, "fanout")
        channel.queue_declare(
            f"{room}.history",
            durable=True,
            arguments={
                "x-queue-type": "stream",
                "x-max-age": "7D",
                "x-max-length-bytes": 100_000_000,
                "x-stream-max-segment-size-bytes": 1_000_000,
            },
        )
        if bind:
            channel.exchange_declare(f"{room}.events", "fanout")
            for exchange in room, f"{room}.events":
                channel.queue_bind(f"{room}.history", exchange)


def view(seat: Seat) -> list[Entry]:
    """All entries as a scrollback has them: what is past above the others, or below the gap that it fills."""
    entries = list(seat.entries)
    for past in seat.replays:
        at = 0
        if past.gap is not None:
            at = 1 + next(
                index
                for index, entry in enumerate(entries)
                if isinstance(entry, Notice) and entry.gap == past.gap
            )
        entries[at:at] = past.lines
    return entries


def lines(seat: Seat) -> list[ChatMessage]:
    return [entry for entry in view(seat) if isinstance(entry, ChatMessage)]


def texts(seat: Seat) -> list[str]:
    return [line.text for line in lines(seat)]
