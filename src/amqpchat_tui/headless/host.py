"""`amqpchat host`: the embedded broker, for rooms that need nothing installed."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections import deque
from collections.abc import Sequence

from amqpchat_tui.broker import Host, HostedRooms, HostEvent, Joined, Left
from amqpchat_tui.headless.signals import on_signals
from amqpchat_tui.headless.streams import tell, write
from amqpchat_tui.hosting import ListenAddress
from amqpchat_tui.stdio import ReaderGoneError, StreamError

LINES_KEPT = 1000
"""How many lines may wait for a slow reader of standard output; then the oldest are dropped."""
LAST_LINES_SECONDS = 0.5
"""How long the last lines may take when the host ends."""


async def host(listen_address: ListenAddress, tls: ssl.SSLContext | None, *, rooms: Sequence[str]) -> int:
    """Keep a broker until a signal, and print who comes and goes; return the exit code."""
    address = listen_address.address
    stop = asyncio.Event()
    log = _Log()
    users = listen_address.users()
    broker = Host(address.host, address.port, users=users, tls=tls, on_event=log.add, broker=HostedRooms())
    with on_signals(stop.set):
        try:
            await broker.start()
        except OSError as error:
            tell(listen_address.explain(error))
            return 1
        try:
            _announce(listen_address, rooms)
            await stop.wait()
        finally:
            await broker.close()
            await log.close()
    return 0


def _announce(listen_address: ListenAddress, rooms: Sequence[str]) -> None:
    """Say where the broker is, and how to join it; a password that was given is not shown."""
    tell(f"hosting on {listen_address.address.label}, rooms and history in memory only; Ctrl-C ends it")
    if listen_address.address.exposed:
        tell("warning: not encrypted; the password and all that is said can be read on the way")
    for user in listen_address.accounts:
        command = listen_address.join_command(rooms, user)
        tell(f"to join: {command}, with AMQPCHAT_PASSWORD set to the password")
    if listen_address.accounts:
        return
    given = ", with AMQPCHAT_PASSWORD set as here" if listen_address.password_given else ""
    tell(f"to join: {listen_address.join_command(rooms)}{given}")


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
        time.tzset()  # the system's zone may be another since the last line
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
            except ReaderGoneError:
                return  # and the chat goes on
            except StreamError as error:
                tell(f"{error}; the chat goes on without")
                return
