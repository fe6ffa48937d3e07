"""Many people who tell each other that they are in a room: `crowd.py URL ROOM COUNT [rested]`.

Each has the real protocol code, and a queue and a channel of their own on one connection. They come within a
second when Enter is pressed; `rested`: they have been there for an hour, and know each other. At each further
Enter, it prints how many messages were published since the one before, how many were delivered, and the
seconds meanwhile.
"""

import asyncio
import secrets
import sys
import time
from collections.abc import Sequence
from random import Random, SystemRandom

from pamqp.commands import Basic

from amqpchat_tui.chat.people.announcer import Announcer
from amqpchat_tui.chat.people.roster import Roster
from amqpchat_tui.client.transport.dial import dial
from amqpchat_tui.client.transport.link import Link
from amqpchat_tui.client.transport.sieve import Delivery
from amqpchat_tui.config import ConnectionSettings, Secret
from amqpchat_tui.config.broker_url import parse_broker_url
from amqpchat_tui.model import Here, Occupant, Posting
from amqpchat_tui.wire.control import ANSWER_MAX_BYTES, decode, encode

_hour = 3600
_come_within = 1.0


class Traffic:
    """What was published and delivered."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Count anew."""
        self.published = self.delivered = 0
        self.since = time.monotonic()

    def __str__(self) -> str:
        return f"counted {self.published} {self.delivered} {time.monotonic() - self.since:.3f}"


class Person:
    """Somebody's amqpchat, as far as presence goes."""

    def __init__(self, link: Link, room: str, number: int, random: Random, traffic: Traffic) -> None:
        self._link = link
        self._room = room
        self.me = Occupant(f"nick{number}", secrets.token_hex(8))
        self._roster = Roster(self.me.session, lambda change: None)
        self._announcer = Announcer(self._roster, self.me, random)
        self._planned = float("inf")
        self._tasks: set[asyncio.Task[None]] = set()
        self._traffic = traffic

    async def get_ready(self) -> None:
        """Have a queue from which nothing comes yet."""
        self._channel = await self._link.channels.open()
        declared = await self._channel.queue_declare(exclusive=True, arguments={"x-max-length": 1_000})
        self.me = Occupant(self.me.nick, self.me.session, "", declared.queue or "")
        self._link.take_deliveries(self._channel, self._receive, ANSWER_MAX_BYTES + 1)
        await self._channel.basic_consume(self.me.mailbox, _not_reached, no_ack=True)

    async def come(self) -> None:
        """Be in the room from now on."""
        await self._channel.queue_bind(self.me.mailbox, f"{self._room}.presence")
        self._announcer.bound(self.me, time.monotonic())
        self._plan()

    def know(self, others: list["Person"]) -> None:
        """Have been there with others for long."""
        for other in others:
            if other is not self:
                self._roster.hear(Here(other.me, since=_hour), time.monotonic())

    def _receive(self, deliveries: Sequence[Delivery]) -> None:
        for delivery in deliveries:
            self._hear(delivery)

    def _hear(self, delivery: Delivery) -> None:
        self._traffic.delivered += 1
        properties = delivery.properties
        incoming = decode(
            exchange=delivery.exchange.decode(),
            routing_key=delivery.routing_key,
            type=properties.message_type,
            headers=properties.headers,
            body=delivery.body,
            reply_to=properties.reply_to,
            message_id=properties.message_id,
            correlation_id=properties.correlation_id,
        )
        if incoming is not None:
            self._announcer.hear(incoming.message, time.monotonic())
            self._plan()

    def _plan(self) -> None:
        due = self._announcer.due
        if due < self._planned:
            self._planned = due
            asyncio.get_running_loop().call_later(due - time.monotonic(), self._poll, due)

    def _poll(self, planned: float) -> None:
        if planned == self._planned:
            self._planned = float("inf")
            for posting in self._announcer.poll(time.monotonic()):
                task = asyncio.create_task(self._publish(posting))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
            self._plan()

    async def _publish(self, posting: Posting) -> None:
        message = encode(self._room, posting)
        assert message is not None
        self._traffic.published += 1
        await self._channel.basic_publish(
            message.body,
            exchange=message.exchange,
            routing_key=message.routing_key,
            properties=Basic.Properties(
                message_type=message.type,
                headers={**message.headers},
                expiration=str(message.expiration_ms),
                message_id=message.message_id,
                correlation_id=message.correlation_id,
                reply_to=self.me.mailbox,
            ),
        )


async def _not_reached(_: object) -> None:
    """Stand in for a consumer where aiormq asks for one."""


async def _main(url: str, room: str, number: int, *, rested: bool) -> None:
    address = parse_broker_url(Secret(url))
    link = await dial(address, ConnectionSettings(brokers=(address,)), "crowd")
    traffic = Traffic()
    people = [Person(link, room, n, SystemRandom(), traffic) for n in range(number)]
    for person in people:
        await person.get_ready()
    if rested:
        for person in people:
            person.know(people)
    async with link.channels.brief() as channel:
        await channel.exchange_declare(f"{room}.presence", exchange_type="fanout")
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    began = time.monotonic()
    for n, person in enumerate(people):
        await asyncio.sleep(began + n * _come_within / number - time.monotonic())
        await person.come()
    print("joined", flush=True)
    while await asyncio.to_thread(sys.stdin.readline):
        print(traffic, flush=True)
        traffic.reset()


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1], sys.argv[2], int(sys.argv[3]), rested=sys.argv[4:] == ["rested"]))
