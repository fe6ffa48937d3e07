"""What clients declare, bind and delete: the protocol's classes `exchange` and `queue`, on one channel."""

from __future__ import annotations

from functools import singledispatchmethod

from pamqp import base, commands

from amqpchat_tui.broker import frames
from amqpchat_tui.broker.errors import AmqpError
from amqpchat_tui.broker.exchanges import Exchange
from amqpchat_tui.broker.frames import SendBuffer, short
from amqpchat_tui.broker.queues import Queue
from amqpchat_tui.broker.routing import Broker

CLASSES = commands.Exchange.frame_id, commands.Queue.frame_id
"""The classes of the methods that are carried out here."""


class Topology:
    """The exchanges and queues of a broker, as one channel's client changes them."""

    def __init__(self, number: int, broker: Broker, owner: object, outgoing: SendBuffer) -> None:
        """`owner` stands for the connection that the channel `number` is on."""
        self._number = number
        self._broker = broker
        self._owner = owner
        self._outgoing = outgoing
        self._last_queue: str | None = None

    def queue(self, name: str) -> Queue:
        """Return the queue of this name; without one, that which was declared last (section 1.7.2.1).

        Raises:
            AmqpError: if there is none, or it is another connection's.
        """
        return self._broker.queue(self._queue_name(name), self._owner)

    @singledispatchmethod
    def do(self, method: base.Frame) -> base.Frame | None:
        """Do what a method asks for, and return its answer, unless that has been sent.

        Raises:
            AmqpError: if it is refused.
        """
        raise AmqpError(503, "unimplemented method")

    # Exchanges

    @do.register
    def _exchange_declare(self, method: commands.Exchange.Declare) -> base.Frame:
        if method.passive:
            self._broker.exchange(method.exchange)
        else:
            wanted = Exchange(
                method.exchange, method.exchange_type, method.durable, method.auto_delete, method.internal
            )
            self._broker.declare_exchange(wanted, method.arguments or {})
        return commands.Exchange.DeclareOk()

    @do.register
    def _exchange_delete(self, method: commands.Exchange.Delete) -> base.Frame:
        self._broker.delete_exchange(method.exchange, method.if_unused)
        return commands.Exchange.DeleteOk()

    @do.register
    def _exchange_bind(self, method: commands.Exchange.Bind) -> base.Frame:
        self._broker.exchange_if_any(
            method.destination
        )  # that one is the default is told before others are missed
        source, destination = map(self._broker.exchange, (method.source, method.destination))
        self._broker.bind(source, destination, method.routing_key)
        return commands.Exchange.BindOk()

    @do.register
    def _exchange_unbind(self, method: commands.Exchange.Unbind) -> base.Frame:
        destination, source = map(self._broker.exchange_if_any, (method.destination, method.source))
        if source is not None and destination is not None:
            self._broker.unbind(source, destination, method.routing_key)
        return commands.Exchange.UnbindOk()

    # Queues

    @do.register
    def _queue_declare(self, method: commands.Queue.Declare) -> base.Frame | None:
        if method.passive:
            queue = self._broker.queue(method.queue, self._owner)
        else:
            queue = self._broker.declare_queue(
                method.queue,
                self._owner,
                durable=method.durable,
                exclusive=method.exclusive,
                auto_delete=method.auto_delete,
                arguments=method.arguments or {},
            )
        self._last_queue = queue.name
        if not method.nowait:
            # pamqp would not write all the names that a queue may have.
            counts = (queue.waiting().to_bytes(4), len(queue.consumers).to_bytes(4))
            index = commands.Queue.DeclareOk.index.to_bytes(4)
            payload = b"".join((index, short(queue.name.encode()), *counts))
            self._outgoing.send(frames.method_frame(self._number, payload))
        return None

    @do.register
    def _queue_bind(self, method: commands.Queue.Bind) -> base.Frame:
        source = self._broker.exchange(method.exchange)
        queue, key = self.queue(method.queue), method.routing_key
        if not method.queue and not key:
            key = queue.name
        self._broker.bind(source, queue, key)
        return commands.Queue.BindOk()

    @do.register
    def _queue_unbind(self, method: commands.Queue.Unbind) -> base.Frame:
        source = self._broker.exchange_if_any(method.exchange)
        queue = self._broker.queue_if_any(self._queue_name(method.queue), self._owner)
        if source is not None and queue is not None:
            self._broker.unbind(source, queue, method.routing_key)
        return commands.Queue.UnbindOk()

    @do.register
    def _queue_purge(self, method: commands.Queue.Purge) -> base.Frame:
        return commands.Queue.PurgeOk(self.queue(method.queue).purge())

    @do.register
    def _queue_delete(self, method: commands.Queue.Delete) -> base.Frame:
        count = self._broker.delete_queue(
            self._queue_name(method.queue),
            self._owner,
            if_unused=method.if_unused,
            if_empty=method.if_empty,
        )
        return commands.Queue.DeleteOk(count)

    def _queue_name(self, name: str) -> str:
        if not name and self._last_queue is None:
            raise AmqpError(404, "no previously declared queue")
        return name or self._last_queue or ""
