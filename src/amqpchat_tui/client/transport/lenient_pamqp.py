"""pamqp, made to survive what careless or hostile peers put into their messages, and to take any name.

A nick in Latin-1, a timestamp in the year 292278994, a header table nested a thousand deep: RabbitMQ carries
them all, pamqp raises, and aiormq drops the connection; one such message would throw everyone out.
pamqp looks its decoders up in tables by name, and there these replace them.

A room may be called whatever an exchange may (AMQP 0-9-1, section 4.2.5.3). pamqp takes 127 characters of
some in ASCII, and raises in the middle of a connection, which is then lost to all rooms.
"""

from __future__ import annotations

import struct
from datetime import datetime

from pamqp import decode
from pamqp.base import Frame
from pamqp.commands import Basic, Exchange, Queue
from pamqp.common import FieldTable

_NAMING_EXCHANGES = (
    Exchange.Declare,
    Exchange.Delete,
    Exchange.Bind,
    Exchange.Unbind,
    Queue.Bind,
    Queue.Unbind,
    Basic.Publish,
)
_CHECK = "validate"

HEADERS_MAX_BYTES = 16 * 1024
"""Larger tables read as empty ones: pamqp copies the rest of a table for each value in it."""


def install() -> None:
    """Have pamqp use these decoders, in the whole process. Doing so again changes nothing."""
    decode.METHODS.update(shortstr=_short_string, timestamp=_timestamp, table=_table)
    decode.TABLE_MAPPING[b"T"] = _timestamp
    for method in _NAMING_EXCHANGES:
        setattr(method, _CHECK, _leave_to_the_broker)


def _leave_to_the_broker(_: Frame) -> None:
    """Take a method as it is."""


def _short_string(value: bytes) -> tuple[int, str]:
    """Decode a short string (AMQP 0-9-1, section 4.2.5.3); what is not UTF-8 becomes U+FFFD."""
    end = value[0] + 1
    return end, str(value[1:end], "utf-8", "replace")


def _timestamp(value: bytes) -> tuple[int, datetime | None]:
    """Decode a timestamp (section 4.2.5.4); one that no calendar has is None."""
    try:
        return decode.timestamp(value)
    except (ValueError, OverflowError, OSError):
        return 8, None


def _table(value: bytes) -> tuple[int, FieldTable]:
    """Decode a field table (section 4.2.5.5); one that is too large, too deep or broken is empty."""
    (length,) = struct.unpack_from(">I", value)
    if length <= HEADERS_MAX_BYTES:
        try:
            return decode.field_table(value)
        except (ValueError, RecursionError, OverflowError):
            pass
    return 4 + length, {}
