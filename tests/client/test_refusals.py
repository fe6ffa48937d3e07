"""Why there is no connection: what the person reads, and whether the client goes on trying."""

import asyncio
import re
import socket
from collections.abc import Iterator

import pika
import pytest

from amqpchat_tui.broker import routing
from amqpchat_tui.broker.errors import AmqpError
from amqpchat_tui.client.rooms import topology
from amqpchat_tui.client.transport import dial
from amqpchat_tui.model import Fate, Phase
from tests.broker.support import HostThread
from tests.support.broker import Broker
from tests.support.embedded import AnyBroker
from tests.support.ports import free_port
from tests.support.proxy import Proxy
from tests.support.waiting import wait_until

from .conftest import TakeSeat
from .servers import Handler, hangs_up, says_another_version, says_http, says_nothing, server
from .support import plain_speaker

# Refused: the broker said no


async def test_wrong_password(take_seat: TakeSeat, broker: AnyBroker) -> None:
    state = await take_seat(broker.url(password="s3cret")).reach(Phase.REFUSED)
    assert state.reason == "wrong user name or password"
    assert state.broker == f"127.0.0.1:{broker.port}"


async def test_empty_password_is_not_taken_for_guest(take_seat: TakeSeat, broker: AnyBroker) -> None:
    state = await take_seat(broker.url(password="")).reach(Phase.REFUSED)
    assert state.reason == "user guest has no password"


async def test_wrong_virtual_host(take_seat: TakeSeat, broker: AnyBroker) -> None:
    state = await take_seat(broker.url(vhost="no/such")).reach(Phase.REFUSED)
    assert state.reason == 'no virtual host "no/such"'


async def test_no_access_to_the_virtual_host(take_seat: TakeSeat, node: Broker) -> None:
    node.add_user("outsider", "outsider")
    state = await take_seat(node.url("outsider", "outsider")).reach(Phase.REFUSED)
    assert state.reason == 'user outsider has no access to virtual host "/"'


async def test_odd_names_and_passwords_are_passed_on(take_seat: TakeSeat, node: Broker) -> None:
    node.add_vhost("a/b %2 ü?#")
    node.add_user("o'neil@home", "p@ss/w:rd#%41")
    node.set_permissions("o'neil@home", "a/b %2 ü?#")
    await take_seat(node.url("o'neil@home", "p@ss/w:rd#%41", "a/b %2 ü?#")).reach(Phase.ONLINE)


async def test_refused_waits_for_the_person(take_seat: TakeSeat, node: Broker) -> None:
    async with Proxy(node.url("late", "late")) as proxy:
        seat = take_seat(proxy.url)
        await seat.reach(Phase.REFUSED)
        seat.say("later")
        node.add_user("late", "late")
        node.set_permissions("late")
        assert proxy.accepted == 1
        seat.client.reconnect()
        await seat.hear("later")
        assert proxy.accepted == 2


async def test_another_type_of_exchange(take_seat: TakeSeat, broker: AnyBroker, room: str) -> None:
    with plain_speaker(broker.url(), room) as bob:
        bob.channel.exchange_declare(room, "direct")
    state = await take_seat(broker.url()).reach(Phase.REFUSED)
    assert state.reason == f"exchange `{room}` is a `direct` exchange; a room needs a fanout"


async def test_reserved_name(take_seat: TakeSeat, broker: AnyBroker) -> None:
    state = await take_seat(broker.url(), room="amq.mine").reach(Phase.REFUSED)
    assert "choose another room" in state.reason


@pytest.fixture
def three_channels(node: Broker) -> Iterator[None]:
    node.ctl("eval", "application:set_env(rabbit, channel_max, 3).")
    yield
    node.ctl("eval", "application:set_env(rabbit, channel_max, 2047).")


@pytest.mark.usefixtures("three_channels")
async def test_too_few_channels(take_seat: TakeSeat, node: Broker) -> None:
    state = await take_seat(node.url()).reach(Phase.REFUSED)
    assert state.reason == (
        "the broker allows 3 channels on a connection (channel_max), and amqpchat needs 4"
    )


async def test_a_limit_on_a_user_s_channels_is_named(take_seat: TakeSeat, node: Broker) -> None:
    node.add_user("narrow", "narrow")
    node.set_permissions("narrow")
    node.ctl("set_user_limits", "narrow", '{"max-channels": 1}')
    seat = take_seat(node.url("narrow", "narrow"))
    state = await seat.reach(Phase.RECONNECTING)
    assert state.reason.startswith("the broker closed the connection: number of channels opened for user")
    node.ctl("clear_user_limits", "narrow", "max-channels")
    await seat.reach(Phase.ONLINE)


async def test_missing_permissions_are_named(take_seat: TakeSeat, node: Broker, room: str) -> None:
    node.add_user("eve", "eve")
    node.set_permissions("eve", configure="^amq")
    seat = take_seat(node.url("eve", "eve"))

    async def lacks(permission: str, where: str) -> None:
        reason = f"user eve lacks the permission `{permission}` on {where}"
        await wait_until(lambda: seat.client.state.reason == reason, what=lambda: f"{reason}: {seat.states}")
        assert seat.client.state.phase is Phase.REFUSED

    await lacks("configure", f"exchange `{room}`, which does not exist yet")
    for configure, write, read, permission, where in (
        ("^room", ".*", ".*", "configure", "queues named amq.gen-…"),
        (".*", "^room", ".*", "write", "queues named amq.gen-…"),
        (".*", ".*", "^amq", "read", f"exchange `{room}`"),
        (".*", ".*", "^room", "read", "queues named amq.gen-…"),
    ):
        node.set_permissions("eve", configure=configure, write=write, read=read)
        seat.client.reconnect()
        await lacks(permission, where)
    assert Phase.ONLINE not in seat.phases


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


async def test_who_may_not_write_can_listen(take_seat: TakeSeat, node: Broker, room: str) -> None:
    node.add_user("mute", "mute")
    node.set_permissions("mute", configure="^amq", write="^amq", read=".*")
    with plain_speaker(node.url(), room) as bob:
        bob.channel.exchange_declare(room, "fanout")
        mute = take_seat(node.url("mute", "mute"))
        await mute.reach(Phase.ONLINE)
        for line in "one", "two":
            mute.say(line)
            await wait_until(lambda: mute.outbox()[-1].fate is Fate.FAILED, what="the line to fail")
        assert {line.reason for line in mute.outbox()} == {
            f"user mute lacks the permission `write` on exchange `{room}`"
        }
        bob.say("do you hear me?")
        await mute.hear("do you hear me?")
    assert mute.phases == [Phase.ONLINE]


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
    assert seat.notices == [f"exchange `{room}` is durable, is auto-delete; it is used as it is"]


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
    told = f"exchange `{room}` is durable, has the alternate exchange `amq.fanout`; it is used as it is"
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

    monkeypatch.setattr(routing, "_check_same", check_same)
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
    told = f"exchange `{room}` is {how.replace('_', '-')}; it is used as it is"
    assert seat.notices.count(told) == 1


# Unreachable: trying again may help


async def test_a_full_virtual_host_is_dialled_until_there_is_a_place(
    take_seat: TakeSeat, node: Broker
) -> None:
    node.add_vhost("small")
    node.ctl("set_vhost_limits", "-p", "small", '{"max-connections": 1}')
    reason = 'the connection limit of virtual host "small" is reached (1)'
    await _comes_in_later(take_seat, node.url(vhost="small"), node.url(vhost="small"), reason)


async def test_a_user_with_all_connections_is_dialled_for_until_one_is_free(
    take_seat: TakeSeat, node: Broker
) -> None:
    node.add_user("single", "single")
    node.set_permissions("single")
    node.ctl("set_user_limits", "single", '{"max-connections": 1}')
    url = node.url("single", "single")
    await _comes_in_later(take_seat, url, url, "the connection limit of user single is reached (1)")


async def _comes_in_later(take_seat: TakeSeat, first: str, second: str, reason: str) -> None:
    with pika.BlockingConnection(pika.URLParameters(first)):
        seat = take_seat(second)
        await wait_until(lambda: seat.client.state.attempt == 2, what=lambda: f"a second try: {seat.states}")
        assert seat.client.state.reason == reason
    await seat.reach(Phase.ONLINE)
    assert Phase.REFUSED not in seat.phases


async def test_a_virtual_host_that_is_down_is_dialled_until_it_is_up(
    take_seat: TakeSeat, node: Broker
) -> None:
    node.add_vhost("sleepy")
    node.take_vhost_down("sleepy")
    seat = take_seat(node.url(vhost="sleepy"))
    await wait_until(lambda: seat.client.state.attempt == 2, what=lambda: f"a second try: {seat.states}")
    assert seat.client.state.reason == 'virtual host "sleepy" is down'
    await asyncio.to_thread(node.ctl, "restart_vhost", "-p", "sleepy")
    await seat.reach(Phase.ONLINE)
    assert Phase.REFUSED not in seat.phases


async def test_nobody_listens(take_seat: TakeSeat) -> None:
    port = free_port()
    seat = take_seat(f"amqp://127.0.0.1:{port}")
    state = await seat.reach(Phase.RECONNECTING)
    assert (state.reason, state.attempt) == (f"nobody listens on 127.0.0.1:{port}", 1)
    assert state.retry_at > 0


async def test_back_off_is_shown_and_ends(take_seat: TakeSeat, amqp_url: str) -> None:
    async with Proxy(amqp_url) as proxy:
        proxy.refuse()
        seat = take_seat(proxy.url)
        await wait_until(lambda: seat.client.state.attempt == 2, what="two failures")
        await proxy.accept()
        await seat.reach(Phase.ONLINE)
    shown = [(state.phase, state.attempt, state.retry_at > 0) for state in seat.states]
    assert shown == [
        (Phase.RECONNECTING, 1, True),
        (Phase.RECONNECTING, 1, False),
        (Phase.RECONNECTING, 2, True),
        (Phase.RECONNECTING, 2, False),
        (Phase.ONLINE, 0, False),
    ]


async def test_no_such_host(take_seat: TakeSeat) -> None:
    state = await take_seat("amqp://no-such-host.invalid").reach(Phase.RECONNECTING)
    assert "no-such-host.invalid" in state.reason


@pytest.mark.parametrize("host", ["a" * 64 + ".example", "a..b", "xn--"])
async def test_a_name_that_cannot_be_a_host(take_seat: TakeSeat, host: str) -> None:
    state = await take_seat(f"amqp://{host}").reach(Phase.RECONNECTING)
    assert host in state.reason


async def test_all_addresses_of_a_host_are_tried(
    take_seat: TakeSeat, broker: AnyBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As with `localhost`, when the broker listens on IPv4 only."""
    look_up = socket.getaddrinfo

    def two_addresses(host: str, port: int, **options: int) -> list[object]:
        return [*look_up("127.0.0.1", free_port(), **options), *look_up("127.0.0.1", port, **options)]

    monkeypatch.setattr(socket, "getaddrinfo", two_addresses)
    await take_seat(f"amqp://two.example:{broker.port}").reach(Phase.ONLINE)


async def test_of_addresses_that_fail_in_different_ways_the_last_is_told(
    take_seat: TakeSeat, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As with `localhost` on a machine without IPv6, where nobody listens on IPv4."""
    look_up = socket.getaddrinfo

    def two_addresses(host: str, port: int, **options: int) -> list[object]:
        return [*look_up("255.255.255.255", port, **options), *look_up("127.0.0.1", port, **options)]

    monkeypatch.setattr(socket, "getaddrinfo", two_addresses)
    port = free_port()
    state = await take_seat(f"amqp://two.example:{port}").reach(Phase.RECONNECTING)
    assert (state.reason, state.nobody_listens) == (f"nobody listens on two.example:{port}", True)


@pytest.mark.parametrize(
    ("handler", "reason"),
    [
        (says_http, "{label} does not speak AMQP 0-9-1; if it speaks TLS, use amqps://"),
        (says_another_version, "{label} does not speak AMQP 0-9-1; if it speaks TLS, use amqps://"),
        (hangs_up, "{label} closed the connection at once; if it speaks TLS, use amqps://"),
        (
            says_nothing,
            "{label} accepts connections, but does not speak AMQP: no answer within 1 s",
        ),
    ],
)
async def test_no_broker_behind_the_port(
    take_seat: TakeSeat, monkeypatch: pytest.MonkeyPatch, handler: Handler, reason: str
) -> None:
    monkeypatch.setattr(dial, "DIAL_SECONDS", 1.0)
    async with server(handler) as port:
        state = await take_seat(f"amqp://127.0.0.1:{port}").reach(Phase.RECONNECTING)
        assert state.reason == reason.format(label=f"127.0.0.1:{port}")


async def test_several_addresses_are_tried_in_turn(take_seat: TakeSeat, broker: AnyBroker) -> None:
    dead = f"amqp://127.0.0.1:{free_port()}"
    async with Proxy(broker.url()) as first, Proxy(broker.url()) as second:
        seat = take_seat(dead, first.url, broker.url(password="wrong"), second.url)
        state = await seat.reach(Phase.ONLINE)
        assert state.broker == f"127.0.0.1:{first.port}"
        first.refuse()
        first.cut()
        await wait_until(lambda: seat.client.state.broker == f"127.0.0.1:{second.port}", what="the second")
        await seat.reach(Phase.ONLINE)
    assert Phase.REFUSED not in seat.phases
