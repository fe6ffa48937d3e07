"""What all bars have in common: they have the keys while they stand in for the prompt."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.widget import Widget

from amqpchat_tui.actions.action import Scope
from amqpchat_tui.chat.listing import Listed

Close = Callable[[str], None]
"""Takes the bar away and gives the prompt back, with a text put into it."""


class Bar(Widget):
    """Stands in for the prompt, and takes its keys.

    A bar ends by a call, not by a message: the key that is typed next is for the prompt already.
    """

    @property
    def scope(self) -> Scope:
        """Where the keys mean what the table says."""
        raise NotImplementedError

    @property
    def cursor(self) -> Widget:
        """Which part of it has the focus."""
        return self

    @property
    def searched(self) -> str:
        """What one looks for in it."""
        return ""

    def type_text(self, text: str) -> None:
        """Drop letters that are no key of this bar: they are not meant for the prompt."""

    def paste(self, text: str) -> None:
        """Drop a paste: it is not meant for the prompt."""

    def press(self, key: str) -> None:
        """Do nothing: a bar has nothing to edit."""

    def listing_changed(self, listing: Sequence[Listed]) -> None:
        """Do nothing: most bars show nothing of other conversations."""

    def give_up(self) -> None:
        """End where one is, as another conversation comes on the screen."""
        raise NotImplementedError
