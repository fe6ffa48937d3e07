"""Why there is no connection: what the person reads, and whether the client goes on trying."""

from collections.abc import Iterator

import pytest

from amqpchat_tui.model import Fate, Phase
from tests.support.broker import Broker
from tests.support.embedded import AnyBroker
from tests.support.proxy import Proxy
from tests.support.waiting import wait_until

from .conftest import TakeSeat
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


async def test_a_permission_on_a_room_named_after_queues_is_named_as_the_rooms(
    take_seat: TakeSeat, node: Broker, room: str
) -> None:
    name = f"queue-{room}"
    node.add_user(room, "secret")
    node.set_permissions(room, read="^amq")
    state = await take_seat(node.url(room, "secret"), room=name).reach(Phase.REFUSED)
    assert state.reason == f"user {room} lacks the permission `read` on exchange `{name}`"


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
