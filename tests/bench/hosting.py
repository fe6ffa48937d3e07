"""How fast the embedded broker is, against RabbitMQ on this machine.

Publisher and consumers are bare sockets that write prepared bytes and count what they read, so that it is the
brokers that are measured. Each broker has a process of its own, and so has the publisher.
"""

import multiprocessing
import selectors
import socket
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from multiprocessing.synchronize import Event
from statistics import median

from pamqp import commands, frame
from pamqp.body import ContentBody
from pamqp.header import ContentHeader

from tests.bench.figures import Figure, Goal, interleave, percentile, spread
from tests.bench.keys import type_until
from tests.bench.setting import Setting
from tests.broker.raw import RawClient
from tests.support.embedded import EmbeddedBroker
from tests.support.ports import free_port

_runs = 3
DELIVERIES = {1: 50_000, 30: 150_000, 300: 150_000}
"""How many deliveries are made in a run, by the number of consumers."""
RECORDED_CONSUMERS = 30
CLIENTS = 300
BODY = b"The quick brown fox jumps over the lazy dog, sixty bytes long"
PATIENCE = 60.0
"""Seconds without a delivery."""


def rates(setting: Setting) -> Iterator[Figure]:
    """Publish to few and to many."""
    with EmbeddedBroker() as broker:
        for consumers in DELIVERIES:
            ours, theirs = interleave(
                setting.runs(_runs),
                partial(delivered_per_second, broker.url(), consumers),
                partial(delivered_per_second, setting.url, consumers),
            )
            yield Figure(
                f"embedded broker, 1 publisher to {consumers}, against RabbitMQ",
                median(ours) / median(theirs),
                "×",
                Goal("≥", 0.5),
                f"{spread(ours, '/s')} against {spread(theirs, '/s')}",
            )
        recorded, plain = interleave(
            setting.runs(_runs),
            partial(delivered_per_second, broker.url(), RECORDED_CONSUMERS, recorded=True),
            partial(delivered_per_second, broker.url(), RECORDED_CONSUMERS),
        )
        yield Figure(
            f"embedded broker, 1 publisher to {RECORDED_CONSUMERS} and a stream, against without it",
            median(recorded) / median(plain),
            "×",
            Goal("≥", 0.8),
            f"{spread(recorded, '/s')} against {spread(plain, '/s')}",
        )


def joins(setting: Setting) -> Iterator[Figure]:
    """Type into the chat that hosts the room while many come."""
    took: list[float] = []
    delays: list[float] = []
    for _ in range(setting.runs(_runs)):
        seconds, keys = _join_while_typing(setting)
        took.append(seconds)
        delays += keys
    yield Figure(
        f"{CLIENTS} clients join a room that amqpchat --host has opened",
        median(took),
        "s",
        Goal("≤", 10),
        spread(took, "s"),
    )
    yield Figure(
        "key to the hosting screen meanwhile, p99",
        percentile(delays, 99),
        "ms",
        Goal("≤", 100),
        f"{spread(delays, 'ms')} of {len(delays)} keys",
    )


def _join_while_typing(setting: Setting) -> tuple[float, list[float]]:
    """Return the seconds until all have joined, and the milliseconds that each key took to show."""
    room, port = "bench-hosting", free_port()
    with setting.hosting_chat(room, port) as chat:
        chat.wait_for(" online")
        with setting.script("joiners", f"amqp://127.0.0.1:{port}", room, str(CLIENTS)) as joiners:
            joiners.wait_for("ready")
            begin = time.monotonic()
            joiners.write("\r")
            delays = type_until(chat, lambda *_: "joined" in joiners.read(0))
            return time.monotonic() - begin, delays


def delivered_per_second(url: str, consumers: int, *, recorded: bool = False) -> float:
    """Publish to so many consumers, and return the deliveries per second until the last has all.

    When it is `recorded`, a stream keeps all of it as well.
    """
    count = DELIVERIES[consumers] // consumers
    exchange = f"bench-{uuid.uuid4().hex[:8]}"
    with ExitStack() as clients:
        sockets = [clients.enter_context(_consumer(url, exchange)) for _ in range(consumers)]
        if recorded:
            clients.enter_context(_stream(url, exchange))
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


@contextmanager
def _stream(url: str, exchange: str) -> Iterator[None]:
    with RawClient(url, PATIENCE) as client:
        client.open().open_channel()
        client.ask(
            commands.Queue.Declare(queue=exchange, durable=True, arguments={"x-queue-type": "stream"}),
            commands.Queue.DeclareOk,
        )
        client.ask(commands.Queue.Bind(queue=exchange, exchange=exchange), commands.Queue.BindOk)
        yield
        client.ask(commands.Queue.Delete(queue=exchange), commands.Queue.DeleteOk)


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
