"""What is configured otherwise than before, by the keys of the file, and when it takes effect."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum

from msgspec import Struct, structs

from amqpchat_tui.config.settings import Settings


class Effect(Enum):
    """When a changed setting takes effect."""

    AT_ONCE = "at once"
    RECONNECT = "with /reconnect"
    START = "at the next start"


_CALLED = {
    "connection.brokers": "connection.url",
    "nick": "user.name",
    "conversations": "room.names",
    "levels": "rooms",
    "notify_command": "notify.command",
    "notify_reactions": "notify.reactions",
}
"""What the file calls what is called otherwise in `Settings`."""

_LATER = {
    "ui.keep_history": Effect.START,
    "ui.scrollback_lines": Effect.START,
    "presence.announce": Effect.START,
}
_LATER_SECTIONS = {"connection": Effect.RECONNECT, "log": Effect.START, "history": Effect.START}


def changes(before: Settings, after: Settings) -> Sequence[tuple[str, Effect]]:
    """Return the keys that say something else, with when that takes effect."""
    old = dict(_values("", before))
    changed = [key for key, value in _values("", after) if old[key] != value]
    return [(_CALLED.get(key, key), _effect(key)) for key in changed]


def _values(prefix: str, section: Struct) -> Iterator[tuple[str, object]]:
    for name, value in structs.asdict(section).items():
        if isinstance(value, Struct):
            yield from _values(f"{prefix}{name}.", value)
        elif prefix + name != "connection.by_default":  # which goes with the broker's address
            yield prefix + name, value


def _effect(key: str) -> Effect:
    return _LATER.get(key) or _LATER_SECTIONS.get(key.partition(".")[0], Effect.AT_ONCE)
