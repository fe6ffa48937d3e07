"""The wire convention for what becomes of lines: AMQP properties ⇄ model, as `docs/wire.md` tells it.

Such a message has no text: its kind is in the property `type`, the rest in headers of str, int and bool. It
goes through the exchange beside the room that is for it, under the nick.

Everything that arrives is untrusted. What leaves `decode` has been cleaned by `wire.text`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache

from msgspec import Struct

from amqpchat_tui import __version__
from amqpchat_tui.model import LineEvent, OccupantKey, Reaction, Withdrawal
from amqpchat_tui.wire.lines import SENT_AT_HEADER, read_nick, read_sent_at
from amqpchat_tui.wire.received import Received
from amqpchat_tui.wire.senders import SESSION_HEADER, read_sender, sane
from amqpchat_tui.wire.text import WireError, clean_emoji, is_blank

EMOJI_MAX_CHARACTERS = 16
"""No emoji that Unicode recommends for general interchange has as many."""

_REACTION, _WITHDRAWAL = "reaction", "withdraw"
_ABOUT, _EMOJI, _REMOVE = "about", "emoji", "remove"
_EMOJI_READ_CHARACTERS = 4 * EMOJI_MAX_CHARACTERS
"""What is longer is not worth cleaning."""
_EMOJI_REMEMBERED = 1024


class OutgoingEvent(Struct, frozen=True):
    """An event as it is published; `user_id` is added by the client."""

    routing_key: str
    type: str
    headers: dict[str, str | int | bool]
    message_id: str
    timestamp: datetime
    app_id: str
    delivery_mode: int = 1


def encode(event: LineEvent) -> OutgoingEvent:
    """Say how something travels that we do about a line."""
    headers: dict[str, str | int | bool] = {
        _ABOUT: event.about,
        SENT_AT_HEADER: round(event.at * 1000),
        SESSION_HEADER: event.who.session,
    }
    if isinstance(event, Reaction):
        headers[_EMOJI] = event.emoji
        if event.remove:
            headers[_REMOVE] = True
    return OutgoingEvent(
        routing_key=event.who.nick,
        type=_REACTION if isinstance(event, Reaction) else _WITHDRAWAL,
        headers=headers,
        message_id=event.event_id,
        timestamp=datetime.fromtimestamp(int(event.at), UTC),
        app_id=f"amqpchat/{__version__}",
    )


def decode(received: Received, *, received_at: float, me: OccupantKey) -> LineEvent | None:
    """Read an event; never raises, whatever comes in.

    None for what is none: of a kind that is not known, or without what it needs. Any other property of a
    wrong type or an absurd value counts as missing. What is of `me` is our own.
    """
    properties = received.properties
    kind, headers = properties.message_type, properties.headers
    if kind not in (_REACTION, _WITHDRAWAL) or not isinstance(headers, dict):
        return None
    about, event_id = sane(headers.get(_ABOUT)), sane(properties.message_id)
    if not about or not event_id:
        return None
    nick = read_nick(received.routing_key)
    who = read_sender(nick, headers=headers, user_id=properties.user_id, reply_to=properties.reply_to)
    at = read_sent_at(properties.timestamp, headers)
    at, own = received_at if at is None else at, who.key == me
    if kind == _WITHDRAWAL:
        return Withdrawal(about, who, at, event_id, own)
    emoji = _read_emoji(headers.get(_EMOJI))
    return Reaction(about, who, at, event_id, own, emoji, headers.get(_REMOVE) is True) if emoji else None


def check_emoji(text: str) -> str:
    """Return what is to be put under a line as it is sent and read; raise `WireError` when that cannot be."""
    emoji = clean_emoji(text)
    if is_blank(emoji):
        raise WireError("a reaction needs at least one visible character")
    if len(emoji) > EMOJI_MAX_CHARACTERS:
        raise WireError(f"a reaction is one emoji or at most {EMOJI_MAX_CHARACTERS} characters")
    return emoji


def _read_emoji(value: object) -> str:
    """Read what is put under a line; empty where it is nothing, or too long: cut, it would be another."""
    return _clean_emoji(value) if isinstance(value, str) and len(value) <= _EMOJI_READ_CHARACTERS else ""


@lru_cache(_EMOJI_REMEMBERED)
def _clean_emoji(text: str) -> str:
    emoji = clean_emoji(text)
    return "" if len(emoji) > EMOJI_MAX_CHARACTERS or is_blank(emoji) else emoji
