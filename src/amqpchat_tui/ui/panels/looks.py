"""The styles of what panels say, in a theme, as chat.tcss gives them; each is readable where it stands."""

from __future__ import annotations

from rich.color import Color
from rich.style import Style
from textual.widget import Widget

from amqpchat_tui.ui.contrast import legible
from amqpchat_tui.ui.panels.panel_text import Look


def class_of(look: Look) -> str:
    """The component class of a look."""
    return f"panel--{look.name.lower()}"


LOOK_CLASSES = set(map(class_of, Look))
"""The component classes of a widget that shows parts."""


class Looks:
    """The styles of a widget that shows parts, each looked up once, as that takes longer than to paint."""

    def __init__(self, widget: Widget) -> None:
        self._widget = widget
        self._styles: dict[Look, Style] = {}

    def style(self, look: Look) -> Style:
        """Return the style of a look."""
        if look not in self._styles:
            self._styles[look] = _style_of(self._widget, look)
        return self._styles[look]

    def forget(self) -> None:
        """Look up all anew: there is another theme."""
        self._styles.clear()


def _style_of(widget: Widget, look: Look) -> Style:
    """The style of a look on a widget that has `LOOK_CLASSES`; a terminal that chooses colours keeps them."""
    style = widget.get_component_rich_style(class_of(look))
    if widget.app.current_theme.ansi or style.color is None or style.bgcolor is None:
        return style
    color, background = style.color.triplet, style.bgcolor.triplet
    if color is None or background is None:
        return style
    return style + Style(color=Color.from_rgb(*legible(tuple(color), tuple(background))))
