"""What the person has read: lines that come in while they look, and what stood there when they came."""

from __future__ import annotations

from collections.abc import Callable

from amqpchat_tui.chat.conversation import Conversation
from amqpchat_tui.chat.keeping import Keeping
from amqpchat_tui.chat.presence import Presence
from amqpchat_tui.chat.switcher import Switcher


class Reading:
    """Counts lines as read in the conversation that is shown, as long as it is seen at its end."""

    def __init__(
        self,
        switcher: Switcher,
        presence: Presence,
        keeping: Keeping,
        changed: Callable[[], None],
        clock: Callable[[], float],
    ) -> None:
        """`changed` is called when something is not unread any more."""
        self._switcher = switcher
        self._presence = presence
        self._keeping = keeping
        self._changed = changed
        self._clock = clock
        self._left_at: float | None = None
        """When the person left the screen; None while they look at it."""
        self.looks_elsewhere = False
        """Whether the person sees something else than the conversation that is shown."""

    @property
    def is_here(self) -> bool:
        """Whether the person looked at the screen when that was noted last."""
        return self._left_at is None

    def note_presence(self) -> None:
        """See whether the person looks at the screen: who leaves it has read so far."""
        left_at = self._presence.away_since(self._clock())
        if left_at is not None and left_at != self._left_at:
            self._switcher.shown.view.look_away()
        self._left_at = left_at
        self.come_to_shown()

    def come_to_shown(self) -> None:
        """Another conversation is shown, or seen again: its lines are read now, if it is seen at its end."""
        shown = self._switcher.shown
        if shown.unread and shown.narrowed is None and self.sees(shown):
            self._read(shown)

    def sees(self, conversation: Conversation) -> bool:
        """Whether the person reads what comes into a conversation now, as far as they see it."""
        here = self.is_here and not self.looks_elsewhere
        return here and conversation is self._switcher.shown and conversation.view.place is None

    def mark(self, conversation: Conversation) -> None:
        """Count all lines of a conversation as read."""
        for reader in (conversation.reader, conversation.view):
            reader.look_away()
        self._read(conversation)

    def mark_all(self) -> None:
        """Count all lines of all conversations as read."""
        for conversation in self._switcher.conversations.values():
            self.mark(conversation)

    def _read(self, conversation: Conversation) -> None:
        unread = conversation.read()
        self._keeping.keep_soon(conversation)
        if unread:
            self._changed()
