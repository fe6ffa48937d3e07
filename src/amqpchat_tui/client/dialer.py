"""How a connection to a broker is opened: what the client asks for, and the plain way."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Protocol

from amqpchat_tui.model import NoticeKind

if TYPE_CHECKING:
    from amqpchat_tui.client.transport.link import Link
    from amqpchat_tui.config import BrokerAddress, ConnectionSettings

    Dial = Callable[[BrokerAddress, ConnectionSettings, str], Awaitable[Link]]

Tell = Callable[[str, NoticeKind], None]
"""Says a sentence to the person, in the scrollback."""


class Dialer(Protocol):
    """Opens connections."""

    @property
    def hosting(self) -> bool:
        """Whether this program itself runs the broker."""

    async def dial(self, address: BrokerAddress, settings: ConnectionSettings, name: str, tell: Tell) -> Link:
        """Open a connection; `name` is what the broker's administrator sees.

        It can be cancelled at any time.

        Raises:
            Refused: if trying again is in vain.
            Unreachable: if there is no broker to talk to.
        """

    async def close(self) -> None:
        """End what there is to end, after the last connection was closed."""


class PlainDialer:
    """Dials, and nothing else; implements `Dialer`."""

    hosting = False

    async def dial(self, address: BrokerAddress, settings: ConnectionSettings, name: str, tell: Tell) -> Link:
        """Open a connection, as `transport.dial` does."""
        dial = await asyncio.to_thread(_import_dial)
        return await dial(address, settings, name)

    async def close(self) -> None:
        """There is nothing to end."""


def _import_dial() -> Dial:
    """Import aio-pika; it takes as long as the first frame, so this runs in a thread."""
    from amqpchat_tui.client.transport.dial import dial

    return dial
