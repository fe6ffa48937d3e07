"""The network between a client and a broker, as tests have it: whether it fails as it is told."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from tests.support.ports import free_port
from tests.support.proxy import Direction, Proxy
from tests.support.waiting import wait_until


class EchoServer:
    """Sends back what it gets, and remembers it."""

    def __init__(self) -> None:
        self.received = b""
        self.clients: list[asyncio.StreamWriter] = []
        self.ends: list[str] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.clients.append(writer)
        try:
            while data := await reader.read(65536):
                self.received += data
                writer.write(data)
            self.ends.append("closed")
        except ConnectionResetError:
            self.ends.append("reset")
        writer.close()


@asynccontextmanager
async def echo_behind_proxy() -> AsyncIterator[tuple[EchoServer, Proxy]]:
    echo = EchoServer()
    server = await asyncio.start_server(echo.serve, "127.0.0.1", 0)
    try:
        async with Proxy(f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}") as proxy:
            yield echo, proxy
    finally:
        server.close()
    await wait_until(lambda: len(echo.ends) == len(echo.clients), what="the echo server's clients to end")


class Dialled:
    """A connection to a proxy, and what has come back on it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writer = writer
        self.received = b""
        self.end = ""
        self._reading = asyncio.create_task(self._read(reader))

    async def _read(self, reader: asyncio.StreamReader) -> None:
        try:
            while data := await reader.read(65536):
                self.received += data
            self.end = "closed"
        except ConnectionResetError:
            self.end = "reset"

    async def hang_up(self) -> None:
        self.writer.close()
        with suppress(ConnectionResetError):
            await self.writer.wait_closed()
        await self._reading


@asynccontextmanager
async def dialled(proxy: Proxy) -> AsyncIterator[Dialled]:
    connection = Dialled(*await asyncio.open_connection("127.0.0.1", proxy.port))
    try:
        yield connection
    finally:
        await connection.hang_up()


async def test_carries_both_ways_in_order_and_counts() -> None:
    data = os.urandom(3_000_000)
    async with echo_behind_proxy() as (echo, proxy), dialled(proxy) as client:
        client.writer.write(data)
        await wait_until(lambda: len(client.received) == len(data))
        assert echo.received == client.received == data
        assert (proxy.accepted, proxy.links) == (1, 1)
        async with dialled(proxy):
            await wait_until(lambda: (proxy.accepted, proxy.links) == (2, 2))
        await wait_until(lambda: (proxy.accepted, proxy.links) == (2, 1))


async def test_passes_on_an_orderly_end() -> None:
    async with echo_behind_proxy() as (echo, proxy), dialled(proxy) as client:
        client.writer.write(b"last words")
        client.writer.write_eof()
        await wait_until(lambda: client.end)
        assert (client.received, client.end, echo.ends) == (b"last words", "closed", ["closed"])
        await wait_until(lambda: proxy.links == 0)


async def test_cut_resets_both_sides_and_welcomes_new_ones() -> None:
    async with echo_behind_proxy() as (echo, proxy), dialled(proxy) as client:
        await wait_until(lambda: echo.clients)
        proxy.cut()
        await wait_until(lambda: client.end and echo.ends)
        assert (client.end, echo.ends) == ("reset", ["reset"])
        async with dialled(proxy) as second:
            second.writer.write(b"again")
            await wait_until(lambda: second.received == b"again")


@pytest.mark.parametrize("direction", Direction)
async def test_stall_holds_back_one_direction_and_loses_nothing(direction: Direction) -> None:
    async with echo_behind_proxy() as (echo, proxy), dialled(proxy) as client:
        client.writer.write(b"one ")
        await wait_until(lambda: client.received == b"one ")
        proxy.stall(direction)
        client.writer.write(b"two ")
        if direction is Direction.DOWN:
            await wait_until(lambda: echo.received == b"one two ")
        # If they were not held back, they would be here before another connection's bytes.
        async with echo_behind_proxy() as (_, other), dialled(other) as witness:
            witness.writer.write(b"?")
            await wait_until(lambda: witness.received)
        assert client.received == b"one "
        assert echo.received == (b"one " if direction is Direction.UP else b"one two ")
        proxy.resume()
        client.writer.write(b"three")
        await wait_until(lambda: client.received == b"one two three")


async def test_delay_is_borne_in_each_direction() -> None:
    async with echo_behind_proxy() as (_, proxy), dialled(proxy) as client:
        clock = asyncio.get_running_loop().time
        proxy.delay(0.1)
        begun = clock()
        client.writer.write(b"later")
        await wait_until(lambda: client.received == b"later")
        assert clock() - begun >= 0.2


async def test_refuse_and_accept_again_on_the_same_port() -> None:
    async with echo_behind_proxy() as (_, proxy), dialled(proxy) as client:
        proxy.refuse()
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", proxy.port)
        client.writer.write(b"still here")
        await wait_until(lambda: client.received == b"still here")
        await proxy.accept()
        async with dialled(proxy) as second:
            second.writer.write(b"hello")
            await wait_until(lambda: second.received == b"hello")


async def test_half_open_swallows_bytes_and_ends_but_not_on_new_connections() -> None:
    async with echo_behind_proxy() as (echo, proxy):
        async with dialled(proxy) as client:
            client.writer.write(b"heard")
            await wait_until(lambda: client.received == b"heard")
            proxy.half_open()
            client.writer.write(b"unheard" * 1_000_000)
            await client.writer.drain()
            echo.clients[0].write(b"unheard, too")
            async with dialled(proxy) as second:
                second.writer.write(b", new")
                await wait_until(lambda: second.received == b", new")
            await wait_until(lambda: echo.ends == ["closed"])
        assert (client.received, client.end) == (b"heard", "closed")
        assert (echo.received, echo.ends, proxy.links) == (b"heard, new", ["closed"], 1)


async def test_an_upstream_that_is_away_looks_like_a_reset() -> None:
    async with Proxy(f"tcp://127.0.0.1:{free_port()}") as proxy, dialled(proxy) as client:
        await wait_until(lambda: client.end == "reset")


def test_url_keeps_all_but_the_address() -> None:
    proxy = Proxy("amqp://user:p%40ss@127.0.0.1:5672/my%2Fvhost")
    assert proxy.url == f"amqp://user:p%40ss@127.0.0.1:{proxy.port}/my%2Fvhost"
