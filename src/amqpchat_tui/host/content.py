"""A published message as it comes in: the method, a content header, the body in pieces (section 4.2.6)."""

from __future__ import annotations

import struct

from pamqp import commands

from amqpchat_tui.host.errors import AmqpError
from amqpchat_tui.host.queues import Message

MAX_MESSAGE_BYTES = 16 * 1024 * 1024

_content = struct.Struct(">HHQ")
_MAX_DEPTH = 100
"""Headers nested deeper than this would take down those who read them."""
_FIXED_FIELDS = {ord("V"): 0, ord("D"): 5}
"""The bytes that a table's value takes, by its type."""
for _types, _size in (b"tbB", 1), (b"su", 2), (b"Iif", 4), (b"lLdT", 8):
    _FIXED_FIELDS.update(dict.fromkeys(_types, _size))


class Incoming:
    """A message of which not all has come yet."""

    def __init__(self, publish: bytes) -> None:
        """Read a basic.publish, which is too frequent to have pamqp do it, and whose key may be no UTF-8.

        Raises:
            AmqpError: if it cannot be read, or asks for what there is not.
        """
        try:
            key_at = 7 + publish[6]
            end = key_at + 1 + publish[key_at]
            self._exchange = publish[7:key_at].decode()
            bits = publish[end]
        except (IndexError, UnicodeDecodeError) as error:
            raise AmqpError(501, "arguments that cannot be read") from error
        if bits & 2:
            raise AmqpError(540, "immediate=true")
        self._routing_key, self._address = publish[key_at + 1 : end], publish[6:end]
        self.mandatory = bool(bits & 1)
        self._header = b""
        self._size = 0
        self._parts: list[bytes] = []
        self.received = 0
        """Bytes of its body that have come."""

    def add_header(self, payload: bytes, user: str) -> Message | None:
        """Take the content header; return the message if it has no body.

        Raises:
            AmqpError: if it is not sound, or may not be published by this user.
        """
        if self._header:
            raise self.interrupted()
        self._size, user_id = read_content_header(payload)
        if self._size > MAX_MESSAGE_BYTES:
            raise AmqpError(
                406, f"message size {self._size} is larger than configured max size {MAX_MESSAGE_BYTES}"
            )
        if user_id is not None and user_id != user.encode():
            shown = user_id.decode(errors="replace")
            raise AmqpError(406, f"user_id property set to '{shown}' but authenticated user was '{user}'")
        self._header = payload
        return None if self._size else self._message()

    def add_body(self, payload: bytes) -> Message | None:
        """Take a piece of the body; return the message if that was the last.

        Raises:
            AmqpError: if that is more than was announced.
        """
        if not self._header:
            raise self.interrupted()
        self.received += len(payload)
        if self.received > self._size:
            raise AmqpError(501, "a body of more bytes than its header says")
        self._parts.append(payload)
        return self._message() if self.received == self._size else None

    def interrupted(self) -> AmqpError:
        """Return the error that something else came than what comes next."""
        if self._header:
            return AmqpError(505, "expected content body, got non content body frame instead")
        return AmqpError(505, "expected content header for class 60, got non content header frame instead")

    def _message(self) -> Message:
        body = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
        return Message(self._exchange, self._routing_key, self._address, self._header, body)


def read_content_header(payload: bytes) -> tuple[int, bytes | None]:
    """Check a content header (section 4.2.6.1); return the body's size and the property user-id.

    It is passed on as it is, so that all properties arrive as they were sent. It must be sound, so that it is
    not those who receive it who find out.

    Raises:
        AmqpError: if it is not, or asks for what this broker lacks.
    """
    try:
        class_id, _, size = _content.unpack_from(payload)
        flags = int.from_bytes(payload[12:14])
        if class_id != commands.Basic.frame_id:
            raise AmqpError(
                505, f"expected content header for class 60, got one for class {class_id} instead"
            )
        at = 14
        user_id = None
        for position, name in enumerate(commands.Basic.Properties.__slots__):
            if not flags & 1 << 15 - position:
                continue
            if name == "headers":
                at = _skip_table(payload, at, 0)
            elif name in ("delivery_mode", "priority"):
                at += 1
            elif name == "timestamp":
                at += 8
            else:
                start, at = at + 1, at + 1 + payload[at]
                if name == "user_id":
                    user_id = payload[start:at]
                elif name == "expiration":
                    raise AmqpError(
                        540, "messages do not expire in this broker: send them without expiration"
                    )
    except (IndexError, struct.error):
        at = -1
    if at != len(payload) or flags & 3 or len(payload) < 14:
        raise AmqpError(502, "properties that cannot be read")
    return size, user_id


def _skip_table(data: bytes, at: int, depth: int, *, named: bool = True) -> int:
    if depth > _MAX_DEPTH:
        raise AmqpError(502, f"headers nested more than {_MAX_DEPTH} deep")
    start = at + 4
    end = start + int.from_bytes(data[at:start])
    if end > len(data):
        raise IndexError
    at = start
    while at < end:
        if named:
            at += 1 + data[at]
        kind, at = data[at], at + 1
        if kind in b"Sx":
            at += 4 + int.from_bytes(data[at : at + 4])
        elif kind in b"FA":
            at = _skip_table(data, at, depth + 1, named=kind == ord("F"))
        elif (size := _FIXED_FIELDS.get(kind)) is not None:
            at += size
        else:
            raise IndexError
    if at != end:
        raise IndexError
    return end
