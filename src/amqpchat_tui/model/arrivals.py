"""What came in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from msgspec import Struct

from amqpchat_tui.model.conversation import ConversationId
from amqpchat_tui.model.events import LineEvent
from amqpchat_tui.model.messages import ChatMessage, Entry, Gap


class HistoryLimits(NamedTuple):
    """How much of what is said a room's history keeps: both limits hold."""

    days: int = 7
    megabytes: int = 100


class Replay(Struct, frozen=True):
    """Lines that were said before others which are shown already, oldest first, from a room's history."""

    lines: Sequence[ChatMessage]
    gap: Gap | None = None
    """Where they were missed, as the notice in the scrollback has it; None: before all that is shown."""
    more: bool = False
    """Whether there are older ones, which may be asked for; of a gap, whether others may be missing."""
    heard_by: Mapping[int, str] = {}
    """Of lines that are hearsay, by index: who says that they were said."""
    events: Sequence[LineEvent] = ()
    """What has become of lines meanwhile, these or others."""
    left_out: int = 0
    """Of a gap, about how many older ones are missing, as they were too many or are gone."""


class Arrivals(Struct, frozen=True):
    """A portion of what came into a conversation, in its order."""

    conversation: ConversationId
    entries: Sequence[Entry]
    more: bool
    """Whether more waits than was taken."""
    filled: float = 0.0
    """How much had come, as a part of what the broker sends before it has to wait for us."""
    replays: Sequence[Replay] = ()
    """What has come from the history meanwhile; the gaps in question have come before."""
    events: Sequence[LineEvent] = ()
    """What has become of lines, these or others."""
