"""What a broker says until it has opened a connection, kept for the reason why it does not."""

from __future__ import annotations

import re
import struct

from pamqp.commands import Connection
from pamqp.exceptions import PAMQPException
from pamqp.frame import unmarshal

from amqpchat_tui.client.errors import ConnectionProblem, Refused, Unreachable
from amqpchat_tui.wire.text import clean_line

KEPT_BYTES = 64 * 1024
"""A broker that says more than this before it opens a connection is not listened to for reasons."""

_LIMIT = re.compile(r"(?P<whose>user |node |)connection limit \((?P<limit>\d+)\) is reached$")
_DOWN = re.compile(r"is down$")
_UNKNOWN = re.compile(r"not found$")
_NO_ACCESS = re.compile(r"^access to vhost .* refused|doesn't have access")


class Handshake:
    """The answers to our `connection.start-ok`, `tune-ok` and `open` (AMQP 0-9-1, section 1.4.2).

    aiormq says of an answer to `open` only that it is not the one that it expected.
    """

    def __init__(self) -> None:
        self._heard: bytearray | None = bytearray()

    def hear(self, data: bytes) -> None:
        """Keep what has come, until the handshake is over."""
        if self._heard is not None:
            self._heard += data
            if len(self._heard) > KEPT_BYTES:
                self._heard = None

    def over(self) -> None:
        """The handshake has ended: keep nothing of what comes from now on."""
        self._heard = None

    @property
    def refusal(self) -> str | None:
        """What the broker answered to `open` when it closed the connection instead, without code's name."""
        heard, tuned = bytes(self._heard or b""), False
        try:
            while heard:
                size, _, frame = unmarshal(heard)
                heard = heard[size:]
                if isinstance(frame, Connection.Close):
                    return without_code(frame.reply_text) if tuned else None
                tuned = tuned or isinstance(frame, Connection.Tune)
        except (PAMQPException, ValueError, LookupError, struct.error):
            pass  # half a frame, or none
        return None


def explain_refusal(said: str, vhost: str, user: str) -> ConnectionProblem:
    """Say why a broker does not open a virtual host for a user.

    The code of nearly all reasons is 530, so that only the words tell them apart; these are RabbitMQ's
    (`rabbit_reader.erl`) and LavinMQ's. What may pass by itself, or is not known, is worth another try.
    """
    vhost, user = clean_line(vhost), clean_line(user)
    if (limit := _LIMIT.search(said)) is not None:
        whose = {"user ": f"user {user}", "node ": "the broker"}.get(
            limit["whose"], f'virtual host "{vhost}"'
        )
        return Unreachable(f"the connection limit of {whose} is reached ({limit['limit']})")
    if _DOWN.search(said):
        return Unreachable(f'virtual host "{vhost}" is down')
    if _UNKNOWN.search(said):
        return Refused(f'no virtual host "{vhost}"')
    if _NO_ACCESS.search(said):
        return Refused(f'user {user} has no access to virtual host "{vhost}"')
    return Unreachable(f'the broker does not open virtual host "{vhost}"{f": {said}" if said else ""}')


def without_code(said: str) -> str:
    """What a broker said, without the name of the code that it begins with."""
    text = clean_line(said)
    code, separator, words = text.partition(" - ")
    return words if separator and code.isupper() else text
