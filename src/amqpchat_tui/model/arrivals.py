"""What came in."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from amqpchat_tui.model.conversation import ConversationId
from amqpchat_tui.model.messages import Entry


class Arrivals(Struct, frozen=True):
    """A portion of what came into a conversation, in its order."""

    conversation: ConversationId
    entries: Sequence[Entry]
    more: bool
    """Whether more waits than was taken."""
    pressing: bool = False
    """Whether so much came at once that the broker may soon have to wait for us."""
