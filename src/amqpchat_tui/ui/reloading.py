"""Reading the configuration again while the chat goes on: all of it, or nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Protocol

from amqpchat_tui.actions.keymap import Keymap
from amqpchat_tui.chat.people.people import People
from amqpchat_tui.chat.session import Session
from amqpchat_tui.config import ConfigError, ConnectionSettings, Settings
from amqpchat_tui.config.changes import changes
from amqpchat_tui.ui.panels.outbox_view import OutboxView
from amqpchat_tui.ui.panels.people_list import PeopleList
from amqpchat_tui.ui.panels.room_list import RoomList
from amqpchat_tui.ui.people import Crowd
from amqpchat_tui.ui.reacting import Reacting
from amqpchat_tui.ui.scrollback.view import ScrollbackView
from amqpchat_tui.ui.shell import Shell
from amqpchat_tui.wording.reloading import describe_changes, describe_refusal


class Configuration(Protocol):
    """Where the settings come from, and who goes by those of the connection."""

    def read(self) -> Settings:
        """Read the settings again; this may take its time, in a thread.

        Raises:
            ConfigError: when they cannot be used.
        """

    def connect(self, connection: ConnectionSettings) -> None:
        """Connect in this way, and take along what the rooms have not heard."""


class NoConfiguration:
    """The settings of the start stay; implements `Configuration`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def read(self) -> Settings:
        """They are what they were."""
        return self._settings

    def connect(self, connection: ConnectionSettings) -> None:
        """There is no other way."""


class Reloading:
    """What one can do about settings that have changed, by its action."""

    def __init__(
        self,
        settings: Settings,
        configuration: Configuration,
        *,
        session: Session,
        people: People,
        crowd: Crowd,
        reacting: Reacting,
        keymap: Keymap,
        shell: Shell,
        views: Sequence[ScrollbackView | OutboxView],
        panels: Sequence[RoomList | PeopleList],
        follow: Callable[[ConnectionSettings], None],
        run: Callable[[Coroutine[None, None, None]], object],
        tell: Callable[[str], None],
        complain: Callable[[str], None],
    ) -> None:
        """`settings` are in force. `follow` is told of other brokers; `run` does something in the background.

        `tell` says what has changed, and `complain` why nothing has.
        """
        self._settings = settings
        self._configuration = configuration
        self._session = session
        self._people = people
        self._crowd = crowd
        self._reacting = reacting
        self._keymap = keymap
        self._shell = shell
        self._views = views
        self._panels = panels
        self._follow = follow
        self._run = run
        self._tell = tell
        self._complain = complain
        self._connection = settings.connection
        """As we are connected, or dial."""

    def do_reload(self) -> None:
        """Read the configuration again, in the background."""
        self._run(self._reload())

    def do_reconnect(self) -> bool:
        """Connect as is configured now; False where that is as before."""
        before, now = self._connection, self._settings.connection
        if now == before:
            return False
        self._configuration.connect(now)
        self._connection = now
        if now.names != before.names:
            self._follow(now)
        return True

    async def _reload(self) -> None:
        try:
            settings = await asyncio.to_thread(self._configuration.read)
        except ConfigError as error:
            self._complain(describe_refusal(str(error)))
            return
        before, self._settings = self._settings, settings
        self._configure(before, settings)
        self._tell(describe_changes(changes(before, settings)))

    def _configure(self, before: Settings, settings: Settings) -> None:
        """Go by other settings at once, as far as that is possible."""
        self._keymap.bind(settings.keys)
        self._people.configure(settings.presence)
        self._crowd.show_typing = settings.presence.show_typing
        self._reacting.quick = settings.reactions.quick
        if settings.nick != before.nick:
            self._crowd.do_nick(settings.nick)
        for view in self._views:
            view.configure(settings.ui)
        for panel in self._panels:
            panel.configure(settings.ui.panels)
        self._shell.configure(settings)
        session = self._session
        session.rings_always = settings.ui.notify_when == "always"
        session.rings_for_reactions = settings.notify_reactions
        session.attention.configure(settings.ui.highlight, settings.hide.highlight_not)
        session.hiding.configure(settings.hide)
        session.configure_levels(settings.levels)
        for identity in settings.conversations:
            if identity not in session.conversations:
                session.join(identity)
