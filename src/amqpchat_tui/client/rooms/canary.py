"""An exchange of our own that is gone if and only if the room's exchange has been deleted."""

from __future__ import annotations

import contextlib
import secrets

from aiormq.abc import AbstractChannel
from aiormq.exceptions import ChannelClosed, ChannelNotFoundEntity

from amqpchat_tui.client.transport.link import Link

_ROOM_BYTES = 200
"""How much of the room's name goes into the canary's; AMQP's short strings end at 255 bytes."""

_LOOKS = 2
"""How often we try to look before we say that the broker does not let us."""


class Canary:
    """An auto-delete exchange bound to the room, to which nobody can publish.

    The room is the destination of its only binding. When the room's exchange is deleted, that binding goes,
    and with it the canary; an exchange that is then made under the room's name does not bring it back.
    """

    def __init__(self, link: Link, room: str, unburied: set[str]) -> None:
        """`unburied` holds the canaries that earlier connections may have left on the broker."""
        self._link = link
        self._room = room
        self._unburied = unburied
        self._exchange = ""
        self._channel: AbstractChannel | None = None
        """On which it is looked at."""
        self._refused = False
        self.watches = False
        """Whether it has been placed, and has not been found gone."""

    @property
    def name(self) -> str:
        """That of the exchange, another one each time that it is placed; empty while it does not watch."""
        return self._exchange if self.watches else ""

    async def place(self) -> None:
        """Declare it and bind it to the room, if it does not watch and the broker lets us.

        Raises:
            ChannelNotFoundEntity: if there is no room at this moment.
        """
        if self.watches or self._refused or not self._link.binds_exchanges:
            return
        await self._bury(set(self._unburied))
        stem = self._room.encode()[:_ROOM_BYTES].decode(errors="ignore")
        self._exchange = f"{stem}.amqpchat-{secrets.token_hex(8)}"
        channel = await self._link.channels.open()
        self._unburied.add(self._exchange)
        self._link.belongings.add(self._exchange)
        try:
            await channel.exchange_declare(
                self._exchange, exchange_type="fanout", auto_delete=True, internal=True
            )
            await channel.exchange_bind(self._room, self._exchange)
        except ChannelNotFoundEntity:
            raise
        except ChannelClosed:  # a permission is missing, or the broker has too many exchanges
            self._refused = True  # brokers log it, so that it is not tried again on this connection
            await self._bury({self._exchange})
        else:
            self._channel = channel
            self.watches = True
        finally:
            if not self.watches:
                await self._link.channels.close(channel)

    async def lives(self) -> bool:
        """Look whether it is there; where that cannot be seen, assume it."""
        for _ in range(_LOOKS if self.watches else 0):
            if self._channel is None or self._channel.is_closed:
                self._channel = await self._link.channels.open()
            try:
                await self._channel.exchange_declare(self._exchange, passive=True)
            except ChannelNotFoundEntity:
                self.watches = False
                self._forget(self._exchange)
                return False
            except ChannelClosed:  # which says nothing about what we look at
                continue
            return True
        self.watches = False
        return True

    async def remove(self) -> None:
        """Delete it, and close the channel on which it is looked at; raise as that does.

        When this fails, the next canary deletes this one.
        """
        await self._bury(self._unburied & {self._exchange})
        channel, self._channel = self._channel, None
        if channel is not None:
            await self._link.channels.close(channel)

    async def _bury(self, exchanges: set[str]) -> None:
        for exchange in exchanges:
            with contextlib.suppress(ChannelClosed):  # another user may have made it
                async with self._link.channels.brief() as channel:
                    await channel.exchange_delete(exchange)
            self._forget(exchange)

    def _forget(self, exchange: str) -> None:
        """There is no such exchange any more."""
        self._unburied.discard(exchange)
        self._link.belongings.discard(exchange)
