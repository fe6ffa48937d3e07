"""Deliveries, taken out of a connection's byte stream before aiormq reads it.

aiormq makes five objects and a task of each delivery, and two copies of each body. Here a delivery costs a
fraction of that, and a body of 100 MB takes no more memory than what is shown of it. All other frames go
through as they came, so that nothing in aiormq needs to be changed.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence

from msgspec import Struct
from pamqp.commands import Basic
from pamqp.constants import FRAME_BODY, FRAME_END, FRAME_HEADER, FRAME_METHOD
from pamqp.header import ContentHeader

from amqpchat_tui.wire.lines import BODY_READ_BYTES
from amqpchat_tui.wire.received import NO_PROPERTIES, NoProperties

_HEAD = struct.Struct(">BHI")
"""What a frame begins with: kind, channel, size of its payload (AMQP 0-9-1, section 4.2.3)."""
_FRAME_BYTES = _HEAD.size + 1
"""What a frame takes besides its payload: that, and the octet that ends it."""
_CONTENT = struct.Struct(">4xQH")
"""What a content header's payload begins with: the body's size, flags of the properties (section 4.2.6.1)."""
_METHOD_FRAME = struct.Struct(">3sII")
_HEADER_FRAME = struct.Struct(">3sI4xQH")
_BODY_FRAME = struct.Struct(">3sI")
"""The same of whole frames: kind and channel, size; then the method, or what a content header begins with."""
_TAG = struct.Struct(">QxB")
"""What follows the consumer tag of a `basic.deliver`: delivery tag, a bit, length of the exchange's name."""
_DELIVER = Basic.Deliver.index
_DELIVER_BYTES = struct.pack(">I", _DELIVER)
_READ_FLAGS = sum(
    Basic.Properties.flags[name]
    for name in (
        "headers",
        "correlation_id",
        "reply_to",
        "message_id",
        "timestamp",
        "message_type",
        "user_id",
    )
)
"""Of the properties that anybody looks at: where there are no others, none is read, as that takes long."""


class Delivery(Struct, gc=False):
    """A message as it came (`wire.received`); `body` is as much of its beginning as its channel wants."""

    tag: int
    """Acknowledges it, on its channel (section 1.8.3.13)."""
    exchange: bytes
    routing_key: bytes
    properties: Basic.Properties | NoProperties = NO_PROPERTIES
    """As far as they can be read (section 4.2.6.1): broken ones count as none."""
    body: bytes = b""
    missing: int = 0
    """Bytes of the body that are still to come or were left out."""


Receive = Callable[[Sequence[Delivery]], None]
"""Takes deliveries that have come together, in their order; must not raise."""


class _Channel:
    """Puts the deliveries of one channel together from their frames."""

    def __init__(self, number: int, receive: Receive, body_bytes: int) -> None:
        self.receive = receive
        self._begins = [struct.pack(">BH", kind, number) for kind in (FRAME_METHOD, FRAME_HEADER, FRAME_BODY)]
        self._body_bytes = body_bytes
        self._whole: list[Delivery] = []
        """What is to be received."""
        self._open: Delivery | None = None
        self._to_come = 0
        """Bytes of the open delivery's body that are still to come."""

    def hand_on(self) -> None:
        """Give what is here to whoever receives."""
        whole, self._whole = self._whole, []
        if whole:
            self.receive(whole)

    def take_whole(self, data: bytes, at: int) -> int:
        """Take the deliveries that begin at `at` and are here as a whole, one behind the other.

        That is what most of them are: three frames in a row. Return where they end.
        """
        method_begins, header_begins, body_begins = self._begins
        size = len(data)
        while at + _METHOD_FRAME.size <= size:
            begins, length, method = _METHOD_FRAME.unpack_from(data, at)
            header = at + _FRAME_BYTES + length
            if begins != method_begins or method != _DELIVER or header + _HEADER_FRAME.size > size:
                break
            begins, length, to_come, flags = _HEADER_FRAME.unpack_from(data, header)
            body = header + _FRAME_BYTES + length
            if begins != header_begins or body + _BODY_FRAME.size > size:
                break
            begins, length = _BODY_FRAME.unpack_from(data, body)
            end = body + _FRAME_BYTES + length
            if begins != body_begins or not length == to_come <= self._body_bytes or end > size:
                break
            if not data[header - 1] == data[body - 1] == data[end - 1] == FRAME_END:
                break
            tag, exchange, key = _read_deliver(data, at + _HEAD.size)
            properties = _read_properties(data[header + _HEAD.size : body - 1], flags)
            self._whole.append(Delivery(tag, exchange, key, properties, data[body + _HEAD.size : end - 1]))
            self._open = None
            at = end
        return at

    def take(self, kind: int, data: bytes, at: int, end: int) -> bool:
        """Take a frame whose payload is `data[at:end]`, if it is part of a delivery."""
        if kind == FRAME_METHOD and data.startswith(_DELIVER_BYTES, at):
            self._open = Delivery(*_read_deliver(data, at))
            return True
        delivery = self._open
        if delivery is None:
            return False
        if kind == FRAME_HEADER:
            size, flags = _CONTENT.unpack_from(data, at)
            self._to_come = delivery.missing = size
            delivery.properties = _read_properties(data[at:end], flags)
        elif kind == FRAME_BODY:
            self._to_come -= end - at
            part = data[at : min(end, at + self._body_bytes - len(delivery.body))]
            delivery.body += part
            delivery.missing -= len(part)
        else:
            return False
        if self._to_come <= 0:
            self._open = None
            self._whole.append(delivery)
        return True


class Sieve:
    """Takes the deliveries of some channels out of a byte stream, and leaves the rest."""

    def __init__(self) -> None:
        self._channels: dict[int, _Channel] = {}
        self._held: list[bytes] = []
        """What has come of a frame that is needed as a whole, or of a frame's first bytes."""
        self._needed = 0
        """How many bytes must have come before it is worth to look at them."""
        self._passing = 0
        """Bytes that are still to come of a frame of which the beginning went through."""

    def take(self, channel: int, receive: Receive, body_bytes: int = BODY_READ_BYTES) -> None:
        """From now on, give a channel's deliveries to `receive`, as many at once as have come together.

        No more than `body_bytes` of a body are kept.
        """
        self._channels[channel] = _Channel(channel, receive, body_bytes)

    def drop(self, channel: int) -> None:
        """From now on, give a channel's deliveries to nobody."""
        if channel in self._channels:
            self._channels[channel].receive = _ignore

    def forget(self, channel: int) -> None:
        """A channel is closed; the next one under its number is another."""
        self._channels.pop(channel, None)

    def feed(self, data: bytes) -> bytes:
        """Take bytes off the stream, and return those that belong to no delivery.

        If there are none, what was returned before ended where a frame ends.
        """
        self._held.append(data)
        if sum(map(len, self._held)) < self._needed:
            return b""
        data = b"".join(self._held)
        end = len(data)
        at = min(self._passing, end)
        self._passing -= at
        left = [data[:at]] if at else []
        self._needed = 0
        receiving: dict[_Channel, None] = {}
        while at + _HEAD.size <= end:
            kind, channel, size = _HEAD.unpack_from(data, at)
            payload = at + _HEAD.size
            stop = payload + size + 1
            if (ours := self._channels.get(channel)) is not None:
                receiving[ours] = None
                if (whole := ours.take_whole(data, at)) > at:
                    at = whole
                    continue
                if stop > end:
                    self._needed = stop - at
                    break
                if data[stop - 1] == FRAME_END and ours.take(kind, data, payload, stop - 1):
                    at = stop
                    continue
            left.append(data[at:stop])
            at = min(stop, end)
            self._passing = stop - at
        self._held = [data[at:]] if at < end else []
        for ours in receiving:
            ours.hand_on()
        return b"".join(left)

    def end(self) -> bytes:
        """Return what was held back, as no more will come."""
        held, self._held = self._held, []
        return b"".join(held)


def _ignore(_: Sequence[Delivery]) -> None:
    pass


def _read_deliver(data: bytes, at: int) -> tuple[int, bytes, bytes]:
    """Read a `basic.deliver` (section 1.8.3.14): return its delivery tag, exchange and routing key."""
    at += len(_DELIVER_BYTES)
    at += 1 + data[at]
    tag, length = _TAG.unpack_from(data, at)
    exchange = at + _TAG.size
    key = exchange + length + 1
    return tag, data[exchange : key - 1], data[key : key + data[key - 1]]


def _read_properties(payload: bytes, flags: int) -> Basic.Properties | NoProperties:
    """Read the properties in a content header; broken ones count as none."""
    if not flags & _READ_FLAGS:
        return NO_PROPERTIES
    header = ContentHeader()
    try:
        header.unmarshal(payload)
    except (ValueError, IndexError, struct.error):
        return NO_PROPERTIES
    return header.properties
