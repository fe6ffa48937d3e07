"""The records of a journal: bytes ⇄ lines that were typed and not yet heard.

Each record is a newline and then a JSON object, so that one that was torn by a crash, or by a full disk,
spoils neither those before it nor those behind it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from amqpchat_tui.model import ConversationId, OutboxLine
from amqpchat_tui.wire.text import WireError, check_body, check_nick


class _Typed(Struct, frozen=True, tag="typed"):
    """A line came into the outbox."""

    id: Annotated[str, Meta(pattern="^[0-9a-f]{1,64}$")]
    nick: str
    body: str
    at: Annotated[float, Meta(ge=0, lt=2**32)]
    """Seconds since the epoch."""


class _Gone(Struct, frozen=True, tag="gone"):
    """A line left the outbox: the room has heard it, or the person took it back."""

    id: str


_Record = _Typed | _Gone
_decoder = msgspec.json.Decoder(_Record)


def typed(line: OutboxLine) -> bytes:
    """Make the record of a line that came into the outbox."""
    return _encode(_Typed(id=line.message_id, nick=line.nick, body=line.body, at=line.typed_at))


def gone(message_id: str) -> bytes:
    """Make the record of a line that left the outbox."""
    return _encode(_Gone(id=message_id))


def _encode(record: _Record) -> bytes:
    return b"\n" + msgspec.json.encode(record)


def read(conversation: ConversationId, journal: bytes) -> Sequence[OutboxLine]:
    """Return the lines that came and did not leave, in their order; what is no record is skipped.

    One that came again stands where it came last.
    """
    lines: dict[str, OutboxLine] = {}
    for row in journal.split(b"\n"):
        match _decode(row):
            case _Typed(id=message_id, nick=nick, body=body, at=at):
                lines.pop(message_id, None)
                lines[message_id] = OutboxLine(conversation, message_id, nick, body, at)
            case _Gone(id=message_id):
                lines.pop(message_id, None)
    return list(lines.values())


def _decode(row: bytes) -> _Record | None:
    try:
        record: _Record = _decoder.decode(row)
        if isinstance(record, _Typed):
            return msgspec.structs.replace(record, nick=check_nick(record.nick), body=check_body(record.body))
    except (msgspec.MsgspecError, WireError, UnicodeError, RecursionError):
        return None
    return record
