"""A reader whom no fault touches, a network that can fail, and less patience than by default."""

from collections.abc import AsyncIterator

import pytest

from amqpchat_tui.client import connection, redial
from amqpchat_tui.client.rooms import hearing
from amqpchat_tui.client.transport import dial
from tests.client.support import Seat
from tests.support.both import pytest_generate_tests as pytest_generate_tests
from tests.support.proxy import Proxy

from .people import reader


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten what is only a matter of waiting."""
    monkeypatch.setattr(dial, "DIAL_SECONDS", 2.0)
    monkeypatch.setattr(redial, "LONGEST_SECONDS", 1.0)
    monkeypatch.setattr(hearing, "RENEW_SECONDS", 2.0)
    monkeypatch.setattr(connection, "STABLE_SECONDS", 0.0)


@pytest.fixture
async def proxy(amqp_url: str) -> AsyncIterator[Proxy]:
    """The network between the one who talks and the broker."""
    async with Proxy(amqp_url) as network:
        yield network


@pytest.fixture
async def bea(amqp_url: str, room: str) -> AsyncIterator[Seat]:
    """A reader on a connection of her own."""
    async with reader(amqp_url, room) as seat:
        yield seat
