"""What the screen does about the log: it shows at the start how the last time ended."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence

from amqpchat_tui.chat.conversation import Conversation
from amqpchat_tui.chat.session import Session
from amqpchat_tui.model import LogError, LogStore

OLDER_LINES = 200
"""How many lines are read at once when one asks for more."""


class LogShown:
    """Shows the log's latest lines in each conversation as soon as that is there, and older ones if asked."""

    def __init__(
        self,
        session: Session,
        store: LogStore,
        *,
        rows: Callable[[], int],
        run: Callable[[Coroutine[None, None, None]], object],
        tell: Callable[[str], None],
        show: Callable[[], None],
    ) -> None:
        """`rows` is how many lines make up a screen; `run` does something in the background.

        `show` shows what has changed.
        """
        self._session = session
        self._store = store
        self._rows = rows
        self._run = run
        self._tell = tell
        self._show = show
        self._asked: set[Conversation] = set()
        self._has_begun = False

    def start(self) -> None:
        """Begin with what is there; say once, at the first start, where the log is."""
        self._has_begun = True
        self.look()
        self._run(self._introduce())

    def look(self) -> None:
        """See whether there are conversations of which the log was not asked yet."""
        if not self._has_begun:
            return
        there = self._session.conversations.values()
        self._asked.intersection_update(there)
        for conversation in there:
            if conversation not in self._asked:
                self._asked.add(conversation)
                self._run(self._show_in(conversation, self._session.logbook.brokers))
            elif conversation.past.is_due:
                self._run(self._show_older(conversation))

    def ask_for_older(self) -> None:
        """Show older lines of the log in the conversation on the screen, if there are."""
        conversation = self._session.shown
        if conversation.past.ask():
            self._run(self._show_older(conversation, OLDER_LINES))

    async def _show_in(self, conversation: Conversation, brokers: Sequence[str]) -> None:
        rows = self._rows()
        lines = await self._store.latest(brokers, conversation.id, rows, conversation.opened_at)
        conversation.past.take(lines, more=len(lines) == rows)
        await self._show_older(conversation)

    async def _show_older(self, conversation: Conversation, most: int = 0) -> None:
        """Read so many more lines of the log, and as many as it takes to have some that are not shown."""
        past = conversation.past
        past.is_due = False
        while (oldest := past.oldest) is not None and (most or not past.is_enough):
            try:
                lines = await self._session.logbook.above(oldest, most or OLDER_LINES)
            except LogError:
                lines = []
            past.take(lines, more=len(lines) == (most or OLDER_LINES))
            most = 0
        past.show(conversation.id, self._session.hiding)
        conversation.look()
        if conversation is self._session.shown:
            self._show()

    async def _introduce(self) -> None:
        if path := await self._store.begun():
            self._tell(f"What is said here is logged in {path}; log.keep = false turns that off.")
