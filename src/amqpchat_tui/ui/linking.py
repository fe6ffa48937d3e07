"""Answering and correcting: which line that is about stands above the prompt, until it is sent."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace
from rich.cells import cell_len
from textual.content import Content
from textual.widgets import Static

from amqpchat_tui.actions.help import with_keys
from amqpchat_tui.actions.keymap import Keymap
from amqpchat_tui.actions.parse import as_typed
from amqpchat_tui.chat.correcting import corrected
from amqpchat_tui.chat.links import quoted
from amqpchat_tui.chat.session import Session
from amqpchat_tui.chat.subject import Subject
from amqpchat_tui.model import ChatMessage, ConversationKind
from amqpchat_tui.scrollback.rows import QUOTE_SIGN
from amqpchat_tui.ui.panels.panel_text import fit
from amqpchat_tui.ui.prompt.prompt import Prompt
from amqpchat_tui.wire.lines import body_of

_NOT_HEARD = "Your last line has not been heard yet: try again when it has been, or edit it in the outbox."
_NOTHING_TO_CORRECT = "You have no line to correct here: it takes one of the last hour that was heard."


class Linking(Static):
    """The line that is answered or corrected, which takes no room while none is; and what does so."""

    def __init__(
        self, session: Session, *, may_say: Callable[[], bool], hint: Callable[[str], None], keymap: Keymap
    ) -> None:
        """`may_say` tells whether anybody would hear a line, and `hint` why nothing is done."""
        super().__init__(id="linked", markup=False)
        self._session = session
        self._may_say = may_say
        self._hint = hint
        self._keymap = keymap
        self.said = ""
        """Which line it is."""
        self._is_chosen = False
        """Whether one can drop it."""

    @property
    def _prompt(self) -> Prompt:
        return self.screen.query_one(Prompt)

    def show(self) -> None:
        """Show what the draft of the conversation on the screen is about."""
        subject, chosen = self._session.shown.about, self._session.shown.subject is not None
        self.display = subject is not None
        said = ""
        if subject is not None:
            said = f"{'corrects ' if subject.corrects else QUOTE_SIGN}{quoted(subject.line)}"
        if (said, chosen) != (self.said, self._is_chosen):
            self.said, self._is_chosen = said, chosen
            self.refresh()

    def render(self) -> Content:
        """Which line it is, and how one drops it, which is cut last."""
        rest = f"  {with_keys('{back} drops it', self._keymap.actions)}" if self._is_chosen else ""
        return Content(fit(self.said, self.content_size.width - cell_len(rest)) + rest)

    def answer(self, message: ChatMessage | None) -> None:
        """Have what is written next answer a line; None: no line."""
        self._write_about(None if message is None else Subject(message))
        if message is not None and not self._prompt.text.startswith(address := self._address(message)):
            self._prompt.show(f"{address}{self._prompt.text}")

    def correct(self, message: ChatMessage) -> bool:
        """Have what is written next take the place of a line of one's own; False if it cannot."""
        if not self._session.shown.may_correct(message):
            return False
        self._write_about(Subject(message, corrects=True))
        self._prompt.put(as_typed(body_of(message)))
        return True

    def say(self, body: str) -> bool:
        """Say a line in the conversation on the screen, about another one if it is being written for that."""
        if not self._may_say():
            return False
        shown = self._session.shown
        subject = shown.about
        if subject is None:
            self._session.say(shown.id, body)
        else:
            if not subject.corrects or body != body_of(subject.line):  # else nothing is to be corrected
                self._session.say(shown.id, body, subject.bearing)
            self._write_about(None)
        return True

    def _say_about(self, subject: Subject, body: str) -> bool:
        """Say a line about another one, whatever was being written about."""
        shown = self._session.shown
        before, shown.subject = shown.subject, subject
        if self.say(body):
            return True
        shown.subject = before
        return False

    def _write_about(self, subject: Subject | None) -> None:
        self._session.shown.subject = subject
        self.show()

    def do_reply(self, text: str = "") -> bool:
        """Answer the last line that concerns the person, else the last of somebody else."""
        message = self._session.shown.last_to_answer(self._session.attention)
        if message is None:
            self._hint("There is no line of anybody else to answer.")
            return False
        if not text:
            self.answer(message)
            return True
        address = self._address(message)
        return self._say_about(Subject(message), text if text.startswith(address) else f"{address}{text}")

    def do_correct(self, change: str = "") -> bool:
        """Correct the last line of one's own: write it anew, or put something else for a part of it."""
        if self._session.has_unheard(
            self._session.shown.id
        ):  # else the line before would be taken for the last
            self._hint(_NOT_HEARD)
            return False
        self._session.catch_up()
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
        return self._say_about(Subject(message, corrects=True), body_of(replace(message, text=text)))

    def do_back(self) -> bool:
        """Write about no line any more; False where one was about none."""
        subject = self._session.shown.subject
        if subject is None:
            return False
        if subject.corrects or self._prompt.text == self._address(subject.line):
            self._prompt.put("")
        self._write_about(None)
        return True

    def _address(self, message: ChatMessage) -> str:
        """How a line begins that is for one person: plain scripts know nothing of answers."""
        in_room = self._session.shown.id.kind is ConversationKind.ROOM
        return f"{message.nick}: " if in_room and not message.own else ""
