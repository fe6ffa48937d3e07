"""Bytes ⇄ frames (AMQP 0-9-1, section 2.3 and 4.2), as far as `pamqp` leaves them to a server."""

from __future__ import annotations

import struct
from collections.abc import Callable

from pamqp import base, commands, constants, decode, frame

from amqpchat_tui.broker.errors import AmqpError
from amqpchat_tui.broker.queues import Memory, Message, Outlet

FRAME_MAX = 131_072
"""The largest frame that is offered, in bytes, as RabbitMQ's."""
FRAME_MIN = constants.FRAME_MIN_SIZE
"""The largest frame that everybody must take, and all that is taken before the two have agreed."""
ENVELOPE_BYTES = 8
"""Bytes of a frame around its payload."""
METHOD, HEADER, BODY, HEARTBEAT = 1, 2, 3, 8
END = b"\xce"
OUTPUT_BYTES = 1024 * 1024
"""What may wait for a connection to be written before its queues must keep the rest."""

_head = struct.Struct(">BHI")
# Not pamqp's own table of these, in which amqpchat's client replaces some by more lenient ones.
_decoders: dict[str, Callable[[bytes], tuple[int, object]]] = {
    "octet": decode.octet,
    "short": decode.short_uint,
    "long": decode.long_uint,
    "longlong": decode.long_long_int,
    "shortstr": decode.short_str,
    "longstr": decode.long_str,
    "table": decode.field_table,
}
_UNREADABLE = ValueError, LookupError, TypeError, ArithmeticError, OSError, RecursionError, struct.error
"""What decoders raise for bytes that are nothing."""


class FrameReader:
    """Takes a stream of bytes apart into frames, none of which is larger than `frame_max`."""

    def __init__(self) -> None:
        self.frame_max = FRAME_MIN
        self._data = b""
        self._at = 0

    def feed(self, data: bytes) -> None:
        """Add what has been received."""
        self._data = self._data[self._at :] + data
        self._at = 0

    def take(self, count: int) -> bytes | None:
        """Return the next `count` bytes, without looking at them; None until so many have come."""
        if len(self._data) - self._at < count:
            return None
        self._at += count
        return self._data[self._at - count : self._at]

    def next(self) -> tuple[int, int, bytes] | None:
        """Return type, channel and payload of the next frame, if it is there.

        Raises:
            AmqpError: if it is none, or is too large.
        """
        data, at = self._data, self._at
        if len(data) - at < ENVELOPE_BYTES:
            return None
        kind, channel, size = _head.unpack_from(data, at)
        if size + ENVELOPE_BYTES > self.frame_max:
            raise AmqpError(501, f"frame of {size + ENVELOPE_BYTES} bytes, but {self.frame_max} is the limit")
        if kind not in (METHOD, HEADER, BODY, HEARTBEAT):
            raise AmqpError(501, f"there is no frame type {kind}")
        end = at + ENVELOPE_BYTES - 1 + size
        if end >= len(data):
            return None
        if data[end] != constants.FRAME_END:
            raise AmqpError(501, "a frame does not end with its end marker")
        self._at = end + 1
        return kind, channel, data[end - size : end]


def read_method(payload: bytes) -> base.Frame:
    """Decode a method and its arguments, strictly.

    Raises:
        AmqpError: if that cannot be done.
    """
    try:
        method: base.Frame = commands.INDEX_MAPPING[int.from_bytes(payload[:4])]()
        at, bit = 4, 0
        for name in method.__slots__:
            kind = method.amqp_type(name)
            if kind == "bit":  # up to eight in a row share an octet
                setattr(method, name, bool(payload[at] & 1 << bit))
                bit += 1
                continue
            at, bit = at + bool(bit), 0
            size, value = _decoders[kind](payload[at:])
            setattr(method, name, value)
            at += size
    except _UNREADABLE as error:
        raise AmqpError(501, "arguments that cannot be read") from error
    if at + bool(bit) != len(payload):
        raise AmqpError(501, "arguments of another length than their method's")
    return method


def method_frame(channel: int, payload: bytes) -> bytes:
    """Put a frame around a method's index and arguments."""
    return b"".join((_head.pack(METHOD, channel, len(payload)), payload, END))


def short(text: bytes) -> bytes:
    """Encode a short string."""
    return bytes((len(text),)) + text


class SendBuffer(Outlet):
    """What is to be written to a connection; `wake` is called when there begins to be something."""

    def __init__(self, memory: Memory, wake: Callable[[], object]) -> None:
        super().__init__()
        self.frame_max = FRAME_MAX
        self._memory = memory
        self._wake = wake
        self._chunks: list[bytes] = []
        self._size = 0

    def send(self, data: bytes) -> None:
        """Append bytes; consumers get no more when there are many."""
        if not self._chunks:
            self._wake()
        self._chunks.append(data)
        self._size += len(data)
        self.unsent += len(data)
        self._memory.unsent += len(data)
        if self._size > OUTPUT_BYTES:
            self.open = False

    def send_method(self, channel: int, method: base.Frame) -> None:
        """Append a method."""
        self.send(frame.marshal(method, channel))

    def send_message(self, channel: int, method: bytes, message: Message, tail: bytes = b"") -> None:
        """Append a method that ends with exchange, routing key and `tail`, and the message itself.

        What the message looks like on this channel is made once for all who get it on a channel like it.
        """
        key = channel, self.frame_max
        content = message.rendered.get(key)
        if content is None:
            content = message.rendered[key] = _render(message, *key)
        size = len(method) + len(message.address) + len(tail)
        head = _head.pack(METHOD, channel, size)
        self.send(b"".join((head, method, message.address, tail, END, content)))

    def take(self) -> bytes:
        """Return all that is to be written; it takes memory until it is `sent`."""
        data = b"".join(self._chunks)
        self._chunks.clear()
        self._size = 0
        return data

    def sent(self) -> None:
        """Take note that what was taken is on its way, or will never be."""
        self._memory.unsent -= self.unsent - self._size
        self.unsent = self._size


def _render(message: Message, channel: int, frame_max: int) -> bytes:
    parts = [_head.pack(HEADER, channel, len(message.header)), message.header, END]
    room = frame_max - ENVELOPE_BYTES
    for start in range(0, len(message.body), room):
        piece = message.body[start : start + room]
        parts += _head.pack(BODY, channel, len(piece)), piece, END
    return b"".join(parts)
