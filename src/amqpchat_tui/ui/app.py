"""The Textual app: theme, signals, and how the program ends."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from textual.app import App, SystemCommand
from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.theme import BUILTIN_THEMES, ThemeProvider

from amqpchat_tui.actions.help import key_names, with_keys
from amqpchat_tui.actions.table import BY_ID
from amqpchat_tui.chat.attention import notification
from amqpchat_tui.chat.calling import call_environment
from amqpchat_tui.chat.listener import Ring
from amqpchat_tui.chat.presence import Presence
from amqpchat_tui.chat.session import Session
from amqpchat_tui.config import ConnectionSettings, Settings
from amqpchat_tui.model import (
    ChatClient,
    ConnectionState,
    NoStore,
    Phase,
    Store,
)
from amqpchat_tui.ui.chat_screen import ChatScreen
from amqpchat_tui.ui.driver import ChatDriver
from amqpchat_tui.ui.lending import Lending
from amqpchat_tui.ui.notify_command import NotifyCommand
from amqpchat_tui.ui.prompt.prompt import Prompt
from amqpchat_tui.ui.reloading import Configuration, NoConfiguration
from amqpchat_tui.ui.textual_private import QuietApp

if TYPE_CHECKING:
    from amqpchat_tui.ui.no_broker import NoBroker, StartChoices

_MOUSE_MODES = (1000, 1003, 1015, 1006)
"""What Textual switches on: clicks, movement, and their extended coordinates (xterm's DECSET)."""

_LEAVE_ON = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

ZONE_SECONDS = 60.0
"""How often the system is asked for its time zone."""

HANG_UP_SECONDS = 3.0
"""Seconds after SIGHUP within which an orderly end must succeed."""


def theme_names() -> list[str]:
    """The themes that `ui.theme` may name."""
    return sorted(BUILTIN_THEMES)


class ChatApp(QuietApp):
    """The program with a screen, on which its client's conversations are shown."""

    TITLE = "amqpchat"
    CSS_PATH: ClassVar[str] = "chat.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        # For questions on top of the chat, which finds its keys in the table itself.
        Binding(",".join(BY_ID["suspend"].keys), "suspend_process", "Suspend", show=False, priority=True),
    ]

    def __init__(
        self,
        settings: Settings,
        client: ChatClient,
        *,
        painted: Callable[[], None] = lambda: None,
        choices: StartChoices | None = None,
        store: Store | None = None,
        configuration: Configuration | None = None,
    ) -> None:
        """`painted` is called once, after the first frame; without `choices` there is one place to dial."""
        super().__init__(driver_class=ChatDriver)
        self._settings = settings
        self._client = client
        self._painted = painted
        self._early: list[events.Key | events.Paste] | None = []
        """What was typed before there was a prompt; None once there is one."""
        self._choices = choices
        self._store = store or NoStore()
        self._configuration = configuration or NoConfiguration(settings)
        self._question: NoBroker | None = None
        self._lending = Lending(self)
        self._leaving = False
        self._left = False
        self._has_mouse = True
        self._notify_command = NotifyCommand(settings.notify_command, self._complain)
        self.presence = Presence(time.monotonic())
        """Whether the person looks at the terminal."""
        self.theme = settings.ui.theme
        if self.no_color:
            self.keep_colors_off()

    def painted(self) -> None:
        """The first frame is on the screen: act on what was typed before it."""
        self._painted()
        early, self._early = self._early or [], None
        for event in early:
            self._take(event)

    @property
    def session(self) -> Session:
        """The conversations, as soon as there is a screen."""
        chat = self.screen_stack[0]
        assert isinstance(chat, ChatScreen)
        return chat.session

    def get_default_screen(self) -> ChatScreen:
        """The chat is the only screen but for questions on top of it."""
        return ChatScreen(
            self._settings,
            self._client,
            store=self._store,
            presence=self.presence,
            shell=self,
            configuration=self._configuration,
        )

    def on_load(self) -> None:
        """A signal to end is an orderly leave, from before the terminal is taken."""
        loop = asyncio.get_running_loop()
        for number in _LEAVE_ON:
            loop.add_signal_handler(number, self._leave_on, number)
        loop.add_signal_handler(signal.SIGUSR1, self._read_settings_again)

    def on_mount(self) -> None:
        """Follow a stop and the system's time zone."""
        self.app_resume_signal.subscribe(self, self._come_back)
        self.set_interval(ZONE_SECONDS, self._follow_time_zone)

    def suspend_process(self) -> None:
        """Let the shell have the terminal."""
        self.action_suspend_process()

    def action_suspend_process(self) -> None:
        """Suspend, unless no shell could ever have the program go on: then the terminal runs it alone."""
        if os.getsid(0) != os.getpgrp():
            super().action_suspend_process()

    def _follow_time_zone(self) -> None:
        """Show all times anew when the system's zone has changed, as on a journey."""
        before = time.tzname, time.timezone, time.altzone
        time.tzset()
        if before != (time.tzname, time.timezone, time.altzone):
            self.refresh_css(animate=False)  # which drops rows that are kept drawn
            for screen in self.screen_stack:
                screen.query("*").refresh()

    def _come_back(self, _: App[object]) -> None:
        """After a stop (Ctrl-Z, then `fg`) the driver has set up the terminal as at the start."""
        if not self._has_mouse:
            self._set_mouse_modes()
        self.refresh(layout=True)

    def _leave_on(self, number: signal.Signals) -> None:
        if number is signal.SIGINT and self._lending.is_lent:
            return  # the key was meant for the program in the terminal
        if number is signal.SIGHUP:
            # The terminal may be gone, and then Textual waits for ever to write its farewell to it.
            last_resort = threading.Timer(HANG_UP_SECONDS, os._exit, (0,))
            last_resort.daemon = True
            last_resort.start()
        self.leave()

    def _read_settings_again(self) -> None:
        """SIGUSR1 does as `/reload`; before there is a prompt, the settings are new."""
        chat = self.screen_stack[0] if self._early is None and self.screen_stack else None
        if isinstance(chat, ChatScreen):
            chat.obey(BY_ID["reload"])

    async def lend_terminal(self, argv: Sequence[str]) -> int:
        """Let a program have the terminal until it ends; return its exit status."""
        return await self._lending.run(argv)

    def configure(self, settings: Settings) -> None:
        """Go by other settings; a theme that was chosen since stays, unless they name another."""
        if settings.ui.theme != self._settings.ui.theme:
            self.theme = settings.ui.theme
        if settings.notify_command != self._settings.notify_command:
            self._notify_command.configure(settings.notify_command)
        self._settings = settings

    def asks_where(self, state: ConnectionState) -> bool:
        """Let the person choose where to chat when nobody listens at the start; True while they choose."""
        if state.phase is not Phase.CONNECTING:
            choices, self._choices = self._choices, None
            if choices is not None and state.nobody_listens:
                self._ask_where(state.broker, choices)
                return True
        return self._question is not None and self._question.hears(state)

    def _ask_where(self, broker: str, choices: StartChoices) -> None:
        from amqpchat_tui.ui.no_broker import NoBroker  # late: the first frame does without

        chat = self.screen_stack[0]

        def go_there(connection: ConnectionSettings | None) -> None:
            if connection is not None and isinstance(chat, ChatScreen):
                chat.follow(connection)

        self._question = NoBroker(broker, choices, chat.query_one(Prompt).insert_text)
        self.push_screen(self._question, go_there)

    async def action_quit(self) -> None:
        """Ctrl-Q and the command palette leave as `/quit` does."""
        if self._question is not None and self._question.is_current:
            self._question.dismiss()
        if isinstance(self.screen, ChatScreen):
            self.screen.obey(BY_ID["quit"])

    def pop_screen(self) -> AwaitComplete:
        """Take the question on top away; not the chat, when a question is closed twice by a double click."""
        return super().pop_screen() if len(self.screen_stack) > 1 else AwaitComplete()

    def action_command_palette(self) -> None:
        """Open the command palette."""
        self.open_palette()

    def open_palette(self) -> None:
        """Open the command palette."""
        from amqpchat_tui.ui.command_palette import Commands  # late: the first frame does without

        if not isinstance(self.screen, Commands):
            self.push_screen(Commands())

    def deliver_screenshot(self, *args: Any, **options: Any) -> str | None:
        """Save a picture of the screen while there is one: the palette asks for it 0.1 s after Enter."""
        return super().deliver_screenshot(*args, **options) if self.screen_stack else None

    def search_themes(self) -> None:
        """Open a palette of themes."""
        from amqpchat_tui.ui.command_palette import Commands  # late, as above

        self.push_screen(Commands(providers=[ThemeProvider], placeholder="Search for themes…"))

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The command palette has what a chat can use: not, say, a maximized prompt."""
        for command in super().get_system_commands(screen):
            if command.title in ("Theme", "Screenshot"):
                yield command
        chat = self.screen_stack[0]
        if isinstance(chat, ChatScreen):
            actions = chat.keymap.actions
            for action in actions:
                if action.palette:
                    keys = f" ({', '.join(key_names(action))})" if action.keys else ""
                    does = f"{with_keys(action.help, actions)}{keys}"
                    yield SystemCommand(action.palette, does, partial(chat.obey, action))
            for one in chat.session.listing():
                label = one.label.replace(
                    "[", "\\["
                )  # as markup has it; Textual's `escape` doubles backslashes
                title = f"Go to {label} ({one.number})"
                yield SystemCommand(title, f"{one.unread} unread", partial(chat.show, one.id))

    def toggle_mouse(self) -> bool:
        """Take the mouse, or let the terminal have it for its own selection; True when it is ours now."""
        self._has_mouse = not self._has_mouse
        self._set_mouse_modes()
        return self._has_mouse

    def _set_mouse_modes(self) -> None:
        if self.driver is not None:
            self.driver.write("".join(f"\x1b[?{m}{'h' if self._has_mouse else 'l'}" for m in _MOUSE_MODES))
            self.driver.flush()

    def notify_person(self, ring: Ring) -> None:
        """Call a person who looks elsewhere, as `ui.notify` and `notify.command` say."""
        how, message = self._settings.ui.notify, ring.message
        if how == "bell":
            self.bell()
        elif how != "off" and self.driver is not None:
            self.driver.write(notification(how, message.nick, message.text))
        if self._settings.notify_command:
            self._notify_command.call(call_environment(ring.conversation, message))

    def _complain(self, text: str) -> None:
        chat = self.screen_stack[0]
        assert isinstance(chat, ChatScreen)
        chat.complain(text)

    def leave(self) -> None:
        """Close the connection, then the screen; calling it again changes nothing."""
        if not self._leaving:
            self._leaving = True
            self.run_worker(self._leave(), name="leave")

    async def _leave(self) -> None:
        has_prompt = self._early is None  # before, there is nothing to keep
        if has_prompt and self.screen_stack and isinstance(chat := self.screen_stack[0], ChatScreen):
            chat.keep()
        await self._lending.end()
        await self._client.close()
        await self._notify_command.close()
        self._left = True
        self.exit()

    def _take(self, event: events.Key | events.Paste) -> bool:
        """Give a key or a paste to the chat, in our turn; False where a question is on top of it."""
        if not self.screen_stack or not isinstance(self.screen, ChatScreen):
            return False
        self.app_focus = True  # as Textual does for keys
        self.screen.take(event)
        return True

    async def on_event(self, event: events.Event) -> None:
        """Act on an event; what is typed after the end is for whoever has the terminal next."""
        if isinstance(event, (events.InputEvent, events.Paste)):
            if self._left:
                return
            self.presence.act(time.monotonic())
            if isinstance(event, (events.Key, events.Paste)):
                if self._early is not None:
                    self._early.append(event)
                    return
                if self._take(event):
                    return
            if not self.screen_stack:
                return
        elif isinstance(event, (events.AppFocus, events.AppBlur)):
            self.presence.report_focus(isinstance(event, events.AppFocus), time.monotonic())
            if not self.screen_stack:
                return
        elif isinstance(event, events.Resize) and isinstance(self.driver, ChatDriver):
            # A signal may come while another is handled: then the size read first is told last.
            size = self.driver.terminal_size
            event = events.Resize(size, size)
        await super().on_event(event)
