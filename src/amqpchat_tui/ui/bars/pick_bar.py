"""The bar for the message that is picked."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget

from amqpchat_tui.model import ChatMessage
from amqpchat_tui.ui.bars.find_bar import Close
from amqpchat_tui.ui.scrollback.links import ascii_address, find_links, open_link
from amqpchat_tui.ui.scrollback.view import ScrollbackView


class PickBar(Widget, can_focus=True):
    """Does something with the message that is picked."""

    BINDINGS: ClassVar[list[BindingType]] = [
        # With priority, as the keys behind one that closes the bar are for the prompt.
        Binding("alt+up,up,k", "pick(-1)", "Above", priority=True),
        Binding("alt+down,down,j", "pick(1)", "Below", priority=True),
        Binding("alt+p,p", "pick_mention(-1)", "Mention above", priority=True),
        Binding("alt+n,n", "pick_mention(1)", "Mention below", priority=True),
        Binding("c", "copy", "Copy", priority=True),
        Binding("u", "open", "Open the first address", priority=True),
        Binding("r", "quote", "Quote", priority=True),
        Binding("ctrl+f", "find", "Find", priority=True),
        Binding("escape,ctrl+c,q", "close", "Back", priority=True),
    ]

    def __init__(self, scrollback: ScrollbackView, close: Close) -> None:
        super().__init__(classes="bar")
        self._scrollback = scrollback
        self._close = close
        self._said = ""

    def render(self) -> Content:
        """What the keys do, and what has just been done."""
        said = f" {self._said} ·" if self._said else ""
        return Content(f"Message:{said} c copy · u open · r quote · ↑ ↓ · Esc back")

    @property
    def _message(self) -> ChatMessage | None:
        return self._scrollback.reader.picked

    def _say(self, text: str) -> None:
        self._said = text
        self.refresh()

    def action_pick(self, step: int) -> None:
        """Pick the message above or below."""
        self._say("" if self._scrollback.pick(step) else "no further message")

    def action_pick_mention(self, step: int) -> None:
        """Pick the line above or below that concerns the reader."""
        self._say("" if self._scrollback.pick_mention(step) else "no further mention")

    def action_copy(self) -> None:
        """Copy the message's text (OSC 52)."""
        if self._message is not None:
            self.app.copy_to_clipboard(self._message.text)
            self._say("copied")

    def action_open(self) -> None:
        """Open the message's first address, and show where it really leads."""
        links = find_links(self._message.text) if self._message is not None else []
        if not links:
            self._say("no address in it")
            return
        if (address := ascii_address(links[0].url)) is None:
            self._say("not an address that can be opened")
            return
        self._say(f"opening {address}" if open_link(address) else f"nothing here opens {address}")

    def action_quote(self) -> None:
        """Put the message into the prompt, as a quotation."""
        if self._message is not None:
            quoted = "\n".join(f"> {row}" for row in self._message.text.split("\n"))
            self._leave(f"> {self._message.nick}:\n{quoted}\n")

    async def action_find(self) -> None:
        """Search instead."""
        self._leave("")
        await self.run_action("screen.find")

    def action_close(self) -> None:
        """Pick nothing, and stay where one is."""
        self._leave("")

    def _leave(self, text: str) -> None:
        self._scrollback.unpick()
        self._close(text)
