"""What real clients say, recorded between them and a broker while they use what a chat uses."""

import asyncio
import socket
import threading
from collections.abc import Callable
from urllib.parse import urlsplit

import aio_pika
import amqp
import pika

from .frames import PROTOCOL, raw_frames

TOKEN = "00000000"
"""It is in the names that a session uses; each replay puts another of the same length in its place."""
QUEUE, EXCHANGE = f"queue-{TOKEN}", f"exchange-{TOKEN}"
_chunk_bytes = 65536


def record(url: str, session: Callable[[str], None]) -> tuple[bytes, ...]:
    """Have a client talk to a broker, and return what it says: the protocol header, then frame by frame."""
    parts = urlsplit(url)
    heard = bytearray()

    def carry(source: socket.socket, sink: socket.socket, keep: Callable[[bytes], object]) -> None:
        while chunk := source.recv(_chunk_bytes):
            keep(chunk)
            sink.sendall(chunk)
        sink.shutdown(socket.SHUT_WR)

    def tap() -> None:
        client, _ = listener.accept()
        with client, socket.create_connection((parts.hostname, parts.port)) as broker:
            down = threading.Thread(target=carry, args=(broker, client, len))
            down.start()
            carry(client, broker, heard.extend)
            down.join()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=tap)
        thread.start()
        session(f"amqp://guest:guest@127.0.0.1:{listener.getsockname()[1]}/")
        thread.join()
    assert heard.startswith(PROTOCOL)
    return (PROTOCOL, *raw_frames(bytes(heard[len(PROTOCOL) :])))


def with_pika(url: str) -> None:
    """Talk as the workshop's scripts do, and a little more."""
    with pika.BlockingConnection(pika.URLParameters(url)) as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        channel.exchange_declare(EXCHANGE, "fanout", auto_delete=True)
        channel.queue_declare(QUEUE, exclusive=True, arguments={"x-max-length": 10})
        channel.queue_bind(QUEUE, EXCHANGE)
        channel.basic_qos(prefetch_count=2)
        properties = pika.BasicProperties(message_id="1", headers={"n": 1, "deep": {"list": [True, "x"]}})
        for text in "one", "two", "three", "four":
            channel.basic_publish(EXCHANGE, "ann", text, properties, mandatory=True)
        method, _, _ = channel.basic_get(QUEUE)
        channel.basic_nack(method.delivery_tag)
        for method, _, body in channel.consume(QUEUE):
            channel.basic_ack(method.delivery_tag)
            if body == b"three":
                break
        channel.cancel()
        channel.queue_unbind(QUEUE, EXCHANGE)
        channel.queue_delete(QUEUE)


def with_a_stream(url: str) -> None:
    """Keep a history, and read it."""
    with pika.BlockingConnection(pika.URLParameters(url)) as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        channel.exchange_declare(EXCHANGE, "fanout", auto_delete=True)
        arguments = {"x-queue-type": "stream", "x-max-age": "7D", "x-max-length-bytes": 1000}
        channel.queue_declare(QUEUE, durable=True, arguments=arguments)
        channel.queue_bind(QUEUE, EXCHANGE)
        channel.basic_qos(prefetch_count=2)
        properties = pika.BasicProperties("text/plain", headers={"n": 1, "deep": {"list": [True, "x"]}})
        for text in "one", "two", "three", "four":
            channel.basic_publish(EXCHANGE, "ann", text, properties, mandatory=True)
        for method, _, body in channel.consume(QUEUE, arguments={"x-stream-offset": "first"}):
            channel.basic_ack(method.delivery_tag)
            if body == b"four":
                break
        channel.queue_delete(QUEUE)


def with_py_amqp(url: str) -> None:
    """Do the same with py-amqp."""
    parts = urlsplit(url)
    with amqp.Connection(f"{parts.hostname}:{parts.port}", heartbeat=60) as connection:
        channel = connection.channel()
        channel.exchange_declare(EXCHANGE, "topic")  # auto-delete is py-amqp's default
        channel.queue_declare(QUEUE, exclusive=True)
        channel.queue_bind(QUEUE, EXCHANGE, "a.#")
        channel.basic_qos(0, 1, False)
        heard: list[str] = []

        def receive(message: amqp.Message) -> None:
            heard.append(message.body)
            channel.basic_ack(message.delivery_tag)

        channel.basic_consume(QUEUE, callback=receive)
        for text in "one", "two":
            channel.basic_publish(amqp.Message(text, content_type="text/plain"), EXCHANGE, f"a.{text}")
        while len(heard) < 2:
            connection.drain_events(timeout=10)


def with_aio_pika(url: str) -> None:
    """Do the same with aio-pika."""
    asyncio.run(_with_aio_pika(url))


async def _with_aio_pika(url: str) -> None:
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        exchange = await channel.declare_exchange(EXCHANGE, aio_pika.ExchangeType.DIRECT, auto_delete=True)
        queue = await channel.declare_queue(QUEUE, exclusive=True)
        await queue.bind(exchange, "bob")
        await channel.set_qos(prefetch_count=10)
        for body in b"", b"x" * 3000:
            await exchange.publish(aio_pika.Message(body, delivery_mode=1, timestamp=1.0), "bob")
        async with queue.iterator() as messages:
            async for message in messages:
                await message.reject(requeue=False)
                if message.body:
                    break
