"""The broker says no: at the door, or to somebody who is inside already."""

import asyncio
from collections.abc import Callable
from functools import partial

import pytest

from tests.client.support import Seat, plain_speaker
from tests.support.broker import Broker
from tests.support.embedded import AnyBroker
from tests.support.waiting import wait_until

from .people import BACK_SECONDS, ONLINE, REFUSED, Talker, hears_once, reader, talker

AT_ONCE_SECONDS = 2.0
RENEW_SECONDS = 2.0
"""How often the client declares the room again, in these tests."""

Step = Callable[[Broker, str], None]
"""Does something to a broker and a room."""


def nothing(node: Broker, room: str) -> None:
    pass


def add_ann(node: Broker, room: str) -> None:
    node.add_user("ann", "right")
    node.set_permissions("ann")


def delete_ann(node: Broker, room: str) -> None:
    node.ctl("delete_user", "ann")


def forbid_all(node: Broker, room: str) -> None:
    node.set_permissions("ann", configure="^$", write="^$", read="^$")


def allow_all(node: Broker, room: str) -> None:
    node.set_permissions("ann")


def take_anns_password(node: Broker, room: str) -> None:
    node.ctl("change_password", "ann", "wrong")


def add_vhost(node: Broker, room: str) -> None:
    node.add_vhost("later")


def replace_by_topic(broker: AnyBroker, room: str) -> None:
    with plain_speaker(broker.url(), room) as bob:
        bob.channel.exchange_delete(room)
        bob.channel.exchange_declare(room, "topic")


def delete_exchange(broker: AnyBroker, room: str) -> None:
    with plain_speaker(broker.url(), room) as bob:
        bob.channel.exchange_delete(room)


@pytest.fixture
def ann_on_the_node(node: Broker) -> None:
    """A user of whom the tests may take everything away."""
    if "ann" in (line.split("\t")[0] for line in node.ctl("list_users").splitlines()):
        node.ctl("delete_user", "ann")


@pytest.mark.usefixtures("ann_on_the_node")
@pytest.mark.parametrize(
    ("prepare", "login", "reason", "mend"),
    [
        pytest.param(
            add_ann,
            {"user": "ann", "password": "wrong"},
            "wrong user name or password",
            take_anns_password,
            id="wrong password",
        ),
        pytest.param(nothing, {"vhost": "later"}, 'no virtual host "later"', add_vhost, id="wrong vhost"),
        pytest.param(
            replace_by_topic,
            {},
            "is a `topic` exchange; a room needs a fanout",
            delete_exchange,
            id="exchange of another type",
        ),
    ],
)
async def test_refused_at_the_door(
    node: Broker, room: str, prepare: Step, login: dict[str, str], reason: str, mend: Step
) -> None:
    await asyncio.to_thread(prepare, node, room)
    async with talker(node.url(**login), room) as ann:
        await ann.sees(REFUSED, reason, within=2 * AT_ONCE_SECONDS)
        for number in range(3):
            await ann.say(f"line {number}")
        assert ann.kept == ann.typed
        await wait_until(lambda: "(waiting) line 2" in ann.outbox_rows, what=lambda: ann.outbox_rows)
        await asyncio.to_thread(mend, node, room)
        async with reader(node.url(vhost=login.get("vhost", "/")), room) as bea:
            await ann.enter("/reconnect")
            await ann.sees(ONLINE, within=BACK_SECONDS)
            await ann.settle()
            await hears_once(bea, ann.typed)


async def _comes_back(ann: Talker, mend: Callable[[], None]) -> None:
    """Take the reason for the refusal away, and have ann ask for another try."""
    await asyncio.to_thread(mend)
    await ann.enter("/reconnect")
    await ann.sees(ONLINE, within=BACK_SECONDS)


@pytest.mark.usefixtures("ann_on_the_node")
@pytest.mark.parametrize(
    ("fault", "reason", "mend"),
    [
        pytest.param(forbid_all, "user ann lacks the permission", allow_all, id="permissions taken away"),
        pytest.param(delete_ann, "wrong user name or password", add_ann, id="user deleted"),
    ],
)
async def test_refused_while_connected(
    node: Broker, bea: Seat, room: str, fault: Step, reason: str, mend: Step
) -> None:
    await asyncio.to_thread(add_ann, node, room)
    async with talker(node.url("ann", "right"), room) as ann:
        await ann.sees(ONLINE, within=BACK_SECONDS)
        async with ann.talking():
            await bea.hear("line 0")
            await asyncio.to_thread(fault, node, room)
            await ann.sees(REFUSED, reason, within=RENEW_SECONDS + 2 * AT_ONCE_SECONDS)
            since = len(ann.typed)
            await wait_until(lambda: len(ann.typed) > since + 3, what="lines typed meanwhile")
        assert set(ann.typed[since:]) <= set(ann.kept)
        await _comes_back(ann, partial(mend, node, room))
        await ann.settle()
        await hears_once(bea, [line for line in ann.typed if line not in ann.failed])


async def test_exchange_replaced_by_another_type(broker: AnyBroker, room: str) -> None:
    async with talker(broker.url(), room) as ann:
        await ann.sees(ONLINE, within=BACK_SECONDS)
        async with ann.talking():
            await wait_until(lambda: ann.heard, what="the first line")
            await asyncio.to_thread(replace_by_topic, broker, room)
            await ann.sees(REFUSED, "is a `topic` exchange", within=RENEW_SECONDS + 2 * AT_ONCE_SECONDS)
        assert ann.kept
        await _comes_back(ann, partial(delete_exchange, broker, room))
        await ann.settle()
