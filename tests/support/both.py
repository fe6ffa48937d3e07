"""The same tests for both brokers: RabbitMQ is the oracle, and where the embedded broker differs it is wrong.

A folder's conftest opts in by `from tests.support.both import pytest_generate_tests`. Then each of its tests
runs on both, unless it asks for the fixture `node`: RabbitMQ, with what only RabbitMQ has. Where the broker
does not matter, `usefixtures("node")` keeps a test from running twice.
"""

from enum import Enum

import pytest


class BrokerKind(Enum):
    """What `broker` and `amqp_url` lead to."""

    EMBEDDED = "embedded"
    RABBITMQ = "rabbitmq"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Have pytest run a test on both brokers."""
    if "broker_kind" in metafunc.fixturenames and "node" not in metafunc.fixturenames:
        metafunc.parametrize("broker_kind", BrokerKind, ids=lambda kind: kind.value, indirect=True)
