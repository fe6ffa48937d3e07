"""The styles of the scrollback in a theme, as chat.tcss gives them."""

from __future__ import annotations

from typing import Self

from msgspec import Struct
from rich.color import Color
from rich.style import Style
from textual.widget import Widget

from amqpchat_tui.model import NoticeKind, Severity
from amqpchat_tui.ui.contrast import Rgb
from amqpchat_tui.ui.scrollback.nick_colors import nick_color

_LEVELS = ("info", "warn", "fail")
_OPAQUE = ("time", "rule", "own-rule", "notice", "error", "gap", "day", "quote", "reactions", *_LEVELS)
_LAYERS = ("selection", "hit", "mention", "picked")
"""Those are laid on others; where they are translucent, the background shines through."""

PARTS = tuple(f"scrollback--{name}" for name in (*_OPAQUE, *_LAYERS))
"""The component classes of a widget that a palette is made of."""


class Palette(Struct, frozen=True):
    """The styles of a theme."""

    text: Style
    time: Style
    rule: Style
    own_rule: Style
    notice: Style
    error: Style
    gap: Style
    day: Style
    quote: Style
    reactions: Style
    info: Style
    warn: Style
    fail: Style
    selection: Style
    hit: Style
    mention: Style
    picked: Style
    background: Rgb
    """What nick colours are to stand out from."""
    ansi: bool
    """The terminal chooses the colours, so that no contrast can be measured: nicks stay uncoloured."""

    @classmethod
    def of(cls, widget: Widget) -> Self:
        """The palette of a widget that has `PARTS` among its component classes."""
        ansi = widget.app.current_theme.ansi
        _, background = widget.background_colors

        def layer(part: str) -> Style:
            style = widget.get_component_rich_style(part, partial=True)
            color = widget.get_component_styles(part).background
            return style if ansi else style + Style(bgcolor=background.blend(color, color.a).rich_color)

        def name(part: str) -> str:
            return part.removeprefix("scrollback--").replace("-", "_")

        opaque, layers = PARTS[: len(_OPAQUE)], PARTS[len(_OPAQUE) :]
        return cls(
            text=widget.rich_style,
            background=background.rgb,
            ansi=ansi,
            **{name(part): widget.get_component_rich_style(part) for part in opaque},
            **{name(part): layer(part) for part in layers},
        )

    def level(self, level: Severity) -> Style:
        """The style of the rule beside a line of a program that tells how bad its news is."""
        return {"info": self.info, "warn": self.warn, "fail": self.fail}[level]

    def nick(self, nick: str, *, own: bool) -> Style:
        """The style of a nick."""
        if self.ansi:
            return self.text + Style(bold=True)
        color = Color.from_rgb(*nick_color(nick, self.background))
        return self.text + Style(color=color, bold=own)

    def notice_style(self, kind: NoticeKind) -> Style:
        """The style of a line of our own."""
        return {NoticeKind.INFO: self.notice, NoticeKind.ERROR: self.error, NoticeKind.GAP: self.gap}[kind]
