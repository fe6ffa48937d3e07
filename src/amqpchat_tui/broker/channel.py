"""One channel's side of the protocol: methods and content in, what they ask for done, answers out."""

from __future__ import annotations

import secrets
import struct
from collections.abc import Callable
from functools import singledispatchmethod
from itertools import takewhile

from pamqp import base, commands

from amqpchat_tui.broker import frames
from amqpchat_tui.broker.content import MAX_MESSAGE_BYTES, Incoming
from amqpchat_tui.broker.errors import AmqpError
from amqpchat_tui.broker.frames import SendBuffer, short
from amqpchat_tui.broker.queues import Consumer, Message, Queue, QueuedMessage
from amqpchat_tui.broker.routing import Broker
from amqpchat_tui.broker.topology import CLASSES, Topology

MAX_INCOMING_BYTES = 2 * MAX_MESSAGE_BYTES
"""What the unfinished messages of a connection may come to."""
MAX_CONSUMERS = 1000
"""Consumers on a channel."""

_ABSENT = {
    commands.Basic.Recover.index: "basic.recover",
    commands.Basic.RecoverAsync.index: "basic.recover-async",
    commands.Channel.Flow.index: "channel.flow",
    commands.Tx.Select.index: "transactions",
}
_NO_ROUTE = (312).to_bytes(2) + short(b"NO_ROUTE")
_delivery_tag = struct.Struct(">QB")


class Client:
    """What all channels of a connection share; it is the owner of the connection's exclusive queues."""

    def __init__(self, broker: Broker, wake: Callable[[], object]) -> None:
        self.broker = broker
        self.outgoing = SendBuffer(broker.memory, wake)
        self.channels: dict[int, Channel] = {}
        """Those that are open, by number; whose turn was last stands last."""
        self.user = ""
        self.told_of_cancels = False
        """Whether it understands that a queue with its consumers is gone."""
        self.incoming = 0
        """Bytes of messages of which not all has come yet."""
        self.unconfirmed: list[Channel] = []
        """Where something was published that is not acknowledged yet."""

    def confirm(self) -> None:
        """Acknowledge all that was published since the last time."""
        channels, self.unconfirmed = self.unconfirmed, []
        for channel in channels:
            channel.confirm()

    def pump(self) -> None:
        """Send what waits for consumers, on each channel in turn, until the connection takes no more."""
        for number, channel in list(self.channels.items()):
            if not self.outgoing.holds_enough(self.broker.memory):
                self.channels[number] = self.channels.pop(number)
            channel.pump()
            if not self.outgoing.open:
                return


class Channel:
    """An open channel; it is the `Receiver` of its consumers."""

    def __init__(self, number: int, client: Client) -> None:
        self.number = number
        self.closing = False
        """Whether it has failed, and the client has not yet acknowledged that."""
        self.method = 0
        """The index of the method that is being handled."""
        self._client = client
        self._outgoing = client.outgoing
        self._broker = client.broker
        self._prefetch = 0
        self._consumers: dict[str, Consumer] = {}
        self._unacked: dict[int, tuple[Queue, Consumer | None, QueuedMessage]] = {}
        self._last_tag = 0
        self._topology = Topology(number, client.broker, client, client.outgoing)
        self._incoming: Incoming | None = None
        self._confirms = False
        self._published = 0
        self._confirmed = 0

    def receive(self, kind: int, payload: bytes) -> None:
        """Handle a frame.

        Raises:
            AmqpError: if it is refused; then `release` is next.
        """
        if kind == frames.METHOD:
            self._receive_method(payload)
        elif self._incoming is not None:
            self._receive_content(self._incoming, kind, payload)
        else:
            raise AmqpError(505, "expected method frame, got non method frame instead")

    def confirm(self) -> None:
        """Acknowledge all that was published since the last time."""
        if count := self._published - self._confirmed:
            self._confirmed = self._published
            self._outgoing.send_method(self.number, commands.Basic.Ack(self._published, multiple=count > 1))

    def release(self) -> None:
        """Give back whatever it holds: its consumers end, and what they have not acknowledged is requeued."""
        self.confirm()
        consumers, self._consumers = self._consumers, {}
        for consumer in consumers.values():
            self._broker.remove_consumer(consumer)
        if self._incoming is not None:
            self._forget_incoming(self._incoming)
        self._settle(list(self._unacked), requeue=True)

    def pump(self) -> None:
        """Send what waits for its consumers, as far as they may have it."""
        for consumer in self._consumers.values():
            consumer.queue.serve(consumer)

    # Receiver

    def deliver(self, consumer: Consumer, entry: QueuedMessage) -> None:
        """Send a message."""
        tag = self._tag(entry, consumer.queue, consumer, no_ack=consumer.no_ack)
        method = consumer.prefix + _delivery_tag.pack(tag, entry[2])
        self._outgoing.send_message(self.number, method, entry[1])

    def cancelled(self, consumer: Consumer) -> None:
        """Tell that a consumer's queue is gone, if the client knows of such."""
        del self._consumers[consumer.tag]
        if self._client.told_of_cancels:
            self._outgoing.send_method(self.number, commands.Basic.Cancel(consumer.tag, nowait=True))

    def _tag(self, entry: QueuedMessage, queue: Queue, consumer: Consumer | None, *, no_ack: bool) -> int:
        self._last_tag += 1
        if not no_ack:
            kept = queue.unacknowledged(entry)
            self._unacked[self._last_tag] = queue, consumer, kept
            self._broker.memory.keep(kept[1])
            self._outgoing.held += kept[1].size
            if consumer is not None:  # what was fetched with basic.get does not count
                consumer.unacked += 1
        return self._last_tag

    # Methods and content

    def _receive_method(self, payload: bytes) -> None:
        index = self.method = int.from_bytes(payload[:4])
        if self._incoming is not None:
            raise self._incoming.interrupted()
        if index == commands.Basic.Publish.index:
            self._incoming = Incoming(payload)
            return
        if index in _ABSENT:
            raise AmqpError(540, f"this broker has no {_ABSENT[index]}")
        if index not in commands.INDEX_MAPPING:
            raise AmqpError(501 if len(payload) < 4 else 503, "unimplemented method")
        method = frames.read_method(payload)
        answer = self._topology.do(method) if index >> 16 in CLASSES else self._do(method)
        if answer is not None and not getattr(method, "nowait", False):
            self._outgoing.send_method(self.number, answer)
        if index == commands.Basic.Consume.index:  # its messages come after the answer
            self.pump()

    def _receive_content(self, incoming: Incoming, kind: int, payload: bytes) -> None:
        client, memory = self._client, self._broker.memory
        self._forget_incoming(incoming)
        if kind == frames.HEADER:
            message = incoming.add_header(payload, client.user)
        else:
            message = incoming.add_body(payload)
        if message is not None:
            self._publish(message, incoming.mandatory)
            return
        self._incoming = incoming
        client.incoming += incoming.received
        memory.incoming += incoming.received
        if client.incoming > MAX_INCOMING_BYTES or memory.incoming > memory.limit:
            raise AmqpError(506, "too many large messages at once")

    def _forget_incoming(self, incoming: Incoming) -> None:
        self._incoming = None
        self._client.incoming -= incoming.received
        self._broker.memory.incoming -= incoming.received

    def _publish(self, message: Message, mandatory: bool) -> None:
        if not self._broker.publish(message) and mandatory:
            index = commands.Basic.Return.index.to_bytes(4)
            self._outgoing.send_message(self.number, index + _NO_ROUTE, message)
        if self._confirms:
            if self._published == self._confirmed:
                self._client.unconfirmed.append(self)
            self._published += 1

    @singledispatchmethod
    def _do(self, method: base.Frame) -> base.Frame | None:
        """Do what a method asks for; what this returns is the answer, unless `nowait` asks for none."""
        raise AmqpError(503, "unimplemented method")

    # Consuming

    @_do.register
    def _qos(self, method: commands.Basic.Qos) -> base.Frame:
        if method.prefetch_size:
            raise AmqpError(540, f"prefetch_size!=0 ({method.prefetch_size})")
        if method.global_:
            raise AmqpError(
                540, "this broker has a prefetch for each consumer only: set it with global=false"
            )
        self._prefetch = method.prefetch_count
        return commands.Basic.QosOk()

    @_do.register
    def _consume(self, method: commands.Basic.Consume) -> base.Frame:
        tag = method.consumer_tag or f"amq.ctag-{secrets.token_urlsafe(16)}"
        if tag in self._consumers:
            raise AmqpError(530, f"attempt to reuse consumer tag '{tag}'")
        if len(self._consumers) >= MAX_CONSUMERS:
            raise AmqpError(506, f"more than {MAX_CONSUMERS} consumers on one channel")
        consumer = Consumer(
            tag,
            self._topology.queue(method.queue),
            self,
            self._outgoing,
            no_ack=method.no_ack,
            exclusive=method.exclusive,
            prefetch=self._prefetch,
            prefix=commands.Basic.Deliver.index.to_bytes(4) + short(tag.encode()),
        )
        self._broker.add_consumer(consumer, method.arguments or {})
        self._consumers[tag] = consumer
        return commands.Basic.ConsumeOk(tag)

    @_do.register
    def _cancel(self, method: commands.Basic.Cancel) -> base.Frame:
        tag = method.consumer_tag or ""
        if consumer := self._consumers.pop(tag, None):
            self._broker.remove_consumer(consumer)
        return commands.Basic.CancelOk(tag)

    @_do.register
    def _get(self, method: commands.Basic.Get) -> base.Frame | None:
        queue = self._topology.queue(method.queue)
        entry = queue.take()
        if entry is None:
            return commands.Basic.GetEmpty()
        tag = self._tag(entry, queue, None, no_ack=method.no_ack)
        index = commands.Basic.GetOk.index.to_bytes(4)
        self._outgoing.send_message(
            self.number, index + _delivery_tag.pack(tag, entry[2]), entry[1], queue.waiting().to_bytes(4)
        )
        entry[1].rendered.clear()
        return None

    @_do.register
    def _ack(self, method: commands.Basic.Ack) -> None:
        self._settle(self._tags(method.delivery_tag, method.multiple), requeue=False)

    @_do.register
    def _nack(self, method: commands.Basic.Nack) -> None:
        self._give_back(self._tags(method.delivery_tag, method.multiple), method.requeue)

    @_do.register
    def _reject(self, method: commands.Basic.Reject) -> None:
        self._give_back(self._tags(method.delivery_tag or 0, False), method.requeue)

    @_do.register
    def _confirm_select(self, _: commands.Confirm.Select) -> base.Frame:
        self._confirms = True
        return commands.Confirm.SelectOk()

    def _tags(self, tag: int, multiple: bool) -> list[int]:
        """Return the tags that are meant by this one, or up to it, all if it is 0 (section 1.8.3.13)."""
        if multiple and tag == 0:
            return list(self._unacked)
        if tag not in self._unacked:
            raise AmqpError(406, f"unknown delivery tag {tag}")
        return list(takewhile(lambda earlier: earlier <= tag, self._unacked)) if multiple else [tag]

    def _give_back(self, tags: list[int], requeue: bool) -> None:
        for tag in tags:
            self._unacked[tag][0].check_reject()
        self._settle(tags, requeue)

    def _settle(self, tags: list[int], requeue: bool) -> None:
        """Take back what was delivered under these tags."""
        held_enough = self._outgoing.holds_enough(self._broker.memory)
        settled: dict[Queue, list[QueuedMessage]] = {}
        for tag in tags:
            queue, consumer, entry = self._unacked.pop(tag)
            self._outgoing.held -= entry[1].size
            self._broker.memory.release(entry[1])
            if consumer is not None:
                consumer.unacked -= 1
            settled.setdefault(queue, []).append(entry)
        if requeue:
            for queue, entries in settled.items():
                queue.requeue(entries)
        if held_enough:  # which kept back the messages of other channels as well
            self._client.pump()
        else:
            self.pump()
