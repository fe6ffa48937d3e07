"""Field tables as bytes (AMQP 0-9-1, section 4.2.5.5): whether they are sound, what streams keep of them."""

from __future__ import annotations

import struct

from amqpchat_tui.broker.errors import AmqpError

_FIXED_FIELDS = {ord("V"): 0, ord("D"): 5}
"""The bytes that a table's value takes, by its type."""
for _types, _size in (b"tbB", 1), (b"su", 2), (b"Iif", 4), (b"lLdT", 8):
    _FIXED_FIELDS.update(dict.fromkeys(_types, _size))
_LOST = b"FAD"
"""Values that a stream keeps none of: tables, arrays and decimals."""
_OFFSET = b"x-stream-offset"
_CONTENT_TYPE, _CONTENT_ENCODING, _HEADERS = 1 << 15, 1 << 14, 1 << 13
"""The properties up to the headers, as flags."""
_FLAGS_AT, _PROPERTIES_AT = 12, 14
"""Where a content header has the flags that tell its properties, and where these begin (section 4.2.6.1)."""
_offset_field = struct.Struct(f">B{len(_OFFSET)}scq")


def skip_table(data: bytes, at: int) -> int:
    """Return where a field table ends, if it and all within it are sound, however deep.

    Raises:
        IndexError: if not.
        AmqpError: if it names further recipients.
    """
    ends = [(at + 4 + int.from_bytes(data[at : at + 4]), True)]
    """Where the tables and arrays end that we are in, and whether their values have names."""
    at += 4
    while ends:
        end, named = ends[-1]
        if at >= end:
            if at > end:
                raise IndexError
            ends.pop()
            continue
        if named:
            start, at = at + 1, at + 1 + data[at]
            if len(ends) == 1 and data[start:at] in (b"CC", b"BCC"):
                raise AmqpError(540, "this broker has no CC and BCC: publish once for each recipient")
        kind, at = data[at], at + 1
        if kind in b"Sx":
            at += 4 + int.from_bytes(data[at : at + 4])
        elif kind in b"FA":
            ends.append((at + 4 + int.from_bytes(data[at : at + 4]), kind == ord("F")))
            at += 4
        elif (size := _FIXED_FIELDS.get(kind)) is not None:
            at += size
        else:
            raise IndexError
    return at


def recorded_header(header: bytes, offset: int) -> bytes:
    """Return a sound content header as a stream keeps it, as RabbitMQ does: its offset is one of the headers.

    Of a publisher's headers, tables, arrays, decimals and their `x-stream-offset` are not kept.
    """
    flags = int.from_bytes(header[_FLAGS_AT:_PROPERTIES_AT])
    at = _PROPERTIES_AT
    if flags & _CONTENT_TYPE:
        at += 1 + header[at]
    if flags & _CONTENT_ENCODING:
        at += 1 + header[at]
    fields, rest = _flat_fields(header, at) if flags & _HEADERS else (b"", at)
    with_headers = (flags | _HEADERS).to_bytes(2)
    before = header[:_FLAGS_AT], with_headers, header[_PROPERTIES_AT:at]
    size = len(fields) + _offset_field.size
    field = _offset_field.pack(len(_OFFSET), _OFFSET, b"l", offset)
    return b"".join((*before, size.to_bytes(4), fields, field, header[rest:]))


def _flat_fields(data: bytes, at: int) -> tuple[bytes, int]:
    """Return what is kept of a sound table, and where it ends."""
    kept = []
    end = at + 4 + int.from_bytes(data[at : at + 4])
    at += 4
    while at < end:
        start, name_end = at, at + 1 + data[at]
        kind, at = data[name_end], name_end + 1
        at += _FIXED_FIELDS[kind] if kind in _FIXED_FIELDS else 4 + int.from_bytes(data[at : at + 4])
        if kind not in _LOST and data[start + 1 : name_end] != _OFFSET:
            kept.append(data[start:at])
    return b"".join(kept), end
