"""What every test gets, and what it may ask for: a broker, a room of its own, a terminal."""

import contextlib
import gc
import itertools
import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pika
import pytest
from hypothesis import settings

from tests.support.both import BrokerKind
from tests.support.broker import Broker, RabbitMQMissingError
from tests.support.embedded import AnyBroker, EmbeddedBroker
from tests.support.late import make_late
from tests.support.terminal import Terminal

_test_url = os.environ.get("AMQPCHAT_TEST_URL")
_is_late = bool(os.environ.get("AMQPCHAT_TEST_LATE"))

# Few examples for tests/quick, and many for a thorough run; never a time limit.
settings.register_profile("few", max_examples=10, deadline=None)
settings.register_profile("some", max_examples=40, deadline=None)
settings.register_profile("thorough", max_examples=2000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "some"))


_homes = itertools.count()
"""Numbers them: `mktemp` looks through all that there are, a seventh of what pure tests take."""


def pytest_collection() -> None:
    """Look for no garbage while much is made and little dropped."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Look for garbage among what the tests make, and not among all that they are made of."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by the fixtures that they use, so that no mark is forgotten; begin with the longest."""
    items.sort(key=lambda item: "soak" not in item.path.parts)
    for item in items:
        fixtures = getattr(item, "fixturenames", [])
        if not {"node", "broker_kind", "embedded"}.isdisjoint(fixtures):
            item.add_marker("broker")
        if "open_terminal" in fixtures:
            item.add_marker("terminal")


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep the developer's own settings out of the tests, and the tests out of the developer's folders."""
    for name in [name for name in os.environ if name.startswith("AMQPCHAT_") and name != "AMQPCHAT_TEST_URL"]:
        monkeypatch.delenv(name)
    monkeypatch.delenv("NO_COLOR", raising=False)
    home = tmp_path_factory.getbasetemp() / f"home-{next(_homes)}"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    for name in "CONFIG", "STATE", "DATA", "CACHE":
        monkeypatch.setenv(f"XDG_{name}_HOME", str(home / name.lower()))


@pytest.fixture(autouse=True)
def _late(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the program be late, if that is asked for."""
    if _is_late:
        make_late(monkeypatch)


@pytest.fixture(scope="session")
def _node() -> Iterator[Broker]:
    try:
        broker = Broker()
    except RabbitMQMissingError as error:
        pytest.fail(str(error), pytrace=False)
    with broker:
        yield broker


@pytest.fixture(scope="session")
def _embedded_process() -> Iterator[EmbeddedBroker]:
    with EmbeddedBroker() as broker:
        yield broker


@pytest.fixture
def node(request: pytest.FixtureRequest) -> Iterator[Broker]:
    """The RabbitMQ node of this test run, which a test may stop or kill; it runs again afterwards.

    Who asks for it needs what only RabbitMQ has: users and permissions, virtual hosts, durable exchanges,
    alarms, `rabbitmqctl`. All others ask for `broker` or `amqp_url`.
    """
    if _test_url:
        reason = "AMQPCHAT_TEST_URL is set, but this test stops or reconfigures its RabbitMQ: unset it"
        if os.environ.get("CI") == "true":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    broker: Broker = request.getfixturevalue("_node")
    yield broker
    broker.start()


@pytest.fixture
def broker_kind(request: pytest.FixtureRequest) -> BrokerKind:
    """Which broker the test has to do with; see `tests.support.both`."""
    kind: BrokerKind = getattr(request, "param", BrokerKind.RABBITMQ)
    return kind


@pytest.fixture
def broker(request: pytest.FixtureRequest, broker_kind: BrokerKind) -> Iterator[AnyBroker]:
    """The broker of this test, which it may stop or kill; it runs again afterwards."""
    if broker_kind is BrokerKind.RABBITMQ:
        yield request.getfixturevalue("node")
        return
    embedded: EmbeddedBroker = request.getfixturevalue("_embedded_process")
    yield embedded
    embedded.start()


@pytest.fixture
def amqp_url(request: pytest.FixtureRequest, broker_kind: BrokerKind) -> str:
    """The URL of a broker on which the test has a `room` of its own; RabbitMQ may be AMQPCHAT_TEST_URL's."""
    if _test_url and broker_kind is BrokerKind.RABBITMQ:
        return _test_url
    broker: AnyBroker = request.getfixturevalue("broker")
    return broker.url()


@pytest.fixture
def room(amqp_url: str) -> Iterator[str]:
    """A name that no other test uses for a room."""
    name = f"room-{uuid.uuid4().hex[:8]}"
    yield name
    if amqp_url == _test_url:  # somebody else's broker is left as it was found
        with pika.BlockingConnection(pika.URLParameters(amqp_url)) as connection:
            for exchange in name, f"{name}.presence":
                connection.channel().exchange_delete(exchange)


@pytest.fixture
def open_terminal(tmp_path: Path) -> Iterator[Callable[..., Terminal]]:
    """A function that runs a command in a `Terminal`; whatever still runs when the test ends is killed."""
    with contextlib.ExitStack() as terminals:

        def open_one(*argv: str | Path, columns: int = 80, rows: int = 24, **env: str) -> Terminal:
            return terminals.enter_context(Terminal(argv, columns=columns, rows=rows, home=tmp_path, env=env))

        yield open_one
