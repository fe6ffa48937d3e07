"""How we stand with the broker."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct


class Phase(Enum):
    """Where the connection stands."""

    CONNECTING = "connecting"
    ONLINE = "online"
    BLOCKED = "blocked"
    """Connected, but the broker has an alarm and accepts no messages."""
    RECONNECTING = "reconnecting"
    REFUSED = "refused"
    """The broker said no (login, virtual host, permission, exchange type); the person decides to retry."""


class ConnectionState(Struct, frozen=True):
    """The connection, in words for a person."""

    phase: Phase
    broker: str
    """`host:port` of the broker at hand, without credentials."""
    reason: str = ""
    """Why it is so, as a sentence without a full stop; empty when there is nothing to explain."""
    attempt: int = 0
    """How many dials have failed in a row."""
    retry_at: float = 0.0
    """`time.monotonic()` of the next dial, when `phase` is RECONNECTING and none is under way; else 0."""
    nobody_listens: bool = False
    """Whether the machine is there and has just refused the dial: no program listens on that port."""
    product: str = ""
    """What the broker at the other end calls itself, such as RabbitMQ; empty while there is none."""
    hosting: bool = False
    """Whether it is this program's own."""
