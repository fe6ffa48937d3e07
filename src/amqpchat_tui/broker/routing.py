"""Which messages go into which queues, and who may declare, bind and delete what.

Pure: what comes in are names and messages, what goes out goes to a `Receiver`. Errors are RabbitMQ's.
"""

from __future__ import annotations

import heapq
import secrets
from collections.abc import Mapping, Sequence

from amqpchat_tui.broker.arguments import (
    STREAM,
    check_classic,
    check_equivalent,
    check_same,
    kind_of,
    limits_of,
)
from amqpchat_tui.broker.errors import AmqpError
from amqpchat_tui.broker.exchanges import KINDS, Exchange
from amqpchat_tui.broker.queues import ClassicQueue, Consumer, Memory, Message, Queue, label
from amqpchat_tui.broker.stream import Archive, Stream
from amqpchat_tui.broker.stream_queue import StreamQueue

MAX_QUEUES = 10_000
MAX_EXCHANGES = 12_000
"""A chat has one of its own in each of its rooms, as many as it has queues there."""
MAX_BINDINGS = 100_000
"""All of them together; one counts once more for each dot in its key."""
_SPARE = 1 / 16
"""The part of the memory for messages that is made free when there is too little."""
_RESERVED = "amq."


class Broker:
    """All exchanges and queues. Whoever calls passes `owner`, which stands for its connection."""

    def __init__(self) -> None:
        self.exchanges = {f"amq.{kind}": Exchange(f"amq.{kind}", kind, durable=True) for kind in KINDS}
        self.queues: dict[str, Queue] = {}
        self.memory = Memory()
        self.archive = Archive()
        self._sources: dict[Queue | Exchange, dict[Exchange, None]] = {}
        """The exchanges that have bindings to each destination."""
        self._owned: dict[object, dict[Queue, None]] = {}
        """The exclusive queues of each connection."""
        self._bound = 0
        """How many bindings there are, as `MAX_BINDINGS` counts them."""
        self.handed_out = 0
        """How many times a message has been put into a queue."""

    # Exchanges

    def exchange(self, name: str) -> Exchange:
        """Return an exchange, which is not the default one.

        Raises:
            AmqpError: if there is none.
        """
        if exchange := self.exchange_if_any(name):
            return exchange
        raise AmqpError(404, f"no exchange '{name}' in vhost '/'")

    def exchange_if_any(self, name: str) -> Exchange | None:
        """Return an exchange, if it exists.

        Raises:
            AmqpError: if it is the default one, with which nothing but publishing can be done.
        """
        if not name:
            raise AmqpError(403, "operation not permitted on the default exchange")
        return self.exchanges.get(name)

    def declare_exchange(self, wanted: Exchange, arguments: Mapping[str, object]) -> None:
        """Make an exchange, or see that the one there is like it.

        Raises:
            AmqpError: if it is not, or may not be made.
        """
        name = wanted.name
        if there := self.exchange_if_any(name):
            where = f"exchange '{name}' in vhost '/'"
            check_same(where, "type", wanted.kind, there.kind)
            check_same(where, "durable", wanted.durable, there.durable)
            check_same(where, "auto_delete", wanted.auto_delete, there.auto_delete)
            check_same(where, "internal", wanted.internal, there.internal)
            return
        _check_reserved("exchange", name)
        if wanted.durable:
            raise AmqpError(540, "this broker keeps nothing on disk: declare the exchange with durable=False")
        if "alternate-exchange" in arguments:
            raise AmqpError(540, "this broker has no alternate exchanges")
        if len(self.exchanges) >= MAX_EXCHANGES:
            raise AmqpError(406, f"cannot declare exchange '{name}': there are {MAX_EXCHANGES} already")
        self.exchanges[name] = wanted

    def delete_exchange(self, name: str, if_unused: bool) -> None:
        """Delete an exchange, if there is one.

        Raises:
            AmqpError: if it is one of the broker's own, or in use.
        """
        exchange = self.exchange_if_any(name)
        if name.startswith(_RESERVED):
            raise AmqpError(403, f"deletion of system exchange '{name}' in vhost '/' not allowed")
        if exchange is None:
            return
        if if_unused and exchange.bindings.destinations:
            raise AmqpError(406, f"exchange '{name}' in vhost '/' in use")
        for destination in list(exchange.bindings.destinations):
            self._bound -= sum(map(_weight, exchange.bindings.clear(destination)))
            self._part(exchange, destination)
        self._forget(exchange)

    # Bindings

    def bind(self, source: Exchange, destination: Queue | Exchange, key: str) -> None:
        """Have messages go from an exchange to a queue or to another exchange.

        Raises:
            AmqpError: if there are too many bindings already.
        """
        if key in source.bindings.keys(destination):
            return
        if self._bound + _weight(key) > MAX_BINDINGS:
            raise AmqpError(406, f"cannot bind to '{source.name}': there are {MAX_BINDINGS} bindings already")
        source.bindings.add(destination, key)
        self._bound += _weight(key)
        self._sources.setdefault(destination, {})[source] = None

    def unbind(self, source: Exchange, destination: Queue | Exchange, key: str) -> None:
        """Remove a binding, if there is one; an auto-delete exchange goes with its last binding."""
        if key not in source.bindings.keys(destination):
            return
        source.bindings.remove(destination, key)
        self._bound -= _weight(key)
        if not source.bindings.keys(destination):
            self._part(source, destination)
            if source.auto_delete and not source.bindings.destinations:
                self._forget(source)

    def _part(self, source: Exchange, destination: Queue | Exchange) -> None:
        """Take note that there is no binding left between the two."""
        sources = self._sources[destination]
        del sources[source]
        if not sources:
            del self._sources[destination]

    def _forget(self, gone: Queue | Exchange) -> None:
        """Undo all bindings to what is gone, and forget it with the exchanges that go with them."""
        all_gone = [gone]
        for destination in all_gone:
            if isinstance(destination, Exchange):
                del self.exchanges[destination.name]
            else:
                del self.queues[destination.name]
            for source in self._sources.pop(destination, ()):
                self._bound -= sum(map(_weight, source.bindings.clear(destination)))
                if source.auto_delete and not source.bindings.destinations:
                    all_gone.append(source)

    # Queues

    def queue(self, name: str, owner: object) -> Queue:
        """Return a queue that its user may use.

        Raises:
            AmqpError: if there is none, or it is another connection's.
        """
        if queue := self.queue_if_any(name, owner):
            return queue
        raise AmqpError(404, f"no queue '{name}' in vhost '/'")

    def queue_if_any(self, name: str, owner: object) -> Queue | None:
        """Return a queue, if it exists.

        Raises:
            AmqpError: if it is another connection's.
        """
        queue = self.queues.get(name)
        if queue is not None and queue.owner not in (None, owner):
            raise _locked(name)
        return queue

    def declare_queue(
        self,
        name: str,
        owner: object,
        *,
        durable: bool,
        exclusive: bool,
        auto_delete: bool,
        arguments: Mapping[str, object],
    ) -> Queue:
        """Make a queue, with a name of its own if it is given none, or see that the one there is like it.

        Raises:
            AmqpError: if it is not, is another connection's, or may not be made.
        """
        _check_reserved("queue", name)
        durable = durable and not exclusive  # a queue that ends with its connection is never kept
        if queue := self.queue_if_any(name, owner):
            if exclusive != (queue.owner is not None):
                raise _locked(name)
            check_same(queue.label, "durable", durable, queue.durable)
            check_same(queue.label, "auto_delete", auto_delete, queue.auto_delete)
            check_equivalent(name, arguments, queue.arguments)
            return queue
        if len(self.queues) >= MAX_QUEUES:
            raise AmqpError(406, f"cannot declare queue '{name}': there are {MAX_QUEUES} already")
        if kind_of(name, arguments) == STREAM:
            wrong = {"exclusive-owner": exclusive, "auto-delete": auto_delete, "non-durable": not durable}
            queue = self._new_stream(name, [what for what, given in wrong.items() if given], arguments)
        else:
            queue = self._new_queue(name, owner if exclusive else None, durable, auto_delete, arguments)
        self.queues[queue.name] = queue
        if queue.owner is not None:
            self._owned.setdefault(owner, {})[queue] = None
        return queue

    def _new_queue(
        self, name: str, owner: object, durable: bool, auto_delete: bool, arguments: Mapping[str, object]
    ) -> Queue:
        check_classic(name, arguments)
        if durable:
            raise AmqpError(540, "this broker keeps nothing on disk: declare the queue with durable=False")
        name = name or f"amq.gen-{secrets.token_urlsafe(16)}"
        return ClassicQueue(name, owner, auto_delete, dict(arguments), self.memory)

    def _new_stream(self, name: str, wrong: Sequence[str], arguments: Mapping[str, object]) -> StreamQueue:
        limits = limits_of(name, arguments)
        if not name:
            raise AmqpError(406, "Cannot declare a server-named queue for type rabbit_stream_queue")
        if wrong:
            raise AmqpError(406, f"invalid property '{wrong[0]}' for {label(name)}")
        stream = Stream(self.archive, limits)
        return StreamQueue(name, None, False, dict(arguments), self.memory, stream=stream)

    def delete_queue(self, name: str, owner: object, *, if_unused: bool, if_empty: bool) -> int:
        """Delete a queue, if there is one, and return how many messages it had.

        Raises:
            AmqpError: if it is another connection's, in use, or not empty.
        """
        queue = self.queue_if_any(name, owner)
        if queue is None:
            return 0
        queue.check_deletion(if_unused=if_unused, if_empty=if_empty)
        return self._remove_queue(queue)

    def forget_owner(self, owner: object) -> None:
        """Delete the exclusive queues of a connection that has ended."""
        for queue in self._owned.pop(owner, ()):
            self._remove_queue(queue)

    def _remove_queue(self, queue: Queue) -> int:
        self._forget(queue)
        if (owned := self._owned.get(queue.owner)) is not None:
            del owned[queue]
            if not owned:
                del self._owned[queue.owner]
        consumers, queue.consumers = queue.consumers, []
        for consumer in consumers:
            consumer.receiver.cancelled(consumer)
        return queue.close()

    # Consumers

    def add_consumer(self, consumer: Consumer, arguments: Mapping[str, object]) -> None:
        """Let a consumer take from its queue; it still has to be pumped.

        Raises:
            AmqpError: if its queue does not admit it with these arguments.
        """
        consumer.queue.admit(consumer, arguments)
        consumer.queue.consumers.append(consumer)

    def remove_consumer(self, consumer: Consumer) -> None:
        """Let it take no more; an auto-delete queue goes with its last consumer."""
        queue = consumer.queue
        if consumer in queue.consumers:
            queue.consumers.remove(consumer)
            if queue.auto_delete and not queue.consumers:
                self._remove_queue(queue)

    # Messages

    def publish(self, message: Message) -> bool:
        """Put a message into the queues that it is for; False if there is none.

        Raises:
            AmqpError: if there is no such exchange, or it is not for clients.
        """
        key = message.routing_key.decode(errors="surrogateescape")
        if message.exchange:
            exchange = self.exchange(message.exchange)
            if exchange.internal:
                raise AmqpError(403, f"cannot publish to internal exchange '{exchange.name}' in vhost '/'")
            queues = exchange.queues(key)
        else:
            queues = [self.queues[key]] if key in self.queues else []
        for queue in queues:
            queue.push(message)
        message.rendered.clear()
        self.handed_out += len(queues)
        self._make_room()
        return bool(queues)

    def _make_room(self) -> None:
        """When all queues together hold too much, have the fullest drop their oldest, and some more.

        What is made free at a time pays for looking through the queues.
        """
        memory = self.memory
        if memory.stored <= memory.limit:
            return
        fullest = [(-queue.bytes, number, queue) for number, queue in enumerate(memory.filled)]
        heapq.heapify(fullest)
        while memory.stored > memory.limit * (1 - _SPARE) and fullest:
            _, number, queue = fullest[0]
            if queue.take() is None:
                heapq.heappop(fullest)
            else:
                heapq.heapreplace(fullest, (-queue.bytes, number, queue))


def _weight(key: str) -> int:
    return 1 + key.count(".")


def _locked(queue: str) -> AmqpError:
    return AmqpError(
        405,
        f"cannot obtain exclusive access to locked queue '{queue}' in vhost '/'. It could be originally"
        " declared on another connection or the exclusive property value does not match that of the original"
        " declaration.",
    )


def _check_reserved(kind: str, name: str) -> None:
    if name.startswith(_RESERVED):
        raise AmqpError(403, f"{kind} name '{name}' contains reserved prefix '{_RESERVED}*'")
