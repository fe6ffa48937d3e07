"""What a message says as it comes, before anything of it is believed."""

from __future__ import annotations

from typing import Protocol


class Properties(Protocol):
    """Those of AMQP's properties that are read; each may be of any type, or None."""

    @property
    def message_id(self) -> object:
        """By what the message is known again."""

    @property
    def correlation_id(self) -> object:
        """The message that this one answers."""

    @property
    def message_type(self) -> object:
        """Of what kind it is, where it is no line: the property `type`."""

    @property
    def timestamp(self) -> object:
        """When it was sent."""

    @property
    def headers(self) -> object:
        """What else it is told to say."""

    @property
    def user_id(self) -> object:
        """The account of whoever sent it, which the broker has checked."""

    @property
    def reply_to(self) -> object:
        """The mailbox of whoever sent it."""


class NoProperties:
    """Those of a message that says nothing but its body, as most plain scripts' do."""

    message_id = correlation_id = message_type = timestamp = headers = user_id = reply_to = None


NO_PROPERTIES = NoProperties()
"""The only ones of that kind."""


class Received(Protocol):
    """A message off the wire, as a client has it: nothing is copied out of it before it is read."""

    @property
    def routing_key(self) -> object:
        """Under which it was published."""

    @property
    def properties(self) -> Properties:
        """As they came."""

    @property
    def body(self) -> bytes:
        """The beginning of it, as much as is wanted."""

    @property
    def missing(self) -> int:
        """Bytes of the body that are missing behind those that are here."""
