"""A cluster of two nodes loses the one that we are on."""

import asyncio
from collections.abc import Iterator

import pytest

from tests.client.support import Seat
from tests.support.broker import Broker

from .people import BACK_SECONDS, ONLINE, hears_once, talker


class _Sibling(Broker):
    """A node that becomes part of another one's cluster: same cookie, same port mapper."""

    def __init__(self, other: Broker) -> None:
        super().__init__()
        self._other = other
        self._env["ERL_EPMD_PORT"] = other._env["ERL_EPMD_PORT"]
        self._mapper = other._mapper
        cookie = self._home / ".erlang.cookie"
        cookie.write_text((other._home / ".erlang.cookie").read_text(encoding="utf-8"), encoding="utf-8")
        cookie.chmod(0o400)

    def start(self) -> None:
        """Boot, and join."""
        super().start()
        self.ctl("stop_app")
        self.ctl("join_cluster", self._other._env["RABBITMQ_NODENAME"])
        self.ctl("start_app")

    def close(self) -> None:
        """End this node, which the other then forgets; the port mapper is the other's."""
        self._mapper = None
        super().close()
        self._other.ctl("forget_cluster_node", self._env["RABBITMQ_NODENAME"])


@pytest.fixture
def sibling(node: Broker) -> Iterator[Broker]:
    """Another node of a cluster with `node`, which a test may kill."""
    with _Sibling(node) as another:
        yield another


async def test_the_chat_goes_on_through_the_other_node(
    node: Broker, sibling: Broker, bea: Seat, room: str
) -> None:
    async with talker(sibling.url(), room, node.url()) as ann:
        await ann.sees(ONLINE, f"127.0.0.1:{sibling.port}", within=BACK_SECONDS)
        async with ann.talking():
            await bea.hear("line 0")
            await asyncio.to_thread(sibling.kill)
            await ann.sees(ONLINE, f"127.0.0.1:{node.port}", within=BACK_SECONDS)
        await ann.settle()
        await hears_once(bea, ann.typed)
        assert ann.gaps == 1
