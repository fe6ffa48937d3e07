"""The line above the prompt: how we stand with the broker, where, what is new elsewhere, and as whom."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import ClassVar

from textual.content import Content
from textual.reactive import reactive
from textual.style import Style
from textual.widget import Widget

from amqpchat_tui.chat.listing import Listed
from amqpchat_tui.model import ConnectionState, Phase
from amqpchat_tui.ui.panels.looks import LOOK_CLASSES, Looks
from amqpchat_tui.ui.panels.panel_text import Look, Part, status_row
from amqpchat_tui.wording.connection import describe

_GLYPHS = {
    Phase.CONNECTING: Part("○", Look.WARNING),
    Phase.ONLINE: Part("●", Look.GOOD),
    Phase.BLOCKED: Part("◐", Look.WARNING),
    Phase.RECONNECTING: Part("◌", Look.WARNING),
    Phase.REFUSED: Part("✕", Look.PROBLEM),
}


class StatusLine(Widget):
    """One row; what matters most stands first, so that a narrow terminal cuts the rest."""

    COMPONENT_CLASSES: ClassVar[set[str]] = LOOK_CLASSES

    state: reactive[ConnectionState | None] = reactive(None)
    lag: reactive[float | None] = reactive(None)
    nick: reactive[str] = reactive("")
    unread: reactive[int] = reactive(0)
    warning: reactive[str] = reactive("")
    people: reactive[str] = reactive("")
    """How many are here, in words."""
    hidden: reactive[int] = reactive(0)
    """How many lines are hidden in the conversation that is shown."""
    typing: reactive[str] = reactive("")
    """Who writes, in words."""
    away: reactive[bool] = reactive(False)

    def __init__(self, listing: Sequence[Listed], warning: str) -> None:
        super().__init__(id="status")
        self._looks = Looks(self)
        self._listing = listing
        self.set_reactive(StatusLine.warning, warning)

    def on_mount(self) -> None:
        """Prepare the countdown to the next dial."""
        self._countdown = self.set_interval(1.0, self.refresh, pause=True)

    def watch_state(self, state: ConnectionState | None) -> None:
        """Let the countdown run only while one is shown: an idle chat costs nothing."""
        if not self.is_mounted:
            return
        if state is not None and state.retry_at:
            self._countdown.resume()
        else:
            self._countdown.pause()

    def notify_style_update(self) -> None:
        """Another theme."""
        super().notify_style_update()
        self._looks.forget()

    def show(self, listing: Sequence[Listed]) -> None:
        """Say which conversation is shown and what is new in others; paint only what reads otherwise."""
        if listing != self._listing:
            before, self._listing = self._parts(), listing
            if self._parts() != before:
                self.refresh()

    def _parts(self) -> Sequence[Part]:
        if self.state is None:
            return ()
        words = describe(self.state, self.lag, time.monotonic())
        return status_row(
            [Part(" "), _GLYPHS[self.state.phase], Part(f" {words}")],
            warning=self.warning,
            broker=f"hosting {self.state.broker}" if self.state.hosting else self.state.broker,
            nick=f"{self.nick} (away)" if self.away else self.nick,
            listing=self._listing,
            new_below=self.unread,
            cells=self.size.width,
            people=self.people,
            hidden=self.hidden,
            typing=self.typing,
        )

    def render(self) -> Content:
        """State first, then where, what is new elsewhere and as whom; at the right what waits below."""
        return Content.assemble(*((text, self._style(look)) for text, look in self._parts()))

    def _style(self, look: Look) -> str | Style:
        # What is muted stands out from any background by itself.
        return "$text-muted" if look is Look.MUTED else Style.from_rich_style(self._looks.style(look))
