"""The chat: scrollback, outbox, status line and prompt, and how they work together."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual import events
from textual.app import ComposeResult

from amqpchat_tui.actions.action import Action
from amqpchat_tui.actions.doing import carry_out
from amqpchat_tui.actions.keymap import Keymap
from amqpchat_tui.actions.parse import says_something
from amqpchat_tui.chat.hiding import Hiding
from amqpchat_tui.chat.people.people import People
from amqpchat_tui.chat.presence import Presence
from amqpchat_tui.chat.session import Session
from amqpchat_tui.config import ConnectionSettings, Settings
from amqpchat_tui.model import (
    ChatClient,
    ConversationId,
    Store,
)
from amqpchat_tui.ui.bars.bars import Bars
from amqpchat_tui.ui.bars.prompt_row import PromptRow
from amqpchat_tui.ui.editor import Editor
from amqpchat_tui.ui.entering import Entering
from amqpchat_tui.ui.hiding import HidingCommands
from amqpchat_tui.ui.hint import Hint
from amqpchat_tui.ui.keeping import Keeping
from amqpchat_tui.ui.keys import take
from amqpchat_tui.ui.linking import Linking
from amqpchat_tui.ui.log import LogShown
from amqpchat_tui.ui.news import NewsScreen
from amqpchat_tui.ui.opening import open_session
from amqpchat_tui.ui.panels.outbox_view import OutboxView
from amqpchat_tui.ui.panels.panel import Panel
from amqpchat_tui.ui.panels.people_list import PeopleList
from amqpchat_tui.ui.panels.room_list import RoomList
from amqpchat_tui.ui.panels.status_line import StatusLine
from amqpchat_tui.ui.people import Crowd, PeopleShown
from amqpchat_tui.ui.private import PrivateTalks
from amqpchat_tui.ui.program import Program
from amqpchat_tui.ui.prompt.pasting import Pasting
from amqpchat_tui.ui.prompt.prompt import Prompt
from amqpchat_tui.ui.reacting import Reacting
from amqpchat_tui.ui.reloading import Configuration, Reloading
from amqpchat_tui.ui.rooms import Rooms
from amqpchat_tui.ui.scrollback.view import ScrollbackView
from amqpchat_tui.ui.shell import Shell
from amqpchat_tui.ui.threads import Threads, ThreadTitle
from amqpchat_tui.ui.unheard import Unheard
from amqpchat_tui.wording import rooms
from amqpchat_tui.wording.connection import warning


class ChatScreen(NewsScreen):
    """Shows a conversation and turns what is entered into commands or lines."""

    AUTO_FOCUS = "#prompt"

    def __init__(
        self,
        settings: Settings,
        client: ChatClient,
        *,
        store: Store,
        presence: Presence,
        shell: Shell,
        configuration: Configuration,
    ) -> None:
        super().__init__()
        self._configuration = configuration
        self._settings = settings
        self._shell = shell
        self._keymap = Keymap(settings.keys)
        self._client = client
        shows = PeopleShown(
            lambda: self._session,
            lambda: self._crowd,
            show_news=self.show_news,
            repaint=lambda: self._scrollback.repaint(),
        )
        self._hiding = Hiding(store.hiding, later=self.later, changed=lambda: self._session.sweep.begin())
        self._people = People(
            client, settings.presence, shows, ignores=self._hiding.ignores, later=self.later
        )
        self._session = open_session(
            settings,
            client,
            store,
            presence=presence,
            people=self._people,
            hiding=self._hiding,
            later=self.later,
            listener=self,
        )
        self._hiding.configure(settings.hide)
        self._linking = Linking(
            self._session,
            may_say=lambda: self._private.may_say(),
            hint=self._hint,
            keymap=self._keymap,
        )
        self._reacting = Reacting(
            self._session,
            client.events,
            called=self._people.called,
            hint=self._hint,
            quick=settings.reactions.quick,
        )
        self._entering = Entering(
            say=self._linking.say,
            run=self.obey,
            hint=self._hint,
            acted=self._note_line,
        )
        self._unheard = Unheard(
            self._session,
            client,
            show=self._show_outbox,
            soon=self.call_later,
            set_timer=self.set_timer,
            hint=self._hint,
        )
        self._store = store

    def compose(self) -> ComposeResult:
        """The rooms at the left; beside them all else, from top to bottom: the prompt keeps the last rows."""
        settings = self._settings
        shown = self._session.shown
        yield RoomList(settings.ui.panels, self._hint)
        yield PeopleList(settings.ui.panels, self._hint)
        yield ThreadTitle(self._session, self._keymap)
        yield ScrollbackView(settings.ui, self._session.attention, shown.reader, self._people.called)
        yield OutboxView(settings.ui, hint=self._hint, keymap=self._keymap)
        yield Hint()
        yield StatusLine(self._session.listing(), warning(settings.connection))
        yield self._linking
        yield PromptRow(
            Prompt(
                submit=self._entering.submit,
                complete=lambda before: self._crowd.complete(before),
                ask_about_paste=lambda text, lines: self._pasting.ask(text, lines),
                placeholder=rooms.placeholder(shown.id),
            )
        )

    def on_mount(self) -> None:
        """Connect once the first frame is painted."""
        self._private = PrivateTalks(
            self._session, self._client, show=self.show, tell=self._tell, hint=self._hint
        )
        self._threads = Threads(
            self._session,
            self._scrollback,
            changed=self._show_counts,
            close_bar=self._prompt_row.close_bar,
            hint=self._hint,
            keymap=self._keymap,
        )
        self._bars = Bars(
            self._prompt_row,
            self._scrollback,
            self._outbox,
            self._client,
            self._session,
            show=self.show,
            show_outbox=self._unheard.show,
            write_to=self._private.write_to,
            msg=self._private.do_msg,
            join=lambda name: self._rooms.do_join(name),
            answer=self._linking.answer,
            correct=self._linking.correct,
            reacting=self._reacting,
            narrow=self._threads.narrow,
            hint=self._hint,
            keymap=self._keymap,
        )
        self._rooms = Rooms(
            self._session,
            self._client.histories,
            self._prompt,
            switch=self._switch,
            leave=self._unheard.leave,
            tell=self._tell,
            hint=self._hint,
            rooms_told=self._people.rooms_told,
        )
        self._crowd = Crowd(
            self._client,
            self._session,
            self._people,
            self.query_one(PeopleList),
            self._status,
            show_typing=self._settings.presence.show_typing,
            tell=self._tell,
            hint=self._hint,
        )
        self._hidden = HidingCommands(self._session, tell=self._tell, hint=self._hint)
        self._program = Program(
            self._shell,
            self._client,
            self._unheard,
            tell=self._tell,
            go_to_end=self._scrollback.scroll_to_end,
            keymap=self._keymap,
        )
        self._reloading = Reloading(
            self._settings,
            self._configuration,
            session=self._session,
            people=self._people,
            crowd=self._crowd,
            reacting=self._reacting,
            keymap=self._keymap,
            shell=self._shell,
            views=(self._scrollback, self._outbox),
            panels=(self._room_list, self.query_one(PeopleList)),
            follow=self.follow,
            run=self.run_worker,
            tell=self._tell,
            complain=self.complain,
        )
        self._editor = Editor(self._shell, self._prompt, run=self.run_worker, hint=self._hint)
        self._pasting = Pasting(self._prompt, push=self.app.push_screen, take=self._take)
        self._keeping = Keeping(
            self._session,
            self._prompt,
            recall=self._store.recall if self._settings.ui.keep_history else None,
            conversations=self._store.conversations,
            hiding=self._hiding,
            panels=self._store.panels,
            panels_there=(self._room_list, self.query_one(PeopleList)),
            run=self.run_worker,
            later=self.later,
        )
        self._log_shown = LogShown(
            self._session,
            self._store.log,
            rows=lambda: self.size.height,
            run=self.run_worker,
            tell=self._tell,
            show=self.show_news,
        )
        self._status.state = self._client.state
        self._status.nick = self._client.nick
        self._room_list.fit(self.app.size.width)
        self._crowd.fit(self.app.size.width)
        self._show_listing()
        self._tell(f"{self._session.shown.id.name} as {self._client.nick}. /help lists commands and keys.")
        self.watch(self.app, "app_focus", self._session.reading.note_presence, init=False)
        self.call_after_refresh(self._start)

    def _start(self) -> None:
        self._shell.painted()
        self._session.start()
        self._keeping.start(self._settings.connection)
        self._log_shown.start()
        if not self._settings.ui.keep_history:
            self._store.recall.forget()

    def follow(self, connection: ConnectionSettings) -> None:
        """The client has gone to other brokers."""
        self._people.leave_all()
        self._status.warning = warning(connection)
        self._keeping.follow(connection)
        self._session.logbook.follow(connection.names)

    def keep(self) -> None:
        """Keep what the next start is to know, and say goodbye."""
        self._keeping.keep()
        self._people.leave_all()

    def show(self, identity: ConversationId) -> None:
        """Put another conversation on the screen."""
        self._rooms.show(identity)

    def _switch(self, change: Callable[[], None]) -> None:
        """Put on the screen what is shown after a change; what is written in the prompt waits in its own."""
        self._prompt_row.close_bar()
        self._hint("")
        self._entering.forget()
        self._session.shown.draft = self._prompt.draft
        change()
        shown = self._session.shown
        self._scrollback.show(shown.view)
        self._show_listing()
        self._prompt.placeholder = rooms.placeholder(shown.id)
        self._prompt.exchange(shown.draft)
        self._show_counts()
        self._unheard.show()
        self._crowd.show(shown.id)

    @property
    def keymap(self) -> Keymap:
        """Which key means what."""
        return self._keymap

    @property
    def session(self) -> Session:
        """The conversations, of which one is on the screen."""
        return self._session

    def _note_line(self, line: str) -> None:
        self.query_one(Hint).line_taken(line)
        self._unheard.stay()
        self._reacting.forget()
        self._keeping.add_line(line)

    def _hint(self, text: str) -> None:
        self.query_one(Hint).show(text, self._prompt.text)

    def on_text_area_changed(self) -> None:
        """A hint is about the line as it was; what is written is kept for the next start, and may be told."""
        text, shown = self._prompt.text, self._session.shown
        self.query_one(Hint).line_changed(text)
        if text != shown.draft and says_something(text):  # the draft itself: another conversation is shown
            self._people.typed(shown.id)
        self._keeping.note_draft()

    def take(self, event: events.Key | events.Paste) -> None:
        """Act on a key or a paste."""
        self._session.reading.note_presence()
        self._pasting.take(event)

    def _take(self, event: events.Key | events.Paste) -> None:
        take(event, self._prompt_row.taker, self._doers, self._keymap)

    def obey(self, action: Action, argument: str = "") -> bool:
        """Do what was chosen otherwise than by a key; False where it was left undone.

        A command whose argument is missing is begun in the prompt.
        """
        if action.argument and not action.optional and not argument:
            self._prompt_row.close_bar()
            self._prompt.put(f"/{action.command} ")
            return True
        return carry_out(self._doers, action, *([argument] if argument else []))

    @property
    def _doers(self) -> Sequence[object]:
        """Who carries out what whoever has the keys does not, the first of them whose it is."""
        about_conversations = self._rooms, self._crowd, self._private, self._hidden
        about_all = self._reloading, self._program, self._editor
        return (
            self._linking,
            self._reacting,
            self._threads,
            self,
            self._scrollback,
            *about_conversations,
            *about_all,
            self._bars,
            self._room_list,
        )

    def on_panel_turned(self, message: Panel.Turned) -> None:
        """Have a panel there as it was chosen at the next start, too."""
        self._store.panels.keep(message.key, message.chosen)

    def on_resize(self, event: events.Resize) -> None:
        """Fit in the panels."""
        self._room_list.fit(event.size.width)
        self._crowd.fit(event.size.width)

    def on_scrollback_view_reached_top(self) -> None:
        """There may be older lines, also of a thread that begins with the answer to one."""
        shown = self._session.shown
        is_wanted = shown.narrowed is None or shown.narrowed.is_torn
        if is_wanted and not self._session.ask_for_older(shown.id):
            self._log_shown.ask_for_older()
