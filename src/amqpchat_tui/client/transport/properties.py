"""The properties of lines and of what becomes of them, as the library takes them."""

from __future__ import annotations

from pamqp.commands import Basic

from amqpchat_tui.wire.events import OutgoingEvent
from amqpchat_tui.wire.lines import Outgoing


def line_properties(outgoing: Outgoing) -> Basic.Properties:
    """Return what a line says of itself; who sends it, and of what kind it is, whoever publishes it adds."""
    return Basic.Properties(
        message_id=outgoing.message_id,
        correlation_id=outgoing.correlation_id,
        timestamp=outgoing.timestamp,
        headers={**outgoing.headers},
        app_id=outgoing.app_id,
        content_type=outgoing.content_type,
        content_encoding=outgoing.content_encoding,
        delivery_mode=outgoing.delivery_mode,
    )


def event_properties(outgoing: OutgoingEvent) -> Basic.Properties:
    """Return what an event says of itself; who sends it, whoever publishes it adds."""
    return Basic.Properties(
        message_type=outgoing.type,
        message_id=outgoing.message_id,
        timestamp=outgoing.timestamp,
        headers={**outgoing.headers},
        app_id=outgoing.app_id,
        delivery_mode=outgoing.delivery_mode,
    )
