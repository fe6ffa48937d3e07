"""What the person has written, for the next start: lines that were entered, and drafts that were not."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from amqpchat_tui.chat.hiding import Hiding
from amqpchat_tui.chat.pace import Later, Pace
from amqpchat_tui.chat.session import Session
from amqpchat_tui.config import ConnectionSettings
from amqpchat_tui.model import ConversationStore, PanelStore, RecallStore
from amqpchat_tui.ui.panels.panel import Panel
from amqpchat_tui.ui.prompt.prompt import Prompt

DRAFT_SECONDS = 1.0
"""Between two times that what is being written is kept."""


class Keeping:
    """Has the prompt offer what earlier starts have left, and keeps what is written now."""

    def __init__(
        self,
        session: Session,
        prompt: Prompt,
        *,
        recall: RecallStore | None,
        conversations: ConversationStore,
        hiding: Hiding,
        panels: PanelStore,
        panels_there: Sequence[Panel[Any]],
        run: Callable[[Coroutine[None, None, None]], object],
        later: Later,
    ) -> None:
        """`recall` is None where entered lines are not kept; `run` does something in the background."""
        self._session = session
        self._prompt = prompt
        self._recall = recall
        self._conversations = conversations
        self._hiding = hiding
        self._panels = panels
        self._panels_there = panels_there
        self._run = run
        self._pace = Pace(self.keep, DRAFT_SECONDS, later)
        self._knows = False
        """Whether it is known what was kept: else it would be undone."""

    def start(self, connection: ConnectionSettings) -> None:
        """Offer what was kept, as soon as the disk gives it."""
        self._run(self._turn_panels())
        self._run(self._offer(connection, self._recall))

    def follow(self, connection: ConnectionSettings) -> None:
        """The client has gone to other brokers, for which other things were kept."""
        self._run(self._offer(connection, None))

    async def _offer(self, connection: ConnectionSettings, recall: RecallStore | None) -> None:
        """Take over what is kept for these brokers; a draft that finds something written can be recalled."""
        self._session.restore(connection.names, await self._conversations.all(connection.names))
        await self._hiding.load(connection.names)
        draft, written = self._session.shown.draft, self._prompt.text
        if not written:
            self._prompt.exchange(draft)
        self._knows = True
        earlier = [] if recall is None else await recall.latest()
        self._prompt.recall([*earlier, draft] if written and draft not in ("", written) else earlier)
        self.note_draft()

    async def _turn_panels(self) -> None:
        kept = await self._panels.all()
        for panel in self._panels_there:
            if (chosen := kept.get(panel.key)) is not None:
                panel.restore(chosen)

    def add_line(self, line: str) -> None:
        """Keep a line that was entered."""
        if self._recall is not None:
            self._recall.add(line)

    def note_draft(self) -> None:
        """Keep soon what is written, if it is something else now."""
        if self._knows and self._prompt.draft != self._session.shown.draft:
            self._pace.ask()

    def keep(self) -> None:
        """Keep at once what the next start is to know."""
        if self._knows:
            self._session.shown.draft = self._prompt.draft
        self._session.keep()
