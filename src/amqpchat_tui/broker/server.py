"""Listens for connections, and carries bytes and time between sockets and sessions."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from amqpchat_tui.broker.errors import AmqpError
from amqpchat_tui.broker.logins import Logins
from amqpchat_tui.broker.routing import Broker
from amqpchat_tui.broker.session import GOODBYE_SECONDS, Session, Stage
from amqpchat_tui.passwords import PasswordHash
from amqpchat_tui.wire.text import clean_line

MAX_CONNECTIONS = 500
"""Those that have logged in."""
MAX_WAITING = 100
"""Those beyond that are listened to until they can be told that there is no room for them."""
READ_BYTES = 64 * 1024
"""What is read from a connection at a time."""
STALLED_BYTES = 4 * 1024 * 1024
"""When so much waits for a client to read it, it is not listened to either."""
TICK_SECONDS = 0.5
CLOSE_SECONDS = 0.5
"""How long clients may take to acknowledge that the host ends."""
_BACKLOG = 512

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Joined:
    """Somebody has logged in; `name` is how the client calls itself, perhaps empty, safe to show."""

    user: str
    address: str
    name: str


@dataclass(frozen=True)
class Left:
    """Somebody's connection has ended; `reason` is empty if they closed it, and safe to show."""

    user: str
    address: str
    name: str
    reason: str


HostEvent = Joined | Left


class Host:
    """A broker that listens while its context is open; everything in it is in memory only."""

    def __init__(
        self,
        listen_host: str = "127.0.0.1",
        port: int = 5672,
        *,
        users: Mapping[str, PasswordHash],
        tls: ssl.SSLContext | None = None,
        on_event: Callable[[HostEvent], None] = lambda _: None,
        max_connections: int = MAX_CONNECTIONS,
        broker: Broker | None = None,
    ) -> None:
        """Take the name of each user, and what is kept of the password; port 0 is any that is free.

        Without a `broker` it is one that does nothing by itself.
        """
        self.port = port
        """Where it listens, once it does."""
        self._listen_host = listen_host
        self._tls = tls
        self.tell = on_event
        """To be called when somebody joins or leaves."""
        # A view, because asyncio's TLS writes into slices of it, and a slice of the array is a copy.
        self.read_buffer = memoryview(bytearray(READ_BYTES))
        """For all connections, each of which takes out at once what asyncio has read into it."""
        self._max_connections = max_connections
        self._broker = broker or Broker()
        self.logins = Logins(users)
        """Tells who may log in."""
        self._all_gone = asyncio.Event()
        self._all_gone.set()
        self._connections: set[_Connection] = set()
        self._inside: set[_Connection] = set()
        """Those that have logged in."""
        self._server: asyncio.Server | None = None
        self._ticking: asyncio.TimerHandle | None = None
        self._closing = False

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def start(self) -> None:
        """Begin to listen.

        Raises:
            OSError: if that port is taken, or cannot be listened on.
        """
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: _Connection(self, self._broker),
            self._listen_host,
            self.port,
            ssl=self._tls,
            backlog=_BACKLOG,
            ssl_handshake_timeout=10 if self._tls else None,
        )
        self.port = self._server.sockets[0].getsockname()[1]
        self._tick()

    async def close(self) -> None:
        """Stop listening, tell all clients, and end their connections; half a second at most."""
        if self._server is None:
            return
        self._closing = True
        self._server.close()
        for connection in list(self._connections):
            connection.session.close(
                AmqpError(320, "broker forced connection closure with reason 'shutdown'")
            )
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._all_gone.wait(), CLOSE_SECONDS)
        for connection in list(self._connections):
            connection.abort()
        await self._all_gone.wait()
        if self._ticking is not None:
            self._ticking.cancel()
        self.logins.close()
        self._server = None

    # For connections

    def admit(self, connection: _Connection) -> bool:
        """Listen to a connection, if there are not too many."""
        if self._closing or len(self._connections) >= self._max_connections + MAX_WAITING:
            return False
        self._connections.add(connection)
        self._all_gone.clear()
        return True

    def let_in(self, connection: _Connection) -> None:
        """Let in a client that has logged in.

        Raises:
            AmqpError: if there is no room for it, in RabbitMQ's words.
        """
        if len(self._inside) >= self._max_connections:
            limit = self._max_connections
            raise AmqpError(530, f"connection refused: node connection limit ({limit}) is reached")
        self._inside.add(connection)

    def forget(self, connection: _Connection) -> None:
        """Remove a connection that has ended."""
        self._inside.discard(connection)
        self._connections.discard(connection)
        if not self._connections:
            self._all_gone.set()

    def _tick(self) -> None:
        loop = asyncio.get_running_loop()
        for connection in list(self._connections):
            connection.tick(loop.time())
        self._ticking = loop.call_later(TICK_SECONDS, self._tick)


class _Connection(asyncio.BufferedProtocol):
    """The socket of a session."""

    def __init__(self, host: Host, broker: Broker) -> None:
        self._loop = asyncio.get_running_loop()
        self.session = Session(
            broker, self._check, lambda: self._loop.call_soon(self._write), lambda: host.let_in(self)
        )
        self._host = host
        self._transport: asyncio.Transport | None = None
        self._ip = self._address = ""
        self._checking: asyncio.Task[None] | None = None
        self._joined: Joined | None = None
        self._paused = False
        self._working: asyncio.Handle | None = None

    # asyncio.BufferedProtocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        address = transport.get_extra_info("peername") or ("?", 0)
        self._ip, self._address = str(address[0]), f"{address[0]}:{address[1]}"
        if not self._host.admit(self):
            _log.warning("%s is turned away: too many connections, or closing", self._address)
            transport.abort()

    def get_buffer(self, sizehint: int) -> memoryview:
        return self._host.read_buffer

    def buffer_updated(self, nbytes: int) -> None:
        self.session.feed(bytes(self._host.read_buffer[:nbytes]))
        if self._working is None:
            self._work()

    def pause_writing(self) -> None:
        self._paused = True
        self.session.outgoing.open = False

    def resume_writing(self) -> None:
        self._paused = False
        self.session.outgoing.sent()
        self._resume()
        if self._working is None and self._transport is not None:
            self._transport.resume_reading()

    def connection_lost(self, error: Exception | None) -> None:
        self._transport = None
        self._host.forget(self)
        if self.session.stage is not Stage.CLOSED:
            self.session.end("the connection broke")
        self.session.take_output()
        self.session.outgoing.sent()
        for work in self._working, self._checking:
            if work is not None:
                work.cancel()
        self._leave()

    # For the host

    def tick(self, now: float) -> None:
        """Tell the session what time it is, twice a second."""
        self.session.tick(now)
        if self.session.stage is Stage.CLOSED:
            self.close()

    def close(self) -> None:
        """End the connection when all is written, or the client does not read it for long."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.close()
            self._loop.call_later(GOODBYE_SECONDS, self._transport.abort)

    def abort(self) -> None:
        """Drop the connection."""
        if self._transport is not None:
            self._transport.abort()

    # Its work

    def _check(self, user: str, password: str) -> None:
        self._checking = self._loop.create_task(self._log_in(user, password))

    async def _log_in(self, user: str, password: str) -> None:
        self.session.checked(await self._host.logins.check(self._ip, user, password))
        if self._working is None:
            self._work()

    def _work(self) -> None:
        self._working = None
        more = self.session.work()
        if self._joined is None and self.session.stage is Stage.RUNNING:
            self._joined = Joined(self.session.user, self._address, clean_line(self.session.name))
            self._host.tell(self._joined)
        self._write()
        if self._transport is None:
            return
        if more:
            self._transport.pause_reading()
            self._working = self._loop.call_soon(self._work)
        elif self.session.stage is Stage.CHECKING or self._transport.get_write_buffer_size() > STALLED_BYTES:
            self._transport.pause_reading()
        else:
            self._transport.resume_reading()

    def _write(self) -> None:
        """Write what the session has; close when it is over."""
        if self._transport is None:
            return
        self._transport.write(self.session.take_output())
        if not self._paused:
            self.session.outgoing.sent()
        if self.session.stage is Stage.CLOSED:
            self.close()
        elif not self._paused and (not self.session.outgoing.open or self.session.outgoing.passed_over):
            # There was more than one batch: what the queues kept is sent when others have had their turn.
            self._loop.call_soon(self._resume)

    def _resume(self) -> None:
        if not self._paused and self._transport is not None:
            self.session.resume()
            self._write()

    def _leave(self) -> None:
        reason = clean_line(self.session.reason)
        if self._joined is not None:
            joined, self._joined = self._joined, None
            self._host.tell(Left(joined.user, joined.address, joined.name, reason))
        if reason:
            _log.warning("the connection from %s has ended: %s", self._address, reason)
