"""`python -m tests.host.bench_hosting`: how fast the embedded broker is, against RabbitMQ on this machine.

Publisher and consumers are bare sockets that write prepared bytes and count what they read, so that it is the
brokers that are measured. Each broker has a process of its own, and so has the publisher.
"""

import asyncio
import multiprocessing
import selectors
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from multiprocessing.synchronize import Event
from statistics import median

import aio_pika
from pamqp import commands, frame
from pamqp.body import ContentBody
from pamqp.header import ContentHeader

from tests.bench.figures import Figure, Goal, interleave, spread
from tests.host.raw import RawClient
from tests.support.broker import Broker

RUNS = 5
DELIVERIES = {1: 50_000, 30: 150_000, 300: 150_000}
"""How many deliveries are made in a run, by the number of consumers."""
CLIENTS = 300
BODY = b"The quick brown fox jumps over the lazy dog, sixty bytes long"
PATIENCE = 60.0
"""Seconds without a delivery."""


@contextmanager
def embedded() -> Iterator[str]:
    """Run an embedded broker; gives its URL."""
    command = [sys.executable, "-m", "tests.host.hosting"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield f"amqp://guest:guest@127.0.0.1:{int(process.stdout.readline())}/"
        finally:
            process.kill()


def delivered_per_second(url: str, consumers: int) -> float:
    """Publish to so many consumers, and return the deliveries per second until the last has all."""
    count = DELIVERIES[consumers] // consumers
    exchange = f"bench-{uuid.uuid4().hex[:8]}"
    with ExitStack() as clients:
        sockets = [clients.enter_context(_consumer(url, exchange)) for _ in range(consumers)]
        ready, go = multiprocessing.Event(), multiprocessing.Event()
        publisher = multiprocessing.Process(target=_publish, args=(url, exchange, count, ready, go))
        publisher.start()
        assert ready.wait(PATIENCE)
        begin = time.monotonic()
        go.set()
        _receive(sockets, count * _delivery_size(exchange))
        took = time.monotonic() - begin
        publisher.join()
    return count * consumers / took


def joined_after(url: str) -> float:
    """Return how many seconds pass until 300 aio-pika clients of one process listen in a room."""
    return asyncio.run(_join_all(url))


def measure(ours: str, theirs: str, runs: int = RUNS) -> Iterator[Figure]:
    """Give the figures one after the other."""
    for consumers, goal in (1, 0.5), (30, 0.5), (300, 0.5):
        samples = interleave(
            runs,
            partial(delivered_per_second, ours, consumers),
            partial(delivered_per_second, theirs, consumers),
        )
        what = f"embedded broker, 1 publisher to {consumers}, against RabbitMQ"
        shown = f"{spread(samples[0], '/s')} against {spread(samples[1], '/s')}"
        yield Figure(what, median(samples[0]) / median(samples[1]), "×", Goal("≥", goal), shown)
    joins = interleave(3, partial(joined_after, ours), partial(joined_after, theirs))
    shown = f"{spread(joins[0], 's')} against {spread(joins[1], 's')}"
    yield Figure(f"{CLIENTS} clients join at once", median(joins[0]), "s", Goal("≤", 10), shown)


@contextmanager
def _consumer(url: str, exchange: str) -> Iterator[socket.socket]:
    with RawClient(url, PATIENCE) as client:
        client.open().open_channel()
        client.ask(
            commands.Exchange.Declare(exchange=exchange, exchange_type="fanout", auto_delete=True),
            commands.Exchange.DeclareOk,
        )
        client.ask(commands.Queue.Declare(exclusive=True), commands.Queue.DeclareOk)
        client.ask(commands.Queue.Bind(exchange=exchange), commands.Queue.BindOk)
        client.ask(commands.Basic.Consume(consumer_tag="c", no_ack=True), commands.Basic.ConsumeOk)
        yield client.socket


def _content() -> bytes:
    return frame.marshal(ContentHeader(body_size=len(BODY)), 1) + frame.marshal(ContentBody(BODY), 1)


def _delivery_size(exchange: str) -> int:
    method = commands.Basic.Deliver("c", 1, False, exchange=exchange, routing_key="bench")
    return len(frame.marshal(method, 1)) + len(_content())


def _publish(url: str, exchange: str, count: int, ready: Event, go: Event) -> None:
    method = commands.Basic.Publish(exchange=exchange, routing_key="bench")
    data = (frame.marshal(method, 1) + _content()) * count
    with RawClient(url, PATIENCE) as client:
        client.open().open_channel()
        ready.set()
        go.wait()
        client.write(data)
        client.ask(commands.Channel.Close(200, "", 0, 0), commands.Channel.CloseOk)


def _receive(sockets: list[socket.socket], expected: int) -> None:
    buffer = bytearray(1024 * 1024)
    missing = dict.fromkeys(sockets, expected)
    with selectors.DefaultSelector() as selector:
        for connection in sockets:
            selector.register(connection, selectors.EVENT_READ, connection)
        while missing:
            events = selector.select(PATIENCE)
            assert events, f"{len(missing)} consumers miss messages"
            for key, _ in events:
                received = key.data.recv_into(buffer)
                assert received, "the broker closed a consumer's connection"
                missing[key.data] -= received
                if not missing[key.data]:
                    del missing[key.data]
                    selector.unregister(key.fileobj)


async def _join_all(url: str) -> float:
    room = f"bench-{uuid.uuid4().hex[:8]}"

    async def ignore(_: object) -> None:
        pass

    async def join() -> aio_pika.abc.AbstractConnection:
        connection = await aio_pika.connect(url)
        channel = await connection.channel()
        exchange = await channel.declare_exchange(room, aio_pika.ExchangeType.FANOUT, auto_delete=True)
        queue = await channel.declare_queue(exclusive=True)
        await queue.bind(exchange)
        await queue.consume(ignore, no_ack=True)
        return connection

    begin = time.monotonic()
    connections = await asyncio.gather(*(join() for _ in range(CLIENTS)))
    took = time.monotonic() - begin
    await asyncio.gather(*(connection.close() for connection in connections))
    return took


def main() -> None:
    """Print the figures."""
    with embedded() as ours, Broker() as node:
        for figure in measure(ours, node.url()):
            goal = f"{figure.goal.sign} {figure.goal.limit:g}"
            verdict = "" if figure.goal.met(figure.value) else "missed"
            value = f"{figure.value:.3g} {figure.unit}"
            print(f"{figure.what:<60} {value:>8} {goal:<6} {verdict:<7} {figure.samples}", flush=True)


if __name__ == "__main__":
    main()
