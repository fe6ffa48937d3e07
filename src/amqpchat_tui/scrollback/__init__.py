"""The scrollback's engine, without a widget: store, wrapping, layout and view of a million messages."""

from amqpchat_tui.scrollback.annotations import Annotation
from amqpchat_tui.scrollback.budget import Budget
from amqpchat_tui.scrollback.layout import Position
from amqpchat_tui.scrollback.reader import Reader
from amqpchat_tui.scrollback.rows import Row, RowKind
from amqpchat_tui.scrollback.store import Scrollback
from amqpchat_tui.scrollback.text import display_text
from amqpchat_tui.scrollback.viewport import Anchor, Viewport
from amqpchat_tui.scrollback.wrap import Span, wrap

__all__ = [
    "Anchor",
    "Annotation",
    "Budget",
    "Position",
    "Reader",
    "Row",
    "RowKind",
    "Scrollback",
    "Span",
    "Viewport",
    "display_text",
    "wrap",
]
