"""One row to type in."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.widgets.input import Selection

from amqpchat_tui.ui.prompt.characters import (
    WholeCharacters,
    after,
    at,
    before,
    typed_text,
    word_after,
    word_before,
)
from amqpchat_tui.ui.textual_private import CellInput
from amqpchat_tui.wire.text import clean_text


class Field(CellInput):
    """An input that goes by characters as people see them, and takes all that can be typed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("alt+backspace,ctrl+backspace", "delete_left_word", "Delete the word before", show=False),
    ]

    def __init__(self, placeholder: str = "") -> None:
        super().__init__(placeholder=placeholder, compact=True, select_on_focus=False)
        self.cursor_blink = False

    def type_text(self, text: str) -> None:
        """Put what was typed in place of the selection, or at the cursor."""
        self.replace(text, *self.selection)

    def paste(self, text: str) -> None:
        """Take the first line of a paste."""
        row, _, _ = clean_text(text.lstrip("\r\n")).partition("\n")
        self.replace(row, *self.selection)

    async def on_key(self, event: events.Key) -> None:
        """Type what Textual's own input would not take for a character."""
        if text := typed_text(event):
            event.stop()
            event.prevent_default()
            self.type_text(text)

    def on_paste(self, event: events.Paste) -> None:
        """Take the first line, cleaned, where Textual's own input would take it as it is."""
        event.stop()
        event.prevent_default()
        self.paste(event.text)

    def drawn(self) -> Text:
        """The value, on which a style covers whole characters."""
        return WholeCharacters(self.value, no_wrap=True, overflow="ignore", end="")

    def index_at(self, cell: int) -> int:
        """Where the character begins that is in a cell."""
        return at(self.value, super().index_at(cell))

    def action_cursor_left(self, select: bool = False) -> None:
        """One character to the left; to the selection's start, if there is one."""
        place = self.cursor_position
        self._go(
            before(self.value, place) if select or self.selection.is_empty else min(self.selection), select
        )

    def action_cursor_right(self, select: bool = False) -> None:
        """One character to the right; to the selection's end, if there is one."""
        place = self.cursor_position
        self._go(
            after(self.value, place) if select or self.selection.is_empty else max(self.selection), select
        )

    def action_cursor_left_word(self, select: bool = False) -> None:
        """To the start of the word."""
        self._go(word_before(self.value, self.cursor_position), select)

    def action_cursor_right_word(self, select: bool = False) -> None:
        """To the end of the word."""
        self._go(word_after(self.value, self.cursor_position), select)

    def _go(self, place: int, select: bool) -> None:
        self.selection = Selection(self.selection.start if select else place, place)

    def action_delete_left(self) -> None:
        """Delete the selection, or the character before."""
        self._delete_to(before(self.value, self.cursor_position))

    def action_delete_right(self) -> None:
        """Delete the selection, or the character behind."""
        self._delete_to(after(self.value, self.cursor_position))

    def action_delete_left_word(self) -> None:
        """Delete the selection, or to the start of the word."""
        self._delete_to(word_before(self.value, self.cursor_position))

    def action_delete_right_word(self) -> None:
        """Delete the selection, or to the end of the word."""
        self._delete_to(word_after(self.value, self.cursor_position))

    def _delete_to(self, place: int) -> None:
        if self.selection.is_empty:
            self.delete(*sorted((place, self.cursor_position)))
        else:
            self.delete_selection()


class LiveField(Field):
    """A field that tells of each change of its text at once."""

    def __init__(self, changed: Callable[[str], None]) -> None:
        super().__init__()
        self._changed = changed

    def watch_value(self, value: str) -> None:
        """Tell what is written now."""
        self._changed(value)
