"""What either broker refuses, with the same code and the same words."""

from collections.abc import Callable
from typing import Any

import pika
import pytest
from pika.adapters.blocking_connection import BlockingChannel

from .conftest import OpenChannel
from .with_pika import LOCKED, NO_EXCHANGE, NO_QUEUE, declared, publish, refused

Act = Callable[[BlockingChannel, str], object]
DEFAULT = "ACCESS_REFUSED - operation not permitted on the default exchange"
OTHER = "PRECONDITION_FAILED - inequivalent arg '{}' for {} '{{}}' in vhost '/': received "
IN_USE = "ACCESS_REFUSED - queue 'amq.gen"
INVALID = "PRECONDITION_FAILED - invalid arg '{}' for queue '{{}}' in vhost '/'"


def twice(first: dict[str, Any], second: dict[str, Any]) -> Act:
    """Declare an exchange, and again otherwise."""

    def act(channel: BlockingChannel, name: str) -> None:
        channel.exchange_declare(name, **{"auto_delete": True, **first})
        queue = declared(channel)
        channel.queue_bind(queue, name)  # so that it is deleted when the test is over
        channel.exchange_declare(name, **{"auto_delete": True, **first, **second})

    return act


def queue_twice(first: dict[str, Any], second: dict[str, Any]) -> Act:
    """Declare a queue, and again otherwise."""

    def act(channel: BlockingChannel, name: str) -> None:
        channel.queue_declare(name, **{"exclusive": True, **first})
        channel.queue_declare(name, **{"exclusive": True, **first, **second})

    return act


def consumed_twice(**second: Any) -> Act:
    """Consume exclusively what somebody consumes already, or the other way round."""

    def act(channel: BlockingChannel, _: str) -> None:
        queue = declared(channel)
        channel.basic_consume(queue, print, exclusive=not second.get("exclusive"))
        channel.basic_consume(queue, print, **second)

    return act


def on_a_queue(act: Callable[[BlockingChannel, str], object]) -> Act:
    """Do something with a queue that has a message and a consumer that may not have it."""

    def acting(channel: BlockingChannel, name: str) -> None:
        declared(channel, queue=name)
        publish(channel, name, "waits")
        act(channel, name)

    return acting


REFUSALS: dict[str, tuple[int, str, Act]] = {
    "passive exchange": (404, NO_EXCHANGE, lambda c, n: c.exchange_declare(n, passive=True)),
    "passive queue without a name": (404, NO_QUEUE, lambda c, _: c.queue_declare("", passive=True)),
    "passive queue": (404, NO_QUEUE, lambda c, n: c.queue_declare(n, passive=True)),
    "exchange amq.x": (
        403,
        "ACCESS_REFUSED - exchange name 'amq.x' contains reserved prefix 'amq.*'",
        lambda c, _: c.exchange_declare("amq.x"),
    ),
    "queue amq.x": (
        403,
        "ACCESS_REFUSED - queue name 'amq.x' contains reserved prefix 'amq.*'",
        lambda c, _: c.queue_declare("amq.x"),
    ),
    "queue amq.gen-… again": (
        403,
        "ACCESS_REFUSED - queue name 'amq.gen-",
        lambda c, _: c.queue_declare(declared(c), exclusive=True),
    ),
    "delete amq.fanout": (
        403,
        "ACCESS_REFUSED - deletion of system exchange 'amq.fanout' in vhost '/' not allowed",
        lambda c, _: c.exchange_delete("amq.fanout"),
    ),
    "declare default": (403, DEFAULT, lambda c, _: c.exchange_declare("")),
    "delete default": (403, DEFAULT, lambda c, _: c.exchange_delete("")),
    "bind to default": (403, DEFAULT, on_a_queue(lambda c, n: c.queue_bind(n, ""))),
    "unbind from default": (403, DEFAULT, on_a_queue(lambda c, n: c.queue_unbind(n, ""))),
    "bind default to an exchange": (403, DEFAULT, lambda c, n: c.exchange_bind(n, "")),
    "bind an exchange to default": (403, DEFAULT, lambda c, n: c.exchange_bind("", n)),
    "unbind default from an exchange": (403, DEFAULT, lambda c, n: c.exchange_unbind(n, "")),
    "unbind an exchange from default": (403, DEFAULT, lambda c, n: c.exchange_unbind("", n)),
    "bind no exchange to one": (404, NO_EXCHANGE, lambda c, n: c.exchange_bind("amq.fanout", n)),
    "bind an exchange to none": (404, NO_EXCHANGE, lambda c, n: c.exchange_bind(n, "amq.fanout")),
    "bind no exchange to none": (404, NO_EXCHANGE, lambda c, n: c.exchange_bind(f"{n} too", n)),
    "publish to an internal exchange": (
        403,
        "ACCESS_REFUSED - cannot publish to internal exchange '{}' in vhost '/'",
        lambda c, n: (twice({"internal": True}, {})(c, n), c.confirm_delivery(), c.basic_publish(n, "", "")),
    ),
    "other use": (
        406,
        OTHER.format("internal", "exchange") + "'false' but current is 'true'",
        twice({"internal": True}, {"internal": False}),
    ),
    "other type": (
        406,
        OTHER.format("type", "exchange") + "'direct' but current is 'fanout'",
        twice({"exchange_type": "fanout"}, {"exchange_type": "direct"}),
    ),
    "other auto-delete": (
        406,
        OTHER.format("auto_delete", "exchange") + "'false' but current is 'true'",
        twice({}, {"auto_delete": False}),
    ),
    "other durability": (
        406,
        OTHER.format("durable", "exchange") + "'true' but current is 'false'",
        twice({}, {"durable": True}),
    ),
    "amq.fanout is durable": (
        406,
        "PRECONDITION_FAILED - inequivalent arg 'durable' for exchange 'amq.fanout'",
        lambda c, _: c.exchange_declare("amq.fanout", "fanout"),
    ),
    "other queue auto-delete": (
        406,
        OTHER.format("auto_delete", "queue") + "'true' but current is 'false'",
        queue_twice({}, {"auto_delete": True}),
    ),
    "other length": (
        406,
        OTHER.format("x-max-length", "queue"),
        queue_twice({"arguments": {"x-max-length": 5}}, {"arguments": {"x-max-length": 6}}),
    ),
    "no length": (
        406,
        OTHER.format("x-max-length", "queue") + "none but current is ",
        queue_twice({"arguments": {"x-max-length": 5}}, {"arguments": {}}),
    ),
    "not exclusive": (405, LOCKED, queue_twice({}, {"exclusive": False})),
    "length no number": (
        406,
        INVALID.format("x-max-length"),
        lambda c, n: c.queue_declare(n, exclusive=True, arguments={"x-max-length": "5"}),
    ),
    "length negative": (
        406,
        INVALID.format("x-max-length"),
        lambda c, n: c.queue_declare(n, exclusive=True, arguments={"x-max-length": -1}),
    ),
    "unknown overflow": (
        406,
        INVALID.format("x-overflow"),
        lambda c, n: c.queue_declare(n, exclusive=True, arguments={"x-overflow": "drop-tail"}),
    ),
    "purge": (404, NO_QUEUE, lambda c, n: c.queue_purge(n)),
    "get": (404, NO_QUEUE, lambda c, n: c.basic_get(n)),
    "consume": (404, NO_QUEUE, lambda c, n: c.basic_consume(n, print)),
    "no queue declared": (
        404,
        "NOT_FOUND - no previously declared queue",
        lambda c, _: c.basic_get(""),
    ),
    "bind no queue": (404, NO_QUEUE, lambda c, n: c.queue_bind(n, "amq.fanout")),
    "bind to no exchange": (404, NO_EXCHANGE, lambda c, n: c.queue_bind(declared(c), n)),
    "bind nothing to nothing": (404, NO_EXCHANGE, lambda c, n: c.queue_bind(n, n)),
    "publish to no exchange": (
        404,
        NO_EXCHANGE,
        lambda c, n: (c.confirm_delivery(), c.basic_publish(n, "", "")),
    ),
    "another's name": (
        406,
        "PRECONDITION_FAILED - user_id property set to 'joe' but authenticated user was 'guest'",
        lambda c, n: (
            c.confirm_delivery(),
            c.basic_publish("", n, "", pika.BasicProperties(user_id="joe")),
        ),
    ),
    "expires at no time": (
        406,
        "PRECONDITION_FAILED - invalid expiration 'soon'",
        lambda c, n: (
            c.confirm_delivery(),
            c.basic_publish("", n, "", pika.BasicProperties(expiration="soon")),
        ),
    ),
    "alone where others are": (403, IN_USE, consumed_twice(exclusive=True)),
    "where one is alone": (403, IN_USE, consumed_twice()),
    "delete used queue": (
        406,
        "PRECONDITION_FAILED - queue '{}' in vhost '/' in use",
        on_a_queue(lambda c, n: (c.basic_consume(n, print), c.queue_delete(n, if_unused=True))),
    ),
    "delete full queue": (
        406,
        "PRECONDITION_FAILED - queue '{}' in vhost '/' not empty",
        on_a_queue(lambda c, n: c.queue_delete(n, if_empty=True)),
    ),
    "delete used exchange": (
        406,
        "PRECONDITION_FAILED - exchange '{}' in vhost '/' in use",
        lambda c, n: (twice({}, {})(c, n), c.exchange_delete(n, if_unused=True)),
    ),
    "delete an exchange used by another": (
        406,
        "PRECONDITION_FAILED - exchange '{}' in vhost '/' in use",
        lambda c, n: (
            c.exchange_declare(n, auto_delete=True),
            c.exchange_declare(f"{n} too", auto_delete=True),
            c.exchange_bind(f"{n} too", n),
            c.queue_bind(declared(c), f"{n} too"),  # so that both are deleted when the test is over
            c.exchange_delete(n, if_unused=True),
        ),
    ),
    "ack nothing": (
        406,
        "PRECONDITION_FAILED - unknown delivery tag 0",
        lambda c, _: (c.basic_ack(0), declared(c)),
    ),
    "ack many that are not there": (
        406,
        "PRECONDITION_FAILED - unknown delivery tag 7",
        lambda c, _: (c.basic_ack(7, multiple=True), declared(c)),
    ),
    "reject nothing": (
        406,
        "PRECONDITION_FAILED - unknown delivery tag 3",
        lambda c, _: (c.basic_reject(3), declared(c)),
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_a_refusal_closes_the_channel(open_channel: OpenChannel, name: str, case: str) -> None:
    code, text, act = REFUSALS[case]
    channel = open_channel()
    with refused(code, text.format("" if "without" in case else name)):
        act(channel, name)
    assert channel.connection.is_open
    declared(channel.connection.channel())


@pytest.mark.parametrize(
    ("code", "text", "act"),
    [
        (
            503,
            "COMMAND_INVALID - unknown exchange type 'no-such-type'",
            lambda c, n: c.exchange_declare(n, "no-such-type"),
        ),
        (540, "NOT_IMPLEMENTED - prefetch_size!=0 (5)", lambda c, _: c.basic_qos(prefetch_size=5)),
    ],
)
def test_a_refusal_closes_the_connection(
    channel: BlockingChannel, name: str, code: int, text: str, act: Act
) -> None:
    with refused(code, text, connection=True):
        act(channel, name)
