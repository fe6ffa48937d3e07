"""People who write to each other."""

from collections.abc import AsyncIterator

import pytest

from amqpchat_tui.model import Membership
from tests.client.lodger import Lodger
from tests.support.waiting import wait_until

from .correspondents import Come


@pytest.fixture
async def come(amqp_url: str, room: str) -> AsyncIterator[Come]:
    """A function that lets somebody come into the room, and waits until they can write and be written to."""
    lodgers: list[Lodger] = []

    async def come_in(nick: str, url: str = amqp_url) -> Lodger:
        lodgers.append(Lodger(url, room, nick=nick))
        await lodgers[-1].be(Membership.JOINED)
        client = lodgers[-1].client
        await wait_until(lambda: client.mailbox.address and client.postman.can_tell, 20, "a mailbox")
        return lodgers[-1]

    yield come_in
    for lodger in lodgers:
        await lodger.leave()
