"""The way to a line that was found, and back to the very place where one was before."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from amqpchat_tui.chat.conversation import Conversation
from amqpchat_tui.chat.lookup import find_line, read_around
from amqpchat_tui.chat.narrowed import Narrowed
from amqpchat_tui.chat.past import FROM_LOG
from amqpchat_tui.chat.session import Session
from amqpchat_tui.model import ConversationId, ConversationKind, LoggedLine
from amqpchat_tui.scrollback import Anchor
from amqpchat_tui.scrollback.search import Search
from amqpchat_tui.ui.scrollback.view import ScrollbackView
from amqpchat_tui.wording.history import FROM_HISTORY


class Way:
    """Shows a line in its conversation: in its scrollback, else with what the log has around it."""

    def __init__(
        self, session: Session, view: ScrollbackView, show: Callable[[ConversationId], None]
    ) -> None:
        """`show` puts another conversation on the screen."""
        self._session = session
        self._view = view
        self._show = show
        self._begin = session.shown.id
        self._moved: tuple[Conversation, Anchor | None, Narrowed | None] | None = None
        """Whose reader was moved to a line, with where it was before, and the thread that was shown alone."""
        self.is_going = False
        """Whether another conversation is put on the screen by ourselves."""

    async def go(
        self, line: LoggedLine, words: Sequence[str], around: Sequence[LoggedLine] | None = None
    ) -> str:
        """Show a line, if it is in a room's history with those around it; return why not, else nothing.

        Raises:
            LogError: if the log cannot be read.
        """
        conversation = self._session.conversations.get(line.conversation)
        if conversation is None:
            label = line.conversation.label
            if line.conversation.kind is ConversationKind.PRIVATE:
                return f"you write to {label} no more; /msg does so again"
            return f"you are in {label} no more; /join goes there"
        seq = find_line(conversation.scrollback, line.message)
        logged = around is None
        if seq is None and around is None:
            around = await self._session.logbook.around(line)
        self._restore()
        self._go_to(line.conversation)
        reader = conversation.reader
        if seq is None:
            reader = read_around(around or (), FROM_LOG if logged else FROM_HISTORY)
            seq = find_line(reader.store, line.message)
        else:
            self._moved = conversation, reader.place, conversation.narrowed
            conversation.narrowed = None
        self._view.show(reader)
        if words:
            self._view.show_search(Search(reader.store, words[0].lower()))
        if seq is not None:
            self._view.show_hit(seq)
        return ""

    @property
    def may_stay(self) -> bool:
        """Whether the line is in the scrollback of its conversation."""
        return self._moved is not None

    def back(self) -> None:
        """Go back to where one was at the beginning."""
        self._restore()
        self._go_to(self._begin)

    def stay(self) -> None:
        """Leave the reader where it is."""
        if self._moved is not None:
            self._view.unpick()
            self._view.show_search(None)
            self._moved = None
        self._restore()

    def _restore(self) -> None:
        """Have the conversation on the screen as it was before a line in it was shown."""
        if self._moved is not None:
            conversation, place, narrowed = self._moved
            self._moved = None
            conversation.narrowed = narrowed
            conversation.reader.unpick()
            conversation.reader.look_for(None)
            conversation.reader.return_to(place)
        self._view.show(self._session.shown.view)
        self._view.sync()

    def _go_to(self, identity: ConversationId) -> None:
        self.is_going = True
        try:
            self._show(identity)
        finally:
            self.is_going = False
