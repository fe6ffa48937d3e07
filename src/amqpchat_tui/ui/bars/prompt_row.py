"""The place of the prompt, which a bar may take."""

from __future__ import annotations

from collections.abc import Sequence

from textual.containers import Horizontal
from textual.widgets import Static

from amqpchat_tui.chat.listing import Listed
from amqpchat_tui.model import ConversationKind
from amqpchat_tui.ui.bars.bar import Bar
from amqpchat_tui.ui.keys import KeyTaker
from amqpchat_tui.ui.panels.panel_text import prompt_mark
from amqpchat_tui.ui.prompt.prompt import Prompt


class PromptRow(Horizontal):
    """The prompt behind its mark, which a bar may take the place of."""

    def __init__(self, prompt: Prompt) -> None:
        self._mark = Static(id="prompt-mark", markup=False)
        super().__init__(self._mark, prompt, id="prompt-row")
        self.prompt = prompt
        self._listing: Sequence[Listed] = ()
        self._bar: Bar | None = None

    def show(self, listing: Sequence[Listed]) -> None:
        """Say where a line goes, unless there is one place only; a bar may show more."""
        self._listing = listing
        self._show_mark()
        if self._bar is not None:
            self._bar.listing_changed(listing)

    def on_resize(self) -> None:
        """Leave space to type in, however long a name is."""
        self._show_mark()

    def _show_mark(self) -> None:
        mark = prompt_mark(self._listing, self.app.size.width)
        if mark != self._mark.content:
            self._mark.update(mark)
        shown = (one.id.kind for one in self._listing if one.shown)
        self._mark.set_class(ConversationKind.PRIVATE in shown, "private")

    @property
    def has_bar(self) -> bool:
        """Whether something stands in for the prompt."""
        return self._bar is not None

    @property
    def taker(self) -> KeyTaker:
        """Who has the keys: the prompt, or what stands in for it."""
        return self._bar or self.prompt

    @property
    def searched(self) -> str:
        """What one looks for in the bar that stands in for the prompt; else nothing."""
        return "" if self._bar is None else self._bar.searched

    def close_bar(self) -> None:
        """Have what stands in for the prompt end, if something does."""
        if self._bar is not None:
            self._bar.give_up()

    def give_way(self, bar: Bar) -> None:
        """Let a bar have the keys from the next one on."""
        self._bar = bar
        self.display = False
        self.screen.mount(bar)
        self.screen.set_focus(bar.cursor)

    def come_back(self) -> None:
        """Take the keys back, from the next one on."""
        if self._bar is not None:
            self._bar.remove()
            self._bar = None
        self.display = True
        self.screen.set_focus(self.prompt)
