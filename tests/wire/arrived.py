"""Messages as they come, with properties of any type."""

from dataclasses import dataclass
from typing import Any

from amqpchat_tui.wire.received import NO_PROPERTIES, Properties, Received


@dataclass(frozen=True)
class _Properties:
    message_id: object = None
    correlation_id: object = None
    message_type: object = None
    timestamp: object = None
    headers: object = None
    user_id: object = None
    reply_to: object = None


@dataclass(frozen=True)
class _Message:
    body: bytes
    routing_key: object
    missing: int
    properties: Properties


def arrived(
    body: bytes = b"", routing_key: object = "bob", *, missing: int = 0, **properties: Any
) -> Received:
    """A message with these properties, and none but them."""
    return _Message(body, routing_key, missing, _Properties(**properties) if properties else NO_PROPERTIES)
