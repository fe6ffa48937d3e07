"""A published message as it comes in: the method, a content header, the body in pieces (section 4.2.6)."""

from __future__ import annotations

import re
import struct
from time import monotonic

from pamqp.commands import Basic
from pamqp.header import ContentHeader

from amqpchat_tui.broker.errors import AmqpError
from amqpchat_tui.broker.frames import short
from amqpchat_tui.broker.queues import Message
from amqpchat_tui.broker.tables import skip_table

MAX_MESSAGE_BYTES = 16 * 1024 * 1024

_content = struct.Struct(">HHQH")


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
        self._expires_at: float | None = None
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
        self._size, properties = read_content_header(payload)
        if self._size > MAX_MESSAGE_BYTES:
            raise AmqpError(
                406, f"message size {self._size} is larger than configured max size {MAX_MESSAGE_BYTES}"
            )
        if (name := properties.get("user_id")) not in (None, user):
            raise AmqpError(406, f"user_id property set to '{name}' but authenticated user was '{user}'")
        if (milliseconds := properties.get("expiration")) is not None:
            if not re.fullmatch(r"[0-9]+", milliseconds):
                raise AmqpError(406, f"invalid expiration '{milliseconds}'")
            self._expires_at = monotonic() + int(milliseconds) / 1000
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
        return Message(self._exchange, self._routing_key, self._address, self._header, body, self._expires_at)


def make_message(exchange: str, routing_key: str, body: bytes, properties: Basic.Properties) -> Message:
    """Make a message as if a client had published it."""
    name, key = exchange.encode(), routing_key.encode()
    content_header = ContentHeader(body_size=len(body), properties=properties).marshal()
    return Message(exchange, key, short(name) + short(key), content_header, body)


def read_content_header(payload: bytes) -> tuple[int, dict[str, str]]:
    """Check a content header (section 4.2.6.1); return the body's size and the properties that are strings.

    It is passed on as it is, so that all properties arrive as they were sent. It must be sound, so that it is
    not those who receive it who find out.

    Raises:
        AmqpError: if it is not, or asks for what this broker lacks.
    """
    strings: dict[str, str] = {}
    try:
        class_id, _, size, flags = _content.unpack_from(payload)
        if class_id != Basic.frame_id:
            raise AmqpError(
                505, f"expected content header for class 60, got one for class {class_id} instead"
            )
        at = _content.size
        for position, name in enumerate(Basic.Properties.__slots__):
            if not flags & 1 << 15 - position:
                continue
            if name == "headers":
                at = skip_table(payload, at)
            elif name in ("delivery_mode", "priority"):
                at += 1
            elif name == "timestamp":
                at += 8
            else:
                start, at = at + 1, at + 1 + payload[at]
                strings[name] = payload[start:at].decode(errors="replace")
    except (IndexError, struct.error):
        at = -1
    if at != len(payload) or flags & 3:
        raise AmqpError(502, "properties that cannot be read")
    return size, strings
