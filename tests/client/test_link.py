"""A connection that has ended, and those who have not noticed yet."""

import pytest

from amqpchat_tui.client.dial import dial
from amqpchat_tui.client.errors import Lost
from amqpchat_tui.client.link import failures_are_losses

from .support import settings


async def test_asking_a_connection_that_has_ended_for_more_is_a_loss(amqp_url: str) -> None:
    connection = settings(amqp_url, room="lobby").connection
    link = await dial(connection.brokers[0], connection, "test")
    channel = await link.connection.channel()
    await link.close()
    for ask in link.connection.channel, channel.declare_queue:
        with pytest.raises(Lost), failures_are_losses():
            await ask()
