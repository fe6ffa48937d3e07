"""Opens bars in the prompt's place, and gives the prompt back."""

from __future__ import annotations

from collections.abc import Callable

from amqpchat_tui.model import ChatClient
from amqpchat_tui.ui.bars.prompt_row import PromptRow
from amqpchat_tui.ui.panels.outbox_view import OutboxView
from amqpchat_tui.ui.scrollback.view import ScrollbackView


class Bars:
    """What opens a bar, by its action."""

    def __init__(
        self,
        row: PromptRow,
        scrollback: ScrollbackView,
        outbox: OutboxView,
        client: ChatClient,
        hint: Callable[[str], None],
    ) -> None:
        """`hint` says why none was opened."""
        self._row = row
        self._scrollback = scrollback
        self._outbox = outbox
        self._client = client
        self._hint = hint

    def do_find(self) -> None:
        """Search the scrollback, in place of the prompt."""
        from amqpchat_tui.ui.bars.find_bar import FindBar  # late: the first frame does without

        self._row.give_way(FindBar(self._scrollback, self._close, self._open_pick_bar))

    def do_pick_above(self) -> None:
        """Pick the message above, to do something with it."""
        if self._scrollback.pick(-1):
            self._open_pick_bar()

    def do_pick_below(self) -> None:
        """Pick the message below, to do something with it."""
        if self._scrollback.pick(1):
            self._open_pick_bar()

    def do_mention_above(self) -> None:
        """Go to the line above that concerns the person."""
        self._pick_mention(-1)

    def do_mention_below(self) -> None:
        """Go to the line below that concerns the person."""
        self._pick_mention(1)

    def _pick_mention(self, step: int) -> None:
        if self._scrollback.pick_mention(step):
            self._open_pick_bar()
        else:
            self._hint("No message there names you.")

    def _open_pick_bar(self) -> None:
        from amqpchat_tui.ui.bars.pick_bar import PickBar  # late: the first frame does without

        self._row.give_way(PickBar(self._scrollback, self._close, self.do_find))

    def do_outbox(self) -> None:
        """Decide what becomes of the lines that the room has not heard."""
        if self._outbox.pick_first():
            self._open_outbox_bar()
        else:
            self._hint("The outbox is empty: the room has heard every line.")

    def decide_about(self, message_id: str) -> None:
        """Decide about a line of the outbox; while one finds or picks, about none."""
        is_open = self._outbox.picked is not None
        if is_open or not self._row.has_bar:
            self._outbox.picked = message_id
        if self._outbox.picked is not None and not is_open:
            self._open_outbox_bar()

    def _open_outbox_bar(self) -> None:
        from amqpchat_tui.ui.bars.outbox_bar import OutboxBar  # late: the first frame does without

        self._hint("")
        self._row.give_way(OutboxBar(self._client, self._outbox, self._close_to_edit))

    def _close(self, quoted: str) -> None:
        """Give the prompt back, with what was quoted."""
        self._row.come_back()
        if quoted:
            self._row.prompt.insert_text(quoted)

    def _close_to_edit(self, line: str) -> None:
        """Give the prompt back, with a line in place of what is written there."""
        self._close("")
        if line:
            self._row.prompt.put(line)
