"""The parts of the chat's screen, by name."""

from __future__ import annotations

from amqpchat_tui.ui.bars.prompt_row import PromptRow
from amqpchat_tui.ui.panels.outbox_view import OutboxView
from amqpchat_tui.ui.panels.room_list import RoomList
from amqpchat_tui.ui.panels.status_line import StatusLine
from amqpchat_tui.ui.prompt.prompt import Prompt
from amqpchat_tui.ui.scrollback.view import ScrollbackView
from amqpchat_tui.ui.selecting import SelectingScreen
from amqpchat_tui.ui.threads import ThreadTitle


class PartedScreen(SelectingScreen):
    """A screen that has them, once it is composed."""

    @property
    def _scrollback(self) -> ScrollbackView:
        return self.query_one(ScrollbackView)

    @property
    def _thread_title(self) -> ThreadTitle:
        return self.query_one(ThreadTitle)

    @property
    def _status(self) -> StatusLine:
        return self.query_one(StatusLine)

    @property
    def _room_list(self) -> RoomList:
        return self.query_one(RoomList)

    @property
    def _prompt(self) -> Prompt:
        return self.query_one(Prompt)

    @property
    def _prompt_row(self) -> PromptRow:
        return self.query_one(PromptRow)

    @property
    def _outbox(self) -> OutboxView:
        return self.query_one(OutboxView)
