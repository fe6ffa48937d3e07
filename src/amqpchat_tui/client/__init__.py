"""The broker side: dials, keeps the connection, publishes lines and collects what the room says.

Importing this costs little: aio-pika comes in when an `AmqpClient` is started, after the first frame.
"""

from amqpchat_tui.client.client import AmqpClient

__all__ = ["AmqpClient"]
