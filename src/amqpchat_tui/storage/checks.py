"""Checks what comes back from a disk, to which anything may have happened."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from amqpchat_tui.model import (
    Bearing,
    ChatMessage,
    ConversationId,
    ConversationKind,
    HidingKind,
    HidingRule,
    KeptConversation,
    Level,
    LoggedLine,
    Occupant,
    OutboxLine,
    Severity,
)
from amqpchat_tui.wire.lines import as_linked, read_nick
from amqpchat_tui.wire.names import check_exchange, check_pattern, check_room
from amqpchat_tui.wire.senders import sane
from amqpchat_tui.wire.text import (
    ROUTING_KEY_MAX_BYTES,
    WireError,
    check_body,
    check_nick,
    clean_line,
    clean_text,
)

Time = Annotated[float, Meta(ge=0, lt=2**32)]
"""Seconds since the epoch."""


class KeptLine(Struct, frozen=True):
    """A line of the outbox as it is kept."""

    id: Annotated[str, Meta(pattern="^[0-9a-f]{1,64}$")]
    nick: str
    body: str
    at: Time
    answers: str = ""
    replaces: str = ""


def kept_line(conversation: ConversationId, kept: KeptLine) -> OutboxLine | None:
    """Return the line with its texts cleaned, or None when it could not be sent."""
    try:
        nick, body = check_nick(kept.nick), check_body(kept.body)
    except (WireError, UnicodeError):
        return None
    bearing = Bearing(answers=sane(kept.answers), replaces=sane(kept.replaces))
    return OutboxLine(conversation, kept.id, nick, body, kept.at, bearing=bearing)


class ConversationRow(Struct, frozen=True):
    """A conversation as it is kept."""

    kind: ConversationKind
    name: str
    pattern: str
    number: Annotated[int, Meta(ge=1, lt=2**31)]
    joined: Annotated[int, Meta(ge=0, le=1)]
    draft: str
    level: Level | None
    level_until: Time | None
    read_id: Annotated[str, Meta(max_length=255)] | None
    read_at: Time | None


def kept_conversation(row: ConversationRow) -> KeptConversation | None:
    """Return the conversation with its texts cleaned, or None where none could have that name."""
    check_name = {
        ConversationKind.ROOM: check_room,
        ConversationKind.PRIVATE: check_nick,
        ConversationKind.WATCHED: check_exchange,
    }[row.kind]
    try:
        identity = ConversationId(row.kind, check_name(row.name), check_pattern(row.pattern))
    except WireError:
        return None
    return KeptConversation(
        identity,
        row.number,
        joined=row.joined == 1,
        draft=clean_text(row.draft),
        level=row.level,
        level_until=row.level_until,
        read_id=row.read_id if row.read_id and row.read_id.isprintable() else None,
        read_at=row.read_at,
    )


class HidingRow(Struct, frozen=True):
    """A rule of what is hidden as it is kept."""

    kind: HidingKind
    name: Annotated[str, Meta(min_length=1, max_length=300)]
    pattern: Annotated[str, Meta(max_length=300)]
    room: Annotated[str, Meta(max_length=300)]
    until: Time | None


def kept_rule(row: HidingRow) -> HidingRule:
    """Return the rule with its texts cleaned."""
    name, pattern, room = map(clean_line, (row.name, row.pattern, row.room))
    return HidingRule(row.kind, name, pattern, room, row.until)


class LoggedRow(Struct, frozen=True):
    """A line of the log as it is kept, with its conversation and its author; times are milliseconds."""

    number: Annotated[int, Meta(ge=1)]
    kind: ConversationKind
    name: str
    pattern: str
    nick: str
    account: str
    session: str
    received_at: Annotated[int, Meta(ge=0, lt=2**42)]
    sent_at: Annotated[int, Meta(ge=0, lt=2**42)] | None
    action: Annotated[int, Meta(ge=0, le=1)]
    own: Annotated[int, Meta(ge=0, le=1)]
    message_id: Annotated[str, Meta(max_length=255)] | None
    text: str
    level: Severity | None
    answers: str | None
    replaces: str | None
    roughly: Annotated[int, Meta(ge=0, le=1)] | None


_ROUGHLY = {None: False, 1: True, 0: None}


def logged_line(row: LoggedRow) -> LoggedLine:
    """Return the line with its texts cleaned."""
    nick = read_nick(row.nick)
    account, session = (clean_line(text, ROUTING_KEY_MAX_BYTES) for text in (row.account, row.session))
    line = ChatMessage(
        nick,
        clean_text(row.text),
        row.received_at / 1000,
        action=row.action == 1,
        own=row.own == 1,
        sent_at=None if row.sent_at is None else row.sent_at / 1000,
        message_id=row.message_id if row.message_id and row.message_id.isprintable() else None,
        sender=Occupant(nick, session, account) if account or session else None,
        roughly=_ROUGHLY[row.roughly],
        level=row.level,
    )
    identity = ConversationId(row.kind, clean_line(row.name), clean_line(row.pattern))
    return LoggedLine(row.number, identity, as_linked(line, row.answers, row.replaces))
