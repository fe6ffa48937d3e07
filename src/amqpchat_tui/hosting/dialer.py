"""Hosts the rooms whenever nobody else does."""

from __future__ import annotations

import asyncio
import errno
import logging
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from amqpchat_tui.client.errors import ConnectionProblem, NobodyListens
from amqpchat_tui.hosting.heard import Heard, hand_on
from amqpchat_tui.hosting.listen_address import ListenAddress
from amqpchat_tui.model import NoticeKind
from amqpchat_tui.wording.sentences import sentence

if TYPE_CHECKING:
    from amqpchat_tui.broker import Host
    from amqpchat_tui.client.dialer import Dialer, Tell
    from amqpchat_tui.client.transport.link import Link
    from amqpchat_tui.config import BrokerAddress, ConnectionSettings

HOST_PRODUCT = "amqpchat"
"""What a broker calls itself that an amqpchat hosts."""

_log = logging.getLogger(__name__)


class HostingDialer:
    """Opens a broker here when nobody listens where it dials, and dials again; a `client.dialer.Dialer`.

    The dials themselves tell when it is our turn, so that nothing has to watch the port. Of several that try
    at once one gets the port, and the others join it.
    """

    def __init__(
        self, dialer: Dialer, listen_address: ListenAddress, rooms: Sequence[str], *, wanted: bool
    ) -> None:
        """`listen_address` is where dials lead; unless hosting is `wanted`, it begins only after `host`.

        `rooms` are those that others are told of; whoever hosts, hosts any room.
        """
        self._dialer = dialer
        self._listen_address = listen_address
        self._rooms = rooms
        self._wanted = wanted
        self._host: Host | None = None
        self._joined = False
        """Whether we have been with somebody else's broker."""
        self._beaten = False
        """Whether somebody else had the port when we wanted it."""
        self._complained = False
        self.heard: Callable[[], Sequence[Heard]] = tuple
        """Asked when a broker is opened: the histories of its rooms begin with what this returns."""

    def host(self) -> None:
        """Host from the next dial on, unless somebody else does."""
        self._wanted = True

    # client.dialer.Dialer

    @property
    def hosting(self) -> bool:
        """Whether this program itself runs the broker."""
        return self._host is not None

    async def dial(self, address: BrokerAddress, settings: ConnectionSettings, name: str, tell: Tell) -> Link:
        """Open a connection, to a broker of our own if it is our turn; raise as any dialer does."""
        try:
            link = await self._dialer.dial(address, settings, name, tell)
        except NobodyListens:
            if not self._may_host or not await self._open(tell):
                raise
            return await self._dialer.dial(address, settings, name, tell)
        except ConnectionProblem:
            if self._may_host and not self._joined:
                self._complain(tell, "Name another place for it with --listen HOST:PORT.")
            raise
        if self._may_host:
            self._meet(link, address, tell)
        return link

    async def close(self) -> None:
        """Close the broker, if it is ours."""
        await self._dialer.close()
        if self._host is not None:
            await self._host.close()

    # Hosting

    @property
    def _may_host(self) -> bool:
        return self._wanted and self._host is None

    async def _open(self, tell: Tell) -> bool:
        """Open a broker, and say so; False if that does not work now."""
        try:
            heard = self.heard()
            host = await asyncio.to_thread(_make_host, self._listen_address, heard)
            await _start(host)
        except OSError as error:
            # Somebody else may have taken the port at this moment: then the next dial finds their broker.
            if error.errno != errno.EADDRINUSE or self._beaten:
                self._complain(tell, sentence(self._listen_address.explain(error)))
            self._beaten = True
            return False
        except Exception:  # noqa: BLE001  # whatever it is, it goes into the log, and dials go on
            _log.exception("the broker could not be opened")
            self._wanted = False
            self._complain(tell, "An error inside amqpchat; its log has the details.")
            return False
        self._host = host
        tell(self._announcement(any(each.lines for each in heard)), NoticeKind.INFO)
        return True

    def _meet(self, link: Link, address: BrokerAddress, tell: Tell) -> None:
        """Say whose broker it is that we found."""
        self._beaten = False
        if self._joined:
            return
        self._joined = True
        if link.product == HOST_PRODUCT:
            text = f"The chat is hosted on {address.label} already. When its host leaves, it goes on here."
        else:  # it may come back, and then needs its port
            self._wanted = False
            text = f"{link.product or 'A broker'} runs on {address.label} already: the chat is there."
        tell(text, NoticeKind.INFO)

    def _announcement(self, has_heard: bool) -> str:
        listen_address = self._listen_address
        here = listen_address.address.label
        if self._joined:
            begins = "; its history begins with what you have heard" if has_heard else ""
            return f"The host has left. You host the chat now, on {here}{begins}."
        loopback = listen_address.address.loopback
        how = "in memory only" if loopback else "in memory only and not encrypted"
        told = f"You host the chat on {here}, {how}, with a history that lives as long as its host."
        others = "Others on this machine" if loopback else "Others"
        if listen_address.accounts:
            return f"{told} {_invitation(listen_address, self._rooms, others)}"
        if loopback:
            command = listen_address.standby_command(self._rooms)
        else:
            command = listen_address.join_command(self._rooms)
        given = ", with AMQPCHAT_PASSWORD set as here" if listen_address.password_given else ""
        return f"{told} {others} join with: {command}{given}"

    def _complain(self, tell: Tell, text: str) -> None:
        if not self._complained:
            self._complained = True
            tell(f"No chat is hosted here. {text}", NoticeKind.ERROR)


def _invitation(listen_address: ListenAddress, rooms: Sequence[str], others: str) -> str:
    """Say how those join who have accounts, in a row for each of them."""
    users = [user for user in listen_address.accounts if user != listen_address.address.user]
    if not users:
        return "Nobody else has an account."
    commands = (listen_address.join_command(rooms, user) for user in users)
    return "\n".join((f"{others} join with AMQPCHAT_PASSWORD set to their password, and:", *commands))


async def _start(host: Host) -> None:
    """Begin to listen, or not at all when that is cancelled."""
    starting = asyncio.create_task(host.start())
    try:
        await asyncio.shield(starting)
    except asyncio.CancelledError:
        await asyncio.wait({starting})
        await host.close()
        raise


def _make_host(listen_address: ListenAddress, heard: Iterable[Heard]) -> Host:
    """Import the broker, fill it and hash passwords, in a thread: the screen answers keys meanwhile."""
    from amqpchat_tui.broker import Host, HostedRooms

    rooms = HostedRooms()
    for each in heard:
        hand_on(each, rooms)
    address = listen_address.address
    return Host(address.host, address.port, users=listen_address.users(), broker=rooms)
