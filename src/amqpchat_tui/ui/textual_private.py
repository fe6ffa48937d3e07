"""What we use of Textual that it keeps to itself, each with a test that tells when it has changed.

What the driver has to know of the driver that it extends stands in `driver.py`, and has its tests as well.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from rich.text import Text
from textual import actions, events
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS as KEYS_BY_SEQUENCE
from textual._keyboard_protocol import FUNCTIONAL_KEYS, MODIFIER_FUNCTIONAL_KEYS
from textual._time import get_time
from textual._xterm_parser import SPECIAL_KEY_TO_CHARACTER as CHARACTERS_BY_KEY
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.command import CommandPalette
from textual.filter import Monochrome, NoColor
from textual.keys import _character_to_key
from textual.screen import ModalScreen, Screen
from textual.widget import Widget
from textual.widgets import Input, TextArea
from textual.widgets.text_area import EditResult

if TYPE_CHECKING:
    from rich.console import RenderableType
    from textual.driver import Driver

__all__ = [
    "CHARACTERS_BY_KEY",
    "FUNCTIONAL_KEYS",
    "KEYS_BY_SEQUENCE",
    "MODIFIER_FUNCTIONAL_KEYS",
    "CalmPalette",
    "CellInput",
    "GatedScreen",
    "QuietApp",
    "SeenModal",
    "XTermParser",
    "character_to_key",
    "now",
    "replace_text",
    "run_binding",
]

now = get_time
"""The clock that stamps messages, in seconds."""

character_to_key = _character_to_key
"""Gives the name of the key that types a character."""


def run_binding(widget: Widget, key: str) -> None:
    """Do what a widget's own bindings say for a key, at once; nothing where they say nothing.

    Textual runs bindings when the key has come out of the widget's queue and bubbled up to the app.
    """
    if bindings := widget._bindings.key_to_bindings.get(key):
        _, name, arguments = actions.parse(bindings[-1].action)
        try:
            getattr(widget, f"action_{name}")(*arguments)
        except actions.SkipAction:  # there is nothing to copy, or nowhere to scroll to
            return


def replace_text(area: TextArea, text: str) -> EditResult | None:
    """Put a text in place of the selection, as if it had been typed: not in a widget that is read-only."""
    return area._replace_via_keyboard(text, *area.selection)


RESIZE_SECONDS = 1 / 60
"""How long after a resize the screen follows at the latest: Textual takes half of it."""


class QuietApp(App[None]):
    """An app that ends on an internal error without printing anything, and keeps the error."""

    crash: BaseException | None = None
    """The internal error that ended the program."""

    @property
    def driver(self) -> Driver | None:
        """What reads and writes the terminal; None before the app runs."""
        return self._driver

    def keep_colors_off(self) -> None:
        """Send no colours at all under NO_COLOR, where Textual sends shades of grey."""
        self._filters[:] = [NoColor() if isinstance(f, Monochrome) else f for f in self._filters]

    async def _on_resize(self, event: events.Resize) -> None:
        # Textual runs this and then its own, whose timer never fires if its moment is over before it looks.
        asyncio.get_running_loop().call_later(RESIZE_SECONDS, self.call_later, self._check_resize)

    def _fatal_error(self) -> None:
        self.crash = self._exception
        self._close_messages_no_wait()

    def panic(self, *renderables: RenderableType) -> None:
        """End the app on an error that Textual met outside a message handler."""
        from rich.traceback import Traceback  # late: it brings pygments, which the first frame does without

        causes = [str(item.trace.stacks[0].exc_value) for item in renderables if isinstance(item, Traceback)]
        self.crash = self._exception or RuntimeError("; ".join(causes) or "the terminal failed")
        self._return_code = 1
        self._close_messages_no_wait()


class GatedScreen(Screen[None]):
    """A screen that decides when it paints what has changed, and knows when one selects text."""

    @property
    def selects(self) -> bool:
        """Whether a text is being selected with the mouse."""
        return self._selecting

    def paint(self) -> None:
        """Paint what has changed: called soon after each change, once for all until then."""
        super()._on_timer_update()

    def leave_unpainted(self) -> None:
        """Do not paint, and do not ask again before `check_idle` is called."""
        self._update_timer.pause()

    def _on_timer_update(self) -> None:
        self.paint()


class SeenModal(ModalScreen[None]):
    """A question that knows when it is painted."""

    def painting(self) -> None:
        """The screen is about to be painted, with whatever has been laid out."""

    def _compositor_refresh(self) -> None:
        self.painting()
        super()._compositor_refresh()


class CalmPalette(CommandPalette):
    """A command palette that takes a page up or down in a list that is not laid out yet for nothing."""

    def _action_command_list(self, action: str) -> None:
        with suppress(KeyError):
            super()._action_command_list(action)


class CellInput(Input):
    """An input that says how its value is drawn, and which character is under the mouse."""

    def drawn(self) -> Text:
        """The value as it is drawn, before the cursor's and the selection's style."""
        return super()._value

    def index_at(self, cell: int) -> int:
        """The index of the character in a cell."""
        return super()._cell_offset_to_index(cell)

    @property
    def _value(self) -> Text:
        return self.drawn()

    def _cell_offset_to_index(self, offset: int) -> int:
        return self.index_at(offset)
