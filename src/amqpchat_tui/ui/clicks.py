"""What a click on a part of the screen does."""

from __future__ import annotations

from abc import abstractmethod

from amqpchat_tui.actions.action import Scope
from amqpchat_tui.model import ConversationId
from amqpchat_tui.ui.bars.bars import Bars
from amqpchat_tui.ui.panels.outbox_view import OutboxView
from amqpchat_tui.ui.panels.people_list import PeopleList
from amqpchat_tui.ui.panels.room_list import RoomList
from amqpchat_tui.ui.parts import PartedScreen
from amqpchat_tui.ui.reacting import Reacting
from amqpchat_tui.ui.scrollback.clicked import EntryClicked, Part
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
        self._address(message.nick)

    def _address(self, nick: str) -> None:
        self._prompt.insert_text(nick if self._prompt.text else f"{nick}: ")

    def on_entry_clicked(self, message: EntryClicked) -> None:
        """Pick the message whose time was clicked, or which is quoted there; begin a line to a nick."""
        if self._prompt_row.taker.scope not in (Scope.PROMPT, Scope.PICK):
            return  # another bar has a message picked
        if message.part is Part.TIME:
            self._bars.pick(message.seq)
        elif message.part is Part.QUOTE:
            self._bars.pick_answered(message.seq)
        elif not self._prompt_row.has_bar:
            self._address(message.nick)

    def on_outbox_view_clicked(self, message: OutboxView.Clicked) -> None:
        """As Alt-O, for the line that was clicked."""
        self._bars.decide_about(message.message_id)

    def on_scrollback_view_reactions_clicked(self, message: ScrollbackView.ReactionsClicked) -> None:
        """Join the reaction that was clicked, or leave it."""
        self._reacting.join_at(message.seq, message.character)
