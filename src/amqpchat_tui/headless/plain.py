"""`amqpchat --plain`: the chat without a screen, line by line, for screen readers and simple terminals."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence

from amqpchat_tui.actions.action import Action
from amqpchat_tui.actions.doing import carry_out
from amqpchat_tui.actions.help import command_lines
from amqpchat_tui.actions.table import COMMANDS
from amqpchat_tui.chat.hiding import Hiding
from amqpchat_tui.chat.links import quoted
from amqpchat_tui.chat.listener import Changes
from amqpchat_tui.chat.listing import News
from amqpchat_tui.chat.narrowed import Narrowed
from amqpchat_tui.chat.people.people import People
from amqpchat_tui.chat.presence import Presence
from amqpchat_tui.client import AmqpClient
from amqpchat_tui.config import Settings
from amqpchat_tui.headless.plain_past import PlainPast
from amqpchat_tui.headless.plain_terminal import PlainTerminal
from amqpchat_tui.model import (
    ChatMessage,
    ConnectionState,
    ConversationId,
    DaySeparator,
    Entry,
    Fate,
    NoticeKind,
    Store,
)
from amqpchat_tui.ui.company import CompanyCommands
from amqpchat_tui.ui.entering import Entering
from amqpchat_tui.ui.hiding import HidingCommands
from amqpchat_tui.ui.opening import open_session
from amqpchat_tui.ui.private import PrivateTalks
from amqpchat_tui.ui.reacting import Reacting
from amqpchat_tui.ui.rooms import Rooms
from amqpchat_tui.wording.connection import describe
from amqpchat_tui.wording.threads import NO_THREAD, describe_thread
from amqpchat_tui.wording.unheard import question

LAST_SECONDS = 30.0
"""How long lines of a pipe that has ended may take to be heard; they are kept for the next start."""
UNREAD_SHOWN = 100
"""How many of the lines that were not read are printed when one goes to a room."""


async def plain(settings: Settings, client: AmqpClient, store: Store) -> int:
    """Chat until the person leaves; return the exit code."""
    chat = PlainChat(settings, client, store)
    await chat.run()
    return 0


class PlainChat:
    """Prints what comes and does what is entered; implements `SessionListener` and `PeopleListener`."""

    def __init__(self, settings: Settings, client: AmqpClient, store: Store) -> None:
        self._settings = settings
        self._client = client
        self._store = store
        self._terminal = PlainTerminal(
            self._prompt, enter=self._enter, leave=self.do_quit, end=self._end_of_input
        )
        later = self._terminal.later
        now = time.monotonic()
        presence = Presence(now)
        presence.report_focus(True, now)  # what is printed has been read
        self._hiding = Hiding(store.hiding, later=later, changed=lambda: self._session.sweep.begin())
        self._people = People(client, settings.presence, self, ignores=self._hiding.ignores, later=later)
        self._session = open_session(
            settings,
            client,
            store,
            presence=presence,
            people=self._people,
            hiding=self._hiding,
            later=later,
            listener=self,
        )
        self._hiding.configure(settings.hide)
        tell, hint = self._say, self._hint
        private = PrivateTalks(self._session, client, show=self.show, tell=tell, hint=hint)
        self._private = private
        self._rooms = Rooms(
            self._session,
            client.histories,
            _Nothing(),
            switch=self._switch,
            leave=self._leave_room,
            tell=tell,
            hint=hint,
            rooms_told=self._people.rooms_told,
        )
        company = CompanyCommands(client, self._session, self._people, tell=tell, hint=hint)
        hidden = HidingCommands(self._session, tell=tell, hint=hint)
        self._reacting = Reacting(self._session, client.events, called=self._people.called, hint=hint)
        self._past = PlainPast(
            self._session,
            store.log,
            client.histories,
            settings.ui.time_format,
            is_shown=self._is_shown,
            say=self._say,
            print_rows=self._terminal.print,
        )
        reading = self._reacting, self._past
        self._doers: Sequence[object] = self, self._rooms, company, private, hidden, *reading
        self._entering = Entering(say=self._speak, run=self._obey, hint=hint, acted=self._note_line)
        self._announced: set[ConversationId] = set()
        """Where it was told that something is new."""
        self._told: tuple[object, ...] = ()
        self._failed: set[str] = set()
        self._asked = ""
        self._ends = False
        self._left = asyncio.Event()

    async def run(self) -> None:
        """Be in the rooms until the person leaves, or a signal asks to end."""
        shown = self._session.shown.id.label
        self._say(f"{shown} as {self._client.nick}. /help lists commands, /quit leaves.")
        self._session.start()
        names = self._settings.connection.names
        restoring = asyncio.create_task(self._restore(names))
        with self._terminal.taken(self._left.set):
            await self._left.wait()
        restoring.cancel()
        self._past.end()
        self._session.keep()
        self._people.leave_all()
        await self._client.close()
        await self._terminal.flush()

    async def _restore(self, names: Sequence[str]) -> None:
        self._session.restore(names, await self._store.conversations.all(names))
        await self._hiding.load(names)

    # -- what the person enters ---------------------------------------------------------------------

    def _prompt(self) -> str:
        return f"{self._session.shown.id.label}> "

    def _enter(self, line: str) -> None:
        asked = self._asked
        self._entering.submit(line)
        if asked == self._asked:
            self._asked = ""

    def _speak(self, body: str) -> bool:
        may_say = self._private.may_say()
        if may_say:
            self._session.say(self._session.shown.id, body)
        return may_say

    def _obey(self, action: Action, argument: str) -> bool:
        if not self._can(action):
            self._say(f"/{action.command} is for the screen, which there is none of with --plain.")
            return False
        return carry_out(self._doers, action, *([argument] if argument else []))

    def _can(self, action: Action) -> bool:
        """Whether an action needs no screen."""
        return action.says or any(hasattr(doer, f"do_{action.id}") for doer in self._doers)

    def _note_line(self, line: str) -> None:
        self._reacting.forget()
        if self._settings.ui.keep_history:
            self._store.recall.add(line)

    def show(self, identity: ConversationId) -> None:
        """Go to another conversation."""
        self._rooms.show(identity)

    def _switch(self, change: Callable[[], None]) -> None:
        """Say where one is after a change, and what was not read there."""
        before = self._session.shown
        unread = {one.id: one.unread for one in self._session.conversations.values()}
        change()
        shown = self._session.shown
        if shown is before:
            return
        self._announced.discard(shown.id)
        self._say(f"You are in {shown.id.label}.")
        store, missed = shown.scrollback, unread.get(shown.id, 0)
        entries: list[Entry] = []
        seq = store.last_shown
        while seq is not None and missed > 0 and len(entries) < UNREAD_SHOWN:
            entries.append(store[seq])
            missed -= isinstance(entries[-1], ChatMessage)
            seq = store.next(seq, -1)
        if missed > 0:
            self._say(f"{missed} more before these.")
        self._print(reversed(entries))

    def _leave_room(self, identity: ConversationId, command: str, leave: Callable[[], None]) -> bool:
        lines = self._client.outbox(identity)
        if lines and self._asked != command:
            self._asked = command
            self._say(question(lines, command))
            return False
        leave()
        return True

    def do_quit(self) -> bool:
        """Leave; with lines that nobody has heard, ask first."""
        lines = [line for room in self._session.conversations for line in self._client.outbox(room)]
        if lines and self._asked != "/quit":
            self._asked = "/quit"
            self._say(question(lines, "/quit"))
            return False
        self._left.set()
        return True

    def _end_of_input(self) -> None:
        """Nothing more is entered: leave as soon as all has been heard."""
        self._ends = True
        self._leave_when_heard()
        asyncio.get_running_loop().call_later(LAST_SECONDS, self._left.set)

    def _leave_when_heard(self) -> None:
        if self._ends and not any(map(self._client.outbox, self._session.conversations)):
            self._left.set()

    def do_help(self) -> None:
        """List the commands."""
        self._say("\n".join(["Commands:", *command_lines(filter(self._can, COMMANDS))]))

    def do_react(self, emoji: str = "") -> bool:
        """Say what is missing; False, as reacting is not done here."""
        if not emoji:
            self._say("Say what with, as in /react thumbs up.")
        return False

    def do_thread(self) -> bool:
        """Print the thread of the last line that is in one."""
        shown = self._session.shown
        seq = shown.last_in_thread()
        if seq is None:
            self._hint(NO_THREAD)
            return False
        lines = [*Narrowed(shown.scrollback, shown.links, seq).lines()]
        self._say(" · ".join(describe_thread(quoted(lines[0]), len(lines))))
        self._print(lines, own=True)
        return True

    def do_reconnect(self) -> None:
        """Dial anew."""
        self._client.reconnect()

    # -- chat.listener.SessionListener --------------------------------------------------------------

    def changed(self, changes: Changes) -> None:
        """Print what has come where one is, and tell where else something has."""
        shown = self._session.shown
        for arrived in changes.arrived:
            if arrived.conversation == shown.id:
                self._print([entry for entry in arrived.entries if self._is_shown(shown.id, entry)])
                for replay in arrived.replays:
                    self._past.replayed(shown, replay)
        if changes.ring is not None and self._settings.ui.notify == "bell":
            self._terminal.ring()

    def _is_shown(self, where: ConversationId, entry: Entry) -> bool:
        is_hidden = isinstance(entry, ChatMessage) and self._hiding.hides(where, entry)
        return self._hiding.revealed or not is_hidden

    def listing_changed(self) -> None:
        """Tell once where something is new."""
        for listed in self._session.listing():
            if listed.news < News.LINE:
                self._announced.discard(listed.id)
            elif not listed.shown and listed.id not in self._announced:
                self._announced.add(listed.id)
                self._say(f"New in {listed.label}: /go {listed.number} goes there.")

    def connection_changed(self, _: ConnectionState, state: ConnectionState) -> None:
        """Say how we stand with the broker, when that is news."""
        news = state.phase, state.reason
        if news != self._told:
            self._told = news
            self._say(f"{state.broker}: {describe(state, None, time.monotonic())}")

    def outbox_changed(self, conversation: ConversationId) -> None:
        """Say which lines cannot be sent."""
        for line in self._client.outbox(conversation):
            if line.fate is Fate.FAILED and line.message_id not in self._failed:
                self._failed.add(line.message_id)
                self._say(f"Not sent to {line.to.label}: {line.body} ({line.reason})")
        self._leave_when_heard()

    # -- chat.people.people.PeopleListener ----------------------------------------------------------

    def people_changed(self, conversation: ConversationId) -> None:
        """/who tells."""

    def people_marked(self) -> None:
        """/whois tells."""

    def people_moved(self, conversation: ConversationId, row: str) -> None:
        """Nobody is told who comes and goes: each row would be read aloud."""

    def people_doubted(self, conversation: ConversationId, text: str) -> None:
        """Warn of who may not be who they seem to be."""
        self._session.tell(text, NoticeKind.ERROR, conversation)
        self._say(text)

    # -- printing -----------------------------------------------------------------------------------

    def _say(self, text: str) -> None:
        self._terminal.print([f"– {text}"])

    def _hint(self, text: str) -> None:
        """Say what is wrong with a line; one that was said cannot be taken back."""
        if text:
            self._say(text)

    def _print(self, entries: Iterator[Entry] | Sequence[Entry], *, own: bool = False) -> None:
        """Print entries; those that one has typed oneself stand there already, but for what is read again."""
        rows = [
            self._row(entry) for entry in entries if own or not (isinstance(entry, ChatMessage) and entry.own)
        ]
        if rows:
            self._terminal.print(rows)

    def _row(self, entry: Entry) -> str:
        """An entry in words."""
        if isinstance(entry, DaySeparator):
            return time.strftime("– %A, %-d %B %Y", time.localtime(entry.at))
        if not isinstance(entry, ChatMessage):
            return f"– {entry.text}"
        when = time.strftime(self._settings.ui.time_format, time.localtime(entry.received_at))
        says = f"* {entry.nick} {entry.text}" if entry.action else f"{entry.nick}: {entry.text}"
        return f"{when} {says}"


class _Nothing:
    """What is written is for the terminal to keep; implements `ui.rooms.Written`."""

    text = ""

    def show(self, line: str) -> None:
        """There is nothing to replace."""
