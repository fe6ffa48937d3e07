"""People who see who is there, and write to each other."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from amqpchat_tui.model import Membership, Phase
from tests.client.lodger import Lodger
from tests.support.waiting import wait_until

from .company import Meet, Member
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


@pytest.fixture
async def meet(room: str, amqp_url: str) -> AsyncIterator[Meet]:
    """A function with which somebody comes into the room, and waits until they hear who is there."""
    before = asyncio.all_tasks()
    members: list[Member] = []

    async def come(nick: str, url: str = amqp_url, *, heard: bool = True, **options: Any) -> Member:
        member = Member(url, room=room, nick=nick, **options)
        members.append(member)
        await member.reach(Phase.ONLINE)
        if heard:
            await wait_until(lambda: member.attendance.is_bound, 20, "to hear who is there")
        return member

    yield come
    for member in members:
        await member.close()

    def left() -> set[asyncio.Task[Any]]:
        return {task for task in asyncio.all_tasks() - before if task is not asyncio.current_task()}

    # aiormq still closes the socket of a connection that was cut while a channel was opened on it.
    await wait_until(lambda: not left(), 20, lambda: f"these tasks to end: {left()}")
