"""The one way of a key: from the app, in its turn, to whoever has the keys.

Nobody waits for a key in a queue of their own: what is typed faster than the screen is painted is acted on in
the order in which it was typed, also where a key gives the keys to somebody else.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from textual import events

from amqpchat_tui.actions.action import Scope
from amqpchat_tui.actions.doing import carry_out
from amqpchat_tui.actions.keymap import Keymap
from amqpchat_tui.ui.prompt.characters import typed_text


class KeyTaker(Protocol):
    """Who has the keys. What an action does is its method `do_` and the action's id."""

    @property
    def scope(self) -> Scope:
        """Where the keys mean what the table says."""

    def type_text(self, text: str) -> None:
        """Take what was typed."""

    def paste(self, text: str) -> None:
        """Take what was pasted."""

    def press(self, key: str) -> None:
        """Do what a text field does for a key, such as an arrow; the table has nothing to say about it."""


def take(event: events.Key | events.Paste, taker: KeyTaker, others: Sequence[object], keymap: Keymap) -> None:
    """Act on a key or a paste; what `taker` does not do, the first of the others does whose it is."""
    if isinstance(event, events.Paste):
        taker.paste(event.text)
    elif (action := keymap.action(taker.scope, event.key)) is not None:
        carry_out((taker, *others), action, *([event.key[-1]] if action.by_digit else []))
    elif text := typed_text(event):
        taker.type_text(text)
    elif not keymap.is_unbound(taker.scope, event.key):
        taker.press(event.key)
