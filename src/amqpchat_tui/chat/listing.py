"""What panels show of each conversation."""

from __future__ import annotations

from enum import IntEnum

from msgspec import Struct

from amqpchat_tui.model import ConversationId


class News(IntEnum):
    """What waits in a conversation, the most important greatest."""

    NOTHING = 0
    MUTED = 1
    """Lines in which the person wants to be told of mentions only: shown in grey, and not visited."""
    LINE = 2
    MENTION = 3
    PRIVATE = 4
    """Lines to the person alone."""


class Listed(Struct, frozen=True):
    """A conversation in a list."""

    id: ConversationId
    number: int
    """From 1; it stays the same as long as the conversation is joined."""
    label: str
    """`ConversationId.label`."""
    news: News
    unread: int
    """How many lines of others were not read; 0 where not even mentions are wanted."""
    mentions: int
    """How many of those concern the person."""
    muted: bool
    """Whether not all lines are wanted."""
    shown: bool
    """Whether it is the one on the screen."""
    has_draft: bool
    """Whether something is written there and not sent; of the shown one only the prompt knows."""
    problem: str = ""
    """Why the broker does not let us in, as a sentence without a full stop; else empty."""
