"""The wire convention for lines: AMQP body and properties ⇄ model, as `docs/wire.md` tells it.

Everything that arrives is untrusted. What leaves `decode` has been cleaned by `wire.text`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import asdict

from amqpchat_tui import __version__
from amqpchat_tui.model import ChatMessage, LinkedMessage, Occupant, OutboxLine, Severity
from amqpchat_tui.wire.received import NO_PROPERTIES, Properties, Received
from amqpchat_tui.wire.senders import ID_MAX, SESSION_HEADER, read_sender, sane
from amqpchat_tui.wire.text import (
    NICK_MAX_CHARACTERS,
    TEXT_MAX_BYTES,
    clean_text,
    describe_size,
    is_blank,
    one_line,
    without_checks,
)

BODY_READ_BYTES = TEXT_MAX_BYTES + 1
"""How much of a body `decode` needs: what is shown, and whether a character ends there."""
TEXT_MAX_LINES = 200
"""How many lines of one message we show."""
ANONYMOUS = "anonymous"
"""Who speaks when the routing key is empty."""

ACTION_PREFIX = "/me "
"""XEP-0245: what a line about its own sender begins with."""
PLAIN_MARK = "~"
"""Begins the name of a line that has no id."""
SENT_AT_HEADER = "sent_at_ms"
"""Milliseconds since the epoch; the property `timestamp` has only seconds."""
REPLACES_HEADER = "replaces"
"""The id of the line of which this is the corrected text."""
LEVEL_HEADER = "level"
"""How bad the news is that a program tells: one of `model.Severity`."""

_SENT_FROM = datetime(2000, 1, 1, tzinfo=UTC).timestamp()
"""pamqp takes seconds beyond 2106 for milliseconds, which ends up before 1979."""
_SENT_UNTIL = datetime(2100, 1, 1, tzinfo=UTC).timestamp()
_NICKS_REMEMBERED = 4096
_NAME_DIGITS = 16


class Outgoing(Struct, frozen=True):
    """A line as it is published; `reply_to` is added by the client, which knows its queue."""

    routing_key: str
    body: bytes
    message_id: str | None
    correlation_id: str | None
    timestamp: datetime | None
    headers: dict[str, str | int]
    app_id: str | None
    content_type: str
    content_encoding: str
    delivery_mode: int


def encode(line: OutboxLine, session: str) -> Outgoing:
    """Say how a typed line travels: plain text under the nick, and what we add to it in properties.

    `session` is our own (`Occupant.session`).
    """
    headers: dict[str, str | int] = {SENT_AT_HEADER: round(line.typed_at * 1000), SESSION_HEADER: session}
    bearing = line.bearing
    if bearing.level is not None:
        headers[LEVEL_HEADER] = bearing.level
    if bearing.replaces:
        headers[REPLACES_HEADER] = bearing.replaces
    return Outgoing(
        routing_key=line.nick,
        body=line.body.encode(),
        message_id=line.message_id,
        correlation_id=bearing.answers or None,
        timestamp=datetime.fromtimestamp(int(line.typed_at), UTC),
        headers=headers,
        app_id=f"amqpchat/{__version__}",
        content_type="text/plain",
        content_encoding="utf-8",
        delivery_mode=1,
    )


def decode(received: Received, *, received_at: float, own: bool = False) -> ChatMessage:
    """Read a room message; never raises, whatever comes in.

    A body of any size costs only what is shown of it; bytes may be left out of it behind its first
    `BODY_READ_BYTES`. A property of a wrong type or an absurd value counts as missing.
    """
    nick = read_nick(received.routing_key)
    properties = received.properties
    if properties is NO_PROPERTIES:
        return read_line(received, nick, None, received_at, own=own)
    headers, user_id, reply_to = properties.headers, properties.user_id, properties.reply_to
    sender = None
    if headers is not None or user_id is not None or reply_to is not None:
        who = read_sender(nick, headers=headers, user_id=user_id, reply_to=reply_to)
        sender = who if who.session or who.account or who.mailbox else None
    return read_links(read_line(received, nick, sender, received_at, own=own), properties)


def decode_plain(received: Sequence[Received], *, received_at: float) -> Sequence[ChatMessage]:
    """Read messages that say nothing but their bodies, as `decode` reads each: at once where all are simple.

    That is one line of ASCII, as nearly all of them are.
    """
    joined = b"\n".join([one.body for one in received])
    lines = joined.decode(errors="replace").split("\n")
    simple = len(lines) == len(received) and len(joined) <= TEXT_MAX_BYTES and joined.isascii()
    if not simple or not "".join(lines).isprintable() or ACTION_PREFIX.encode() in joined:
        return [decode(one, received_at=received_at) for one in received]
    nicks = [read_nick(one.routing_key) for one in received]
    return [ChatMessage(nick, line, received_at) for nick, line in zip(nicks, lines, strict=True)]


def read_line(
    received: Received, nick: str, sender: Occupant | None, received_at: float, *, own: bool = False
) -> ChatMessage:
    """Read a message of which it is known already who sends it; never raises."""
    properties = received.properties
    text = _read_text(received.body, received.missing)
    action = text.startswith(ACTION_PREFIX)
    if action:
        text = text[len(ACTION_PREFIX) :]
    if properties is NO_PROPERTIES:
        return ChatMessage(nick, text, received_at, action, sender=sender, own=own)
    message_id = properties.message_id
    return ChatMessage(
        nick,
        text,
        received_at,
        action,
        read_sent_at(properties.timestamp, properties.headers),
        message_id if isinstance(message_id, str) and _is_sane_id(message_id) else None,
        sender,
        own,
        level=_read_level(properties.headers),
    )


def read_links(message: ChatMessage, properties: Properties) -> ChatMessage:
    """Return a line as one that is about another, if it says so; never raises."""
    headers = properties.headers
    replaces = headers.get(REPLACES_HEADER) if isinstance(headers, dict) else None
    if properties.correlation_id is None and replaces is None:
        return message
    return as_linked(message, properties.correlation_id, replaces)


def as_linked(message: ChatMessage, answers: object, replaces: object) -> ChatMessage:
    """Return a line as one that is about others, as far as these can be names of lines."""
    answers, replaces = sane(answers), sane(replaces)
    if not answers and not replaces:
        return message
    return LinkedMessage(**asdict(message), answers=answers, replaces=replaces)


def body_of(message: ChatMessage) -> str:
    """Return the body under which a line would say this."""
    return f"{ACTION_PREFIX}{message.text}" if message.action else message.text


def line_name(message: ChatMessage) -> str:
    """Return how a line is named in another: by its id, else by what it has in common with equal lines.

    The latter names the latest of a nick's equal lines before the one in which the name stands.
    """
    if message.message_id is not None:
        return message.message_id
    from hashlib import sha256  # late: the first frame names no line

    return PLAIN_MARK + sha256(f"{message.nick}\0{body_of(message)}".encode()).hexdigest()[:_NAME_DIGITS]


def read_nick(name: object) -> str:
    """Read the nick of whoever sent something; never raises, whatever comes in."""
    return _clean_nick(name) if isinstance(name, (str, bytes)) else ANONYMOUS


def _read_level(headers: object) -> Severity | None:
    level = headers.get(LEVEL_HEADER) if isinstance(headers, dict) else None
    return level if level in ("info", "warn", "fail") else None


def _read_text(body: bytes, left_out: int) -> str:
    shown = body if len(body) <= TEXT_MAX_BYTES else body[: _character_boundary(body, TEXT_MAX_BYTES)]
    text = clean_text(shown.decode(errors="replace"))
    if "\n" not in text and shown is body and not left_out:
        return text
    missing, separator = [], " "
    if (excess := text.count("\n") + 1 - TEXT_MAX_LINES) > 0:
        text = "\n".join(text.split("\n", TEXT_MAX_LINES)[:TEXT_MAX_LINES])
        missing.append(f"{excess} more line{'s' if excess > 1 else ''}")
        separator = "\n"
    if excess := len(body) - len(shown) + left_out:
        missing.append(f"{describe_size(excess)} more")
    if not missing:
        return text
    return f"{text}{separator}… ({', then '.join(missing)})"


def _character_boundary(body: bytes, end: int) -> int:
    """Step back from `end` to where a UTF-8 character begins; invalid UTF-8 is cut anywhere."""
    for start in range(end, end - 4, -1):
        if body[start] & 0xC0 != 0x80:
            return start
    return end


@lru_cache(_NICKS_REMEMBERED)
def _clean_nick(name: str | bytes) -> str:
    text = name.decode(errors="replace") if isinstance(name, bytes) else name
    nick = without_checks(one_line(text.strip(), NICK_MAX_CHARACTERS))
    return ANONYMOUS if is_blank(nick) else nick


def read_sent_at(timestamp: object, headers: object) -> float | None:
    """Read when something was sent: our header is preferred to the property, which has only seconds."""
    milliseconds = headers.get(SENT_AT_HEADER) if isinstance(headers, dict) else None
    if isinstance(milliseconds, int) and _SENT_FROM * 1000 <= milliseconds < _SENT_UNTIL * 1000:
        return milliseconds / 1000
    if isinstance(timestamp, datetime):
        aware = timestamp.replace(tzinfo=UTC) if timestamp.utcoffset() is None else timestamp
        seconds = aware.timestamp()
    elif isinstance(timestamp, int):
        seconds = timestamp
    else:
        return None
    return float(seconds) if _SENT_FROM <= seconds < _SENT_UNTIL else None


def _is_sane_id(message_id: str) -> bool:
    return 0 < len(message_id) <= ID_MAX and message_id.isprintable()
