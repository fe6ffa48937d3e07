"""What the tests do with pika's blocking channel, in few words."""

import contextlib
from collections.abc import Iterator
from typing import Any

import pika
import pytest
from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import ChannelClosedByBroker, ConnectionClosedByBroker

from tests.support.waiting import block_until

NO_EXCHANGE = "NOT_FOUND - no exchange '{}' in vhost '/'"
NO_QUEUE = "NOT_FOUND - no queue '{}' in vhost '/'"
LOCKED = "RESOURCE_LOCKED - cannot obtain exclusive access to locked queue '{}' in vhost '/'"


def declared(channel: BlockingChannel, **options: Any) -> str:
    """Declare an exclusive queue and return its name."""
    name: str = channel.queue_declare(options.pop("queue", ""), exclusive=True, **options).method.queue
    return name


def publish(channel: BlockingChannel, queue: str, *bodies: str | bytes) -> None:
    """Put messages into a queue; when this returns, they are there."""
    channel.confirm_delivery()
    for body in bodies:
        channel.basic_publish("", queue, body, mandatory=True)


class Received:
    """A consumer that keeps what it gets."""

    def __init__(self, channel: BlockingChannel, queue: str, **options: Any) -> None:
        self._channel = channel
        self.messages: list[tuple[Any, pika.BasicProperties, bytes]] = []
        self.tag = channel.basic_consume(queue, lambda _, *message: self.messages.append(message), **options)

    @property
    def bodies(self) -> list[bytes]:
        return [body for _, _, body in self.messages]

    @property
    def tags(self) -> list[int]:
        return [method.delivery_tag for method, _, _ in self.messages]

    def wait(self, count: int) -> list[bytes]:
        """Wait for so many messages, and for those that should not come after them."""

        def enough() -> bool:
            self._channel.connection.process_data_events(0)
            return len(self.messages) >= count

        block_until(enough, what=lambda: f"{count} messages, not {self.bodies}")
        self._channel.queue_declare(
            "", exclusive=True, auto_delete=True
        )  # its answer comes after all of them
        self._channel.connection.process_data_events(0)
        return self.bodies


@contextlib.contextmanager
def refused(code: int, text: str, *, connection: bool = False) -> Iterator[None]:
    """Expect the channel or the connection to be closed, for a reason that begins like this."""
    with pytest.raises(ConnectionClosedByBroker if connection else ChannelClosedByBroker) as raised:
        yield
    assert raised.value.reply_code == code
    assert raised.value.reply_text.startswith(text)
