"""The names of exchanges: which may be rooms, what stands beside a room, and which may be watched."""

from __future__ import annotations

from amqpchat_tui.wire.text import INVISIBLE, WireError, is_blank

NAME_MAX_BYTES = 255
"""AMQP 0-9-1, section 4.2.5.3: a name, as a key, is a short string, which has an octet for its length."""

_PRESENCE, _EVENTS, _HISTORY = RESERVED_ENDINGS = ".presence", ".events", ".history"
"""Of a room's name: what stands beside a room has that room's name with one of these."""

_BROKERS_OWN = "amq."
"""AMQP 0-9-1, section 3.1.3.1: such exchanges are predeclared or the broker's, and cannot be declared."""


def check_room(name: str) -> str:
    """Return the name of a room as it stands; raise `WireError` when there can be no such room."""
    _check_short("a room's name", name, none="a room needs a name")
    if name.startswith(_BROKERS_OWN):
        raise WireError(
            f"names that begin with {_BROKERS_OWN} are reserved for the broker; choose another one"
        )
    if name.endswith(RESERVED_ENDINGS):
        ending = name[name.rindex(".") :]
        raise WireError(
            f"names that end in {ending} are reserved for what belongs to a room; choose another one"
        )
    return name


def presence_of(room: str) -> str | None:
    """The exchange that tells who is in a room; None for a room whose name leaves no place for the ending."""
    return _beside(room, _PRESENCE)


def events_of(room: str) -> str | None:
    """The exchange that tells what becomes of a room's lines; None as for `presence_of`."""
    return _beside(room, _EVENTS)


def history_of(room: str) -> str | None:
    """The stream that keeps what was said in a room; None as for `presence_of`."""
    return _beside(room, _HISTORY)


def room_of_presence(exchange: str) -> str | None:
    """The room that an exchange tells the presence of; None when it is none that does."""
    return _room_of(exchange, _PRESENCE)


def room_of_events(exchange: str) -> str | None:
    """The room that an exchange tells of what becomes of its lines; None when it is none that does."""
    return _room_of(exchange, _EVENTS)


def is_room(name: str) -> bool:
    """Whether there can be a room of this name."""
    try:
        check_room(name)
    except WireError:
        return False
    return True


def check_exchange(name: str) -> str:
    """Return the name of an exchange to watch as it stands; raise `WireError` when there can be none.

    The default exchange, whose name is empty, takes no bindings.
    """
    return _check_short("an exchange's name", name, none="name the exchange to watch")


def check_pattern(pattern: str) -> str:
    """Return a binding key as it stands, which may be empty; raise `WireError` when it cannot be sent."""
    return pattern and _check_short("a pattern", pattern, none="a pattern has visible characters")


def _beside(room: str, ending: str) -> str | None:
    name = room + ending
    return name if len(name.encode()) <= NAME_MAX_BYTES else None


def _room_of(exchange: str, ending: str) -> str | None:
    room = exchange.removesuffix(ending)
    return room if room != exchange and is_room(room) else None


def _check_short(what: str, text: str, *, none: str) -> str:
    if is_blank(text):
        raise WireError(none)
    if not text.isprintable() or INVISIBLE.search(text):
        raise WireError(f"{what} has no control or invisible characters")
    if (size := len(text.encode())) > NAME_MAX_BYTES:
        raise WireError(f"{what} has at most {NAME_MAX_BYTES} bytes; this one has {size}")
    return text
