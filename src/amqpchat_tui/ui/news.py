"""What the session tells, as it comes onto the screen: with the next frame, and counts a little later."""

from __future__ import annotations

from collections.abc import Sequence

from amqpchat_tui.chat.listener import Changes
from amqpchat_tui.chat.pace import Pace
from amqpchat_tui.chat.session import Session
from amqpchat_tui.model import ChatClient, ConnectionState, ConversationId, NoticeKind, OutboxLine
from amqpchat_tui.ui.clicks import ClickableScreen
from amqpchat_tui.ui.linking import Linking
from amqpchat_tui.ui.log import LogShown
from amqpchat_tui.ui.patient_screen import LISTING_SECONDS
from amqpchat_tui.ui.shell import Shell
from amqpchat_tui.ui.unheard import Unheard
from amqpchat_tui.wording.connection import news


class NewsScreen(ClickableScreen):
    """A screen that shows a session; implements `SessionListener`."""

    _client: ChatClient
    _session: Session
    _linking: Linking
    _shell: Shell
    _unheard: Unheard
    _log_shown: LogShown

    def __init__(self) -> None:
        super().__init__()
        self._listing_pace = Pace(self._show_changes, LISTING_SECONDS, self.later)

    @property
    def settled(self) -> bool:
        """Whether all that has arrived was handed to the next frame."""
        return self._session.idle and not self.frame_pace.due and not self._listing_pace.due

    def connection_changed(self, before: ConnectionState, now: ConnectionState) -> None:
        """Show the state; say in the scrollback what a cut status line might not."""
        self._status.state = now
        if not self._shell.asks_where(now) and (said := news(before, now)) is not None:
            self._tell(*said)

    def outbox_changed(self, conversation: ConversationId) -> None:
        """Show what has become of lines."""
        self._unheard.changed()

    def _show_outbox(self, lines: Sequence[OutboxLine], here: ConversationId) -> None:
        self._outbox.show(lines, here)
        self._status.lag = self._client.lag

    def changed(self, changes: Changes) -> None:
        """Show what has arrived with the next frame."""
        if any(arrived.conversation == self._session.shown.id for arrived in changes.arrived):
            self.frame_pace.ask()
        if any(arrived.replays for arrived in changes.arrived):
            self._log_shown.look()
        if changes.ring is not None:
            self._shell.notify_person(changes.ring)

    def show_news(self) -> None:
        """Show what has arrived, and count what a reader further up does not see."""
        self._scrollback.show_news()
        self._show_counts()

    def listing_changed(self) -> None:
        """Show soon what is new in other conversations."""
        self._listing_pace.ask()

    def _show_changes(self) -> None:
        """Show what is new elsewhere, and what has come or gone here as other lines are hidden."""
        self._show_listing()
        self.show_news()

    def _show_listing(self) -> None:
        self._log_shown.look()
        listing = self._session.listing()
        for panel in (self._room_list, self._status, self._prompt_row):
            panel.show(listing)

    def _tell(self, text: str, kind: NoticeKind = NoticeKind.INFO) -> None:
        """Say something below what has arrived before it."""
        self._session.tell(text, kind)
        self.show_news()

    def complain(self, text: str) -> None:
        """Say what does not work."""
        self._tell(text, NoticeKind.ERROR)

    def on_scrollback_view_scrolled(self) -> None:
        """The status line counts what waits below and what is hidden, perhaps of another room now."""
        self._show_counts()
        self._session.reading.note_presence()  # at the end, lines are read

    def _show_counts(self) -> None:
        shown = self._session.shown
        self._status.unread = shown.reader.new_below if shown.narrowed is None else shown.unread
        self._status.hidden = shown.scrollback.faded
        self._thread_title.show(self._scrollback)
        self._linking.show()  # in a thread, what one writes answers the latest line
