"""The line above the prompt: how we stand with the broker, where, and as whom."""

from __future__ import annotations

import time

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from amqpchat_tui.model import ConnectionState, Phase
from amqpchat_tui.wording.connection import describe

_GLYPHS = {
    Phase.CONNECTING: "○",
    Phase.ONLINE: "●",
    Phase.BLOCKED: "◐",
    Phase.RECONNECTING: "◌",
    Phase.REFUSED: "✕",
}

_STYLES = {
    Phase.CONNECTING: "$text-warning",
    Phase.ONLINE: "$text-success",
    Phase.BLOCKED: "$text-warning",
    Phase.RECONNECTING: "$text-warning",
    Phase.REFUSED: "$text-error",
}


class StatusLine(Widget):
    """One row; what matters most stands first, so that a narrow terminal cuts the rest."""

    state: reactive[ConnectionState | None] = reactive(None)
    lag: reactive[float | None] = reactive(None)
    nick: reactive[str] = reactive("")
    room: reactive[str] = reactive("")
    unread: reactive[int] = reactive(0)
    warning: reactive[str] = reactive("")

    def __init__(self, room: str, warning: str) -> None:
        super().__init__(id="status")
        self.set_reactive(StatusLine.room, room)
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

    def render(self) -> Content:
        """State first, then room, broker and nick; how many lines wait below, at the right."""
        width = self.size.width
        if self.state is None:
            return Content("")
        right = f" ↓ {self.unread} new " if self.unread else ""
        phase = self.state.phase
        broker = f"hosting {self.state.broker}" if self.state.hosting else self.state.broker
        rest = [self.room, broker, self.nick]
        if self.warning:
            rest.insert(0, self.warning)
        left = Content.assemble(
            " ",
            (_GLYPHS[phase], _STYLES[phase]),
            f" {describe(self.state, self.lag, time.monotonic())}",
            ("".join(f" │ {part}" for part in rest), "$text-muted"),
        ).truncate(max(0, width - len(right)), ellipsis=True, pad=True)
        return Content.assemble(left, (right, "$text-accent bold"))
