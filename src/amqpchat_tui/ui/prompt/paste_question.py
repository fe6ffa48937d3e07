"""The question before a long paste."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static


class PasteQuestion(ModalScreen[bool]):
    """Asks whether a paste of many lines is meant to become one message."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,y", "dismiss(True)", "Paste"),
        Binding("escape,n,ctrl+c", "dismiss(False)", "Drop"),
    ]

    def __init__(self, text: str, lines: int) -> None:
        super().__init__()
        self._text = text
        self._lines = lines

    def compose(self) -> ComposeResult:
        """A sentence, the paste's first lines, and the two keys."""
        first = self._text.splitlines()[:5]
        with Vertical(id="question"):
            yield Static(f"Paste {self._lines} lines as one message?", markup=False, classes="title")
            yield Static("\n".join([*first, "…"]), markup=False, classes="sample")
            yield Static("Enter pastes · Esc drops", markup=False, classes="keys")
