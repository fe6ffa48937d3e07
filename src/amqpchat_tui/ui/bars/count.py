"""What stands at the end of a bar: how much there is, and what its keys do."""

from __future__ import annotations

from rich.cells import cell_len
from textual.widgets import Static

from amqpchat_tui.actions.action import Scope
from amqpchat_tui.actions.help import hint_line
from amqpchat_tui.actions.keymap import Keymap

HINTS_MIN_CELLS = 60
"""Cells that the terminal must have for a bar to say what its keys do."""


class Count(Static):
    """Lays the screen out again only where it needs more or less room than before."""

    def __init__(self, keymap: Keymap) -> None:
        super().__init__(markup=False)
        self._keymap = keymap
        self._cells = 0

    def show(self, count: str, scope: Scope) -> None:
        """Say how much there is, and what the keys of a scope do if there is room."""
        hint = hint_line(scope, self._keymap.actions) if self.app.size.width >= HINTS_MIN_CELLS else ""
        text = " " + " · ".join(filter(None, (count, hint)))
        before, self._cells = self._cells, cell_len(text)
        self.update(text, layout=self._cells != before)
