"""What a new host has heard in the rooms: their histories, which went with the old host, begin with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from amqpchat_tui.model import ChatMessage, ConversationKind
from amqpchat_tui.wire.heard import encode_heard

if TYPE_CHECKING:
    from amqpchat_tui.broker import HostedRooms
    from amqpchat_tui.chat.session import Session

MAX_LINES = 2000
"""How many lines of a room are handed on, the latest."""


class Heard(Struct, frozen=True):
    """Lines of a room, in their order, as somebody heard them."""

    room: str
    by: str
    """Their nick, with which these lines are marked: they could have made up any of them."""
    lines: Sequence[ChatMessage]


def all_heard(session: Session, by: str) -> Sequence[Heard]:
    """Return what somebody has heard in their rooms."""
    rooms = (one for one in session.conversations.values() if one.id.kind is ConversationKind.ROOM)
    heard = (Heard(one.id.name, by, one.last_heard(MAX_LINES)) for one in rooms)
    return [one for one in heard if one.lines]


def hand_on(heard: Heard, rooms: HostedRooms) -> None:
    """Begin a room's history with what was heard."""
    from amqpchat_tui.broker.content import make_message  # late, as all of the broker
    from amqpchat_tui.client.transport.properties import line_properties

    for line in heard.lines[-MAX_LINES:]:
        outgoing = encode_heard(line, heard.by)
        properties = line_properties(outgoing)
        message = make_message(heard.room, outgoing.routing_key, outgoing.body, properties)
        rooms.record(heard.room, message, line.received_at)
