"""Where a selection with the mouse begins and ends."""

from __future__ import annotations

from textual.geometry import Offset
from textual.widget import Widget

from amqpchat_tui.ui.panels.panel import Panel
from amqpchat_tui.ui.patient_screen import PatientScreen
from amqpchat_tui.ui.prompt.prompt import Prompt
from amqpchat_tui.ui.scrollback.view import ScrollbackView


class SelectingScreen(PatientScreen):
    """Selections begin and end at characters of messages, which only the scrollback can tell."""

    def get_widget_and_offset_at(self, x: int, y: int) -> tuple[Widget | None, Offset | None]:
        """Look what is selected at a place of the screen."""
        widget, offset = super().get_widget_and_offset_at(x, y)
        if isinstance(widget, Panel) and self.selects:
            widget = self.query_one(ScrollbackView)  # where one went beyond its edge
        if isinstance(widget, ScrollbackView):
            region = widget.region
            offset = widget.offset_at(*(Offset(x, y) - region.offset).clamp(*region.size))
        return widget, offset

    def do_interrupt(self) -> None:
        """Copy what is selected, else clear the prompt (Ctrl-Y brings it back), else offer to leave."""
        prompt = self.query_one(Prompt)
        if text := prompt.selected_text or self.get_selected_text():
            self.app.copy_to_clipboard(text)
            self.clear_selection()
        else:
            prompt.put("" if prompt.text else "/quit")

    def do_back(self) -> None:
        """Drop the selection, else go back to the newest line."""
        if self.selections:
            self.clear_selection()
        else:
            self.query_one(ScrollbackView).scroll_to_end()
