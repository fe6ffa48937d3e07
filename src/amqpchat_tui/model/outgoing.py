"""Lines under way, and what has become of them."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from amqpchat_tui.model.conversation import ConversationId
from amqpchat_tui.model.messages import Severity


class Fate(Enum):
    """What has become of a typed line that the room has not yet been seen to hear."""

    QUEUED = "queued"
    SENT = "sent"
    """Published; the broker's confirm or our own echo is still to come."""
    FAILED = "failed"


class Bearing(Struct, frozen=True):
    """What a line is besides a text."""

    level: Severity | None = None
    """How bad the news is, of a program that tells some."""
    answers: str = ""
    """The name of the line that it answers, as `wire.lines.line_name` gives it; empty for none."""
    replaces: str = ""
    """The id of the line of which it is the corrected text; empty for none."""


PLAIN = Bearing()
"""A line that is a text and nothing else."""


class OutboxLine(Struct, frozen=True):
    """A typed line under way."""

    to: ConversationId
    message_id: str
    nick: str
    body: str
    """What goes over the wire: `/me waves`, not `waves`."""
    typed_at: float
    fate: Fate = Fate.QUEUED
    reason: str = ""
    """Why it failed."""
    bearing: Bearing = PLAIN
