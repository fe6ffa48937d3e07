"""What programs tell each other about the people in a room, beside the room's lines.

Here, and in `chat.people`, who takes part in a room by one program is an occupant: XEP-0045's word.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from msgspec import Struct

OccupantKey = tuple[str, str]
"""Account and session: what tells occupants apart. Nobody can use the key of one whose account is checked."""


class Occupant(Struct, frozen=True, gc=False):
    """Somebody in a room, by one program; plain values, with which the garbage collector has no work."""

    nick: str
    session: str
    """Random for each run of a program, the same in all rooms; empty for who says none, as plain scripts."""
    account: str = ""
    """As whom they are logged in, which the broker has checked; empty where it has not."""
    mailbox: str = ""
    """The queue in which they get what is for them alone; empty when they have none."""

    @property
    def key(self) -> OccupantKey:
        """What tells occupants apart."""
        return self.account, self.session


class Here(Struct, frozen=True):
    """They are in the room, as they say now and then."""

    who: Occupant
    away: str | None = None
    """What they say of being away, which may be empty; None: they are not away."""
    since: int = 0
    """For how many seconds they have been in the room, whatever connections they had meanwhile."""
    asks: str = ""
    """Under which id they ask whoever hears it for the roster; empty when they do not."""
    rooms: Sequence[str] = ()
    """In which other rooms they say that they are."""


class Bye(Struct, frozen=True):
    """They leave the room."""

    who: Occupant


class Typing(Struct, frozen=True):
    """They are writing a line."""

    who: Occupant


class Ask(Struct, frozen=True):
    """They ask for the roster, without saying that they are in the room."""

    who: Occupant
    id: str
    """Of this question: the answer names it."""
    everybody: bool = False
    """Whether they ask all who are in the room, of whom few are to answer; else one person."""
    again: int = 0
    """How often they have asked all before, and heard nothing."""


class MovementLines(StrEnum):
    """Of whose comings and goings one is told; the values stand in the configuration."""

    SMART = "smart"
    """Of those with whom one talks."""
    ALL = "all"
    OFF = "off"


class Hearsay(Struct, frozen=True):
    """An occupant as somebody else tells of them; not even their account is checked."""

    who: Occupant
    age: int
    """How many seconds ago whoever tells it has heard of them."""
    away: str | None = None
    since: int = 0
    """For how many seconds they had been in the room when they were heard of."""


class Answer(Struct, frozen=True):
    """A roster, in answer to who asked for it."""

    who: Occupant
    """Who answers."""
    asked: str
    """The id of the question."""
    since: int = 0
    """For how many seconds who answers has been in the room."""
    away: str | None = None
    """What they say of being away, as in `Here`."""
    occupants: Sequence[Hearsay] = ()
    """Whom they know of besides themselves, the most important first."""


PresenceMessage = Here | Bye | Typing | Ask | Answer


class Posting(Struct, frozen=True):
    """A message and where it goes."""

    message: PresenceMessage
    mailbox: str = ""
    """To whom alone; empty: to everybody in the room."""
