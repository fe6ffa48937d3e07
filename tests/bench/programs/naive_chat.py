"""A chat as one writes it on a first afternoon with Textual and aio-pika: `naive_chat.py URL ROOM`."""

import sys

import aio_pika
from textual.app import App, ComposeResult
from textual.widgets import Input, RichLog


class NaiveChat(App[None]):
    """Reads from a room and writes to it."""

    def __init__(self, url: str, room: str) -> None:
        super().__init__()
        self._url = url
        self._room = room

    def compose(self) -> ComposeResult:
        """Show the log above the input."""
        yield RichLog(wrap=True)
        yield Input()

    def on_mount(self) -> None:
        """Listen in the background."""
        self.query_one(Input).focus()
        self.run_worker(self._listen())

    async def _listen(self) -> None:
        log = self.query_one(RichLog)
        connection = await aio_pika.connect(self._url)
        channel = await connection.channel()
        self._exchange = await channel.declare_exchange(self._room, aio_pika.ExchangeType.FANOUT)
        queue = await channel.declare_queue(exclusive=True)
        await queue.bind(self._exchange)
        async with queue.iterator() as messages:
            log.write("Listening")
            async for message in messages:
                async with message.process():
                    log.write(f"{message.routing_key}: {message.body.decode()}")

    async def on_input_submitted(self, event: Input.Submitted) -> None:
        """Publish the line."""
        await self._exchange.publish(aio_pika.Message(event.value.encode()), routing_key="me")
        event.input.clear()


if __name__ == "__main__":
    NaiveChat(sys.argv[1], sys.argv[2]).run()
