"""Says what nobody should: `python -m tests.bench.programs.hostile_sender URL ROOM`; begins with Enter."""

import asyncio
import random
import sys
from collections.abc import Iterator

import aiormq
from aiormq.abc import AbstractChannel, ChannelFrame
from pamqp import commands
from pamqp.body import ContentBody
from pamqp.header import ContentHeader

from tests.e2e.test_hostile import HOSTILE, NICKS

BIG = {1_000_000: 50, 20_000_000: 5, 100_000_000: 2}
"""How many bodies there are of which size."""
BURST = 100_000
SENDERS = 300
EACH = 20
"""How many messages each sender says."""
RAW = ("\x1b[31mraw", "\x1b]0;raw", "\x1b]52;c;raw", "\x9b31mraw", "\x07raw", "\x08raw", "\x00raw", "\x7fraw")
"""What a terminal must never get: the program itself says nothing of the kind."""
END = "nothing more to say"
_pause = 0.05
_random = random.Random(3)
_Frame = commands.Basic.Publish | ContentHeader | ContentBody


def corpus() -> list[tuple[str, bytes]]:
    """Return nicks and bodies that try to do more than be read."""
    bodies = [*HOSTILE, *(raw.encode() for raw in RAW), *(_random.randbytes(200) for _ in range(50))]
    return [(_random.choice([*NICKS, *RAW]), body) for body in bodies]


async def _say(channel: AbstractChannel, room: str, nick: str, body: bytes) -> None:
    await channel.basic_publish(body, exchange=room, routing_key=nick)


async def _send(url: str, room: str) -> None:
    connection = await aiormq.connect(url)
    channel = await connection.channel(publisher_confirms=False)
    await channel.exchange_declare(exchange=room, exchange_type="fanout")
    crowd = [await aiormq.connect(url) for _ in range(SENDERS)]
    speakers = [await member.channel(publisher_confirms=False) for member in crowd]
    hostile = corpus()
    burst = ChannelFrame.marshall(
        channel.number,
        [
            frame
            for number in range(BURST)
            for frame in _frames(room, f"sender {number % SENDERS}", *hostile[number % len(hostile)])
        ],
    )
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    for nick, body in hostile:
        await _say(channel, room, nick, body)
        await asyncio.sleep(_pause)  # so that each is drawn
    for size, count in BIG.items():
        for nick, body in hostile[:count]:
            await _say(channel, room, nick, body.ljust(size, b"\x1b"))
    await connection.write_queue.put(burst)
    for number in range(EACH):
        for speaker, (nick, body) in zip(speakers, _random.choices(hostile, k=SENDERS), strict=True):
            await _say(speaker, room, nick, f"{number} ".encode() + body)
    await asyncio.gather(*(speaker.close() for speaker in speakers))  # answered when all have been taken
    await _say(channel, room, "end", END.encode())
    await asyncio.Event().wait()  # for whoever has seen the end to end this


def _frames(room: str, sender: str, nick: str, body: bytes) -> Iterator[_Frame]:
    yield commands.Basic.Publish(exchange=room, routing_key=_random.choice((sender, nick)))
    yield ContentHeader(body_size=len(body))
    if body:
        yield ContentBody(body)


if __name__ == "__main__":
    asyncio.run(_send(sys.argv[1], sys.argv[2]))
