"""A bare Textual app with a bare aio-pika consumer in its loop: `bare_listener URL ROOM COUNT`."""

import sys

import aio_pika
from aio_pika.abc import AbstractIncomingMessage
from textual.widgets import Static

from tests.bench.programs.bare_app import BareApp

_prefetch = 1000
_acknowledge_each = 100


class BareListener(BareApp):
    """Counts messages, shows none of them, and says when all have come."""

    def __init__(self, url: str, room: str, count: int) -> None:
        super().__init__(room)
        self._url = url
        self._count = count
        self._seen = 0

    def on_mount(self) -> None:
        """Listen in the background."""
        super().on_mount()
        self.run_worker(self._listen())

    async def _listen(self) -> None:
        connection = await aio_pika.connect(self._url)
        channel = await connection.channel()
        await channel.set_qos(_prefetch)
        exchange = await channel.declare_exchange(self._room, aio_pika.ExchangeType.FANOUT)
        queue = await channel.declare_queue(exclusive=True)
        await queue.bind(exchange)
        await queue.consume(self._receive)
        self._say("ready")

    async def _receive(self, message: AbstractIncomingMessage) -> None:
        self._seen += 1
        if self._seen % _acknowledge_each == 0:
            await message.ack(multiple=True)
        if self._seen == self._count:
            self._say("done")

    def _say(self, text: str) -> None:
        self.query_one("#status", Static).update(text)


if __name__ == "__main__":
    BareListener(sys.argv[1], sys.argv[2], int(sys.argv[3])).run()
