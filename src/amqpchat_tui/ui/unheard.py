"""The lines that no room has heard yet: they are shown, and asked about before one leaves them behind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from textual.timer import Timer

from amqpchat_tui.chat.session import Session
from amqpchat_tui.model import ChatClient, ConversationId, OutboxLine, Phase
from amqpchat_tui.ui.leaving import Leaving


class Unheard:
    """Watches the outboxes of all conversations, and stands before the ways out."""

    def __init__(
        self,
        session: Session,
        client: ChatClient,
        *,
        show: Callable[[Sequence[OutboxLine], ConversationId], None],
        soon: Callable[[Callable[[], None]], object],
        set_timer: Callable[[float, Callable[[], None]], Timer],
        hint: Callable[[str], None],
    ) -> None:
        """`show` is given all lines and the conversation on the screen; `soon` does something in a moment."""
        self._session = session
        self._client = client
        self._show = show
        self._soon = soon
        self._set_timer = set_timer
        self._hint = hint
        self._due = False
        self._leavings: dict[ConversationId | None, Leaving] = {}
        """What is being left: a conversation, or, under None, the program."""

    def changed(self) -> None:
        """Show the lines, once for all changes of this turn of the loop."""
        if not self._due:
            self._due = True
            self._soon(self.show)

    def show(self) -> None:
        """Show the lines now; leave what has heard all that was waited for."""
        self._due = False
        self._show(self._lines(None), self._session.shown.id)
        for leaving in list(self._leavings.values()):
            leaving.outbox_changed()

    def leave(self, what: ConversationId | None, command: str, leave: Callable[[], None]) -> bool:
        """Leave a conversation, or the program; False where that takes a moment or the command again."""
        if what not in self._leavings:
            self._leavings[what] = Leaving(
                command,
                unheard=partial(self._lines, what),
                online=lambda: self._client.state.phase is Phase.ONLINE,
                set_timer=self._set_timer,
                say=self._hint,
                leave=partial(self._leave, what, leave),
            )
        return self._leavings[what].leave()

    def _leave(self, what: ConversationId | None, leave: Callable[[], None]) -> None:
        self._leavings.pop(what, None)
        leave()

    def stay(self) -> None:
        """Something else was entered: ask again before anything is left."""
        for leaving in self._leavings.values():
            leaving.stay()
        self._leavings.clear()

    def _lines(self, conversation: ConversationId | None) -> Sequence[OutboxLine]:
        """The lines of a conversation, or of all, those of the one on the screen first."""
        if conversation is not None:
            return self._client.outbox(conversation)
        shown = self._session.shown.id
        others = (identity for identity in self._session.conversations if identity != shown)
        return [line for identity in (shown, *others) for line in self._client.outbox(identity)]
