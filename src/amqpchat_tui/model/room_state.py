"""How we stand with a room."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct


class Membership(Enum):
    """Whether we are in a room."""

    JOINING = "joining"
    """Not yet, or not any more: as soon as there is a connection."""
    JOINED = "joined"
    REFUSED = "refused"
    """The broker does not let us in, or there is no room under this name; it is tried again now and then."""


class RoomState(Struct, frozen=True):
    """A room, in words for a person."""

    membership: Membership
    reason: str = ""
    """Why it is refused, as a sentence without a full stop; else empty."""
