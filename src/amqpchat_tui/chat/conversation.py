"""All that one conversation needs: what was said in it, who reads it and how far, who speaks."""

from __future__ import annotations

from collections.abc import Sequence

from amqpchat_tui.chat.attention import Attention
from amqpchat_tui.chat.speakers import Speakers
from amqpchat_tui.model import ChatMessage, ConversationId, Entry
from amqpchat_tui.scrollback import Reader, Scrollback


class Conversation:
    """A room or another place to talk in, whether it is on the screen or not."""

    def __init__(self, identity: ConversationId, scrollback: Scrollback) -> None:
        self.id = identity
        self.scrollback = scrollback
        self.reader = Reader(scrollback)
        self.speakers = Speakers()
        self.unread = 0
        """How many lines of others have come that were not read."""
        self.mentions = 0
        """How many of those concern the person."""
        self.draft = ""
        """What is written in the prompt and not sent."""

    def take(self, entries: Sequence[Entry], attention: Attention, *, seen: bool) -> None:
        """Add what has arrived; unless it is `seen` at once, lines of others are unread."""
        self.scrollback.extend(entries)
        self.speakers.hear(entries)
        if not seen:
            self.unread += sum(isinstance(entry, ChatMessage) and not entry.own for entry in entries)
            self.mentions += sum(map(attention.concerns, entries))

    def read(self) -> None:
        """Count all lines as read."""
        self.unread = self.mentions = 0
