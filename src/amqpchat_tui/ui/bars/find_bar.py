"""The bar in which one searches the scrollback."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from textual import work
from textual.containers import Horizontal
from textual.widgets import Static

from amqpchat_tui.actions.action import Scope
from amqpchat_tui.actions.keymap import Keymap
from amqpchat_tui.scrollback.search import Search
from amqpchat_tui.ui.bars.bar import Close
from amqpchat_tui.ui.bars.count import Count
from amqpchat_tui.ui.bars.field_bar import FieldBar
from amqpchat_tui.ui.prompt.field import LiveField
from amqpchat_tui.ui.scrollback.view import ScrollbackView

TYPED_FIRST_SECONDS = 1 / 30
"""Seconds after a key before the search goes on beyond its first slice: what was typed is painted first."""

SLICE_PAUSE_SECONDS = 0.001
"""Seconds between two slices of a search: the threads that read and write the terminal get their turn."""

PROGRESS_SECONDS = 0.1
"""Seconds between two reports of a long search."""


class FindBar(Horizontal, FieldBar):
    """Finds as one types, from the newest message to the oldest; after Enter, n and N step."""

    def __init__(
        self, scrollback: ScrollbackView, close: Close, pick: Callable[[], object], keymap: Keymap
    ) -> None:
        """`pick` opens a bar for the message that was found."""
        self._scrollback = scrollback
        self._close = close
        self._pick = pick
        self._place = scrollback.reader.place
        self._search: Search | None = None
        self._index = 0
        self._typed = False
        """Whether the text is complete, so that letters are commands."""
        self._count = Count(keymap)
        self.field = LiveField(self._search_for)
        super().__init__(
            Static("Find ", classes="bar-name", markup=False),
            self.field,
            self._count,
            classes="bar",
        )

    def on_mount(self) -> None:
        """Say what the keys do."""
        self._show_count()

    @property
    def scope(self) -> Scope:
        """Letters are keys once the text is complete."""
        return Scope.FOUND if self._typed else Scope.FIND

    @property
    def searched(self) -> str:
        """What one looks for in it."""
        return self.field.value

    def do_find(self) -> None:
        """Type again what to find."""
        self._typed = False
        self._show_count()

    def do_find_older(self) -> None:
        """Go to the next older message that was found."""
        self._go(1)

    def do_find_newer(self) -> None:
        """Go to the next newer message that was found."""
        self._go(-1)

    def give_up(self) -> None:
        """Stay where one is."""
        self.do_found_stay()

    do_found_older, do_found_newer = do_find_older, do_find_newer

    def do_find_done(self) -> None:
        """Have letters step through what was found."""
        self._typed = self._search is not None
        self._show_count()

    def do_found_stay(self) -> None:
        """Stay where one is."""
        self._scrollback.unpick()
        self._end()

    def do_find_pick(self) -> None:
        """Do something with the message that was found."""
        if self._search is not None and self._search.hits:
            self._end()
            self._pick()

    def do_find_close(self) -> None:
        """Go back to where one was."""
        self._scrollback.unpick()
        self._scrollback.return_to(self._place)
        self._end()

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
        """Search on, a slice at a time, so that keys are answered in between."""
        await asyncio.sleep(TYPED_FIRST_SECONDS)
        shown_at = time.monotonic()
        while self._search is not None and not self._search.done:
            self._step(self._search)
            if time.monotonic() - shown_at >= PROGRESS_SECONDS:
                shown_at = time.monotonic()
                self._show_count()
            await asyncio.sleep(SLICE_PAUSE_SECONDS)
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
        self._count.show(text, self.scope)

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
