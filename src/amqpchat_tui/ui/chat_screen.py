"""The chat: scrollback, outbox, status line and prompt, and how they work together."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.geometry import Offset
from textual.widget import Widget

from amqpchat_tui.actions.completion import completions
from amqpchat_tui.actions.help import command_lines, key_lines
from amqpchat_tui.actions.table import Action, Keymap
from amqpchat_tui.chat.attention import Attention
from amqpchat_tui.chat.conversation import Conversation
from amqpchat_tui.chat.presence import Presence
from amqpchat_tui.chat.session import Changes, Session
from amqpchat_tui.config import ConnectionSettings, Settings
from amqpchat_tui.model import (
    ChatClient,
    ConnectionState,
    ConversationId,
    ConversationStore,
    NoticeKind,
    OutboxLine,
    Phase,
    RecallStore,
)
from amqpchat_tui.scrollback import Budget, Scrollback
from amqpchat_tui.ui.bars.bars import Bars
from amqpchat_tui.ui.bars.prompt_row import PromptRow
from amqpchat_tui.ui.entering import Entering
from amqpchat_tui.ui.hint import Hint
from amqpchat_tui.ui.keys import carry_out, take
from amqpchat_tui.ui.leaving import Leaving
from amqpchat_tui.ui.panels.outbox_view import OutboxView
from amqpchat_tui.ui.panels.room_list import RoomList
from amqpchat_tui.ui.panels.status_line import StatusLine
from amqpchat_tui.ui.patient_screen import PatientScreen
from amqpchat_tui.ui.prompt.paste_question import PasteQuestion
from amqpchat_tui.ui.prompt.prompt import Prompt
from amqpchat_tui.ui.scrollback.view import ScrollbackView
from amqpchat_tui.ui.shell import Shell
from amqpchat_tui.wording.connection import news, warning


class ChatScreen(PatientScreen):
    """Shows a conversation and turns what is entered into commands or lines; a `SessionListener`."""

    AUTO_FOCUS = "#prompt"

    def __init__(
        self,
        settings: Settings,
        client: ChatClient,
        *,
        recall: RecallStore,
        conversations: ConversationStore,
        presence: Presence,
        shell: Shell,
    ) -> None:
        super().__init__()
        self._settings = settings
        self._shell = shell
        self._keymap = Keymap()
        self._client = client
        budget, lines = Budget(), settings.ui.scrollback_lines
        self._session = Session(
            client,
            Attention(client.nick, settings.ui.highlight),
            open_conversation=lambda identity: Conversation(identity, Scrollback(lines, budget)),
            presence=presence,
            rings_always=settings.ui.notify_when == "always",
            levels=settings.levels,
            store=conversations,
            later=self.later,
            listener=self,
        )
        self._entering = Entering(
            say=lambda body: self._session.say(self._session.shown.id, body),
            run=self.obey,
            hint=self._hint,
            acted=self._note_line,
        )
        self._leaving = Leaving(
            "/quit",
            unheard=self._unheard,
            online=lambda: client.state.phase is Phase.ONLINE,
            set_timer=self.set_timer,
            say=self._hint,
            leave=shell.leave,
        )
        self._question: PasteQuestion | None = None
        self._recall = recall
        self._conversations = conversations
        self._outbox_due = False

    def compose(self) -> ComposeResult:
        """The rooms at the left; beside them all else, from top to bottom: the prompt keeps the last rows."""
        settings = self._settings
        shown = self._session.shown
        yield RoomList(settings.ui.panels, self._hint)
        yield ScrollbackView(settings.ui, self._session.attention, shown.reader)
        yield OutboxView(settings.ui, hint=self._hint)
        yield Hint()
        yield StatusLine(self._session.listing(), warning(settings.connection))
        yield PromptRow(
            Prompt(
                submit=self._entering.submit,
                complete=lambda before: completions(before, self._session.shown.speakers.latest_first()),
                ask_about_paste=self._ask_about_paste,
                placeholder=_placeholder(shown),
            )
        )

    def on_mount(self) -> None:
        """Connect once the first frame is painted."""
        self._bars = Bars(
            self._prompt_row,
            self._scrollback,
            self._outbox,
            self._client,
            show=self.show,
            show_outbox=self._show_outbox,
            hint=self._hint,
        )
        self._status.state = self._client.state
        self._status.nick = self._client.nick
        self._rooms.fit(self.app.size.width)
        self._show_listing()
        self._tell(f"{self._session.shown.id.name} as {self._client.nick}. /help lists commands and keys.")
        self.watch(self.app, "app_focus", self._session.note_presence, init=False)
        self.call_after_refresh(self._start)

    def _start(self) -> None:
        self._shell.painted()
        self._session.start()
        if not self._settings.ui.keep_history:
            self._recall.forget()
        self.run_worker(self._recall_earlier())

    async def _recall_earlier(self) -> None:
        draft = await self._restore(self._settings.connection)
        earlier = await self._recall.latest() if self._settings.ui.keep_history else []
        self._prompt.recall([*earlier, draft] if draft else earlier)

    async def _restore(self, connection: ConnectionSettings) -> str:
        """Take over what is kept for these brokers; return a draft for which the prompt has no room."""
        kept = await self._conversations.all(connection.names)
        self._session.restore(connection.names, kept)
        draft, written = self._session.shown.draft, self._prompt.text
        if not written:
            self._prompt.exchange(draft)
        return draft if written and written != draft else ""

    def follow(self, connection: ConnectionSettings) -> None:
        """The client has gone to other brokers, for which other things were kept."""
        self._status.warning = warning(connection)
        self.run_worker(self._restore(connection))

    def keep(self) -> None:
        """Keep what the next start is to know."""
        self._session.shown.draft = self._prompt.draft
        self._session.keep()

    def show(self, identity: ConversationId) -> None:
        """Put another conversation on the screen; what is written in the prompt waits in its own."""
        if identity == self._session.shown.id:
            return
        self._prompt_row.close_bar()
        self._hint("")
        self._entering.forget()
        self._session.shown.draft = self._prompt.draft
        self._session.show(identity)
        shown = self._session.shown
        self._scrollback.show(shown.reader)
        self._show_listing()
        self._prompt.placeholder = _placeholder(shown)
        self._prompt.exchange(shown.draft)
        self._show_outbox()

    @property
    def settled(self) -> bool:
        """Whether all that has arrived was handed to the next frame."""
        return self._session.idle and not self.frame_pace.due

    @property
    def _scrollback(self) -> ScrollbackView:
        return self.query_one(ScrollbackView)

    @property
    def _status(self) -> StatusLine:
        return self.query_one(StatusLine)

    @property
    def _rooms(self) -> RoomList:
        return self.query_one(RoomList)

    @property
    def _prompt(self) -> Prompt:
        return self.query_one(Prompt)

    @property
    def _prompt_row(self) -> PromptRow:
        return self.query_one(PromptRow)

    @property
    def _outbox(self) -> OutboxView:
        return self.query_one(OutboxView)

    # -- what the session tells ---------------------------------------------------------------------

    def connection_changed(self, before: ConnectionState, now: ConnectionState) -> None:
        """Show the state; say in the scrollback what a cut status line might not."""
        self._status.state = now
        if not self._shell.asks_where(now) and (said := news(before, now)) is not None:
            self._tell(*said)

    def outbox_changed(self, conversation: ConversationId) -> None:
        """Show the outbox, once for all changes of this turn of the loop."""
        if not self._outbox_due:
            self._outbox_due = True
            self.call_later(self._show_outbox)

    def _show_outbox(self) -> None:
        self._outbox_due = False
        self._outbox.show(self._unheard(), self._session.shown.id)
        self._status.lag = self._client.lag
        self._leaving.outbox_changed()

    def changed(self, changes: Changes) -> None:
        """Show what has arrived with the next frame."""
        if any(arrived.conversation == self._session.shown.id for arrived in changes.arrived):
            self.frame_pace.ask()
        if changes.ring is not None:
            self._shell.notify_person(changes.ring)

    def show_news(self) -> None:
        """Show what has arrived, and count what a reader further up does not see."""
        self._scrollback.show_news()
        self._status.unread = self._session.shown.reader.new_below
        self._show_listing()

    def listing_changed(self) -> None:
        """Show with the next frame what is new in other conversations."""
        self.frame_pace.ask()

    def _show_listing(self) -> None:
        listing = self._session.listing()
        for panel in (self._rooms, self._status, self._prompt_row):
            panel.show(listing)

    def _tell(self, text: str, kind: NoticeKind = NoticeKind.INFO) -> None:
        """Say something below what has arrived before it."""
        self._session.tell(text, kind)
        self.show_news()

    def complain(self, text: str) -> None:
        """Say what does not work."""
        self._tell(text, NoticeKind.ERROR)

    # -- what the person enters ---------------------------------------------------------------------

    def _note_line(self, line: str) -> None:
        self._leaving.stay()
        if self._settings.ui.keep_history:
            self._recall.add(line)

    def _hint(self, text: str) -> None:
        self.query_one(Hint).show(text, self._prompt.text)

    def on_text_area_changed(self) -> None:
        """A hint is about the line as it was."""
        self.query_one(Hint).line_changed(self._prompt.text)

    def _ask_about_paste(self, text: str, lines: int) -> None:
        """Ask before many lines become one message."""

        def answer(wanted: bool, held: Sequence[events.Key | events.Paste]) -> None:
            self._question = None
            self._prompt.insert_text(text if wanted else "")
            for event in held:
                if isinstance(event, events.Key) and event.key == "enter" and not wanted:
                    self._prompt.do_new_row()  # the line was to have the paste in it: it is not sent without
                else:
                    self.take(event)

        self._question = PasteQuestion(text, lines, answer=answer)
        self.app.push_screen(self._question)

    def take(self, event: events.Key | events.Paste) -> None:
        """Act on a key or a paste, unless there is a question, which may be younger than the key."""
        self._session.note_presence()
        if self._question is not None:
            self._question.post_message(event)
        else:
            take(event, self._prompt_row.taker, self._doers, self._keymap)

    def obey(self, action: Action, argument: str = "") -> bool:
        """Do what was chosen otherwise than by a key; False where it was left undone."""
        return carry_out(self._doers, action, *([argument] if argument else []))

    @property
    def _doers(self) -> Sequence[object]:
        """Who carries out what whoever has the keys does not, the first of them whose it is."""
        return self, self._scrollback, self._bars, self._rooms

    def _unheard(self) -> list[OutboxLine]:
        """The lines that have not come back, those of the conversation on the screen first."""
        shown = self._session.shown.id
        others = (identity for identity in self._session.conversations if identity != shown)
        return [line for identity in (shown, *others) for line in self._client.outbox(identity)]

    # -- what one can do ----------------------------------------------------------------------------

    def do_quit(self) -> bool:
        """Leave; False where that has to be said again."""
        return self._leaving.leave()

    def do_nick(self, name: str) -> None:
        """Send later lines under another name."""
        self._client.rename(name)
        self._session.attention.add_nick(name)
        self._status.nick = name
        self._tell(f"You are now {name}.")

    def do_clear(self) -> None:
        """Empty the scrollback."""
        self._session.shown.scrollback.clear()
        self._scrollback.sync()
        self._status.unread = 0

    def do_help(self) -> None:
        """List commands and keys."""
        self._tell("\n".join(["Commands and keys:", *command_lines(), *key_lines()]))
        self._scrollback.scroll_to_end()

    def do_reconnect(self) -> None:
        """Dial anew."""
        self._client.reconnect()

    def do_mouse(self) -> None:
        """Take the mouse, or let the terminal have it."""
        self._tell(
            "The mouse is the chat's again."
            if self._shell.toggle_mouse()
            else "The mouse is the terminal's: select and paste as usual. /mouse takes it back."
        )

    def do_interrupt(self) -> None:
        """Copy what is selected, else clear the prompt (Ctrl-Y brings it back), else offer to leave."""
        if text := self._prompt.selected_text or self.get_selected_text():
            self.app.copy_to_clipboard(text)
            self.clear_selection()
        else:
            self._prompt.put("" if self._prompt.text else "/quit")

    def do_back(self) -> None:
        """Drop the selection, else go back to the newest line."""
        if self.selections:
            self.clear_selection()
        else:
            self._scrollback.scroll_to_end()

    def do_redraw(self) -> None:
        """Paint everything again."""
        self.refresh(layout=True)

    def do_suspend(self) -> None:
        """Let the shell have the terminal."""
        self._shell.suspend_process()

    def do_palette(self) -> None:
        """Open the command palette."""
        self._shell.open_palette()

    def on_resize(self, event: events.Resize) -> None:
        """Fit in the list of rooms."""
        self._rooms.fit(event.size.width)

    def on_room_list_clicked(self, message: RoomList.Clicked) -> None:
        """Go to the conversation that was clicked."""
        self.show(message.conversation)

    def on_outbox_view_clicked(self, message: OutboxView.Clicked) -> None:
        """As Alt-O, for the line that was clicked."""
        self._bars.decide_about(message.message_id)

    # -- the mouse ----------------------------------------------------------------------------------

    def get_widget_and_offset_at(self, x: int, y: int) -> tuple[Widget | None, Offset | None]:
        """Selections begin and end at characters of messages, which only the scrollback can tell."""
        widget, offset = super().get_widget_and_offset_at(x, y)
        if isinstance(widget, RoomList) and self.selects:
            widget = self._scrollback  # where one went beyond its left edge
        if isinstance(widget, ScrollbackView):
            region = widget.region
            offset = widget.offset_at(*(Offset(x, y) - region.offset).clamp(*region.size))
        return widget, offset

    def on_scrollback_view_scrolled(self) -> None:
        """The status line counts what waits below."""
        self._status.unread = self._session.shown.reader.new_below
        self._session.note_presence()  # at the end, lines are read


def _placeholder(conversation: Conversation) -> str:
    return f"Message {conversation.id.name} · /help"
