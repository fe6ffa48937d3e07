"""A minute of bad luck; `python -m tests.soak` has more of it."""

from tests.support.broker import Broker

from .soak import soak


async def test_a_minute(node: Broker) -> None:
    figures = await soak(node, seconds=60.0, seed=60)
    assert figures.lost == []
    assert figures.doubled == []
    assert figures.echoed + len(figures.queued) == figures.typed
