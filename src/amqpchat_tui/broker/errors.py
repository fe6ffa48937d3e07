"""What a client is told when it asks for what it cannot have (AMQP 0-9-1, section 1.2 "reply codes")."""

from __future__ import annotations

_NAMES = {
    320: "CONNECTION_FORCED",
    403: "ACCESS_REFUSED",
    404: "NOT_FOUND",
    405: "RESOURCE_LOCKED",
    406: "PRECONDITION_FAILED",
    501: "FRAME_ERROR",
    502: "SYNTAX_ERROR",
    503: "COMMAND_INVALID",
    504: "CHANNEL_ERROR",
    505: "UNEXPECTED_FRAME",
    506: "RESOURCE_ERROR",
    530: "NOT_ALLOWED",
    540: "NOT_IMPLEMENTED",
    541: "INTERNAL_ERROR",
}
_TEXT_BYTES = 255
"""The longest reply text: a short string."""


class AmqpError(Exception):
    """An error that closes the channel, or the connection where the protocol says so."""

    def __init__(self, code: int, reason: str) -> None:
        """`reason` is for the person at the other end."""
        text = f"{_NAMES[code]} - {reason}".encode()[:_TEXT_BYTES].decode(errors="ignore")
        super().__init__(text)
        self.code = code
        self.text = text

    @property
    def ends_connection(self) -> bool:
        """Whether the whole connection ends: 403 to 406 end only the channel."""
        return not 403 <= self.code <= 406
