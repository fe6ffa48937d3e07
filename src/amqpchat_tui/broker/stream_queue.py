"""A stream among the queues: its consumers read it from where they like, and take nothing away. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from time import time

from amqpchat_tui.broker.arguments import seconds
from amqpchat_tui.broker.errors import AmqpError
from amqpchat_tui.broker.queues import Consumer, Message, Queue, QueuedMessage
from amqpchat_tui.broker.stream import Record, Stream
from amqpchat_tui.broker.tables import recorded_header


@dataclass(slots=True, eq=False)
class StreamQueue(Queue):
    """A stream and its readers, each of whom is sent as many messages as they have acknowledged others."""

    stream: Stream = field(kw_only=True)
    _delivered: Message = field(default_factory=lambda: Message("", b"", b"", b"", b""))
    """What is kept of every message until it is acknowledged: none of it, but their number is bounded."""

    durable = True

    def check_deletion(self, *, if_unused: bool, if_empty: bool) -> None:
        """RabbitMQ deletes one that is in use or not empty, whatever it is asked."""

    def admit(self, consumer: Consumer, arguments: Mapping[str, object]) -> None:
        """Find where the consumer begins to read."""
        if "x-priority" in arguments:
            reason = f"invalid arg 'x-priority' for {self.label} of queue type rabbit_stream_queue"
            raise AmqpError(406, reason)
        consumer.offset = self._find(arguments.get("x-stream-offset", "next"))
        if not consumer.prefetch:
            raise AmqpError(406, f"consumer prefetch count is not set for '{self.label}'")
        if consumer.no_ack:
            raise self._lacks("automatic acknowledgement")

    def waiting(self) -> int:
        """Return how many messages are kept."""
        return self.stream.next - self.stream.first

    def push(self, message: Message) -> None:
        """Keep a message, and deliver it to those who wait for it."""
        offset = self.stream.next
        record = self.keep(message, time())
        if not self.consumers:
            return
        kept = _message(record)
        for consumer in list(self.consumers):
            if consumer.offset == offset and consumer.ready():
                self._deliver(consumer, kept)

    def keep(self, message: Message, came_at: float) -> Record:
        """Keep a message that came at this time, and return it as it is kept."""
        stream = self.stream
        record = message.address, recorded_header(message.header, stream.next), message.body
        stream.append(record, came_at)
        return record

    def serve(self, consumer: Consumer) -> None:
        """Deliver what the consumer has not had yet and may have."""
        stream = self.stream
        consumer.offset = max(consumer.offset, stream.first)
        while consumer.offset < stream.next and consumer.ready():
            self._deliver(consumer, _message(stream.read(consumer.offset)))

    def take(self) -> QueuedMessage | None:
        """Refuse: nobody takes anything away."""
        raise self._lacks("basic.get")

    def unacknowledged(self, entry: QueuedMessage) -> QueuedMessage:
        """Return nothing but the number: the message is here still."""
        return entry[0], self._delivered, False

    def check_reject(self) -> None:
        """Refuse: an acknowledgement is no more than credit."""
        raise self._lacks("basic.nack and basic.reject")

    def requeue(self, entries: Iterable[QueuedMessage]) -> None:
        """Do nothing: all is here still."""

    def purge(self) -> int:
        """Refuse: only limits and deletion drop anything."""
        raise self._lacks("queue.purge")

    def close(self) -> int:
        """End."""
        self.stream.close()
        return 0  # as RabbitMQ says

    def _deliver(self, consumer: Consumer, message: Message) -> None:
        offset = consumer.offset
        consumer.offset += 1
        consumer.receiver.deliver(consumer, (offset, message, False))

    def _find(self, where: object) -> int:
        """Return the offset that is meant.

        Raises:
            AmqpError: if that says no place in a stream.
        """
        stream = self.stream
        match where:
            case "first":
                return stream.first
            case "last":
                return max(stream.first, stream.next - 1)
            case "next":
                return stream.next
            case int() if not isinstance(where, bool):
                return max(where, stream.first)
            case datetime():
                return stream.at(where.timestamp())
            case str() if (back := seconds(where)) is not None:
                return stream.at(time() - back)
            case str() if where[:1] in "0123456789" and where:
                reason = '{invalid_stream_offset_arg,{longstr,<<"' + where + '">>}}'
                raise AmqpError(406, f"invalid arg 'x-stream-offset' for {self.label}: {reason}")
        raise AmqpError(541, f"x-stream-offset for {self.label} is no place in a stream")

    def _lacks(self, what: str) -> AmqpError:
        return AmqpError(540, f"{what} not supported by stream queues {self.label}")


def _message(record: Record) -> Message:
    """Make a message of what is kept of one; where it was published is in its address."""
    address, header, body = record
    return Message("", b"", address, header, body)
