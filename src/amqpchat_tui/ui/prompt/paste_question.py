"""The question before a long paste."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Static

from amqpchat_tui.ui.textual_private import SeenModal, now


class PasteQuestion(SeenModal):
    """Asks whether a paste of many lines is meant to become one message.

    Keys act when the app hands them over: those behind the answer are for the prompt. What is no answer was
    typed behind the paste, and so was all that came before one can have seen the question.
    """

    def __init__(
        self,
        text: str,
        lines: int,
        answer: Callable[[bool, Sequence[events.Key | events.Paste]], object],
    ) -> None:
        """`answer` takes whether the paste is wanted, and what was typed behind it."""
        super().__init__()
        self._text = text
        self._lines = lines
        self._held: list[events.Key | events.Paste] = []
        self._answer = answer
        self._seen_at: float | None = None

    def compose(self) -> ComposeResult:
        """A sentence, the paste's first lines, and the two keys."""
        first = self._text.splitlines()[:5]
        with Vertical(id="question"):
            yield Static(f"Paste {self._lines} lines as one message?", markup=False, classes="title")
            yield Static("\n".join([*first, "…"]), markup=False, classes="sample")
            yield Static("Enter pastes · Esc drops", markup=False, classes="keys")

    @property
    def seen(self) -> bool:
        """Whether the question is on the screen."""
        return self._seen_at is not None

    def painting(self) -> None:
        """Note when the question has a place on the screen for the first time."""
        if self._seen_at is None and self.query_one(".title").region:
            self._seen_at = now()

    def _answers(self, event: events.Key) -> bool:
        """Whether a key was typed by somebody who could see the question."""
        return self._seen_at is not None and event.time >= self._seen_at

    def post_message(self, message: Message) -> bool:
        """Act on a key or a paste at once; all else waits as usual."""
        match message:
            case events.Key(key="enter") if self._answers(message):
                self._end(True)
            case events.Key(key="escape" | "ctrl+c") if self._answers(message):
                self._end(False)
            case events.Key() | events.Paste():
                self._held.append(message)
            case _:
                return super().post_message(message)
        return True

    def _end(self, wanted: bool) -> None:
        if self.is_current:
            self.dismiss()
            self._answer(wanted, self._held)
