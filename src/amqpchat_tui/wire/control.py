"""The wire convention for presence: AMQP properties ⇄ model, as `docs/wire.md` tells it.

A control message has no text: its kind is in the property `type`, the rest in headers of str and int. What
goes to everybody in a room goes through the room's exchange for presence, under the nick; what goes to one
person through the default exchange, under the name of their mailbox, with nick and room in headers.

Everything that arrives is untrusted. What leaves `decode` has been cleaned by `wire.text`.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec import Struct

from amqpchat_tui import __version__
from amqpchat_tui.model import (
    Answer,
    Ask,
    Bye,
    Hearsay,
    Here,
    Posting,
    PresenceMessage,
    Typing,
)
from amqpchat_tui.wire.lines import read_nick
from amqpchat_tui.wire.names import is_room, presence_of, room_of_presence
from amqpchat_tui.wire.senders import SESSION_HEADER, make_sender, read_sender, sane
from amqpchat_tui.wire.text import clean_line, without_checks

ANSWER_MAX_BYTES = 256 * 1024
"""What is read of an answer's body, and sent; longer ones are ignored."""
ANSWER_MAX_OCCUPANTS = 1_000
"""More than live in a room whose people all announce themselves (`chat.people.budget`)."""
AWAY_MAX_CHARACTERS = 80
ROOMS_MAX_BYTES = 500
"""What names of rooms take together, each with a newline behind it."""

_DEFAULT_EXCHANGE = ""
_SECONDS_MAX = 10 * 365 * 24 * 3600
_MANY = 1_000
_NICK, _ROOM, _AWAY, _SINCE, _AGAIN, _ROOMS = "nick", "room", "away", "since", "again", "rooms"
_HERE, _HELLO, _BYE, _TYPING, _ASK, _ANSWER = "here", "hello", "bye", "typing", "ask", "answer"
KINDS = frozenset((_HERE, _HELLO, _BYE, _TYPING, _ASK, _ANSWER))
"""The property `type` of control messages, which nobody is shown."""
_EXPIRATION_MS = {_TYPING: 10_000, _ASK: 5_000}
_USUAL_EXPIRATION_MS = 15_000
"""After which nobody needs to know it any more, as who was stopped for long will hear the next one."""


class OutgoingControl(Struct, frozen=True):
    """A control message as it is published; `reply_to` and `user_id` are added by the client."""

    exchange: str
    routing_key: str
    type: str
    headers: dict[str, str | int]
    expiration_ms: int
    app_id: str
    body: bytes = b""
    message_id: str | None = None
    correlation_id: str | None = None
    mandatory: bool = False
    """Whether the broker is to return what it can bring to nobody."""
    delivery_mode: int = 1


class Incoming(Struct, frozen=True):
    """A control message, and which room it is about; empty: about us and its sender alone."""

    room: str
    message: PresenceMessage


class _Told(Struct, frozen=True, array_like=True):
    """An occupant in the body of an answer."""

    nick: str
    account: str
    session: str
    mailbox: str
    away: str | None
    age: int
    since: int


_tell = msgspec.json.Encoder().encode
_read_told = msgspec.json.Decoder(list[_Told]).decode


def encode(room: str, posting: Posting) -> OutgoingControl | None:
    """Say how a message travels; None when it cannot, as the room's name leaves no place for presence.

    `room` is empty for what is about its sender and its reader alone.
    """
    message, who = posting.message, posting.message.who
    exchange = _DEFAULT_EXCHANGE if posting.mailbox else presence_of(room)
    if exchange is None:
        return None
    kind = _kind(message)
    headers: dict[str, str | int] = {SESSION_HEADER: who.session}
    if posting.mailbox:
        headers |= {_NICK: who.nick, _ROOM: room} if room else {_NICK: who.nick}
    if isinstance(message, (Here, Answer)):
        headers[_SINCE] = min(message.since, _SECONDS_MAX)
    if isinstance(message, (Here, Answer)) and (away := _away(message.away)) is not None:
        headers[_AWAY] = away
    if isinstance(message, Here) and (rooms := _fitting_rooms(message.rooms)):
        headers[_ROOMS] = rooms
    if isinstance(message, Ask) and message.again:
        headers[_AGAIN] = message.again
    return OutgoingControl(
        exchange=exchange,
        routing_key=posting.mailbox or who.nick,
        type=kind,
        headers=headers,
        expiration_ms=_EXPIRATION_MS.get(kind, _USUAL_EXPIRATION_MS),
        app_id=f"amqpchat/{__version__}",
        body=_encode_occupants(message.occupants) if isinstance(message, Answer) else b"",
        message_id=_own_id(message) or None,
        correlation_id=message.asked if isinstance(message, Answer) else None,
        mandatory=bool(posting.mailbox),
    )


def decode(
    *,
    exchange: str,
    routing_key: object,
    type: object,
    headers: object = None,
    body: bytes = b"",
    user_id: object = None,
    reply_to: object = None,
    message_id: object = None,
    correlation_id: object = None,
) -> Incoming | None:
    """Read a control message; never raises, whatever comes in.

    None for what is no such message: of a kind that is not known, from an exchange through which this kind
    does not come, or without what it needs. Any other property of a wrong type or an absurd value counts as
    missing.
    """
    if not isinstance(type, str):
        return None
    told = headers if isinstance(headers, dict) else {}
    direct = exchange == _DEFAULT_EXCHANGE
    room = told.get(_ROOM) if direct else room_of_presence(exchange)
    nick = read_nick(told.get(_NICK) if direct else routing_key)
    who = read_sender(nick, headers=headers, user_id=user_id, reply_to=reply_to)
    if direct and type == _TYPING:
        return Incoming("", Typing(who)) if who.session else None
    if not isinstance(room, str) or not is_room(room) or not who.session:
        return None
    asks, asked = sane(message_id), sane(correlation_id)
    since = _seconds(told.get(_SINCE))
    message: PresenceMessage
    match type, direct:
        case "here", False:
            message = Here(who, _away(told.get(_AWAY)), since, rooms=_rooms(told.get(_ROOMS)))
        case "hello", False:
            asks = asks if who.mailbox else ""
            message = Here(who, _away(told.get(_AWAY)), since, asks, _rooms(told.get(_ROOMS)))
        case "bye", False:
            message = Bye(who)
        case "typing", False:
            message = Typing(who)
        case "ask", _ if asks and who.mailbox:
            message = Ask(who, asks, everybody=not direct, again=_count(told.get(_AGAIN)))
        case "answer", True if asked:
            occupants = _decode_occupants(body)
            if occupants is None:
                return None
            message = Answer(who, asked, since, _away(told.get(_AWAY)), occupants)
        case _:
            return None
    return Incoming(room, message)


def _kind(message: PresenceMessage) -> str:
    match message:
        case Here():
            return _HELLO if message.asks else _HERE
        case Bye():
            return _BYE
        case Typing():
            return _TYPING
        case Ask():
            return _ASK
        case Answer():
            return _ANSWER


def _own_id(message: PresenceMessage) -> str:
    match message:
        case Here():
            return message.asks
        case Ask():
            return message.id
        case _:
            return ""


def _encode_occupants(occupants: Sequence[Hearsay]) -> bytes:
    """Tell of as many as there is place for, the first ones."""
    told = [
        _Told(
            one.who.nick,
            one.who.account,
            one.who.session,
            one.who.mailbox,
            one.away,
            min(one.age, _SECONDS_MAX),
            min(one.since, _SECONDS_MAX),
        )
        for one in occupants[:ANSWER_MAX_OCCUPANTS]
    ]
    while len(body := _tell(told)) > ANSWER_MAX_BYTES:
        del told[len(told) // 2 :]
    return body


def _decode_occupants(body: bytes) -> Sequence[Hearsay] | None:
    """Read an answer's body; None when it is none. Who makes no sense in it is left out."""
    if len(body) > ANSWER_MAX_BYTES:
        return None
    try:
        told = _read_told(body)
    except (msgspec.MsgspecError, RecursionError):
        return None
    return tuple(
        Hearsay(who, _seconds(one.age), _away(one.away), _seconds(one.since))
        for one in told[:ANSWER_MAX_OCCUPANTS]
        if (who := make_sender(read_nick(one.nick), one.session, one.account, one.mailbox)).session
    )


def _away(value: object) -> str | None:
    if not isinstance(value, str):
        return None
    return without_checks(clean_line(value[: 2 * AWAY_MAX_CHARACTERS], AWAY_MAX_CHARACTERS))


def _fitting_rooms(names: Sequence[str]) -> str:
    """Put as many names on rows as there is place for, the first ones."""
    rows = ""
    for name in names:
        if len(f"{rows}{name}\n".encode()) <= ROOMS_MAX_BYTES:
            rows += f"{name}\n"
    return rows


def _rooms(value: object) -> Sequence[str]:
    """Return the names on rows that may be rooms; none where there are too many."""
    if not isinstance(value, str) or len(value.encode(errors="replace")) > ROOMS_MAX_BYTES:
        return ()
    return tuple(dict.fromkeys(name for name in value.split("\n") if is_room(name)))


def _seconds(value: object) -> int:
    """Return a number of seconds that can be; anything else counts as none."""
    return value if type(value) is int and 0 <= value <= _SECONDS_MAX else 0


def _count(value: object) -> int:
    """Return how often something was done, many times at most; anything else counts as never."""
    return min(value, _MANY) if type(value) is int and value > 0 else 0
