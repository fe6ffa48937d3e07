"""Makes the session of a screen of what is configured, what is kept and who is there."""

from __future__ import annotations

from amqpchat_tui.chat.attention import Attention
from amqpchat_tui.chat.conversation import Conversation
from amqpchat_tui.chat.hiding import Hiding
from amqpchat_tui.chat.listener import SessionListener
from amqpchat_tui.chat.logbook import Logbook
from amqpchat_tui.chat.pace import Later
from amqpchat_tui.chat.people.people import People
from amqpchat_tui.chat.presence import Presence
from amqpchat_tui.chat.session import Session
from amqpchat_tui.config import Settings
from amqpchat_tui.model import ChatClient, Store
from amqpchat_tui.scrollback import Budget, Scrollback


def open_session(
    settings: Settings,
    client: ChatClient,
    store: Store,
    *,
    presence: Presence,
    people: People,
    hiding: Hiding,
    later: Later,
    listener: SessionListener,
) -> Session:
    """Return a session that keeps and logs what it should, and whose scrollbacks share one budget."""
    budget, lines = Budget(), settings.ui.scrollback_lines
    return Session(
        client,
        Attention(client.nick, settings.ui.highlight, settings.hide.highlight_not),
        open_conversation=lambda identity: Conversation(identity, Scrollback(lines, budget)),
        presence=presence,
        rings_always=settings.ui.notify_when == "always",
        rings_for_reactions=settings.notify_reactions,
        levels=settings.levels,
        store=store.conversations,
        logbook=Logbook(store.log, settings.connection.names, private=settings.log.private, later=later),
        people=people,
        hiding=hiding,
        later=later,
        listener=listener,
    )
