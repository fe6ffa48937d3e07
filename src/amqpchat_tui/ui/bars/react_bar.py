"""The bar in which one chooses what to put below a line: one of some, or by a name as one types."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from amqpchat_tui.actions.action import Scope
from amqpchat_tui.actions.keymap import Keymap
from amqpchat_tui.emoji import Named, find_emoji
from amqpchat_tui.ui.bars.count import Count
from amqpchat_tui.ui.bars.field_bar import FieldBar
from amqpchat_tui.ui.prompt.field import LiveField

OFFERED = 6
"""How many are offered, each under its number."""


class ReactBar(Vertical, FieldBar):
    """Offers what was configured, then what is called as one types, each under its number."""

    def __init__(
        self,
        *,
        quick: Sequence[str],
        gave: Callable[[str], bool],
        react: Callable[[str], None],
        close: Callable[[], object],
        leave: Callable[[], None],
        keymap: Keymap,
    ) -> None:
        """`quick` is offered first. `gave` tells what one has put there already.

        `react` puts something there, or takes it away, and gives the keys back to whoever had them, as
        `close` does; `leave` gives them to the prompt.
        """
        self._quick = [Named(emoji, "") for emoji in quick]
        self._gave = gave
        self._react = react
        self._close = close
        self._leave = leave
        self._offers: Sequence[Named] = ()
        self._list = Static(classes="offered", markup=False)
        self._count = Count(keymap)
        self.field = LiveField(self._look_for)
        row = Horizontal(Static("React ", classes="bar-name", markup=False), self.field, self._count)
        super().__init__(self._list, row, classes="bar")

    def on_mount(self) -> None:
        """Offer what was configured."""
        self._look_for(self.field.value)

    @property
    def scope(self) -> Scope:
        """Letters say what to look for."""
        return Scope.REACT

    def give_up(self) -> None:
        """Leave it as it is, and whatever one was about to do."""
        self._leave()

    def do_react_close(self) -> None:
        """Leave it as it is."""
        self._close()

    def do_react_first(self) -> None:
        """Put the first one there, or take it away."""
        self.do_react_by_number("1")

    def do_react_by_number(self, digit: str) -> None:
        """Put the one of a number there, or take it away."""
        index = int(digit) - 1
        if 0 <= index < len(self._offers):
            self._react(self._offers[index].emoji)

    def _look_for(self, text: str) -> None:
        self._offers = self._found(text.strip())
        parts: list[Content | str | tuple[str, str]] = []
        for number, (emoji, name) in enumerate(self._offers, 1):
            parts += [
                f"{number} ",
                (emoji, "underline" if self._gave(emoji) else ""),
                f" {name}".rstrip(),
                "  ",
            ]
        self._list.update(Content.assemble(*parts) if parts else "No emoji is called so.")
        self._count.show("", self.scope)

    def _found(self, text: str) -> Sequence[Named]:
        if not text:
            return self._quick
        found = find_emoji(text.strip(":"), OFFERED) if text.strip(":") else ()
        return found if found or text.isascii() else [Named(text, "")]
