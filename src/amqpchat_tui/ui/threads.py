"""A thread alone in the scrollback's place: the way there and back, and the row that says so."""

from __future__ import annotations

from collections.abc import Callable

from rich.cells import cell_len
from textual.content import Content
from textual.widgets import Static

from amqpchat_tui.actions.help import with_keys
from amqpchat_tui.actions.keymap import Keymap
from amqpchat_tui.chat.links import quoted
from amqpchat_tui.chat.session import Session
from amqpchat_tui.scrollback import Anchor
from amqpchat_tui.ui.panels.panel_text import fit
from amqpchat_tui.ui.scrollback.view import ScrollbackView
from amqpchat_tui.wording.threads import IN_THREAD, NO_THREAD, describe_thread

MIN_NAME_CELLS = len("thread…")
"""How much is said of a thread in a narrow terminal."""


class ThreadTitle(Static):
    """Stands above the scrollback as long as it shows nothing but a thread."""

    def __init__(self, session: Session, keymap: Keymap) -> None:
        super().__init__(id="thread", markup=False)
        self._session = session
        self._keymap = keymap
        self._said: tuple[str, str] = ("", "")

    def show(self, view: ScrollbackView) -> None:
        """Say what a view shows, if that is a thread."""
        narrowed = self._session.shown.narrowed
        self.display = narrowed is not None and view.reader is narrowed.reader
        if narrowed is None:
            return
        first = narrowed.first
        said = describe_thread("" if first is None else quoted(first), narrowed.count)
        if said != self._said:
            self._said = said
            self.refresh()

    def render(self) -> Content:
        """What is shown, and how one returns: that is cut last."""
        name, length = self._said
        rest = f" · {length} · {with_keys('{back} returns', self._keymap.actions)}"
        return Content(fit(name, max(MIN_NAME_CELLS, self.content_size.width - cell_len(rest))) + rest)


class Threads:
    """What one can do about threads, by its action."""

    def __init__(
        self,
        session: Session,
        view: ScrollbackView,
        *,
        changed: Callable[[], None],
        close_bar: Callable[[], None],
        hint: Callable[[str], None],
        keymap: Keymap,
    ) -> None:
        """`changed` is called when a thread is shown alone, or none any more, and `close_bar` before that."""
        self._session = session
        self._view = view
        self._changed = changed
        self._close_bar = close_bar
        self._hint = hint
        self._keymap = keymap

    def narrow(self, seq: int) -> str:
        """Show the thread of an entry of the view alone; return why not, or an empty text."""
        shown = self._session.shown
        if shown.narrowed is not None:
            return "nothing but its thread is shown"
        self._view.unpick()
        shown.narrow(seq)
        self._show()
        if (place := shown.place_of(seq)) is not None:
            self._view.return_to(Anchor(place, 0))
        return ""

    def do_thread(self) -> bool:
        """Show the thread of the message that is picked, else of the last line that is in one."""
        shown = self._session.shown
        seq = shown.view.picked_seq if shown.view.picked is not None else shown.last_in_thread()
        if shown.narrowed is not None:
            self._hint(with_keys(IN_THREAD, self._keymap.actions))
        elif seq is None:
            self._hint(NO_THREAD)
        else:
            self._close_bar()
            self.narrow(seq)
            return True
        return False

    def do_back(self) -> bool:
        """Show all again, from the very place where one was; False where all is, or something is selected."""
        if self._view.screen.selections or not self._session.shown.widen():
            return False
        self._show()
        return True

    def do_clear(self) -> bool:
        """Show all again, for somebody else to empty."""
        self.do_back()
        return False

    def _show(self) -> None:
        self._view.show(self._session.shown.view)
        self._changed()
