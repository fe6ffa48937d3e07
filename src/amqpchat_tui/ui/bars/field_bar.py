"""What the bars have in common in which one types: a field, to which go the keys that mean nothing else."""

from __future__ import annotations

from textual.widget import Widget

from amqpchat_tui.ui.bars.bar import Bar
from amqpchat_tui.ui.prompt.field import LiveField
from amqpchat_tui.ui.textual_private import run_binding


class FieldBar(Bar):
    """A bar in which one types."""

    field: LiveField

    @property
    def cursor(self) -> Widget:
        """The field has the focus."""
        return self.field

    def type_text(self, text: str) -> None:
        """Type into the field."""
        self.field.type_text(text)

    def paste(self, text: str) -> None:
        """Put the first line into the field."""
        self.field.paste(text)

    def press(self, key: str) -> None:
        """Move and delete in the field."""
        run_binding(self.field, key)
