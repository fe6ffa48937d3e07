"""The question before a long paste."""

from __future__ import annotations

from collections.abc import Callable

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Static


class PasteQuestion(ModalScreen[None]):
    """Asks whether a paste of many lines is meant to become one message.

    Keys act when the app hands them over: those behind the answer are for the prompt. What is no answer was
    typed behind the paste, and so was all that came before one can have seen the question.
    """

    def __init__(
        self,
        text: str,
        lines: int,
        *,
        hold: Callable[[events.Key | events.Paste], object],
        answer: Callable[[bool], object],
    ) -> None:
        """`hold` takes what was typed behind the paste, `answer` whether the paste is wanted."""
        super().__init__()
        self._text = text
        self._lines = lines
        self._hold = hold
        self._answer = answer
        self.seen = False
        """Whether the question is on the screen."""

    def compose(self) -> ComposeResult:
        """A sentence, the paste's first lines, and the two keys."""
        first = self._text.splitlines()[:5]
        with Vertical(id="question"):
            yield Static(f"Paste {self._lines} lines as one message?", markup=False, classes="title")
            yield Static("\n".join([*first, "…"]), markup=False, classes="sample")
            yield Static("Enter pastes · Esc drops", markup=False, classes="keys")

    def on_mount(self) -> None:
        """Take answers once the question is on the screen."""
        self.call_after_refresh(self._note_seen)

    def _note_seen(self) -> None:
        self.seen = True

    def post_message(self, message: Message) -> bool:
        """Act on a key or a paste at once; all else waits as usual."""
        match message:
            case events.Key(key="enter") if self.seen:
                self._end(True)
            case events.Key(key="escape" | "ctrl+c") if self.seen:
                self._end(False)
            case events.Key() | events.Paste():
                self._hold(message)
            case _:
                return super().post_message(message)
        return True

    def _end(self, wanted: bool) -> None:
        if self.is_current:
            self.dismiss()
            self._answer(wanted)
