"""Opening a room on this machine: where, who gets in and how, and when it is our turn to host it."""

from amqpchat_tui.hosting.dialer import HostingDialer
from amqpchat_tui.hosting.heard import Heard, all_heard
from amqpchat_tui.hosting.listen_address import (
    DEFAULT_LISTEN,
    ListenAddress,
    certificate,
    default_listen_address,
    nick_of,
    parse_listen,
)

__all__ = [
    "DEFAULT_LISTEN",
    "Heard",
    "HostingDialer",
    "ListenAddress",
    "all_heard",
    "certificate",
    "default_listen_address",
    "nick_of",
    "parse_listen",
]
