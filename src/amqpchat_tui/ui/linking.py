"""Answering and correcting: which line that is about stands above the prompt, until it is sent."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace
from textual.widgets import Static

from amqpchat_tui.actions.parse import as_typed
from amqpchat_tui.chat.correcting import corrected
from amqpchat_tui.chat.links import quoted
from amqpchat_tui.chat.session import Session
from amqpchat_tui.model import PLAIN, Bearing, ChatMessage, ConversationKind
from amqpchat_tui.scrollback.rows import QUOTE_SIGN
from amqpchat_tui.ui.prompt.prompt import Prompt
from amqpchat_tui.wire.lines import body_of, line_name

_NOTHING_TO_CORRECT = "You have no line to correct here: it takes one of the last hour that was heard."


class Linking(Static):
    """The line that is answered or corrected, which takes no room while none is; and what does so."""

    def __init__(self, session: Session, *, may_say: Callable[[], bool], hint: Callable[[str], None]) -> None:
        """`may_say` tells whether anybody would hear a line, and `hint` why nothing is done."""
        super().__init__(id="linked", markup=False)
        self._session = session
        self._may_say = may_say
        self._hint = hint

    @property
    def _prompt(self) -> Prompt:
        return self.screen.query_one(Prompt)

    def show(self) -> None:
        """Show what the draft of the conversation on the screen is about."""
        shown = self._session.shown
        message = shown.answering or shown.correcting
        sign = QUOTE_SIGN if shown.answering else "corrects "
        self.display = message is not None
        self.update("" if message is None else f"{sign}{quoted(message)}")

    def answer(self, message: ChatMessage | None) -> None:
        """Have what is written next answer a line; None: no line."""
        shown = self._session.shown
        shown.answering, shown.correcting = message, None
        self.show()
        if message is not None and not self._prompt.text.startswith(address := self._address(message)):
            self._prompt.show(f"{address}{self._prompt.text}")

    def correct(self, message: ChatMessage) -> bool:
        """Have what is written next take the place of a line of one's own; False if it cannot."""
        shown = self._session.shown
        if not shown.may_correct(message):
            return False
        shown.answering, shown.correcting = None, message
        self.show()
        self._prompt.put(as_typed(body_of(message)))
        return True

    def say(self, body: str) -> bool:
        """Say a line in the conversation on the screen, about another one if it is being written for that."""
        shown = self._session.shown
        if not self._may_say():
            return False
        if shown.correcting is None or body != body_of(shown.correcting):  # else nothing is to be corrected
            self._session.say(shown.id, body, self._bearing)
        if self._is_linked:
            self.answer(None)
        return True

    @property
    def _is_linked(self) -> bool:
        return self._session.shown.answering is not None or self._session.shown.correcting is not None

    @property
    def _bearing(self) -> Bearing:
        shown = self._session.shown
        if shown.correcting is not None:
            return Bearing(replaces=line_name(shown.correcting))
        return PLAIN if shown.answering is None else Bearing(answers=line_name(shown.answering))

    def do_reply(self, text: str = "") -> bool:
        """Answer the last line that concerns the person, else the last of somebody else."""
        shown = self._session.shown
        message = shown.last_to_answer(self._session.attention)
        if message is None:
            self._hint("There is no line of anybody else to answer.")
            return False
        if not text:
            self.answer(message)
            return True
        address = self._address(message)
        before, shown.answering = shown.answering, message
        if self.say(text if text.startswith(address) else f"{address}{text}"):
            return True
        shown.answering = before
        return False

    def do_correct(self, change: str = "") -> bool:
        """Correct the last line of one's own: write it anew, or put something else for a part of it."""
        message = self._session.shown.last_to_correct()
        if message is None:
            self._hint(_NOTHING_TO_CORRECT)
            return False
        if not change:
            return self.correct(message)
        text = corrected(message.text, change)
        if not text:
            self._hint(f"Your last line is “{quoted(message)}”: that is not in it, or nothing would be left.")
            return False
        before, self._session.shown.correcting = self._session.shown.correcting, message
        if self.say(body_of(replace(message, text=text))):
            return True
        self._session.shown.correcting = before
        return False

    def do_back(self) -> bool:
        """Write about no line any more; False where one was about none."""
        shown = self._session.shown
        if not self._is_linked:
            return False
        begun = "" if shown.answering is None else self._address(shown.answering)
        if shown.correcting is not None or self._prompt.text == begun:
            self._prompt.put("")
        self.answer(None)
        return True

    def _address(self, message: ChatMessage) -> str:
        """How a line begins that is for one person: plain scripts know nothing of answers."""
        in_room = self._session.shown.id.kind is ConversationKind.ROOM
        return f"{message.nick}: " if in_room and not message.own else ""
