"""The wire convention for private lines: AMQP body and properties ⇄ model, as `docs/wire.md` tells it.

They go to one mailbox, whose name is the routing key; so the nick is in a header. Whoever knows a mailbox can
write to it: nothing but the account, which the broker checks, says who does.
"""

from __future__ import annotations

from msgspec.structs import replace

from amqpchat_tui.model import ChatMessage, Occupant, OutboxLine
from amqpchat_tui.wire.lines import Outgoing, encode, read_line, read_links, read_nick
from amqpchat_tui.wire.received import Received
from amqpchat_tui.wire.senders import read_sender

KIND = "private"
"""The property `type`."""
SOMEBODY = "somebody"
"""Who speaks when neither nick nor account are known."""

_NICK = "nick"
_USER = "user:"
"""Stands before an account where there is no nick: no nick that somebody gives themselves begins so."""


def encode_private(line: OutboxLine, session: str, mailbox: str) -> Outgoing:
    """Say how a private line travels: plain text to a mailbox, and who sends it in headers."""
    outgoing = encode(line, session)
    return replace(outgoing, routing_key=mailbox, headers={**outgoing.headers, _NICK: line.nick})


def decode_private(received: Received, *, received_at: float) -> ChatMessage:
    """Read a private line; never raises, whatever comes in.

    Any message without a sane nick is the line of a plain script: of its account, else of somebody.
    """
    properties = received.properties
    headers = properties.headers
    told = headers.get(_NICK) if isinstance(headers, dict) else None
    nick = read_nick(told) if isinstance(told, str) and told else ""
    if nick.casefold() == SOMEBODY or nick.casefold().startswith(_USER):
        nick = ""
    sender = read_sender(nick, headers=headers, user_id=properties.user_id, reply_to=properties.reply_to)
    if not nick:
        nick = read_nick(f"{_USER}{sender.account}") if sender.account else SOMEBODY
        sender = Occupant(nick, "", sender.account, sender.mailbox)
    return read_links(read_line(received, nick, sender, received_at), properties)


def is_script(nick: str) -> bool:
    """Whether a nick is one that we gave to a plain script."""
    return nick == SOMEBODY or nick.startswith(_USER)
