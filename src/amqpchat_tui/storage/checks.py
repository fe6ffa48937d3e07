"""Checks what comes back from a disk, to which anything may have happened."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from amqpchat_tui.model import ConversationId, OutboxLine
from amqpchat_tui.wire.text import WireError, check_body, check_nick


class KeptLine(Struct, frozen=True):
    """A line of the outbox as it is kept."""

    id: Annotated[str, Meta(pattern="^[0-9a-f]{1,64}$")]
    nick: str
    body: str
    at: Annotated[float, Meta(ge=0, lt=2**32)]
    """Seconds since the epoch."""


def kept_line(conversation: ConversationId, kept: KeptLine) -> OutboxLine | None:
    """Return the line with its texts cleaned, or None when it could not be sent."""
    try:
        nick, body = check_nick(kept.nick), check_body(kept.body)
    except (WireError, UnicodeError):
        return None
    return OutboxLine(conversation, kept.id, nick, body, kept.at)
