"""Many aio-pika clients who join a room when Enter is pressed, all at once: `joiners.py URL ROOM COUNT`."""

import asyncio
import sys

import aio_pika
from aio_pika.abc import AbstractConnection


async def _ignore(_: object) -> None:
    pass


async def _join(url: str, room: str) -> AbstractConnection:
    connection = await aio_pika.connect(url)
    channel = await connection.channel()
    exchange = await channel.declare_exchange(room, aio_pika.ExchangeType.FANOUT)
    queue = await channel.declare_queue(exclusive=True)
    await queue.bind(exchange)
    await queue.consume(_ignore, no_ack=True)
    return connection


async def _main(url: str, room: str, count: int) -> None:
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    connections = await asyncio.gather(*(_join(url, room) for _ in range(count)))
    print("joined", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    await asyncio.gather(*(connection.close() for connection in connections))


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
