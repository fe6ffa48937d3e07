"""The bar in which one searches the log: a list narrows as one types, and leads to lines."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

from textual import work
from textual.containers import Horizontal
from textual.widgets import Static

from amqpchat_tui.actions.action import Scope
from amqpchat_tui.actions.keymap import Keymap
from amqpchat_tui.actions.searching import read_search
from amqpchat_tui.chat.looking_back import LookingBack
from amqpchat_tui.chat.mentions import Finder
from amqpchat_tui.chat.session import Session
from amqpchat_tui.model import ConversationId, Histories, HistoryError, LogError, LogSearch
from amqpchat_tui.ui.bars.count import Count
from amqpchat_tui.ui.bars.field_bar import FieldBar
from amqpchat_tui.ui.bars.prompt_row import PromptRow
from amqpchat_tui.ui.panels.panel_text import Look, Part
from amqpchat_tui.ui.prompt.field import LiveField
from amqpchat_tui.ui.scrollback.view import ScrollbackView
from amqpchat_tui.ui.search.result_list import ResultList
from amqpchat_tui.ui.search.results import Results
from amqpchat_tui.ui.search.search_text import TIP
from amqpchat_tui.ui.search.way import Way
from amqpchat_tui.wire.text import WireError
from amqpchat_tui.wording.sentences import sentence

TYPED_FIRST_SECONDS = 1 / 30
"""Seconds after a key before the log is asked: what was typed is painted first."""
TYPED_SECONDS = 0.5
"""Seconds after a key before rooms' histories are looked into, which is work for the broker."""
LOOKING = "still looking"


def open_search(
    text: str,
    row: PromptRow,
    view: ScrollbackView,
    session: Session,
    histories: Histories,
    keymap: Keymap,
    show: Callable[[ConversationId], None],
) -> None:
    """Search for a text in place of prompt and scrollback; `show` puts a conversation on the screen."""

    def look_back() -> LookingBack:
        rooms = sorted(session.conversations, key=lambda room: room != session.shown.id)
        return LookingBack(histories, session.logbook, finder, rooms)

    results = ResultList(view.time_format)

    def close() -> None:
        session.reading.looks_elsewhere = False
        results.remove()
        row.come_back()

    session.reading.looks_elsewhere = True
    view.mount(results)
    way = Way(session, view, show)
    finder = Finder(session.logbook, session.attention, session.hiding)
    row.give_way(SearchBar(text, results, way, finder, look_back, keymap, close))


class SearchBar(Horizontal, FieldBar):
    """Searches as one types; Enter goes to a line, where letters lead to the next one that was found."""

    def __init__(
        self,
        text: str,
        results: ResultList,
        way: Way,
        finder: Finder,
        look_back: Callable[[], LookingBack],
        keymap: Keymap,
        close: Callable[[], None],
    ) -> None:
        """`look_back` begins to look into histories.

        `close` gives the prompt back, and the list's place to the scrollback.
        """
        self._list = results
        self._way = way
        self._finder = finder
        self._begin_looking_back = look_back
        self._looking_back = look_back()
        self._close = close
        self._results = Results(finder, LogSearch())
        self._is_asking = False
        """Whether the log has not answered yet."""
        self._ahead = 0
        """How many lines one wants to go on when it has."""
        self._goes = False
        """Whether the line that is picked when it has answered is to be shown."""
        self._is_there = False
        """Whether a line is shown where it was said, and not the list."""
        self._count = Count(keymap)
        self.field = LiveField(self._search_for)
        super().__init__(
            Static("Search ", classes="bar-name", markup=False), self.field, self._count, classes="bar"
        )
        self.field.type_text(text)

    def on_mount(self) -> None:
        """Say what can be searched for, unless something was given or typed meanwhile."""
        self._list.clicked = self._pick
        if not self.field.value:
            self._search_for("")

    @property
    def scope(self) -> Scope:
        """Letters are keys where a line is shown."""
        return Scope.SEARCHED if self._is_there else Scope.SEARCH

    def type_text(self, text: str) -> None:
        """Narrow the search; where a line is shown, letters are not meant for it."""
        if not self._is_there:
            super().type_text(text)

    def paste(self, text: str) -> None:
        """Search for its first line."""
        if not self._is_there:
            super().paste(text)

    def press(self, key: str) -> None:
        """Move and delete in the field."""
        if not self._is_there:
            super().press(key)

    def give_up(self) -> None:
        """End, unless it is the way of the search itself that leads to another conversation."""
        if not self._way.is_going:
            self._way.stay()
            self._close()

    # -- the list -----------------------------------------------------------------------------------

    def _search_for(self, text: str) -> None:
        try:
            search = read_search(text)
        except WireError as error:
            self._say(Part(sentence(str(error)), Look.WARNING))
            return
        self._goes = False
        self.workers.cancel_group(self, "look back")
        self._results = Results(self._finder, search)
        if search.is_empty:
            self._say(Part(TIP, Look.MUTED))
        else:
            self._count.show("searching", self.scope)
            self._is_asking = True
            self._ahead = 0
            self._ask()
            self._look_back()

    def _say(self, remark: Part) -> None:
        """Say something in the list's place; no answer is waited for."""
        self.workers.cancel_group(self, "ask")
        self.workers.cancel_group(self, "look back")
        self._is_asking = self._goes = False
        self._list.remark(remark)
        self._count.show("", self.scope)

    @work(exclusive=True, group="ask")
    async def _ask(self) -> None:
        """Ask the log for more, and go on where one wanted to; a later search interrupts this one."""
        results = self._results
        try:
            await asyncio.sleep(TYPED_FIRST_SECONDS)
            await results.more()
        except LogError as error:
            self._say(Part(str(error), Look.PROBLEM))
            return
        self._is_asking = False
        ahead, self._ahead = self._ahead, 0
        self._move(ahead)
        if self._goes and not self._is_asking:
            self._go()

    @work(exclusive=True, group="look back")
    async def _look_back(self) -> None:
        """Look into rooms' histories for what the log does not have, until another search is typed."""
        results = self._results
        await asyncio.sleep(TYPED_SECONDS)
        results.remark = LOOKING
        self._looking_back = self._begin_looking_back()
        try:
            async with contextlib.aclosing(self._looking_back.look(results.search)) as pages:
                async for found in pages:
                    results.add(found)
                    if not self._is_asking:
                        self._show_results()
            results.remark = ""
        except (HistoryError, LogError) as error:
            results.remark = str(error)
        if not self._is_asking:
            self._show_results()

    def _show_results(self) -> None:
        self._list.show(self._results.lines, self._results.words, self._results.picked)
        self._count.show(self._results.count, self.scope)

    def _step(self, step: int) -> None:
        self._results.move(step)
        self._show_results()
        if self._is_there and step:
            self._go()

    def _move(self, step: int) -> None:
        if not self._results.needs_more(step):
            self._step(step)
            return
        self._ahead += step  # a key that is held down asks faster than a log may answer
        if not self._is_asking:
            self._is_asking = True
            self._ask()

    def do_result_above(self) -> None:
        """Pick the newer line above."""
        self._move(-1)

    def do_result_below(self) -> None:
        """Pick the older line below."""
        self._move(1)

    def do_page_up(self) -> bool:
        """Go a page up in the list; where a line is shown, it is the scrollback's."""
        if not self._is_there:
            self._move(-self._list.page)
        return not self._is_there

    def do_page_down(self) -> bool:
        """Go a page down in the list; where a line is shown, it is the scrollback's."""
        if not self._is_there:
            self._move(self._list.page)
        return not self._is_there

    def _pick(self, index: int) -> None:
        """Go to the line that was clicked."""
        self._step(index - self._results.picked)
        self._go()

    def do_search_close(self) -> None:
        """Go back to where one was before."""
        self._way.back()
        self._close()

    # -- a line where it was said -------------------------------------------------------------------

    def do_result_show(self) -> None:
        """Go to the line, if none is there yet to the first that will be."""
        if self._is_asking:
            self._goes = True
        else:
            self._go()

    @work(exclusive=True, group="go")
    async def _go(self) -> None:
        self._goes = False
        line = self._results.line
        if line is None:
            return
        try:
            around = self._looking_back.around(line) if line.number < 0 else None
            problem = await self._way.go(line, self._results.search.words, around)
        except LogError as error:
            problem = str(error)
        if not problem:
            self._is_there = True
            self._list.display = False
        self._count.show(sentence(problem) if problem else self._results.count, self.scope)

    do_result_older, do_result_newer = do_result_below, do_result_above

    def do_search(self, _: str = "") -> None:
        """Go back to the list."""
        if self._is_there:
            self._way.back()
            self._is_there = False
            self._list.display = True
            self._count.show(self._results.count, self.scope)

    def do_result_stay(self) -> bool:
        """Stay at the line."""
        if not self._way.may_stay:
            line = self._results.line
            whence = "the history" if line is not None and line.number < 0 else "your log"
            self._count.show(f"only in {whence}", self.scope)
            return True
        self._way.stay()
        self._close()
        return True
