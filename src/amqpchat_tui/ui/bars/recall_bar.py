"""The bar in which one finds a line that was entered before, as with a shell's Ctrl-R."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from amqpchat_tui.actions.action import Scope
from amqpchat_tui.actions.keymap import Keymap
from amqpchat_tui.ui.bars.count import Count
from amqpchat_tui.ui.bars.field_bar import FieldBar
from amqpchat_tui.ui.prompt.field import LiveField

LINE_MAX_ROWS = 5
"""How much of a found line is shown above the bar; set in chat.tcss, and told here for the tests."""


class RecallBar(Vertical, FieldBar):
    """Looks for an earlier line from the latest back; the one that was found stands above."""

    def __init__(
        self,
        *,
        find: Callable[[str], Sequence[str]],
        take: Callable[[str], None],
        close: Callable[[], None],
        keymap: Keymap,
    ) -> None:
        """`find` gives the lines that have a text in them, the latest first.

        `take` puts a line into the prompt, unsent; `close` gives the prompt back.
        """
        self._find = find
        self._take = take
        self._close = close
        self._found: Sequence[str] = ()
        self._index = 0
        self._line = Static(classes="recalled", markup=False)
        self._count = Count(keymap)
        self.field = LiveField(self._look_for)
        row = Horizontal(Static("Entered ", classes="bar-name", markup=False), self.field, self._count)
        super().__init__(self._line, row, classes="bar")

    def on_mount(self) -> None:
        """Begin with the latest line."""
        self._look_for(self.field.value)

    @property
    def scope(self) -> Scope:
        """Letters say what to look for."""
        return Scope.RECALL

    def give_up(self) -> None:
        """Leave what is written as it is."""
        self._close()

    do_recall_close = give_up

    def do_recall_older(self) -> None:
        """Go to the line before with the same text in it."""
        self._show(min(self._index + 1, len(self._found) - 1))

    def do_recall_newer(self) -> None:
        """Go to the line after with the same text in it."""
        self._show(self._index - 1)

    def do_recall_take(self) -> None:
        """Put what was found into the prompt, to be sent or changed there."""
        self._close()
        if self._found:
            self._take(self._found[self._index])

    def _look_for(self, text: str) -> None:
        self._found = self._find(text)
        self._show(0)

    def _show(self, index: int) -> None:
        self._index = max(0, index)
        found = self._found
        self._line.update(found[self._index] if found else "")
        self._count.show(f"{self._index + 1} of {len(found)}" if found else "nothing found", self.scope)
