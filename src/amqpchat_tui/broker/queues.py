"""Queues, the messages in them, and what those who take from them may still be sent. Pure, as `routing`."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Protocol

from amqpchat_tui.broker.errors import AmqpError

QUEUE_BYTES = 32 * 1024 * 1024
"""What a queue may hold; beyond that it drops its oldest, as with x-max-length."""
UNACKNOWLEDGED_BYTES = 16 * 1024 * 1024
"""What a connection may have been sent and not acknowledged before it is sent no more."""
MEMORY_BYTES = 128 * 1024 * 1024
"""What all messages together may take in queues, as much again while they are sent, and while they come."""
_OVERHEAD_BYTES = 300
"""What a message costs besides its bytes."""
_HOLDER_BYTES = 100
"""What it costs to be in one more queue."""
_ABSENT_ARGUMENTS = {
    "x-message-ttl",
    "x-expires",
    "x-dead-letter-exchange",
    "x-max-length-bytes",
    "x-max-priority",
    "x-single-active-consumer",
}


@dataclass(slots=True, eq=False)
class Message:
    """A published message; its bytes are kept as they came."""

    exchange: str
    routing_key: bytes
    address: bytes
    """These two as they are written in methods."""
    header: bytes
    """The payload of the content header frame, that is, size and properties."""
    body: bytes
    expires_at: float | None = None
    """When it need not be delivered any more (`time.monotonic()`)."""
    places: int = 0
    """How many queues hold it, and clients that have not acknowledged it."""
    rendered: dict[tuple[int, int], bytes] = field(default_factory=dict)
    """Its content as frames, by channel number and frame size, while it is being routed."""

    @property
    def size(self) -> int:
        """What it takes in memory, about."""
        return len(self.body) + len(self.header) + _OVERHEAD_BYTES


QueuedMessage = tuple[int, Message, bool]
"""A message in a queue: its place there, and whether it may have been delivered before."""


class Memory:
    """What all messages together take, in bytes."""

    def __init__(self) -> None:
        self.limit = MEMORY_BYTES
        """For each of these."""
        self.stored = 0
        """In queues, and not yet acknowledged; a message in many queues counts once."""
        self.unsent = 0
        """In what waits for clients to read it."""
        self.incoming = 0
        """In messages of which not all has come yet."""
        self.filled: dict[Queue, None] = {}
        """The queues in which something waits."""

    def keep(self, message: Message) -> None:
        """Count a message that is put somewhere."""
        self.stored += _HOLDER_BYTES if message.places else _HOLDER_BYTES + message.size
        message.places += 1

    def release(self, message: Message) -> None:
        """Count a message no more where it was put."""
        message.places -= 1
        self.stored -= _HOLDER_BYTES if message.places else _HOLDER_BYTES + message.size


class Outlet:
    """A connection's way out, as far as queues need to know."""

    def __init__(self) -> None:
        self.open = True
        """Whether it takes more at the moment."""
        self.passed_over = False
        """Whether a message was kept in its queue for want of room on the way out."""
        self.unsent = 0
        """Bytes that wait for the client to read them."""
        self.held = 0
        """Bytes sent and not yet acknowledged."""

    def holds_enough(self, memory: Memory) -> bool:
        """Whether something has to be acknowledged first; if memory is short, all that was sent."""
        return self.held >= (UNACKNOWLEDGED_BYTES if memory.stored < memory.limit else 1)


class Receiver(Protocol):
    """Takes the messages that a consumer is sent."""

    def deliver(self, consumer: Consumer, entry: QueuedMessage) -> None:
        """Send a message on."""

    def cancelled(self, consumer: Consumer) -> None:
        """Tell that its queue is gone."""


@dataclass(slots=True, eq=False)
class Consumer:
    """Somebody who takes from a queue; `prefetch` is 0 for no limit."""

    tag: str
    queue: Queue
    receiver: Receiver
    outlet: Outlet
    no_ack: bool
    exclusive: bool
    prefetch: int
    prefix: bytes = b""
    """The receiver's own: what all its deliveries begin with."""
    unacked: int = 0

    def ready(self) -> bool:
        """Whether it may be sent a message now; if memory is short, only when its connection uses none."""
        outlet, memory = self.outlet, self.queue.memory
        if not outlet.open or (outlet.unsent and memory.unsent > memory.limit):
            outlet.passed_over = True
            return False
        if self.no_ack:
            return True
        return not outlet.holds_enough(memory) and (not self.prefetch or self.unacked < self.prefetch)


@dataclass(slots=True, eq=False)
class Queue:
    """Messages in order, and those who take them in turn."""

    name: str
    owner: object | None
    """The connection that alone may use it."""
    auto_delete: bool
    arguments: Mapping[str, object]
    memory: Memory
    consumers: list[Consumer] = field(default_factory=list)
    bytes: int = 0
    """What waits in it takes."""
    alive: bool = True
    _entries: deque[QueuedMessage] = field(default_factory=deque)
    _last: int = 0

    def waiting(self) -> int:
        """Return how many messages wait; those at the head that have expired are dropped."""
        while self._entries and _expired(self._entries[0][1]):
            self._pop()
        return len(self._entries)

    def push(self, message: Message) -> None:
        """Deliver a message if nothing waits before it and a consumer is ready, else keep it."""
        self._last += 1
        entry = (self._last, message, False)
        if not self._entries and (consumer := self._next()):
            consumer.receiver.deliver(consumer, entry)
            return
        self._keep(entry)
        self._drop_oldest()

    def pump(self) -> None:
        """Deliver what waits to whoever is ready."""
        while self.waiting() and (consumer := self._next()):
            consumer.receiver.deliver(consumer, self._pop())

    def take(self) -> QueuedMessage | None:
        """Take the oldest message out."""
        return self._pop() if self.waiting() else None

    def requeue(self, entries: Iterable[QueuedMessage]) -> None:
        """Put messages back to where they were, and deliver again; nothing if the queue is gone."""
        if not self.alive:
            return
        for place, message, _ in entries:
            self._keep((place, message, True))
        self._entries = deque(sorted(self._entries, key=lambda entry: entry[0]))
        self._drop_oldest()
        self.pump()

    def purge(self) -> int:
        """Drop what waits, and return how many messages that was."""
        count = self.waiting()
        while self._entries:
            self._pop()
        return count

    def _keep(self, entry: QueuedMessage) -> None:
        if not self._entries:
            self.memory.filled[self] = None
        self._entries.append(entry)
        self.bytes += entry[1].size
        self.memory.keep(entry[1])

    def _pop(self) -> QueuedMessage:
        entry = self._entries.popleft()
        if not self._entries:
            del self.memory.filled[self]
        self.bytes -= entry[1].size
        self.memory.release(entry[1])
        return entry

    def _next(self) -> Consumer | None:
        consumers = self.consumers
        for index, consumer in enumerate(consumers):
            if consumer.ready():
                if len(consumers) > 1:
                    consumers.append(consumers.pop(index))
                return consumer
        return None

    def _drop_oldest(self) -> None:
        limit = self.arguments.get("x-max-length")
        while self.bytes > QUEUE_BYTES or (isinstance(limit, int) and len(self._entries) > limit):
            self._pop()


def _expired(message: Message) -> bool:
    return message.expires_at is not None and message.expires_at <= monotonic()


def check_arguments(name: str, arguments: Mapping[str, object]) -> None:
    """Refuse what no queue here has.

    Raises:
        AmqpError: with the reason.
    """
    invalid = "invalid arg '{}' for queue '" + name + "' in vhost '/': {!r}"
    length = arguments.get("x-max-length", 0)
    if not isinstance(length, int) or isinstance(length, bool) or length < 0:
        raise AmqpError(406, invalid.format("x-max-length", length))
    if (overflow := arguments.get("x-overflow", "drop-head")) != "drop-head":
        if overflow in ("reject-publish", "reject-publish-dlx"):
            raise AmqpError(540, "this broker's full queues only drop their oldest (x-overflow=drop-head)")
        raise AmqpError(406, invalid.format("x-overflow", overflow))
    if (kind := arguments.get("x-queue-type", "classic")) != "classic":
        raise AmqpError(540, f"this broker has classic queues only, no {kind} queues")
    if absent := sorted(_ABSENT_ARGUMENTS & arguments.keys()):
        raise AmqpError(540, f"this broker has no {', '.join(absent)}")
