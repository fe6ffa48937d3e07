"""Queues, the messages in them, and what those who take from them may still be sent. Pure, as `routing`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import ClassVar, Protocol

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
        self.filled: dict[ClassicQueue, None] = {}
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
    offset: int = 0
    """Of a stream: the message that it is sent next."""

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
class Queue(ABC):
    """Where messages are put, and consumers get them from."""

    name: str
    owner: object | None
    """The connection that alone may use it."""
    auto_delete: bool
    arguments: Mapping[str, object]
    memory: Memory
    consumers: list[Consumer] = field(default_factory=list)

    durable: ClassVar[bool]
    """Whether it is declared as such; all are in memory only."""

    @property
    def label(self) -> str:
        """How errors call it."""
        return label(self.name)

    @abstractmethod
    def check_deletion(self, *, if_unused: bool, if_empty: bool) -> None:
        """Refuse to be deleted.

        Raises:
            AmqpError: if it is in use or not empty, and that is asked about.
        """

    @abstractmethod
    def admit(self, consumer: Consumer, arguments: Mapping[str, object]) -> None:
        """Make ready for a consumer, which wants to consume with these arguments.

        Raises:
            AmqpError: if it may not.
        """

    @abstractmethod
    def waiting(self) -> int:
        """Return how many messages are in it."""

    @abstractmethod
    def push(self, message: Message) -> None:
        """Take a message, and deliver it to who is to have it now."""

    @abstractmethod
    def serve(self, consumer: Consumer) -> None:
        """Deliver what waits for a consumer, which may be ready now."""

    @abstractmethod
    def take(self) -> QueuedMessage | None:
        """Take the oldest message out.

        Raises:
            AmqpError: if messages cannot be taken out of it.
        """

    @abstractmethod
    def unacknowledged(self, entry: QueuedMessage) -> QueuedMessage:
        """Return what is to be kept of a message that was delivered, until it is acknowledged."""

    @abstractmethod
    def check_reject(self) -> None:
        """Refuse that a client gives messages back.

        Raises:
            AmqpError: if that cannot be done.
        """

    @abstractmethod
    def requeue(self, entries: Iterable[QueuedMessage]) -> None:
        """Take back what was `unacknowledged`, and deliver it again; nothing if the queue is gone."""

    @abstractmethod
    def purge(self) -> int:
        """Drop what waits, and return how many messages that was.

        Raises:
            AmqpError: if that cannot be done with it.
        """

    @abstractmethod
    def close(self) -> int:
        """End, and return how many messages were in it."""


@dataclass(slots=True, eq=False)
class ClassicQueue(Queue):
    """Messages in order, and those who take them in turn."""

    bytes: int = 0
    """What waits in it takes."""
    alive: bool = True
    _entries: deque[QueuedMessage] = field(default_factory=deque)
    _last: int = 0

    durable = False

    def check_deletion(self, *, if_unused: bool, if_empty: bool) -> None:
        """Refuse to be deleted while it is in use or not empty, if that is asked about."""
        if if_unused and self.consumers:
            raise AmqpError(406, f"{self.label} in use")
        if if_empty and self.waiting():
            raise AmqpError(406, f"{self.label} not empty")

    def admit(self, consumer: Consumer, arguments: Mapping[str, object]) -> None:
        """See that nobody has to be alone here, and that no more is asked for than there is."""
        if "x-priority" in arguments:
            raise AmqpError(540, "this broker has no consumer priorities")
        if "x-stream-offset" in arguments:
            reason = f"invalid arg 'x-stream-offset' for {self.label} of queue type rabbit_classic_queue"
            raise AmqpError(406, reason)
        if self.consumers and (consumer.exclusive or self.consumers[0].exclusive):
            raise AmqpError(403, f"{self.label} in exclusive use")

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

    def serve(self, consumer: Consumer) -> None:
        """Deliver what waits; it is for others as well."""
        self.pump()

    def pump(self) -> None:
        """Deliver what waits to whoever is ready."""
        while self.waiting() and (consumer := self._next()):
            consumer.receiver.deliver(consumer, self._pop())

    def take(self) -> QueuedMessage | None:
        """Take the oldest message out."""
        return self._pop() if self.waiting() else None

    def unacknowledged(self, entry: QueuedMessage) -> QueuedMessage:
        """Return the message, which has left the queue."""
        return entry

    def check_reject(self) -> None:
        """Do nothing: messages may come back."""

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

    def close(self) -> int:
        """End; what was delivered will not come back."""
        self.alive = False
        return self.purge()

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


def label(queue: str) -> str:
    """Return how errors call a queue."""
    return f"queue '{queue}' in vhost '/'"


def _expired(message: Message) -> bool:
    return message.expires_at is not None and message.expires_at <= monotonic()
