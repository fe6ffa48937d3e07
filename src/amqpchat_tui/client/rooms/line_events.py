"""What is done here about lines that were said, in all rooms."""

from __future__ import annotations

from amqpchat_tui.model import ConversationId, ConversationKind


class LineEvents:
    """Implements `model.LineEvents`."""

    def problem(self, conversation: ConversationId) -> str:
        """Return why nothing can be done about lines there now, in a sentence; empty if it can."""
        if conversation.kind is not ConversationKind.ROOM:
            return "Only in rooms."
        return "This version tells no room of it."

    def react(self, conversation: ConversationId, about: str, emoji: str, *, remove: bool = False) -> None:
        """Put a few characters under a line, or take them away."""

    def withdraw(self, conversation: ConversationId, about: str) -> None:
        """Say that one would rather not have said a line."""
