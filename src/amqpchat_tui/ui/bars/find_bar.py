"""The bar in which one searches the scrollback."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from textual import actions, events, work
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Static

from amqpchat_tui.scrollback.search import Search
from amqpchat_tui.ui.prompt.characters import typed_text
from amqpchat_tui.ui.prompt.field import Field
from amqpchat_tui.ui.scrollback.view import ScrollbackView

Close = Callable[[str], None]
"""Takes the bar away and gives the prompt back, with a text put into it."""

TYPED_FIRST = 1 / 30
"""Seconds after a key before the search goes on beyond its first slice: what was typed is painted first."""

BREATH = 0.001
"""Seconds between two slices of a search: the threads that read and write the terminal get their turn."""

PROGRESS_INTERVAL = 0.1
"""Seconds between two reports of a long search."""

ROOM_FOR_HINTS = 60
"""Cells that the find bar must have to say what its keys do."""


class FindField(Field):
    """Takes keys and pastes when the app hands them over, not from a queue of its own.

    One of them may close the bar, and those behind it are then for the prompt, in the order they were typed.
    """

    def __init__(self, take: Callable[[events.Key], bool], changed: Callable[[str], None]) -> None:
        """`take` is offered each key first, and `changed` is told the text at once."""
        super().__init__()
        self._take = take
        self._changed = changed

    def watch_value(self, value: str) -> None:
        """Search while one types."""
        self._changed(value)

    def post_message(self, message: Message) -> bool:
        """Act on a key or a paste at once; all else, and keys that mean nothing here, wait as usual."""
        if isinstance(message, events.Key) and self._key(message):
            return True
        if isinstance(message, events.Paste):
            self._on_paste(message)
            return True
        return super().post_message(message)

    def _key(self, event: events.Key) -> bool:
        if self._take(event):
            return True
        if bindings := self._bindings.key_to_bindings.get(event.key):
            _, name, arguments = actions.parse(bindings[-1].action)
            try:
                getattr(self, f"action_{name}")(*arguments)
            except actions.SkipAction:  # there is nothing to copy, or nowhere to scroll to
                return False
            return True
        if text := typed_text(event):
            self.replace(text, *self.selection)
            return True
        return False


class FindBar(Horizontal):
    """Finds as one types, from the newest message to the oldest; after Enter, n and N step."""

    def __init__(self, scrollback: ScrollbackView, close: Close, pick: Callable[[], None]) -> None:
        """`pick` opens a bar for the message that was found."""
        self._scrollback = scrollback
        self._close = close
        self._pick = pick
        self._place = scrollback.reader.place
        self._search: Search | None = None
        self._index = 0
        self._typed = False
        """Whether the text is complete, so that letters are commands."""
        self._count = Static(markup=False)
        self.field = FindField(self._take, self._search_for)
        super().__init__(
            Static("Find ", classes="bar-name", markup=False),
            self.field,
            self._count,
            classes="bar",
        )

    def on_mount(self) -> None:
        """Say what the keys do."""
        self._show_count()

    def _take(self, event: events.Key) -> bool:
        match event.key:
            case "up":
                self._go(1)
            case "down":
                self._go(-1)
            case "enter" if self._typed:
                self._scrollback.unpick()
                self._end()
            case "enter":
                self._typed = self._search is not None
                self._show_count()
            case "ctrl+f":
                self._typed = False
                self._show_count()
            case "alt+up" | "alt+down" if self._search is not None and self._search.hits:
                self._end()
                self._pick()
            case "escape" | "ctrl+c":
                self._scrollback.unpick()
                self._scrollback.return_to(self._place)
                self._end()
            case _ if self._typed and event.character in ("n", "N"):
                self._go(1 if event.character == "n" else -1)
            case _:
                return False
        return True

    def _search_for(self, text: str) -> None:
        self._typed = False
        self._index = 0
        self._search = Search(self._scrollback.reader.store, text) if text else None
        self._scrollback.show_search(self._search)
        if self._search is None:
            self._scrollback.unpick()
            self._show_count()
        else:
            self._step(self._search)
            self._go_on()

    def _step(self, search: Search) -> None:
        found = bool(search.hits)
        search.step()
        if search.hits and not found:
            self._scrollback.show_hit(search.hits[0])
            self._show_count()

    @work(exclusive=True)
    async def _go_on(self) -> None:
        """Look at a slice at a time, so that keys are answered in between."""
        await asyncio.sleep(TYPED_FIRST)
        shown_at = time.monotonic()
        while self._search is not None and not self._search.done:
            self._step(self._search)
            if time.monotonic() - shown_at >= PROGRESS_INTERVAL:
                shown_at = time.monotonic()
                self._show_count()
            await asyncio.sleep(BREATH)
        self._show_count()

    def _show_count(self) -> None:
        search = self._search
        if search is None:
            text = ""
        elif search.done and not search.hits:
            text = "nothing found"
        else:
            text = f"{self._index + 1} of {len(search.hits)}" if search.hits else "searching"
            text += "" if search.done else f" … {search.progress:.0%}"
        keys = "n N · Enter stay" if self._typed else "↑ ↓ · Enter: n N"
        hint = f"{keys} · Esc back" if self.screen.size.width >= ROOM_FOR_HINTS else ""
        self._count.update(" " + " · ".join(filter(None, (text, hint))))

    def _go(self, step: int) -> None:
        """Go to the next older (1) or newer (-1) message that was found."""
        if self._search is not None and self._search.hits:
            self._index = min(max(0, self._index + step), len(self._search.hits) - 1)
            self._scrollback.show_hit(self._search.hits[self._index])
            self._show_count()

    def _end(self) -> None:
        self._search = None
        self._scrollback.show_search(None)
        self._close("")
