"""What many queues cost the embedded broker: memory for each, and time for whatever is done beside them."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from statistics import median

from pamqp import commands, frame

from tests.bench.figures import Figure, Goal, interleave, rounded, spread
from tests.bench.setting import Setting
from tests.broker.raw import RawClient
from tests.support.embedded import EmbeddedBroker

FEW, MANY = 100, 9_900
"""Queues; with one more, the broker is not full yet."""
CLIENTS = 20
"""How many connections share them, and how many rooms each is in."""
PATIENCE = 60.0
"""Seconds."""
_room = "room1"
_runs = 25
_turns = 50
"""How often a thing is done in a run."""


def measure(setting: Setting) -> Iterator[Figure]:
    """Fill one broker with many queues and another with few, and do the same to both, in turn."""
    with ExitStack() as stack:
        many, few = (stack.enter_context(EmbeddedBroker()) for _ in range(2))
        empty = many.resident_bytes
        for broker, count in (many, MANY), (few, FEW):
            for _ in range(CLIENTS):
                _join(stack.enter_context(RawClient(broker.url(), PATIENCE)), count // CLIENTS)
        full = many.resident_bytes
        yield Figure(
            "embedded broker, memory of an idle queue with its channel and consumer",
            (full - empty) / MANY / 1000,
            "kB",
            Goal("≤", 5),
            f"{rounded(full / 1e6)} MB with {MANY:,} against {rounded(empty / 1e6)} MB without",
        )
        runs = setting.runs(_runs)
        yield _compare(runs, "to declare, bind, unbind and delete a queue", many, few, _turn)
        yield _compare(runs, "a client that comes and goes", many, few, _come_and_go)


def _compare(
    runs: int, what: str, many: EmbeddedBroker, few: EmbeddedBroker, seconds: Callable[[str], float]
) -> Figure:
    ours, theirs = (
        [1e6 * took / _turns for took in samples]
        for samples in interleave(runs, partial(seconds, many.url()), partial(seconds, few.url()))
    )
    return Figure(
        f"{what}, at {MANY:,} queues, against at {FEW}",
        median(ours) / median(theirs),
        "×",
        Goal("≤", 1.2),
        f"{spread(ours, 'µs')} against {spread(theirs, 'µs')}",
    )


def _join(client: RawClient, queues: int) -> None:
    """Listen to so many queues, each on a channel of its own, and each in one of the rooms."""
    client.open(channel_max=queues)
    for number in range(1, queues + 1):
        room = f"room{number % CLIENTS}"
        methods = (
            commands.Channel.Open(),
            commands.Exchange.Declare(exchange=room, exchange_type="fanout"),
            commands.Queue.Declare(exclusive=True, arguments={"x-max-length": 100_000}),
            commands.Queue.Bind(exchange=room),
            commands.Basic.Consume(),
        )
        client.write(b"".join(frame.marshal(method, number) for method in methods))
        client.read(commands.Basic.ConsumeOk)


def _turn(url: str) -> float:
    """Return the seconds that it takes to do all that can be done to a queue, many times."""
    turn = (
        commands.Queue.Declare(queue="one", exclusive=True),
        commands.Queue.Bind(queue="one", exchange=_room),
        commands.Queue.Unbind(queue="one", exchange=_room),
        commands.Queue.Bind(queue="one", exchange=_room),
        commands.Queue.Delete(queue="one"),
    )
    with RawClient(url, PATIENCE) as client:
        client.open().open_channel()
        begin = time.perf_counter()
        for _ in range(_turns):
            client.send(*turn)
            client.read(commands.Queue.DeleteOk)
        return time.perf_counter() - begin


def _come_and_go(url: str) -> float:
    """Return the seconds that it takes to connect, have a queue, and close, many times."""
    begin = time.perf_counter()
    for _ in range(_turns):
        with RawClient(url, PATIENCE) as client:
            client.open().open_channel()
            client.ask(commands.Queue.Declare(exclusive=True), commands.Queue.DeclareOk)
            client.ask(commands.Queue.Bind(exchange=_room), commands.Queue.BindOk)
            client.send(commands.Connection.Close(200, "", 0, 0), channel=0)
            client.read(commands.Connection.CloseOk)
    return time.perf_counter() - begin
