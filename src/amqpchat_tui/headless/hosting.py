"""`amqpchat host`: the embedded broker, for a room that needs nothing installed."""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import os
import re
import secrets
import shlex
import socket
import time
from collections import deque
from urllib.parse import quote

from msgspec.structs import replace

from amqpchat_tui.config import BrokerAddress, ConfigError
from amqpchat_tui.config.broker_url import DEFAULT_PASSWORD, DEFAULT_USER
from amqpchat_tui.headless.signals import on_signals
from amqpchat_tui.headless.streams import tell, write
from amqpchat_tui.host import Host, HostEvent, Joined, Left

DEFAULT_LISTEN = "127.0.0.1:5672"
LINES_KEPT = 1000
"""How many lines may wait for a slow reader of standard output; then the oldest are dropped."""
LAST_LINES_SECONDS = 0.5
"""How long the last lines may take when the host ends."""

_HOST_AND_PORT = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([^\[\]:/@\s]+)):([0-9]{1,5})", re.ASCII)


async def host(listen: str, password: str | None, *, room: str) -> int:
    """Keep a broker at HOST:PORT until a signal, and print who comes and goes; return the exit code.

    Without a password it is the usual one for this machine itself, and a new one for others.

    Raises:
        ConfigError: if that is not HOST:PORT.
    """
    address = _parse(listen)
    made = password is None and not address.loopback
    secret = password or (secrets.token_urlsafe() if made else DEFAULT_PASSWORD.reveal())
    stop = asyncio.Event()
    log = _Log()
    broker = Host(address.host, address.port, users={DEFAULT_USER: secret}, on_event=log.add)
    with on_signals(stop.set):
        try:
            await broker.start()
        except OSError as error:
            tell(_explain(error, address))
            return 1
        try:
            _announce(replace(address, port=broker.port), secret if made else None, password, room)
            await stop.wait()
        finally:
            await broker.close()
            await log.close()
    return 0


def _parse(listen: str) -> BrokerAddress:
    found = _HOST_AND_PORT.fullmatch(listen)
    if found is None or int(found[3]) > 65535:
        raise ConfigError("--listen: give HOST:PORT, such as 0.0.0.0:5672 for all who can reach this machine")
    return BrokerAddress(
        tls=False,
        host=found[1] or found[2],
        port=int(found[3]),
        user=DEFAULT_USER,
        password=DEFAULT_PASSWORD,
        vhost="/",
    )


def _explain(error: OSError, address: BrokerAddress) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"another program listens on {address.label} already; choose another port with --listen HOST:PORT"
        )
    # asyncio puts the address into the system's words, but not into those about a name.
    reason = error.strerror if isinstance(error, socket.gaierror) else os.strerror(error.errno or 0)
    return f"cannot listen on {address.label}: {reason}"


def _announce(address: BrokerAddress, made: str | None, given: str | None, room: str) -> None:
    """Say where the broker is, and how to join it; a password that was given is not shown."""
    tell(f"hosting on {address.label}, in memory only; Ctrl-C ends it")
    if not address.loopback:
        tell("warning: not encrypted; the password and all that is said can be read on the way")
    reachable = replace(address, host=_reachable(address.host))
    credentials = f"{DEFAULT_USER}:{quote(made, safe='')}@" if made else ""
    command = shlex.join(["amqpchat", "--url", f"amqp://{credentials}{reachable.label}", "--room", room])
    tell(f"to join: {command}" + (", with AMQPCHAT_PASSWORD set as here" if given else ""))


def _reachable(host_name: str) -> str:
    """Return a name for others to dial, when a host listens on every address of this machine."""
    try:
        everywhere = ipaddress.ip_address(host_name).is_unspecified
    except ValueError:
        everywhere = False
    return socket.gethostname() if everywhere else host_name


class _Log:
    """One line per join and leave, on standard output; the broker never waits for who reads it."""

    def __init__(self) -> None:
        self._lines: deque[str] = deque(maxlen=LINES_KEPT)
        self._news = asyncio.Event()
        self._closing = False
        self._printing = asyncio.create_task(self._print())

    def add(self, event: HostEvent) -> None:
        """Put an event into words."""
        who = f"{event.user}@{event.address}" + (f" ({event.name})" if event.name else "")
        what = "joined" if isinstance(event, Joined) else "left"
        why = f": {event.reason}" if isinstance(event, Left) and event.reason else ""
        self._lines.append(f"{time.strftime('%H:%M')} {who} {what}{why}\n")
        self._news.set()

    async def close(self) -> None:
        """Print what is left."""
        self._closing = True
        self._news.set()
        await asyncio.wait({self._printing}, timeout=LAST_LINES_SECONDS)
        self._printing.cancel()

    async def _print(self) -> None:
        while self._lines or not self._closing:
            await self._news.wait()
            self._news.clear()
            text = "".join(self._lines)
            self._lines.clear()
            try:
                await write(text)
            except OSError:
                return  # nobody reads it any more, and the room goes on
