"""A TCP proxy in the test process: the network between client and broker, to be broken at will."""

import asyncio
import contextlib
import socket
import struct
from enum import Enum
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from .ports import free_port

_chunk_bytes = 65536
_chunks_in_flight = 16


class Direction(Enum):
    """Which way bytes go."""

    UP = "from client to broker"
    DOWN = "from broker to client"


class Proxy:
    """Carries connections from a port of its own to an upstream address, as long as the test lets it.

    `url` is the upstream's URL with the proxy's address in it, and `accepted` counts all connections so far.
    When the upstream cannot be reached, a connection is accepted and then reset.
    """

    def __init__(self, upstream: str) -> None:
        """Prepare a proxy to the host and port of a URL; it listens once entered with `async with`."""
        parts = urlsplit(upstream)
        assert parts.hostname, f"{upstream} names no host"
        assert parts.port, f"{upstream} names no port"
        self._upstream = parts.hostname, parts.port
        self.port = free_port()
        credentials, at, _ = parts.netloc.rpartition("@")
        self.url = parts._replace(netloc=f"{credentials}{at}127.0.0.1:{self.port}").geturl()
        self.accepted = 0
        self._server: asyncio.Server | None = None
        self._links: dict[asyncio.Task[None], _Link] = {}
        self._conditions = _Conditions()

    async def __aenter__(self) -> Self:
        await self.accept()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.refuse()
        links = list(self._links)
        self.cut()
        await asyncio.gather(*links, return_exceptions=True)

    @property
    def links(self) -> int:
        """How many connections are open now; half-open ones count."""
        return len(self._links)

    async def accept(self) -> None:
        """Listen, again after `refuse`, always on the same port."""
        if self._server is None:
            self._server = await asyncio.start_server(self._accepted, "127.0.0.1", self.port)

    def refuse(self) -> None:
        """Listen no more: new connections are refused, present ones go on."""
        if self._server is not None:
            self._server.close()
            self._server = None

    def cut(self) -> None:
        """Reset (TCP RST) all present connections, on both sides; new ones are welcome."""
        for task, link in self._links.items():
            link.reset()
            task.cancel()

    def half_open(self) -> None:
        """Carry nothing more on present connections, not even their end; new ones work.

        So it is when a router between the two forgets a connection: bytes are acknowledged and lost, and each
        side believes that the other is there.
        """
        for link in self._links.values():
            link.forget()

    def stall(self, direction: Direction) -> None:
        """Hold all bytes of one direction back, on present and new connections, until `resume`."""
        self._conditions.flowing[direction].clear()

    def resume(self) -> None:
        """Let bytes flow both ways again; those held back come first."""
        for flowing in self._conditions.flowing.values():
            flowing.set()

    def delay(self, seconds: float) -> None:
        """Carry each chunk that arrives from now on this much later, in either direction."""
        self._conditions.delay = seconds

    def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        link = _Link(self._conditions, reader, writer)
        task = asyncio.get_running_loop().create_task(link.carry(self._upstream))
        self._links[task] = link
        task.add_done_callback(self._links.pop)


class _Conditions:
    """What all connections of a proxy have to bear."""

    def __init__(self) -> None:
        self.delay = 0.0
        self.flowing = {direction: asyncio.Event() for direction in Direction}
        for flowing in self.flowing.values():
            flowing.set()


class _Link:
    """One connection from client to broker."""

    def __init__(
        self, conditions: _Conditions, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._conditions = conditions
        self._readers = [reader]
        self._writers = [writer]
        self._pumps: list[asyncio.Task[None]] = []
        self._forgotten = False

    async def carry(self, upstream: tuple[str, int]) -> None:
        """Carry bytes both ways until both sides have ended or one has broken."""
        try:
            reader, writer = await asyncio.open_connection(*upstream)
            self._readers.append(reader)
            self._writers.append(writer)
            async with asyncio.TaskGroup() as group:
                self._pumps = [
                    group.create_task(self._pump(self._readers[0], writer, Direction.UP)),
                    group.create_task(self._pump(reader, self._writers[0], Direction.DOWN)),
                ]
            if self._forgotten:
                await asyncio.gather(*map(self._swallow, self._readers))
        except* OSError:
            pass
        finally:
            self.reset()

    def forget(self) -> None:
        """Swallow from now on whatever either side sends, and tell neither when the other ends."""
        self._forgotten = True
        for pump in self._pumps:
            pump.cancel()

    def reset(self) -> None:
        """End both sides with a RST."""
        for writer in self._writers:
            with contextlib.suppress(OSError):  # it is closed already
                writer.get_extra_info("socket").setsockopt(
                    socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
                )
            writer.transport.abort()

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, direction: Direction
    ) -> None:
        on_the_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(_chunks_in_flight)
        async with asyncio.TaskGroup() as group:
            group.create_task(self._receive(reader, on_the_way))
            group.create_task(self._deliver(on_the_way, writer, direction))

    async def _receive(
        self, reader: asyncio.StreamReader, on_the_way: asyncio.Queue[tuple[float, bytes]]
    ) -> None:
        now = asyncio.get_running_loop().time
        chunk = None
        while chunk != b"":
            chunk = await reader.read(_chunk_bytes)
            await on_the_way.put((now() + self._conditions.delay, chunk))

    async def _deliver(
        self,
        on_the_way: asyncio.Queue[tuple[float, bytes]],
        writer: asyncio.StreamWriter,
        direction: Direction,
    ) -> None:
        now = asyncio.get_running_loop().time
        chunk = None
        while chunk != b"":
            due, chunk = await on_the_way.get()
            await asyncio.sleep(due - now())
            await self._conditions.flowing[direction].wait()
            writer.write(chunk)
            await writer.drain()
        writer.write_eof()

    async def _swallow(self, reader: asyncio.StreamReader) -> None:
        with contextlib.suppress(OSError):
            while await reader.read(_chunk_bytes):
                pass
        await asyncio.Event().wait()  # only `reset` ends it
