"""Who sends a message, beyond the nick: what of AMQP's properties and of our headers tells that.

Everything that arrives is untrusted, but for `user_id`, which the broker has checked where there is one.
"""

from __future__ import annotations

from functools import lru_cache

from amqpchat_tui.model import Occupant
from amqpchat_tui.wire.text import clean_line

ID_MAX = 255
"""AMQP 0-9-1, section 4.2.5.3: a short string has an octet for its length."""
SESSION_HEADER = "session"
"""Random for each run of a program: whose messages these are, where many share an account."""

SHARED_ACCOUNT = "guest"
"""As whom everybody may be logged in: it tells nothing."""

_SESSION_MAX = 64
_SENDERS_REMEMBERED = 4096


def read_sender(nick: str, *, headers: object, user_id: object, reply_to: object) -> Occupant:
    """Read who sends a message under a nick; never raises, whatever comes in.

    A property of a wrong type or an absurd value counts as missing.
    """
    session = headers.get(SESSION_HEADER) if isinstance(headers, dict) else None
    return make_sender(nick, session, user_id, reply_to)


def account_of(user: str) -> str:
    """Return the account that a user tells others; empty for one that everybody has."""
    return "" if user == SHARED_ACCOUNT else user


def make_sender(nick: str, session: object, account: object, mailbox: object) -> Occupant:
    """Put together who somebody is, of values that may be anything."""
    return _sender(nick, _short(session), _short(account), _short(mailbox))


def sane(value: object, most: int = ID_MAX) -> str:
    """Return an id or a name as it stands, which no cleaning may make equal to another; else nothing."""
    if not isinstance(value, str) or len(value) > most or not value.isprintable():
        return ""
    return value if clean_line(value, most) == value and len(value.encode()) <= most else ""


def _short(value: object) -> str:
    return value if isinstance(value, str) and len(value) <= ID_MAX else ""


@lru_cache(_SENDERS_REMEMBERED)
def _sender(nick: str, session: str, account: str, mailbox: str) -> Occupant:
    return Occupant(nick, sane(session, _SESSION_MAX), sane(account), sane(mailbox))
