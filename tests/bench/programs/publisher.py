"""Floods a room with messages of 60 bytes: `publisher.py URL ROOM COUNT`; begins when Enter is pressed."""

import asyncio
import sys

import aiormq
from aiormq.abc import ChannelFrame
from pamqp import commands
from pamqp.body import ContentBody
from pamqp.header import ContentHeader


def text(number: int) -> str:
    """What message `number` says."""
    return f"message number {number:05d} of a flood".ljust(60, ".")


async def _publish(url: str, room: str, count: int) -> None:
    connection = await aiormq.connect(url)
    channel = await connection.channel(publisher_confirms=False)
    await channel.exchange_declare(exchange=room, exchange_type="fanout")
    # Published one by one, messages would come no faster than the listeners take them.
    flood = ChannelFrame.marshall(
        channel.number, [frame for number in range(count) for frame in _frames(room, number)]
    )
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    await connection.write_queue.put(flood)
    await channel.close()  # the answer to this comes when all have been taken
    print("done", flush=True)
    await connection.close()


def _frames(room: str, number: int) -> list[commands.Basic.Publish | ContentHeader | ContentBody]:
    body = text(number).encode()
    return [
        commands.Basic.Publish(exchange=room, routing_key="flooder"),
        ContentHeader(body_size=len(body), properties=commands.Basic.Properties()),
        ContentBody(body),
    ]


if __name__ == "__main__":
    asyncio.run(_publish(sys.argv[1], sys.argv[2], int(sys.argv[3])))
