"""What becomes of a paste of many lines, and of the keys that were typed behind it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from textual import events
from textual.screen import Screen

from amqpchat_tui.ui.prompt.prompt import Prompt

if TYPE_CHECKING:
    from amqpchat_tui.ui.prompt.paste_question import PasteQuestion


class Pasting:
    """Asks before many lines become one message, and has the keys as long as it does."""

    def __init__(
        self,
        prompt: Prompt,
        *,
        push: Callable[[Screen[None]], object],
        take: Callable[[events.Key | events.Paste], None],
    ) -> None:
        """`push` puts a screen on top; `take` acts on a key or a paste for which there is no question."""
        self._prompt = prompt
        self._push = push
        self._take = take
        self._question: PasteQuestion | None = None

    def ask(self, text: str, lines: int) -> None:
        """Ask whether a paste is to become one message."""
        from amqpchat_tui.ui.prompt.paste_question import PasteQuestion  # late: the first frame does without

        self._question = PasteQuestion(
            text, lines, answer=lambda wanted, held: self._end(text if wanted else "", held)
        )
        self._push(self._question)

    def take(self, event: events.Key | events.Paste) -> None:
        """Act on a key or a paste, unless there is a question, which may be younger than the key."""
        if self._question is not None:
            self._question.post_message(event)
        else:
            self._take(event)

    def _end(self, wanted: str, held: Sequence[events.Key | events.Paste]) -> None:
        self._question = None
        self._prompt.insert_text(wanted)
        for event in held:
            if isinstance(event, events.Key) and event.key == "enter" and not wanted:
                self._prompt.do_new_row()  # the line was to have the paste in it: it is not sent without
            else:
                self.take(event)
