"""The bar that stands in for the prompt while one decides what becomes of a line in the outbox."""

from __future__ import annotations

from collections.abc import Callable

from rich.cells import cell_len
from textual.content import Content
from textual.style import Style

from amqpchat_tui.actions.action import Action, Scope
from amqpchat_tui.actions.doing import carry_out
from amqpchat_tui.actions.help import hints
from amqpchat_tui.actions.keymap import Keymap
from amqpchat_tui.actions.table import BY_ID
from amqpchat_tui.model import ChatClient, Fate, OutboxLine
from amqpchat_tui.ui.bars.bar import Bar, Close
from amqpchat_tui.ui.panels.outbox_view import OutboxView

_UNDER_WAY = "under way, the broker has it: it cannot be taken back"


class OutboxBar(Bar, can_focus=True):
    """Sends the picked line of the outbox again, takes it back into the prompt, or drops it."""

    def __init__(
        self,
        client: ChatClient,
        view: OutboxView,
        close: Close,
        *,
        show_again: Callable[[], None],
        edit: Callable[[OutboxLine], None],
        keymap: Keymap,
    ) -> None:
        """`show_again` has the view show what has become of lines; `edit` takes one into its prompt."""
        super().__init__(classes="bar")
        self._client = client
        self._view = view
        self._close = close
        self._show_again = show_again
        self._edit = edit
        self._keymap = keymap
        self._said = ""

    def on_mount(self) -> None:
        """When the last line is gone, so is the bar; what was said is about the line that was picked then."""
        self.watch(self._view, "picked", lambda: self._say(""))
        self.watch(self._view, "lines", self._close_when_empty)

    def _close_when_empty(self) -> None:
        if self._view.has_all and not self._view.lines:
            self.do_outbox_close()

    def render(self) -> Content:
        """What the keys do, each a button for the mouse, and what has just been done."""
        text = f"Outbox: {self._said}"
        told = hints(self.scope, self._keymap.actions, self.content_size.width - cell_len(text))
        groups = [Content(" ").join(self._button(*hint) for hint in group) for group in told]
        return Content(text) + Content(" · ").join(groups)

    def _button(self, label: str, action: Action) -> Content:
        return Content.styled(label, Style.from_meta({"@click": f"carry_out('{action.id}')"}))

    def action_carry_out(self, action: str) -> None:
        """Do what was clicked."""
        carry_out((self,), BY_ID[action])

    @property
    def scope(self) -> Scope:
        """The scope in which letters decide about the picked line."""
        return Scope.OUTBOX

    @property
    def _line(self) -> OutboxLine | None:
        return self._view.picked_line

    def _say(self, text: str) -> None:
        self._said = f"{text} · " if text else ""
        self.refresh()

    def do_outbox_above(self) -> None:
        """Pick the line above."""
        self._view.pick_next(-1)

    def do_outbox_below(self) -> None:
        """Pick the line below."""
        self._view.pick_next(1)

    def do_resend(self) -> None:
        """Send a failed line again."""
        if self._line is None:
            return
        if self._line.fate is Fate.FAILED:
            self._client.resend(self._line.to, self._line.message_id)
            self._show_again()  # at once: the next key is about the line picked by then
            self._say("queued again")
        else:
            self._say("it is being sent already")

    def do_edit(self) -> None:
        """Take the line back into the prompt."""
        if (line := self._withdraw(for_editing=True)) is not None:
            self._leave()
            self._edit(line)

    def do_drop(self) -> None:
        """Forget the line; the room will not hear it."""
        if self._withdraw() is not None:
            self._say("dropped")

    def _withdraw(self, *, for_editing: bool = False) -> OutboxLine | None:
        if self._line is None:
            return None
        line = self._client.withdraw(self._line.to, self._line.message_id, for_editing=for_editing)
        if line is None:
            self._say(_UNDER_WAY)
        else:
            self._show_again()
        return line

    def do_outbox_close(self) -> None:
        """Leave the outbox as it is."""
        self._leave()

    def give_up(self) -> None:
        """Leave the outbox as it is."""
        self._leave()

    def _leave(self) -> None:
        self._view.close()
        self._close("")
