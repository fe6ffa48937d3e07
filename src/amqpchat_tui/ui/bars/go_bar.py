"""The bar in which one chooses where to go, with a list above that narrows as one types."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static

from amqpchat_tui.actions.action import Scope
from amqpchat_tui.actions.keymap import Keymap
from amqpchat_tui.chat.listing import Listed
from amqpchat_tui.model import ConversationId
from amqpchat_tui.ui.bars.count import Count
from amqpchat_tui.ui.bars.field_bar import FieldBar
from amqpchat_tui.ui.bars.go_text import Columns, Offer, offers, row
from amqpchat_tui.ui.panels.looks import LOOK_CLASSES, Looks
from amqpchat_tui.ui.prompt.field import LiveField

LIST_MIN_ROWS = 3
"""Rows of the list, in however low a terminal; otherwise it takes half of it at most."""

PEOPLE_ROWS = 5
"""For how many of those who are here there are rows at least, in a terminal that is high enough."""


class OfferList(Widget):
    """The offers, the best at the top, as many of them as there is space for; the picked one is in view.

    It keeps its height while the bar is there, so that what is read above moves once and not at each letter.
    """

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = LOOK_CLASSES | {"offer--picked"}

    class Clicked(Message):
        """An offer has been clicked."""

        def __init__(self, offer: Offer) -> None:
            super().__init__()
            self.offer = offer

    def __init__(self) -> None:
        super().__init__()
        self._looks = Looks(self)
        self._offers: Sequence[Offer] = ()
        self._columns = Columns.of(())
        self._picked = 0
        self._top = 0

    def notify_style_update(self) -> None:
        """Another theme."""
        super().notify_style_update()
        self._looks.forget()

    def show(self, all_offers: Sequence[Offer], picked: int) -> None:
        """Show these offers."""
        self._offers, self._columns, self._picked = all_offers, Columns.of(all_offers), picked
        self.refresh()

    @property
    def page(self) -> int:
        """How far a page leads: one row stays in view."""
        return max(1, self.size.height - 1)

    def _window(self) -> range:
        """Which offers are in view."""
        height, count = self.size.height, len(self._offers)
        self._top = min(max(self._top, self._picked - height + 1), self._picked, max(0, count - height))
        return range(self._top, min(count, self._top + height))

    def render_line(self, y: int) -> Strip:
        """Draw a row; they stand just above the bar."""
        window, width = self._window(), self.size.width
        index = self._index_at(y, window)
        if index is None:
            return Strip.blank(width, self.rich_style)
        is_picked = index == self._picked
        style = self.get_component_rich_style("offer--picked") if is_picked else None
        parts = row(self._offers[index], self._columns, width, picked=is_picked)
        return Strip([Segment(text, style or self._looks.style(look)) for text, look in parts], width)

    def _index_at(self, y: int, window: range) -> int | None:
        place = y - (self.size.height - len(window))
        return window[place] if 0 <= place < len(window) else None

    def on_click(self, event: events.Click) -> None:
        """Tell which one stands there."""
        if (index := self._index_at(event.y, self._window())) is not None:
            self.post_message(self.Clicked(self._offers[index]))


class GoBar(Vertical, FieldBar):
    """Goes to a conversation, or joins a room."""

    def __init__(
        self,
        listing: Sequence[Listed],
        *,
        find: Callable[[str], Sequence[ConversationId]],
        find_people: Callable[[str], Sequence[str]],
        go: Callable[[ConversationId], None],
        write_to: Callable[[str], object],
        join: Callable[[str], None],
        close: Callable[[], None],
        keymap: Keymap,
    ) -> None:
        """`find` gives the conversations that fit a text, and `find_people` nicks, the best first.

        `close` gives the prompt back.
        """
        self._listing = {one.id: one for one in listing}
        self._find = find
        self._find_people = find_people
        self._go = go
        self._write_to = write_to
        self._join = join
        self._close = close
        self._offers: Sequence[Offer] = ()
        self._picked = 0
        self._list = OfferList()
        self._count = Count(keymap)
        self.field = LiveField(self._narrow)
        row = Horizontal(Static("Go to ", classes="bar-name", markup=False), self.field, self._count)
        super().__init__(self._list, row, classes="bar")

    def on_mount(self) -> None:
        """Offer all; the list has space for them as far as the terminal has, and for some people."""
        most = max(LIST_MIN_ROWS, self.screen.size.height // 2)
        rows = len(self._listing) + 1 + min(PEOPLE_ROWS, len(self._find_people("")))
        self._list.styles.height = min(max(LIST_MIN_ROWS, rows), most)
        self._narrow(self.field.value)

    @property
    def scope(self) -> Scope:
        """Letters narrow the list."""
        return Scope.GO

    def listing_changed(self, listing: Sequence[Listed]) -> None:
        """Show what is new where it stands: while one chooses, nothing moves but what is gone."""
        self._listing = {one.id: one for one in listing}
        picked = self._offers[self._picked]
        renewed = [(offer, self._renewed(offer)) for offer in self._offers]
        kept = [(before, now) for before, now in renewed if now is not None]
        if kept:
            at = next((index for index, (before, _) in enumerate(kept) if before is picked), 0)
            self._show([now for _, now in kept], at)
        else:
            self._narrow(self.field.value)

    def _renewed(self, offer: Offer) -> Offer | None:
        if offer.listed is None:
            return offer
        now = self._listing.get(offer.listed.id)
        return None if now is None else Offer(now)

    def give_up(self) -> None:
        """Stay where one is."""
        self._close()

    do_choose_close = give_up

    def do_choose_above(self) -> None:
        """Pick the one above."""
        self._step(-1)

    def do_choose_below(self) -> None:
        """Pick the one below."""
        self._step(1)

    def do_page_up(self) -> None:
        """Pick one a page above."""
        self._step(-self._list.page)

    def do_page_down(self) -> None:
        """Pick one a page below."""
        self._step(self._list.page)

    def _step(self, rows: int) -> None:
        self._show(self._offers, max(0, min(len(self._offers) - 1, self._picked + rows)))

    def do_choose_this(self) -> None:
        """Go to what is picked, or join it."""
        self._take(self._offers[self._picked])

    def on_offer_list_clicked(self, message: OfferList.Clicked) -> None:
        """Go to what was clicked."""
        self._take(message.offer)

    def _take(self, offer: Offer) -> None:
        if offer.listed is not None:
            self._close()
            self._go(offer.listed.id)
        elif offer.nick:
            self._close()
            self._write_to(offer.nick)
        elif offer.room:
            self._close()
            self._join(offer.room)

    def _narrow(self, text: str) -> None:
        self._show(offers(text, self._find, self._find_people, self._listing), 0)

    def _show(self, all_offers: Sequence[Offer], picked: int) -> None:
        self._offers, self._picked = all_offers, picked
        self._list.show(all_offers, picked)
        self._count.show(f"{picked + 1} of {len(all_offers)}", self.scope)
