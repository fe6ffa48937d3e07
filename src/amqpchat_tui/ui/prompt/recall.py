"""Recall of earlier lines in the prompt."""

from __future__ import annotations

from collections.abc import Sequence

from amqpchat_tui.matching import folded
from amqpchat_tui.model import RECALL_MAX_LINES


class InputHistory:
    """Earlier lines, and a place to keep what is being written while one looks at them."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._position = 0
        self._draft = ""

    def begin_with(self, lines: Sequence[str]) -> None:
        """Put lines of earlier days before those that have been entered since."""
        self._lines[:0] = lines
        self._position += len(lines)

    def add(self, line: str) -> None:
        """Remember a line that was entered, and end the recall."""
        if not self._lines or self._lines[-1] != line:
            self._lines.append(line)
            del self._lines[:-RECALL_MAX_LINES]
        self.end()

    def find(self, text: str) -> list[str]:
        """Return the lines that have a text in them in any case, each once, the latest first."""
        form = folded(text)
        return [line for line in dict.fromkeys(reversed(self._lines)) if form in folded(line)]

    def draft(self, current: str) -> str:
        """What is being written: where an earlier line is looked at as it was, what one will come back to."""
        looking = self._position < len(self._lines) and current == self._lines[self._position]
        return self._draft if looking else current

    def end(self) -> None:
        """Look at no earlier line any more."""
        self._position = len(self._lines)
        self._draft = ""

    def older(self, current: str) -> str | None:
        """The line before the one shown, or None at the oldest; the first step keeps `current` as draft."""
        if self._position == 0:
            return None
        if self._position == len(self._lines):
            self._draft = current
        self._position -= 1
        return self._lines[self._position]

    def newer(self) -> str | None:
        """The line after the one shown, at last the draft; None when nothing is being recalled."""
        if self._position == len(self._lines):
            return None
        self._position += 1
        return self._draft if self._position == len(self._lines) else self._lines[self._position]
