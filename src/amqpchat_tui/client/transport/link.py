"""An open connection to a broker, and the byte stream beneath it."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any, cast

from aio_pika.abc import AbstractConnection
from aiormq.abc import AbstractChannel as Channel
from aiormq.abc import DeliveredMessage
from aiormq.connection import TransportFactory
from aiormq.exceptions import (
    AMQPError,
    ChannelClosed,
    ConnectionClosed,
    ProtocolSyntaxError,
)
from pamqp.frame import marshal
from pamqp.heartbeat import Heartbeat
from yarl import URL

from amqpchat_tui.client.errors import Lost
from amqpchat_tui.client.transport.handshake import Handshake, without_code
from amqpchat_tui.client.transport.resolve import SocketAddress, resolve
from amqpchat_tui.client.transport.sieve import Delivery, Sieve
from amqpchat_tui.client.transport.steps import Passed, Step, untold
from amqpchat_tui.wire.text import clean_line

GOODBYE_SECONDS = 0.8
"""How long the broker may take to answer our goodbye."""
CUT_SECONDS = 0.4
"""How long our own side may take to end once its socket is gone."""
REASON_SECONDS = 1.0
"""How long the reason for a failure may follow it."""
SIGN_OF_LIFE_SECONDS = 1.0
"""How often aiormq is told that the link lives when it gets to see nothing of what comes."""
READ_BYTES = 4 * 1024
"""How much is read and decoded at once: the screen and the keys take turns with it."""
ALTERNATIVE_SECONDS = 3.0
"""How long one address of a host may take to answer when there is another to try."""

_HEARTBEAT = marshal(Heartbeat(), 0)


class Stream(TransportFactory):
    """The TCP or TLS connection that aiormq speaks through, kept so that it can be cut."""

    def __init__(self, host: str, port: int, tls: ssl.SSLContext | None, passed: Passed = untold) -> None:
        """`passed` is told each step up to the login."""
        self._passed = passed
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
        self._passed(Step.SETTINGS)
        addresses = await resolve(self._host, self._port)
        self._passed(Step.NAME)
        connected = await _connect_any(addresses)
        self.reached = True
        self._passed(Step.TCP)
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
            self._passed(Step.TLS)
        return reader, cast("asyncio.StreamWriter", _HandshakeWriter(self._writer, self._passed))

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

    def __init__(self, writer: asyncio.StreamWriter, passed: Passed) -> None:
        self._writer = writer
        self._passed = passed
        self._heard = iter((None, Step.AMQP, Step.LOGIN))  # before our header, start-ok and tune-ok

    def write(self, data: bytes) -> None:
        if (step := next(self._heard, None)) is not None:
            self._passed(step)
        self._writer.write(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._writer, name)


async def _connect_any(addresses: Sequence[SocketAddress]) -> socket.socket:
    for address in addresses[:-1]:
        try:
            async with asyncio.timeout(ALTERNATIVE_SECONDS):
                return await _connect(address)
        except OSError:  # TimeoutError is one
            continue
    return await _connect(addresses[-1])


async def _connect(address: SocketAddress) -> socket.socket:
    connecting = socket.socket(address.family, address.kind, address.protocol)
    try:
        connecting.setblocking(False)
        await asyncio.get_running_loop().sock_connect(connecting, address.address)
    except BaseException:
        connecting.close()
        raise
    return connecting


class Link:
    """A connection that was open when this was made; `lost` says when and why it is no longer."""

    def __init__(self, connection: AbstractConnection, stream: Stream, heartbeat: int) -> None:
        self.connection = connection
        self.lost: asyncio.Future[Lost] = asyncio.get_running_loop().create_future()
        self._stream = stream
        self.heartbeat = heartbeat
        self._patience = 3.0 * heartbeat
        self._farewells: list[Callable[[AbstractConnection], Awaitable[None]]] = []
        connection.close_callbacks.add(self._connection_closed)

    async def consume(self, channel: Channel, queue: str, receive: Callable[[Delivery], None]) -> None:
        """Begin to consume a queue, with manual acknowledgement; `receive` must not raise.

        Raises:
            AMQPError: as the channel does.
        """
        self._stream.sieve.take(channel.number, receive)
        await channel.basic_consume(queue, _not_reached)

    def drop_deliveries(self, channel: Channel) -> None:
        """Receive no more on a channel; what is still on its way is lost."""
        self._stream.sieve.drop(channel.number)

    @property
    def product(self) -> str:
        """What the broker calls itself (AMQP 0-9-1, section 1.4.2.1); empty where it does not say."""
        transport = self.connection.transport
        properties = transport.connection.server_properties if transport is not None else {}
        return clean_line(str(properties.get("product", "")))

    def cut(self) -> None:
        """Drop the connection without a word."""
        self._stream.cut()

    async def silence(self) -> Lost:
        """Return when nothing has come for three heartbeats: the link is dead.

        aiormq has a watch of its own, which takes longer (AMQP 0-9-1, section 4.2.7, asks for two).
        """
        while True:
            left = self._stream.heard_at + self._patience - time.monotonic()
            if left <= 0:
                return self._dead()
            await asyncio.sleep(left)

    def _dead(self) -> Lost:
        return Lost(f"no sign of life for {self._patience:.0f} s", silence=self._patience)

    async def unblocked(self) -> None:
        """Return when the broker takes messages; it does not while it has an alarm for memory or disk."""
        if self.connection.transport is not None:
            await self.connection.transport.ready()

    async def explain(self, lost: Lost) -> Lost:
        """Return a loss with its reason, which is known when the connection has ended."""
        if lost.reason:
            return lost
        await asyncio.wait({self.lost}, timeout=REASON_SECONDS)
        return self.lost.result() if self.lost.done() else Lost("the connection broke")

    def before_close(self, farewell: Callable[[AbstractConnection], Awaitable[None]]) -> None:
        """Have something done with the connection when it is closed; it may raise `Lost`."""
        self._farewells.append(farewell)

    async def close(self) -> None:
        """Say goodbye and close; without an answer for 0.8 s, cut. Never raises."""
        # aio-pika's close() cannot be cancelled while it waits for the broker; it ends when its stream does.
        closing = asyncio.ensure_future(self._close())
        done, _ = await asyncio.wait({closing}, timeout=GOODBYE_SECONDS)
        if not done:
            self.cut()
            done, _ = await asyncio.wait({closing}, timeout=CUT_SECONDS)
        if done and not closing.cancelled():
            closing.exception()

    async def _close(self) -> None:
        alive = time.monotonic() - self._stream.heard_at < self._patience
        for farewell in self._farewells if alive else ():
            with contextlib.suppress(Lost):
                await farewell(self.connection)
        await self.connection.close()

    def _connection_closed(self, _: AbstractConnection | None, error: BaseException | None) -> None:
        if not self.lost.done():
            self.lost.set_result(self._explain(error))

    def _explain(self, error: BaseException | None) -> Lost:
        match error:
            case asyncio.CancelledError():
                return self._dead()
            case ConnectionClosed() if error.args:
                text = broker_text(error)
                if "'shutdown'" in text:
                    return Lost("the broker was shut down")
                return Lost(f"the broker closed the connection: {text}")
            case ProtocolSyntaxError():
                return Lost("the broker sent something that is not AMQP")
            case _:
                return Lost("the connection broke")


async def _not_reached(_: DeliveredMessage) -> None:
    """Stand in for a consumer where aiormq asks for one."""


@contextlib.contextmanager
def failures_are_losses() -> Iterator[None]:
    """Raise `Lost` for whatever aiormq raises when a channel or connection fails.

    Its reason is empty where the link itself will know it in a moment.
    """
    try:
        yield
    except asyncio.CancelledError:
        # aiormq ends what waits for a dead connection with a cancellation that nobody asked for.
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        raise Lost("") from None
    except ChannelClosed as error:
        raise Lost(f"the broker closed our channel: {broker_text(error)}") from error
    except (AMQPError, RuntimeError, OSError) as error:  # aiormq's RuntimeError: it is closed already
        raise Lost("") from error
    except Exception as error:
        if type(error) is not Exception:  # aiormq's: what was asked for is closed at this moment
            raise
        raise Lost("") from error


def broker_text(error: AMQPError) -> str:
    """What the broker said, without the name of the code that it begins with."""
    return without_code(str(error.args[-1]) if error.args else "")
