"""Queues, the messages in them, and what those who take from them may still be sent. Pure, as `routing`."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from amqpchat_tui.host.errors import AmqpError

if TYPE_CHECKING:
    from amqpchat_tui.host.routing import Exchange

QUEUE_BYTES = 32 * 1024 * 1024
"""What a queue may hold; beyond that it drops its oldest, as with x-max-length."""
UNACKNOWLEDGED_BYTES = 64 * 1024 * 1024
"""What a connection may have been sent and not acknowledged before it is sent no more."""
_OVERHEAD = 300
"""What a message costs besides its bytes."""
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
    rendered: dict[tuple[int, int], bytes] = field(default_factory=dict)
    """Its content as frames, by channel number and frame size, while it is being routed."""

    @property
    def size(self) -> int:
        """What it takes in memory, about."""
        return len(self.body) + len(self.header) + _OVERHEAD


Entry = tuple[int, Message, bool]
"""A message in a queue: its place there, and whether it may have been delivered before."""


class Outlet:
    """A connection's way out, as far as queues need to know."""

    def __init__(self) -> None:
        self.open = True
        """Whether it takes more at the moment."""
        self.held = 0
        """Bytes sent and not yet acknowledged."""


@dataclass(slots=True, eq=False)
class Window:
    """What a channel may be sent: `limit` unacknowledged messages for all its consumers, 0 for no limit."""

    outlet: Outlet
    limit: int = 0
    unacked: int = 0


class Receiver(Protocol):
    """Where a consumer's messages go."""

    def deliver(self, consumer: Consumer, entry: Entry) -> None:
        """Send a message on."""

    def cancelled(self, consumer: Consumer) -> None:
        """Tell that its queue is gone."""


@dataclass(slots=True, eq=False)
class Consumer:
    """Somebody who takes from a queue; `prefetch` is 0 for no limit."""

    tag: str
    queue: Queue
    receiver: Receiver
    window: Window
    no_ack: bool
    exclusive: bool
    prefetch: int
    prefix: bytes = b""
    """The receiver's own: what all its deliveries begin with."""
    unacked: int = 0

    def ready(self) -> bool:
        """Whether it may be sent a message now."""
        window = self.window
        if self.no_ack or not window.outlet.open:
            return window.outlet.open
        return (
            (not self.prefetch or self.unacked < self.prefetch)
            and (not window.limit or window.unacked < window.limit)
            and window.outlet.held < UNACKNOWLEDGED_BYTES
        )


@dataclass(slots=True, eq=False)
class Queue:
    """Messages in order, and those who take them in turn."""

    name: str
    owner: object | None
    """The connection that alone may use it."""
    auto_delete: bool
    arguments: Mapping[str, object]
    ready: deque[Entry] = field(default_factory=deque)
    consumers: list[Consumer] = field(default_factory=list)
    bound_to: set[Exchange] = field(default_factory=set)
    bytes: int = 0
    alive: bool = True
    _last: int = 0

    def push(self, message: Message) -> None:
        """Deliver a message if nothing waits before it and a consumer is ready, else keep it."""
        self._last += 1
        entry = (self._last, message, False)
        if not self.ready and (consumer := self._next()):
            consumer.receiver.deliver(consumer, entry)
            return
        self.ready.append(entry)
        self.bytes += message.size
        self._drop_oldest()

    def pump(self) -> None:
        """Deliver what waits to whoever is ready."""
        while self.ready and (consumer := self._next()):
            entry = self.ready.popleft()
            self.bytes -= entry[1].size
            consumer.receiver.deliver(consumer, entry)

    def take(self) -> Entry | None:
        """Take the oldest message out."""
        if not self.ready:
            return None
        entry = self.ready.popleft()
        self.bytes -= entry[1].size
        return entry

    def requeue(self, entries: Iterable[Entry]) -> None:
        """Put messages back to where they were, and deliver again; nothing if the queue is gone."""
        if not self.alive:
            return
        later: list[Entry] = []
        for place, message, _ in sorted(entries, key=lambda entry: entry[0], reverse=True):
            while self.ready and self.ready[0][0] < place:
                later.append(self.ready.popleft())
            while later and later[-1][0] > place:
                self.ready.appendleft(later.pop())
            self.ready.appendleft((place, message, True))
            self.bytes += message.size
        while later:
            self.ready.appendleft(later.pop())
        self._drop_oldest()
        self.pump()

    def purge(self) -> int:
        """Drop what waits, and return how many messages that was."""
        count = len(self.ready)
        self.ready.clear()
        self.bytes = 0
        return count

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
        while self.bytes > QUEUE_BYTES or (isinstance(limit, int) and len(self.ready) > limit):
            self.take()


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
