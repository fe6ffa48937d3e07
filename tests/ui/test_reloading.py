"""The configuration is read again while one chats: all of it takes effect, or nothing does."""

from __future__ import annotations

import os
import signal

from msgspec.structs import replace

from amqpchat_tui.config import (
    ConfigError,
    ConnectionSettings,
    HideSettings,
    PresenceSettings,
    ReactionSettings,
    Secret,
    Settings,
    switch_broker,
)
from amqpchat_tui.model import ConversationId, Level, MovementLines
from amqpchat_tui.ui.chat_screen import ChatScreen
from tests.support.fake_client import ROOM, message
from tests.support.waiting import wait_until
from tests.ui.chat import Chat, open_chat, settings

OPS = ConversationId.room("ops")


class File:
    """A configuration that the test writes."""

    def __init__(self, now: Settings | None = None) -> None:
        self.now = now or settings()
        self.problem = ""
        self.connections: list[ConnectionSettings] = []

    def read(self) -> Settings:
        if self.problem:
            raise ConfigError(self.problem)
        return self.now

    def connect(self, connection: ConnectionSettings) -> None:
        self.connections.append(connection)


def said(chat: Chat) -> str:
    """What stands in the scrollback, wherever it is wrapped."""
    return " ".join(chat.text.replace("│", " ").split())


async def reload(chat: Chat, says: str) -> None:
    await chat.enter("/reload")
    await wait_until(lambda: says in said(chat), what=lambda: said(chat))


def screen(chat: Chat) -> ChatScreen:
    shown = chat.app.screen_stack[0]
    assert isinstance(shown, ChatScreen)
    return shown


async def test_what_has_changed_takes_effect_and_is_told() -> None:
    file = File()
    async with open_chat(configuration=file, size=(120, 40)) as chat:
        chat.client.hear(message("bob", "buy now"), message("carol", "deploy is done"))
        await chat.sees("deploy")
        ui = replace(
            file.now.ui, theme="nord", time_format="%H-%M", highlight=("deploy",), notify_when="always"
        )
        file.now = replace(
            file.now,
            nick="alicia",
            ui=ui,
            conversations=(ROOM, OPS),
            levels={ROOM: Level.MENTIONS},
            hide=HideSettings(ignore=("bob",)),
            reactions=ReactionSettings(quick=("🚀",)),
            notify_reactions=True,
            presence=PresenceSettings(show_typing=False, lines=MovementLines.OFF),
            keys={"unread": "F5"},
            notify_command=("true",),
        )
        await reload(chat, "Changed: user.name, room.names, ui.theme, ui.time_format, ui.highlight,")
        assert "All else is unchanged." in said(chat)
        assert chat.app.theme == "nord"
        assert chat.client.nick == "alicia"
        assert "buy now" not in chat.text
        assert "1 hidden" in chat.status
        session = screen(chat).session
        assert OPS in session.conversations
        assert session.rings_always
        assert session.rings_for_reactions
        assert session.shown.level is Level.MENTIONS
        assert session.attention.concerns(message("carol", "a deploy"))
        assert session.attention.concerns(message("carol", "alice and alicia"))
        action = screen(chat).keymap.action(chat.prompt.scope, "f5")
        assert action is not None
        assert action.id == "unread"
        await reload(chat, "nothing has changed.")
        await chat.pilot.press("alt+up", "colon")
        await chat.sees("1 🚀")


async def test_a_mistake_is_told_and_all_stays_as_it_was() -> None:
    file = File()
    async with open_chat(configuration=file) as chat:
        file.now = replace(file.now, hide=HideSettings(ignore=("bob",)))
        file.problem = "config.toml: ui.theme: unknown theme x"
        await reload(chat, "The configuration stays as it was: config.toml: ui.theme: unknown theme x")
        assert screen(chat).session.hiding.rules == []


async def test_another_connection_waits_for_reconnect() -> None:
    file = File()
    async with open_chat(configuration=file) as chat:
        before = file.now.connection
        there = switch_broker(Secret("amqp://elsewhere"), before)
        file.now = replace(file.now, connection=replace(there, heartbeat=20))
        await reload(chat, "With /reconnect: connection.url, connection.heartbeat.")
        assert (file.connections, chat.client.reconnects) == ([], 0)
        await chat.enter("/reconnect")
        assert (file.connections, chat.client.reconnects) == ([file.now.connection], 0)
        await chat.enter("/reconnect")
        assert (len(file.connections), chat.client.reconnects) == (1, 1)


async def test_what_was_chosen_since_stays_where_the_file_says_nothing_else() -> None:
    file = File()
    async with open_chat(configuration=file) as chat:
        await chat.enter("/nick alicia")
        chat.app.theme = "nord"
        file.now = replace(file.now, keys={"unread": "F5"})
        await reload(chat, "Changed: keys.")
        assert (chat.client.nick, chat.app.theme) == ("alicia", "nord")


async def test_a_signal_does_the_same() -> None:
    file = File()
    async with open_chat(configuration=file) as chat:
        file.now = replace(file.now, keys={"unread": "F5"})
        os.kill(os.getpid(), signal.SIGUSR1)
        await wait_until(lambda: "Changed: keys." in said(chat), what=lambda: said(chat))
