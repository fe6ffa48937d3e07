"""The byte stream beneath a connection: TCP or TLS, read in small portions, deliveries sieved out of it."""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import Sequence
from typing import Any, cast

from aiohappyeyeballs import AddrInfoType, start_connection
from aiormq.connection import TransportFactory
from pamqp.frame import marshal
from pamqp.heartbeat import Heartbeat
from yarl import URL

from amqpchat_tui.client.transport.handshake import Handshake
from amqpchat_tui.client.transport.resolve import resolve
from amqpchat_tui.client.transport.sieve import Sieve
from amqpchat_tui.client.transport.steps import Step, StepTaken, ignore_step

SIGN_OF_LIFE_SECONDS = 1.0
"""How often aiormq is told that the link lives when it gets to see nothing of what comes."""
READ_BYTES = 4 * 1024
"""How much is read and decoded at once: the screen and the keys take turns with it."""
NEXT_ADDRESS_SECONDS = 0.25
"""How long one address of a host has before the next is tried beside it (RFC 8305, section 5)."""

_HEARTBEAT = marshal(Heartbeat(), 0)


class Stream(TransportFactory):
    """The TCP or TLS connection that aiormq speaks through, kept so that it can be cut."""

    def __init__(
        self, host: str, port: int, tls: ssl.SSLContext | None, step_taken: StepTaken = ignore_step
    ) -> None:
        """`step_taken` is told each step up to the login."""
        self._step_taken = step_taken
        self._host = host
        self._port = port
        self._tls = tls
        self._writer: asyncio.StreamWriter | None = None
        self._reader: _Reader | None = None
        self.sieve = Sieve()
        """Takes the deliveries, so that aiormq does not get to see them."""
        self.reached = False
        """Whether something at the other end accepted the connection."""

    async def create(self, url: URL, **kwargs: Any) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Connect; called by aiormq, which has no say in where to.

        Raises:
            OSError: as sockets and TLS do.
            UnicodeError: if the host's name can be none.
        """
        self._step_taken(Step.SETTINGS)
        addresses = await resolve(self._host, self._port)
        self._step_taken(Step.NAME)
        connected = await _connect(addresses)
        self.reached = True
        self._step_taken(Step.TCP)
        loop = asyncio.get_running_loop()
        reader = self._reader = _Reader(loop, self.sieve)
        protocol = _Protocol(reader, loop=loop)
        transport, _ = await loop.create_connection(
            lambda: protocol,
            sock=connected,
            ssl=self._tls,
            server_hostname=self._host if self._tls else None,
        )
        self._writer = asyncio.StreamWriter(transport, protocol, reader, loop)
        if self._tls is not None:
            self._step_taken(Step.TLS)
        return reader, cast("asyncio.StreamWriter", _HandshakeWriter(self._writer, self._step_taken))

    @property
    def handshake(self) -> Handshake:
        """What has come before the connection was open."""
        return self._reader.handshake if self._reader is not None else Handshake()

    @property
    def heard_at(self) -> float:
        """When the last byte came, by the monotonic clock."""
        return self._reader.heard_at if self._reader is not None else 0.0

    def cut(self) -> None:
        """Drop the connection without a word; whoever waits for it gets an error at once."""
        if self._writer is not None:
            self._writer.transport.abort()


class _Reader(asyncio.StreamReader):
    """What aiormq reads: all but the deliveries. Remembers when the last byte came."""

    def __init__(self, loop: asyncio.AbstractEventLoop, sieve: Sieve) -> None:
        super().__init__(loop=loop)
        self.heard_at = self._passed_at = 0.0
        self._sieve = sieve
        self.handshake = Handshake()

    def feed_data(self, data: Any) -> None:
        now = self.heard_at = time.monotonic()
        self.handshake.hear(data)
        left = self._sieve.feed(data)
        if not left and now - self._passed_at >= SIGN_OF_LIFE_SECONDS:
            left = _HEARTBEAT  # aiormq would take a link for dead on which nothing but deliveries comes
        if left:
            self._passed_at = now
            super().feed_data(left)

    def feed_eof(self) -> None:
        if left := self._sieve.end():
            super().feed_data(left)
        super().feed_eof()


class _Protocol(asyncio.StreamReaderProtocol, asyncio.BufferedProtocol):
    """Reads so little at once that keys wait for milliseconds in a flood; asyncio alone reads 256 KiB."""

    def __init__(self, reader: _Reader, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(reader, loop=loop)
        self._portion = memoryview(bytearray(READ_BYTES))

    def get_buffer(self, sizehint: int) -> memoryview:
        return self._portion

    def buffer_updated(self, nbytes: int) -> None:
        self.data_received(bytes(self._portion[:nbytes]))


class _HandshakeWriter:
    """Tells the steps of the handshake by what aiormq writes: each frame answers one of the broker's."""

    def __init__(self, writer: asyncio.StreamWriter, step_taken: StepTaken) -> None:
        self._writer = writer
        self._step_taken = step_taken
        self._heard = iter((None, Step.AMQP, Step.LOGIN))  # before our header, start-ok and tune-ok

    def write(self, data: bytes) -> None:
        if (step := next(self._heard, None)) is not None:
            self._step_taken(step)
        self._writer.write(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._writer, name)


async def _connect(addresses: Sequence[AddrInfoType]) -> socket.socket:
    """Connect to the address that answers first; raise `OSError`."""
    try:
        return await start_connection(addresses, happy_eyeballs_delay=NEXT_ADDRESS_SECONDS)
    except OSError as error:
        if error.errno is not None or len(addresses) == 1:
            raise
        # They failed in different ways. What a person is told is about the last of them alone.
        return await start_connection(addresses[-1:])
