"""What the screen does about the people in rooms."""

from __future__ import annotations

from collections.abc import Callable

from amqpchat_tui.model import ConversationId


class PeopleShown:
    """Shows who is in rooms; a `chat.people.people.PeopleListener`."""

    def __init__(self, warn: Callable[[str, ConversationId], None]) -> None:
        """`warn` says something in a conversation."""
        self._warn = warn

    def people_changed(self, conversation: ConversationId) -> None:
        """Nothing shows them."""

    def people_moved(self, conversation: ConversationId, row: str) -> None:
        """Nothing shows that."""

    def people_doubted(self, conversation: ConversationId, text: str) -> None:
        """Warn there."""
        self._warn(text, conversation)
