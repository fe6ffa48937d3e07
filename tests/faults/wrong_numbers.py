"""What may be found at an address where a broker should be; each is there as long as its block lasts."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator

from tests.client.servers import Handler, says_http, says_nothing


@contextlib.asynccontextmanager
async def nobody(port: int) -> AsyncIterator[None]:
    """No one listens: connections are refused."""
    yield


@contextlib.asynccontextmanager
async def black_hole(port: int) -> AsyncIterator[None]:
    """Nothing answers, not even with a refusal: the listener's backlog is full, and the kernel is silent."""
    with contextlib.ExitStack() as sockets:
        listener = sockets.enter_context(socket.socket())
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen(0)
        for _ in range(4):
            filler = sockets.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", port))
        yield


async def _answer(port: int, handler: Handler) -> asyncio.Server:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            await handler(reader, writer)
        writer.close()

    return await asyncio.start_server(handle, "127.0.0.1", port)


@contextlib.asynccontextmanager
async def silent(port: int) -> AsyncIterator[None]:
    """Something accepts connections and never speaks."""
    async with await _answer(port, says_nothing):
        yield


@contextlib.asynccontextmanager
async def http(port: int) -> AsyncIterator[None]:
    """A web server."""
    async with await _answer(port, says_http):
        yield
