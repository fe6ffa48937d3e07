"""The wire convention for lines that somebody hands on as they heard them, as `docs/wire.md` tells it."""

from __future__ import annotations

from datetime import UTC, datetime

from amqpchat_tui.model import ChatMessage, LinkedMessage
from amqpchat_tui.wire.lines import REPLACES_HEADER, SENT_AT_HEADER, Outgoing, body_of, read_nick
from amqpchat_tui.wire.senders import SESSION_HEADER, sane

HEARD_BY_HEADER = "heard_by"
"""The nick of who says that this was said; nobody else does."""
HEARD_AT_HEADER = "heard_at_ms"
"""When they heard it, in milliseconds since the epoch."""


def read_heard_by(headers: object) -> str:
    """Read who says that a line was said; empty where it was said itself. Never raises, whatever comes in."""
    by = headers.get(HEARD_BY_HEADER) if isinstance(headers, dict) else None
    return read_nick(by) if isinstance(by, str) else ""


def encode_heard(line: ChatMessage, by: str) -> Outgoing:
    """Say how a line travels that was heard before: as it came, but for what its broker vouched for.

    So it has no account, nor a mailbox, which has gone with that broker.
    """
    headers: dict[str, str | int] = {HEARD_BY_HEADER: by, HEARD_AT_HEADER: round(line.received_at * 1000)}
    if line.sent_at is not None:
        headers[SENT_AT_HEADER] = round(line.sent_at * 1000)
    if line.who.session:
        headers[SESSION_HEADER] = line.who.session
    links = line if isinstance(line, LinkedMessage) else None
    if links is not None and links.replaces:
        headers[REPLACES_HEADER] = links.replaces
    return Outgoing(
        routing_key=line.nick,
        body=body_of(line).encode(),
        message_id=sane(line.message_id) or None,
        correlation_id=links.answers or None if links is not None else None,
        timestamp=None if line.sent_at is None else datetime.fromtimestamp(int(line.sent_at), UTC),
        headers=headers,
        app_id=None,
        content_type="text/plain",
        content_encoding="utf-8",
        delivery_mode=1,
    )
