"""Whom one writes to privately."""

from __future__ import annotations

from msgspec import Struct

from amqpchat_tui.model.presence import Occupant


class Correspondent(Struct, frozen=True):
    """The other one in a private conversation."""

    who: Occupant
    here: bool = True
    """Whether nothing has come back from their mailbox."""


def is_same_person(one: Occupant, other: Occupant) -> bool:
    """Whether two are the same, as far as can be known: by a checked account, else by one program's run.

    Of programs that tell no session, only the mailbox tells it.
    """
    if one.account != other.account:
        return False
    if one.account:
        return True
    return one.session == other.session if one.session or other.session else one.mailbox == other.mailbox


def is_same_program(one: Occupant, other: Occupant) -> bool:
    """Whether two are the same run of a program on the same connection, under whatever nick."""
    known = bool(one.session and one.mailbox)
    return known and (one.key, one.mailbox) == (other.key, other.mailbox)
