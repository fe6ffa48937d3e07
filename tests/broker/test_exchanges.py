"""Exchanges that are bound to exchanges: both brokers behave alike."""

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import ChannelClosedByBroker, UnroutableError

from .conftest import OpenChannel
from .with_pika import declared

Exchanges = Callable[..., list[str]]


@pytest.fixture
def exchanges(open_channel: OpenChannel, name: str) -> Iterator[Exchanges]:
    """A function that declares exchanges `a`, `b` and so on; all are deleted afterwards."""
    names: list[str] = []

    def declare(*options: dict[str, Any]) -> list[str]:
        for letter, option in zip("abcd", options, strict=False):
            names.append(f"{name}-{letter}")
            open_channel().exchange_declare(names[-1], **{"exchange_type": "fanout", **option})
        return names

    yield declare
    channel = open_channel()
    for exchange in names:
        channel.exchange_delete(exchange)


def gone(channel: BlockingChannel, *names: str) -> list[bool]:
    """Which of these exchanges are no longer there."""
    found = []
    for exchange in names:
        try:
            channel.connection.channel().exchange_declare(exchange, passive=True)
        except ChannelClosedByBroker as error:
            found.append(error.reply_code == 404)
        else:
            found.append(False)
    return found


AUTO_DELETE = {"auto_delete": True}


def test_a_message_goes_from_exchange_to_exchange(channel: BlockingChannel, exchanges: Exchanges) -> None:
    a, b, c = exchanges({"exchange_type": "direct"}, {"exchange_type": "topic"}, {"internal": True})
    queue = declared(channel)
    channel.exchange_bind(b, a, "x.y")
    channel.exchange_bind(c, b, "x.*")
    channel.queue_bind(queue, c)
    channel.confirm_delivery()
    channel.basic_publish(a, "x.y", "through three", mandatory=True)
    channel.basic_publish(b, "x.z", "through two", mandatory=True)
    for exchange, key in (a, "x.z"), (b, "y"):
        with pytest.raises(UnroutableError):
            channel.basic_publish(exchange, key, "nowhere", mandatory=True)
    got = [channel.basic_get(queue, auto_ack=True) for _ in range(2)]
    assert [(method.exchange, method.routing_key, body) for method, _, body in got] == [
        (a, "x.y", b"through three"),
        (b, "x.z", b"through two"),
    ]
    assert channel.queue_declare(queue, passive=True).method.message_count == 0


def test_exchanges_bound_in_a_circle_pass_a_message_once(
    channel: BlockingChannel, exchanges: Exchanges
) -> None:
    a, b, c = exchanges({}, {}, {})
    for source, destination in (a, a), (a, b), (b, c), (c, a), (a, c), (c, b):
        channel.exchange_bind(destination, source)
    queue = declared(channel)
    for exchange in a, b, c:
        channel.queue_bind(queue, exchange)
    channel.confirm_delivery()
    for exchange in a, b, c:
        channel.basic_publish(exchange, "", "once", mandatory=True)
    assert channel.queue_declare(queue, passive=True).method.message_count == 3


def test_a_binding_between_exchanges_is_undone_by_its_key(
    channel: BlockingChannel, exchanges: Exchanges
) -> None:
    a, b = exchanges(AUTO_DELETE, {})
    for key in "one", "two", "two":
        channel.exchange_bind(b, a, key)
    channel.exchange_unbind(b, a, "one")
    channel.exchange_unbind(b, a, "never bound")
    assert gone(channel, a, b) == [False, False]
    channel.exchange_unbind(b, a, "two")
    assert gone(channel, a, b) == [True, False]


def test_an_auto_delete_exchange_goes_with_the_exchange_that_it_is_bound_to(
    channel: BlockingChannel, exchanges: Exchanges
) -> None:
    a, b, c, d = exchanges(AUTO_DELETE, AUTO_DELETE, {}, {})
    for source, destination in (a, b), (b, c), (d, a), (c, d):
        channel.exchange_bind(destination, source)
    channel.exchange_delete(c)
    assert gone(channel, a, b, c, d) == [True, True, True, False]
    channel.exchange_declare(a, "fanout")
    queue = declared(channel)
    channel.queue_bind(queue, a)
    channel.confirm_delivery()
    with pytest.raises(UnroutableError):  # what was bound to the one before is not bound to this one
        channel.basic_publish(d, "", "", mandatory=True)


def test_an_auto_delete_exchange_stays_while_it_has_another_binding(
    channel: BlockingChannel, exchanges: Exchanges
) -> None:
    a, b, c = exchanges(AUTO_DELETE, {}, AUTO_DELETE)
    queue = declared(channel)
    channel.exchange_bind(b, a)
    channel.queue_bind(queue, a)
    channel.exchange_bind(c, b)  # being bound to is no reason to go
    channel.exchange_delete(b)
    assert gone(channel, a, b, c) == [False, True, False]
    channel.queue_delete(queue)
    assert gone(channel, a) == [True]


def test_a_long_chain_of_exchanges_goes_with_its_last_queue(channel: BlockingChannel, name: str) -> None:
    chain = [f"{name}-{number}" for number in range(200)]
    for exchange in chain:
        channel.exchange_declare(exchange, "fanout", auto_delete=True)
    for source, destination in itertools.pairwise(chain):
        channel.exchange_bind(destination, source)
    queue = declared(channel)
    channel.queue_bind(queue, chain[-1])
    channel.confirm_delivery()
    channel.basic_publish(chain[0], "", "", mandatory=True)
    assert channel.queue_delete(queue).method.message_count == 1
    assert gone(channel, chain[0], chain[-1]) == [True, True]
