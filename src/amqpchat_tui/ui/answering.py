"""Answering: which line is answered stands above the prompt, until the answer is sent."""

from __future__ import annotations

from collections.abc import Callable

from textual.widgets import Static

from amqpchat_tui.chat.answers import quoted
from amqpchat_tui.chat.session import Session
from amqpchat_tui.model import ChatMessage, ConversationKind
from amqpchat_tui.scrollback.rows import QUOTE_SIGN
from amqpchat_tui.ui.prompt.prompt import Prompt
from amqpchat_tui.wire.lines import line_name


class Answering(Static):
    """The line that is answered, which takes no room while none is; and what one can do about that."""

    def __init__(self, session: Session, *, may_say: Callable[[], bool], hint: Callable[[str], None]) -> None:
        """`may_say` tells whether anybody would hear a line, and `hint` why nothing is answered."""
        super().__init__(id="answered", markup=False)
        self._session = session
        self._may_say = may_say
        self._hint = hint

    def show(self) -> None:
        """Show what the draft of the conversation on the screen is to answer."""
        message = self._session.shown.answering
        self.display = message is not None
        self.update("" if message is None else f"{QUOTE_SIGN}{quoted(message)}")

    def answer(self, message: ChatMessage | None) -> None:
        """Have what is written next answer a line; None: no line."""
        self._session.shown.answering = message
        self.show()
        prompt = self.screen.query_one(Prompt)
        if message is not None and not prompt.text.startswith(address := self._address(message)):
            prompt.show(f"{address}{prompt.text}")

    def say(self, body: str) -> bool:
        """Say a line in the conversation on the screen, as an answer if one is being written."""
        shown = self._session.shown
        if not self._may_say():
            return False
        answers = "" if shown.answering is None else line_name(shown.answering)
        self._session.say(shown.id, body, answers=answers)
        if answers:
            self.answer(None)
        return True

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
        before, shown.answering = shown.answering, message
        address = self._address(message)
        if self.say(text if text.startswith(address) else f"{address}{text}"):
            return True
        shown.answering = before
        return False

    def do_back(self) -> bool:
        """Answer no line; False where none was being answered."""
        answered = self._session.shown.answering
        if answered is None:
            return False
        self.answer(None)
        prompt = self.screen.query_one(Prompt)
        if prompt.text == self._address(answered):
            prompt.show("")
        return True

    def _address(self, message: ChatMessage) -> str:
        """How a line begins that is for one person: plain scripts know nothing of answers."""
        in_room = self._session.shown.id.kind is ConversationKind.ROOM
        return f"{message.nick}: " if in_room and not message.own else ""
