"""The row in which something is said about what is being written."""

from __future__ import annotations

from textual.widgets import Static


class Hint(Static):
    """Above the status line; it takes no room while there is nothing to say."""

    def __init__(self) -> None:
        super().__init__(id="hint", markup=False)
        self._line: str | None = None
        """What was written when it was said."""

    def show(self, text: str, line: str) -> None:
        """Say something, or nothing any more, about a line as it is now."""
        self._line = line if text else None
        self.update(text)
        self.display = bool(text)

    def line_taken(self, line: str) -> None:
        """The line was acted on: what that has said stays until something else is written."""
        if self._line == line:
            self._line = ""

    def line_changed(self, line: str) -> None:
        """A hint is about the line as it was."""
        if self._line is not None and line != self._line:
            self.show("", line)
