"""The way to the room and back, step by step."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum


class Step(StrEnum):
    """What has to work, in this order, before a line is heard."""

    SETTINGS = "settings"
    """There is a password, and certificates can be read."""
    NAME = "name"
    """The host has an address."""
    TCP = "TCP"
    TLS = "TLS"
    AMQP = "AMQP"
    """The other end speaks it (connection.start of AMQP 0-9-1)."""
    LOGIN = "login"
    """It knows user and password (connection.tune)."""
    VHOST = "vhost"
    """It lets the user into the virtual host (connection.open-ok)."""
    PERMISSION = "permission"
    """The exchange is there, a fanout, and our queue is bound to it."""
    PUBLISH = "publish"
    """A line is confirmed."""
    ECHO = "echo"
    """It comes back."""


StepTaken = Callable[[Step], None]
"""Is told each step that has been taken."""


def ignore_step(_: Step) -> None:
    """For callers to whom the steps do not matter."""
