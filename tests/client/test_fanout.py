"""Which exchange is a room: one that is shown to be a fanout, and what it is if it is not as we make it."""

import re
from collections.abc import Iterator

import pytest

from amqpchat_tui.broker.errors import AmqpError
from amqpchat_tui.client.rooms import topology
from amqpchat_tui.model import Fate, Phase
from tests.broker.support import HostThread
from tests.support.broker import Broker
from tests.support.embedded import AnyBroker
from tests.support.waiting import wait_until

from .conftest import TakeSeat
from .support import plain_speaker

# Used as it is


async def test_an_auto_delete_exchange_is_used_as_it_is(
    take_seat: TakeSeat, amqp_url: str, room: str
) -> None:
    await _used_as_it_is(take_seat, amqp_url, room, "auto_delete")


async def test_a_durable_exchange_is_used_as_it_is(take_seat: TakeSeat, node: Broker, room: str) -> None:
    await _used_as_it_is(take_seat, node.url(), room, "durable")


async def test_a_durable_auto_delete_exchange_is_used_as_it_is(
    take_seat: TakeSeat, node: Broker, room: str
) -> None:
    with plain_speaker(node.url(), room) as bob:
        bob.channel.exchange_declare(room, "fanout", durable=True, auto_delete=True)
        seat = take_seat(node.url())
        seat.say("hello")
        await seat.hear("hello")
    assert seat.notices == [f"Exchange `{room}` is durable, is auto-delete; it is used as it is."]


async def test_an_exchange_with_an_alternate_is_used_as_it_is(
    take_seat: TakeSeat, node: Broker, room: str
) -> None:
    with plain_speaker(node.url(), room) as bob:
        arguments = {"alternate-exchange": "amq.fanout"}
        bob.channel.exchange_declare(room, "fanout", durable=True, arguments=arguments)
        seat = take_seat(node.url())
        seat.say("hello")
        await seat.hear("hello")
        bob.channel.exchange_delete(room)
    told = f"Exchange `{room}` is durable, has the alternate exchange `amq.fanout`; it is used as it is."
    assert seat.notices[0] == told


async def test_an_internal_exchange_can_be_listened_to(take_seat: TakeSeat, node: Broker, room: str) -> None:
    with plain_speaker(node.url(), room) as bob:
        bob.channel.exchange_declare(room, "fanout", internal=True)
        bob.channel.exchange_declare(f"{room}-in", "fanout", auto_delete=True)
        bob.channel.exchange_bind(room, f"{room}-in")
        seat = take_seat(node.url())
        await seat.reach(Phase.ONLINE)
        bob.channel.basic_publish(f"{room}-in", "bob", "from inside")
        await seat.hear("from inside")
        bob.channel.exchange_delete(room)


# Brokers that say 406 in other words than RabbitMQ


OTHER_WORDS = re.compile("^no such words$")
"""What RabbitMQ's 406 then tells: nothing."""


@pytest.fixture
def unknown_words(monkeypatch: pytest.MonkeyPatch) -> None:
    for words in "_OTHER_TYPE", "_OTHER_FLAG", "_OTHER_ALTERNATE":
        monkeypatch.setattr(topology, words, OTHER_WORDS)


@pytest.mark.usefixtures("unknown_words")
@pytest.mark.parametrize("kind", ["direct", "topic"])
async def test_what_cannot_be_shown_to_be_a_fanout_is_not_published_into(
    take_seat: TakeSeat, broker: AnyBroker, room: str, kind: str
) -> None:
    with plain_speaker(broker.url(), room) as bob:
        bob.channel.exchange_declare(room, kind)
        queue = bob.channel.queue_declare("", exclusive=True).method.queue
        bob.channel.queue_bind(queue, room, "ann" if kind == "direct" else "#")
        seat = take_seat(broker.url())
        seat.say("not for them")
        state = await seat.reach(Phase.REFUSED)
        assert state.reason.startswith(
            f"exchange `{room}` cannot be shown to be a fanout, which a room needs; the broker says: "
        )
        assert bob.channel.queue_declare(queue, passive=True).method.message_count == 0
        assert [line.fate for line in seat.outbox()] == [Fate.QUEUED]


@pytest.fixture
def lavinmq(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The URL of a broker that answers a declaration that does not fit as LavinMQ does."""

    def check_same(where: str, what: str, wanted: object, current: object) -> None:
        if wanted != current:
            name = where.split("'")[1]
            raise AmqpError(406, f"Existing exchange '{name}' declared with other arguments")

    monkeypatch.setattr("amqpchat_tui.broker.routing.check_same", check_same)
    with HostThread() as broker:
        yield broker.url


async def test_lavinmq_s_direct_exchange_is_no_room(take_seat: TakeSeat, lavinmq: str, room: str) -> None:
    with plain_speaker(lavinmq, room) as bob:
        bob.channel.exchange_declare(room, "direct")
        state = await take_seat(lavinmq).reach(Phase.REFUSED)
    assert state.reason == (
        f"exchange `{room}` cannot be shown to be a fanout, which a room needs; "
        f"the broker says: Existing exchange '{room}' declared with other arguments"
    )


async def test_lavinmq_s_fanout_is_one(take_seat: TakeSeat, lavinmq: str, room: str) -> None:
    await _used_as_it_is(take_seat, lavinmq, room, "auto_delete")


@pytest.mark.usefixtures("unknown_words")
async def test_nor_is_a_fanout_of_which_we_cannot_know_what_it_is(
    take_seat: TakeSeat, node: Broker, room: str
) -> None:
    with plain_speaker(node.url(), room) as bob:
        arguments = {"alternate-exchange": "amq.fanout"}
        bob.channel.exchange_declare(room, "fanout", arguments=arguments)
        await take_seat(node.url()).reach(Phase.REFUSED)


@pytest.mark.usefixtures("unknown_words")
@pytest.mark.parametrize(
    "flags", [{"durable": True}, {"auto_delete": True}, {"durable": True, "auto_delete": True}]
)
async def test_a_fanout_is_shown_to_be_one_without_words(
    take_seat: TakeSeat, node: Broker, room: str, flags: dict[str, bool]
) -> None:
    with plain_speaker(node.url(), room) as bob:
        bob.channel.exchange_declare(room, "fanout", **flags)
        seat = take_seat(node.url())
        seat.say("hello")
        await seat.hear("hello")
        bob.channel.exchange_delete(room)


async def _used_as_it_is(take_seat: TakeSeat, url: str, room: str, how: str) -> None:
    with plain_speaker(url, room) as bob:
        bob.channel.exchange_declare(room, "fanout", **{how: True})
        seat = take_seat(url)
        await seat.reach(Phase.ONLINE)
        seat.say("hello")
        bob.say("hi")
        await seat.hear("hello", "hi")
        seat.client.reconnect()
        await wait_until(lambda: seat.gaps, what="another connection")
    told = f"Exchange `{room}` is {how.replace('_', '-')}; it is used as it is."
    assert seat.notices.count(told) == 1


# Who cannot ask


@pytest.mark.parametrize("configure", ["^amq.gen", "^(amq.gen|amqpchat)"])
@pytest.mark.parametrize("kind", ["direct", "topic", "headers"])
async def test_who_may_not_ask_for_a_type_stops_speaking_when_nothing_comes_back(
    take_seat: TakeSeat, node: Broker, room: str, kind: str, configure: str
) -> None:
    """Somebody else's queue gets two of our lines at most."""
    node.add_user(room, room)
    node.set_permissions(room, configure=configure)
    with plain_speaker(node.url(), room) as other:
        other.channel.exchange_declare(room, kind)
        queue = other.channel.queue_declare("", exclusive=True).method.queue
        other.channel.queue_bind(queue, room, "ann")
        ann = take_seat(node.url(room, room))
        await ann.reach(Phase.ONLINE)
        ann.say("is this a room?")
        state = await ann.reach(Phase.REFUSED)
        missing = f"user {room} lacks the permission `configure` on exchange `{room}`"
        assert state.reason == f"it cannot be shown to be a fanout: {missing}, and own lines do not come back"
        assert [line.fate for line in ann.outbox()] == [Fate.FAILED]
        assert other.channel.queue_declare(queue, passive=True).method.message_count in (1, 2)


async def test_who_may_not_ask_for_a_type_learns_it_from_what_comes(
    take_seat: TakeSeat, node: Broker, room: str
) -> None:
    node.add_user(room, room)
    node.set_permissions(room, configure="^amq.gen")
    with plain_speaker(node.url(), room) as bob:
        bob.channel.exchange_declare(room, "fanout")
        ann = take_seat(node.url(room, room))
        await ann.reach(Phase.ONLINE)
        ann.say("is this a room?")
        bob.say("it is")
        await ann.hear("is this a room?", "it is")
        await ann.settle()
        assert ann.phases[-1] is Phase.ONLINE
