"""A minute of bad luck and what comes of it; `python -m tests.soak` has more of it."""

from tests.support.both import pytest_generate_tests as pytest_generate_tests
from tests.support.embedded import AnyBroker

from .soak import soak


async def test_a_minute(broker: AnyBroker) -> None:
    figures = await soak(broker, seconds=45.0, seed=60)
    assert figures.lost == []
    assert figures.doubled == []
    assert figures.untold == []
    assert figures.mistakes == []
    assert figures.echoed > 0 < figures.asked
