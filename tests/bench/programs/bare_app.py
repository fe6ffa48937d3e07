"""A Textual app with the chat's widgets and nothing behind them: `bare_app.py ROOM`."""

import sys

from textual.app import App, ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Static, TextArea


class BareApp(App[None]):
    """Scrollback, outbox, hint, status line and prompt."""

    CSS = """
    #scrollback { height: 1fr; }
    #outbox, #hint { display: none; height: auto; }
    #status { height: 1; background: $panel; }
    #prompt-row { height: auto; }
    #mark { width: 2; color: $text-accent; }
    #prompt { height: auto; max-height: 6; padding: 0; }
    """

    def __init__(self, room: str) -> None:
        super().__init__()
        self._room = room

    def compose(self) -> ComposeResult:
        """Lay them out as the chat does."""
        with VerticalScroll(id="scrollback", can_focus=False):
            yield Static()
        yield Static(id="outbox")
        yield Static(id="hint")
        yield Static("connecting", id="status")
        with Horizontal(id="prompt-row"):
            yield Static("❯", id="mark")
            prompt = TextArea(id="prompt", compact=True, placeholder=f"Message {self._room}")
            prompt.cursor_blink = False
            yield prompt

    def on_mount(self) -> None:
        """Type into the prompt."""
        self.query_one(TextArea).focus()


if __name__ == "__main__":
    BareApp(sys.argv[1]).run()
