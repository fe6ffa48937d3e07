"""Who writes to whom, in tests of private conversations."""

from collections.abc import Awaitable, Callable

from amqpchat_tui.model import ConversationId, Occupant
from tests.client.lodger import Lodger

Come = Callable[..., Awaitable[Lodger]]
"""Lets somebody with a nick come into the room, and waits until they can write and be written to."""


def who(lodger: Lodger) -> Occupant:
    """As whom somebody is known to others."""
    client = lodger.client
    return Occupant(client.nick, client.session, mailbox=client.mailbox.address)


def begin(lodger: Lodger, other: Occupant) -> ConversationId:
    """Begin to write to somebody."""
    where = ConversationId.private(other.nick, other.account)
    lodger.client.join(where)
    lodger.client.address(where, other)
    return where
