"""What a click on a part of the screen does."""

from __future__ import annotations

from abc import abstractmethod

from amqpchat_tui.model import ConversationId
from amqpchat_tui.ui.bars.bars import Bars
from amqpchat_tui.ui.panels.outbox_view import OutboxView
from amqpchat_tui.ui.panels.people_list import PeopleList
from amqpchat_tui.ui.panels.room_list import RoomList
from amqpchat_tui.ui.parts import PartedScreen
from amqpchat_tui.ui.reacting import Reacting
from amqpchat_tui.ui.scrollback.view import ScrollbackView


class ClickableScreen(PartedScreen):
    """A screen whose parts can be clicked."""

    _bars: Bars
    _reacting: Reacting

    @abstractmethod
    def show(self, identity: ConversationId) -> None:
        """Put another conversation on the screen."""

    def on_room_list_clicked(self, message: RoomList.Clicked) -> None:
        """Go to the conversation that was clicked."""
        self.show(message.conversation)

    def on_people_list_clicked(self, message: PeopleList.Clicked) -> None:
        """Begin a line to whoever was clicked."""
        self._prompt.insert_text(message.nick if self._prompt.text else f"{message.nick}: ")

    def on_outbox_view_clicked(self, message: OutboxView.Clicked) -> None:
        """As Alt-O, for the line that was clicked."""
        self._bars.decide_about(message.message_id)

    def on_scrollback_view_reactions_clicked(self, message: ScrollbackView.ReactionsClicked) -> None:
        """Join the reaction that was clicked, or leave it."""
        self._reacting.join_at(message.seq, message.character)
