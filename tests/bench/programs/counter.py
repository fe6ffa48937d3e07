"""A bare aio-pika consumer, which only counts: `counter.py URL ROOM COUNT`."""

import asyncio
import sys

import aio_pika
from aio_pika.abc import AbstractIncomingMessage


async def _count(url: str, room: str, count: int) -> None:
    connection = await aio_pika.connect(url)
    channel = await connection.channel()
    exchange = await channel.declare_exchange(room, aio_pika.ExchangeType.FANOUT)
    queue = await channel.declare_queue(exclusive=True)
    await queue.bind(exchange)
    seen = 0
    all_seen = asyncio.Event()

    async def receive(_: AbstractIncomingMessage) -> None:
        nonlocal seen
        seen += 1
        if seen == count:
            all_seen.set()

    await queue.consume(receive, no_ack=True)
    print("ready", flush=True)
    await all_seen.wait()
    print("done", flush=True)
    await connection.close()


if __name__ == "__main__":
    asyncio.run(_count(sys.argv[1], sys.argv[2], int(sys.argv[3])))
