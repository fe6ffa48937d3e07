"""What is configured otherwise than before, and when that takes effect."""

from __future__ import annotations

from msgspec.structs import replace

from amqpchat_tui.config import (
    ConnectionSettings,
    Flags,
    HideSettings,
    PresenceSettings,
    ReactionSettings,
    UiSettings,
    load,
)
from amqpchat_tui.config.changes import Effect, changes
from amqpchat_tui.model import ConversationId, Level
from amqpchat_tui.wording.reloading import describe_changes

from .support import LOGIN, address

BEFORE = load(Flags(), LOGIN)


def test_nothing_has_changed() -> None:
    assert changes(BEFORE, load(Flags(), LOGIN)) == []
    assert describe_changes([]) == "The configuration was read again: nothing has changed."


def test_changes_are_called_as_in_the_file_with_when_they_take_effect() -> None:
    after = replace(
        BEFORE,
        connection=ConnectionSettings(brokers=(address("amqp://elsewhere"),), heartbeat=20),
        nick="alice",
        conversations=(ConversationId.room("ops"),),
        ui=UiSettings(theme="nord", scrollback_lines=5_000, keep_history=False),
        presence=PresenceSettings(announce=False, send_typing=True),
        levels={ConversationId.room("ops"): Level.NONE},
        hide=HideSettings(ignore=("bob",)),
        keys={"unread": "F5"},
        notify_command=("true",),
        notify_reactions=True,
        reactions=ReactionSettings(quick=("👍",)),
    )
    found = changes(BEFORE, after)
    assert {key for key, effect in found if effect is Effect.AT_ONCE} == {
        "user.name",
        "room.names",
        "ui.theme",
        "presence.send_typing",
        "rooms",
        "hide.ignore",
        "keys",
        "notify.command",
        "notify.reactions",
        "reactions.quick",
    }
    assert [key for key, effect in found if effect is Effect.RECONNECT] == [
        "connection.url",
        "connection.heartbeat",
    ]
    assert [key for key, effect in found if effect is Effect.START] == [
        "ui.keep_history",
        "ui.scrollback_lines",
        "presence.announce",
    ]


def test_changes_are_told_by_when_they_take_effect() -> None:
    said = describe_changes(
        [("keys", Effect.AT_ONCE), ("connection.url", Effect.RECONNECT), ("log.days", Effect.START)]
    )
    assert said == (
        "The configuration was read again. Changed: keys. With /reconnect: connection.url. "
        "At the next start: log.days. All else is unchanged."
    )
