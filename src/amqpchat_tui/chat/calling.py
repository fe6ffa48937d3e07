"""What a program that calls the person is told, and what the person is told of it."""

from __future__ import annotations

from collections.abc import Mapping

from amqpchat_tui.model import ChatMessage, ConversationId
from amqpchat_tui.wire.text import clean_text


def call_environment(where: ConversationId, message: ChatMessage) -> Mapping[bytes, bytes]:
    """Tell of a message in variables of an environment, whose values are clean, and UTF-8 in every locale."""
    told = {
        "AMQPCHAT_ROOM": where.label,
        "AMQPCHAT_NICK": message.nick,
        "AMQPCHAT_TEXT": message.text,
    }
    return {name.encode(): clean_text(value).encode() for name, value in told.items()}
