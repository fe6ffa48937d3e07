"""Who writes to whom, in tests of private conversations."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from amqpchat_tui.client import AmqpClient
from amqpchat_tui.model import ConversationId, Occupant
from tests.client.lodger import Lodger

Come = Callable[..., Awaitable[Lodger]]
"""Lets somebody with a nick come into the room, and waits until they can write and be written to."""


class Writer(Protocol):
    """Somebody at an amqpchat."""

    client: AmqpClient


def who(writer: Writer) -> Occupant:
    """As whom somebody is known to others."""
    client = writer.client
    return Occupant(client.nick, client.session, mailbox=client.mailbox.address)


def begin(writer: Writer, other: Occupant) -> ConversationId:
    """Begin to write to somebody."""
    where = ConversationId.private(other.nick, other.account)
    writer.client.join(where)
    writer.client.address(where, other)
    return where
