"""Hides and shows what stands in scrollbacks already, a slice at a time, as a million lines are many."""

from __future__ import annotations

from collections.abc import Callable

from amqpchat_tui.chat.attention import Attention
from amqpchat_tui.chat.conversation import Conversation
from amqpchat_tui.chat.hiding import Hiding
from amqpchat_tui.chat.pace import Later
from amqpchat_tui.chat.switcher import Switcher
from amqpchat_tui.model import ChatMessage
from amqpchat_tui.scrollback.block import Block, entry_of

SLICE_BLOCKS = 2
"""How many blocks are looked at in one go: few milliseconds."""
PAUSE_SECONDS = 1 / 50
"""Between two of them."""


class Sweep:
    """Goes through all conversations when other lines are to be hidden, in each from the newest line up."""

    def __init__(
        self,
        hiding: Hiding,
        attention: Attention,
        switcher: Switcher,
        later: Later,
        swept: Callable[[], None],
    ) -> None:
        """`swept` is told after each slice."""
        self._hiding = hiding
        self._attention = attention
        self._switcher = switcher
        self._later = later
        self._swept = swept
        self._left: list[tuple[Conversation, Block, int]] = []
        """What is still to be looked at, the first at the end, each with how many entries it had."""
        self._planned = False

    @property
    def done(self) -> bool:
        """Whether all has been looked at."""
        return not self._left

    def begin(self) -> None:
        """Look at all lines again; at the newest ones on the screen at once."""
        self._hiding.count_anew()
        shown = self._switcher.shown
        others = [one for one in self._switcher.conversations.values() if one is not shown]
        self._left = [
            (conversation, block, len(block.records))
            for conversation in (shown, *others)
            for block in reversed(conversation.scrollback.blocks)
        ][::-1]
        self._step()

    def _step(self) -> None:
        for _ in range(min(SLICE_BLOCKS, len(self._left))):
            self._look_at(*self._left.pop())
        self._swept()
        if self._left and not self._planned:
            self._planned = True
            self._later(PAUSE_SECONDS, self._go_on)

    def _go_on(self) -> None:
        self._planned = False
        if self._left:
            self._step()

    def _look_at(self, conversation: Conversation, block: Block, count: int) -> None:
        store = conversation.scrollback
        if block.first not in store:
            return
        entries = [entry_of(block.record(index)) for index in range(count)]
        hidden = set(self._hiding.hidden(conversation.id, entries))
        for index in hidden:
            line = entries[index]
            if isinstance(line, ChatMessage) and not store.annotation(block.first + index).faded:
                conversation.forget(line, self._attention)
        for index in hidden | {index for index, one in block.annotations.items() if one.faded}:
            if self._hiding.mark(store, block.first + index, hidden=index in hidden):
                conversation.links.note_change(block.first + index)
        conversation.outcomes.show_again(range(block.first, block.first + count))
