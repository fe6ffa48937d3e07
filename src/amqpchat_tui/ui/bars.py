"""Bars that stand in for the prompt, and take its keys, while one searches or picks a message."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static

from amqpchat_tui.model import ChatMessage
from amqpchat_tui.scrollback.search import Search
from amqpchat_tui.ui.links import ascii_address, find_links, open_link
from amqpchat_tui.ui.scrollback_view import ScrollbackView


class BarClosed(Message):
    """The prompt may come back."""

    def __init__(self, text: str = "", *, instead: bool = False) -> None:
        super().__init__()
        self.text = text
        """What is to be put into the prompt."""
        self.instead = instead
        """Whether it takes the place of what is written there."""


class FindBar(Horizontal):
    """Finds as one types, from the newest message to the oldest."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,ctrl+p,f3", "go(1)", "Older"),
        Binding("down,ctrl+n,shift+f3", "go(-1)", "Newer"),
        Binding("enter", "close(False)", "Stay here", priority=True),
        Binding("escape,ctrl+c,ctrl+f", "close(True)", "Back", priority=True),
    ]

    def __init__(self, scrollback: ScrollbackView) -> None:
        super().__init__(id="find", classes="bar")
        self._scrollback = scrollback
        self._place = scrollback.place
        self._search: Search | None = None
        self._index = 0

    def compose(self) -> ComposeResult:
        """A field, and how many messages hold what stands in it."""
        yield Static("Find ", classes="bar-name", markup=False)
        yield Input(compact=True)
        yield Static(id="find-count", markup=False)

    def on_mount(self) -> None:
        """Keys go to the field."""
        field = self.query_one(Input)
        field.cursor_blink = False
        field.focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search anew."""
        event.stop()
        self._search = Search(self._scrollback.store, event.value) if event.value else None
        self._index = 0
        self._scrollback.show_search(self._search)
        if self._search is None:
            self._scrollback.unpick()
        self.run_worker(self._scan(self._search), exclusive=True)

    async def _scan(self, search: Search | None) -> None:
        """Look at a slice at a time, so that keys are answered in between."""
        while search is not None and not search.done:
            found = bool(search.hits)
            search.step()
            if search.hits and not found:
                self._scrollback.show_hit(search.hits[0])
            self._show_count()
            await asyncio.sleep(0)
        self._show_count()

    def _show_count(self) -> None:
        search = self._search
        if search is None:
            text = ""
        elif search.done and not search.hits:
            text = "nothing found"
        else:
            text = f"{min(self._index + 1, len(search.hits))} of {len(search.hits)}"
            text += "" if search.done else f" … {search.progress:.0%}"
        self.query_one("#find-count", Static).update(f" {text} · ↑ ↓ · Esc back")

    def action_go(self, step: int) -> None:
        """Go to the next older (1) or newer (-1) message that was found."""
        if self._search is not None and self._search.hits:
            self._index = min(max(0, self._index + step), len(self._search.hits) - 1)
            self._scrollback.show_hit(self._search.hits[self._index])
            self._show_count()

    def action_close(self, back: bool) -> None:
        """End the search, where it led or where it began."""
        self._scrollback.show_search(None)
        self._scrollback.unpick()
        if back:
            self._scrollback.return_to(self._place)
        self.post_message(BarClosed())


class PickBar(Widget, can_focus=True):
    """Does something with the message that is picked."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("alt+up,up,k", "pick(-1)", "Above"),
        Binding("alt+down,down,j", "pick(1)", "Below"),
        Binding("alt+p,p", "pick_mention(-1)", "Mention above"),
        Binding("alt+n,n", "pick_mention(1)", "Mention below"),
        Binding("c", "copy", "Copy"),
        Binding("u", "open", "Open the first address"),
        Binding("r", "quote", "Quote"),
        Binding("escape,ctrl+c,q", "close", "Back", priority=True),
    ]

    def __init__(self, scrollback: ScrollbackView) -> None:
        super().__init__(id="pick", classes="bar")
        self._scrollback = scrollback
        self._said = ""

    def on_mount(self) -> None:
        """Keys come here."""
        self.focus()

    def render(self) -> Content:
        """What the keys do, and what has just been done."""
        said = f" {self._said} ·" if self._said else ""
        return Content(f"Message:{said} c copy · u open · r quote · ↑ ↓ · Esc back")

    @property
    def _message(self) -> ChatMessage | None:
        return self._scrollback.picked

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
        address = ascii_address(links[0].url)
        self._say(f"opening {address}" if open_link(address) else f"nothing here opens {address}")

    def action_quote(self) -> None:
        """Put the message into the prompt, as a quotation."""
        if self._message is not None:
            quoted = "\n".join(f"> {row}" for row in self._message.text.split("\n"))
            self._close(f"> {self._message.nick}:\n{quoted}\n")

    def action_close(self) -> None:
        """Pick nothing, and stay where one is."""
        self._close("")

    def _close(self, text: str) -> None:
        self._scrollback.unpick()
        self.post_message(BarClosed(text))
