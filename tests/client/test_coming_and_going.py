"""Rooms that come and go on one connection, at whatever moment."""

import asyncio
import time

import pytest
from pamqp.base import Frame
from pamqp.commands import Queue

from amqpchat_tui.client import tenants
from amqpchat_tui.client.rooms import hearing
from amqpchat_tui.model import ConversationId, Fate, Membership, Phase, RoomState
from tests.support.broker import Broker
from tests.support.ports import free_port
from tests.support.proxy import Direction, Proxy
from tests.support.waiting import block_until, wait_until

from .conftest import Move
from .lodger import Lodger
from .support import plain_speaker
from .traces import Traces

JOINING, JOINED, REFUSED = Membership.JOINING, Membership.JOINED, Membership.REFUSED


def no_fanout(room: ConversationId) -> RoomState:
    return RoomState(REFUSED, f"exchange `{room.name}` is a `direct` exchange; a room needs a fanout")


async def test_a_room_can_be_joined_and_left_while_others_go_on(
    move_in: Move, amqp_url: str, third: ConversationId, traces: Traces
) -> None:
    ann = await move_in()
    kept = traces.queues | traces.exchanges
    assert len(kept) == 5, "a queue and a canary for each room, and a mailbox"
    ann.client.join(third)
    assert list(ann.client.conversations) == [ann.first, ann.second, third]
    assert ann.client.room_state(third) == RoomState(JOINING)
    await ann.be(JOINED, JOINED, JOINED)
    assert ann.changes[-1] == (third.name, RoomState(JOINED))
    for room in ann.client.conversations:
        await ann.talk(room, f"into {room.name}")
    ann.client.leave(third)
    assert list(ann.client.conversations) == [ann.first, ann.second]
    await traces.are_gone_but(kept)
    with plain_speaker(amqp_url, third.name) as bob:
        bob.say("is ann here?")
    for room in ann.client.conversations:
        await ann.talk(room, "once more")
    assert ann.texts(third) == [f"into {third.name}"]
    assert [state.phase for state in ann.states] == [Phase.ONLINE]


async def test_a_room_left_while_it_is_entered_leaves_nothing_on_the_broker(
    move_in: Move, third: ConversationId, traces: Traces
) -> None:
    ann = await move_in()
    kept = traces.queues | traces.exchanges
    began = traces.questions
    ann.client.join(third)
    await ann.be(JOINED, JOINED, JOINED)
    questions = traces.questions - began
    assert questions > 10
    ann.client.leave(third)
    for moment in range(1, questions + 2):
        traces.interrupt(moment, lambda: ann.client.leave(third))
        ann.client.join(third)
        await wait_until(lambda: third not in ann.client.conversations, what="the moment to leave")
    await traces.are_gone_but(kept)
    await ann.talk(ann.first, "still here")
    assert [state.phase for state in ann.states] == [Phase.ONLINE]


async def test_rooms_that_are_left_at_every_moment_leave_no_queues_exchanges_and_channels(
    move_in: Move, node: Broker, third: ConversationId, traces: Traces
) -> None:
    """As the test before, but by the broker's own account."""

    def count() -> list[int]:
        return [
            len(node.ctl(f"list_{what}", "name").splitlines()) for what in ("queues", "exchanges", "channels")
        ]

    ann = await move_in()
    with plain_speaker(node.url(), third.name) as bob:
        for exchange in third.name, f"{third.name}.events":  # which stay for who comes later
            bob.channel.exchange_declare(exchange, "fanout")
    before = await asyncio.to_thread(count)
    for moment in range(1, 25):
        traces.interrupt(moment, lambda: ann.client.leave(third))
        ann.client.join(third)
        await wait_until(lambda: third not in ann.client.conversations, what="the moment to leave")
    ann.client.join(third)
    await ann.be(JOINED, JOINED, JOINED)
    ann.client.leave(third)
    assert [state.phase for state in ann.states] == [Phase.ONLINE]
    await asyncio.to_thread(block_until, lambda: count() == before, 30, lambda: f"{before}, not {count()}")


@pytest.mark.parametrize("turns", [0, 1, 5, 50])
async def test_joining_leaving_and_joining_again_at_once_ends_in_the_room(
    move_in: Move, amqp_url: str, third: ConversationId, traces: Traces, turns: int
) -> None:
    ann = await move_in()
    kept = traces.queues | traces.exchanges
    for _ in range(5):
        ann.client.join(third)
        for _ in range(turns):
            await asyncio.sleep(0)
        ann.client.leave(third)
    ann.client.join(third)
    await ann.be(JOINED, JOINED, JOINED)
    await ann.talk(third, "here to stay")
    with plain_speaker(amqp_url, third.name) as bob:
        bob.say("welcome")
    await ann.hear(third, "here to stay", "welcome")
    ann.client.leave(third)
    await traces.are_gone_but(kept)
    assert [state.phase for state in ann.states] == [Phase.ONLINE]


async def test_a_room_left_while_there_is_no_connection_leaves_nothing_on_the_broker(
    amqp_url: str, room: str, traces: Traces
) -> None:
    async with Proxy(amqp_url) as proxy:
        ann = Lodger(proxy.url, room, f"{room}-2")
        await ann.be(JOINED, JOINED)
        proxy.refuse()
        proxy.cut()
        await wait_until(lambda: ann.client.state.phase is Phase.RECONNECTING, 20, "the loss")
        former = traces.queues | traces.exchanges
        ann.client.leave(ann.second)
        await proxy.accept()
        ann.client.reconnect()
        await ann.be(JOINED)
        await traces.are_gone(former)
        await ann.leave()
    await traces.are_gone_but(set())


async def test_a_connection_lost_while_a_room_is_left_leaves_nothing_on_the_broker(
    amqp_url: str, room: str, traces: Traces
) -> None:
    async with Proxy(amqp_url) as proxy:
        ann = Lodger(proxy.url, room, f"{room}-2")
        await ann.be(JOINED, JOINED)
        former = traces.queues | traces.exchanges
        traces.interrupt(2, proxy.cut)
        ann.client.leave(ann.second)
        await wait_until(lambda: ann.notices(ann.first), 20, "another connection")
        await ann.be(JOINED)
        await traces.are_gone(former)
        await ann.leave()


async def test_one_can_quit_while_the_broker_does_not_answer_that_a_room_is_left(
    amqp_url: str, room: str
) -> None:
    async with Proxy(amqp_url) as proxy:
        ann = Lodger(proxy.url, room, f"{room}-2", f"{room}-3")
        await ann.be(JOINED, JOINED, JOINED)
        proxy.stall(Direction.DOWN)
        ann.client.leave(ann.second)
        ann.client.join(ConversationId.room(f"{room}-4"))
        for _ in range(10):  # turns in which it begins to leave
            await asyncio.sleep(0)
        began = time.monotonic()
        await ann.client.close()
        assert time.monotonic() - began < 2.0
        await ann.leave()


async def test_one_can_join_and_leave_before_there_is_a_connection(amqp_url: str, room: str) -> None:
    ann = Lodger(f"amqp://127.0.0.1:{free_port()}", room, f"{room}-2")
    third = ConversationId.room(f"{room}-3")
    ann.client.join(third)
    ann.client.leave(ann.second)
    await wait_until(lambda: ann.client.state.attempt, what="a dial")
    assert ann.client.conversations == (ann.first, third)
    ann.client.leave(third)
    await ann.leave()


async def test_a_refused_room_is_let_in_when_it_can_be(
    move_in: Move, amqp_url: str, third: ConversationId, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tenants, "RETRY_SECONDS", 0.2)
    ann = await move_in()
    with plain_speaker(amqp_url, third.name) as bob:
        bob.channel.exchange_declare(third.name, "direct")
        ann.client.join(third)
        await ann.be(JOINED, JOINED, REFUSED)
        assert ann.client.room_state(third) == no_fanout(third)
        bob.channel.exchange_delete(third.name)
        await ann.be(JOINED, JOINED, JOINED)
    await ann.talk(third, "at last")
    assert ann.notices(third) == [], "one who was not there has missed nothing"
    told = [state for where, state in ann.changes if where == third.name]
    assert told == [no_fanout(third), RoomState(JOINED)], "that it was tried in between is not told"


async def test_a_refused_room_is_tried_again_at_once_when_it_is_joined_again(
    move_in: Move, amqp_url: str, third: ConversationId
) -> None:
    ann = await move_in()
    with plain_speaker(amqp_url, third.name) as bob:
        bob.channel.exchange_declare(third.name, "direct")
        ann.client.join(third)
        await ann.be(JOINED, JOINED, REFUSED)
        ann.client.join(third)
        assert ann.client.room_state(third) == RoomState(JOINING)
        await ann.be(JOINED, JOINED, REFUSED)
        bob.channel.exchange_delete(third.name)
        ann.client.join(third)
        await ann.be(JOINED, JOINED, JOINED)
    assert [state.phase for state in ann.states] == [Phase.ONLINE]


async def test_a_refused_room_can_be_left(
    move_in: Move, amqp_url: str, third: ConversationId, traces: Traces
) -> None:
    ann = await move_in()
    kept = traces.queues | traces.exchanges
    with plain_speaker(amqp_url, third.name) as bob:
        bob.channel.exchange_declare(third.name, "direct")
        ann.client.join(third)
        await ann.be(JOINED, JOINED, REFUSED)
        ann.client.leave(third)
        await traces.are_gone_but(kept)
        bob.channel.exchange_delete(third.name)


async def test_who_was_in_a_room_that_is_refused_for_a_time_is_told_the_gap(
    move_in: Move, amqp_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tenants, "RETRY_SECONDS", 0.2)
    ann = await move_in()
    with plain_speaker(amqp_url, ann.second.name) as bob:
        bob.channel.exchange_delete(ann.second.name)
        bob.channel.exchange_declare(ann.second.name, "direct")
        await ann.be(JOINED, REFUSED)
        assert ann.client.room_state(ann.second) == no_fanout(ann.second)
        bob.channel.exchange_delete(ann.second.name)
        await ann.be(JOINED, JOINED)
    await ann.talk(ann.second, "back")
    assert [text.split(" from ")[0] for text in ann.notices(ann.second)] == ["Nothing heard"]
    await ann.talk(ann.first, "never away")
    assert ann.notices(ann.first) == []


async def test_a_permission_that_comes_back_lets_in_again(
    move_in: Move, node: Broker, third: ConversationId, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tenants, "RETRY_SECONDS", 0.5)
    node.add_user(third.name, "secret")
    node.set_permissions(third.name)
    ann = await move_in(url=node.url(third.name, "secret"))
    await asyncio.to_thread(node.set_permissions, third.name, read=f"^(amq.*|{ann.first.name})$")
    ann.client.join(third)
    await ann.be(JOINED, JOINED, REFUSED)
    missing = f"user {third.name} lacks the permission `read` on exchange `{third.name}`"
    assert ann.client.room_state(third).reason == missing
    await asyncio.to_thread(node.set_permissions, third.name)
    await ann.be(JOINED, JOINED, JOINED)
    await ann.talk(third, "allowed")


async def test_a_queue_that_one_may_not_delete_any_more_goes_all_the_same(
    move_in: Move, node: Broker, third: ConversationId, traces: Traces, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hearing, "ROOM_LOOK_SECONDS", 0.1)
    monkeypatch.setattr(hearing, "RENEW_SECONDS", 0.0)
    node.add_user(third.name, "secret")
    node.set_permissions(third.name)
    ann = await move_in(url=node.url(third.name, "secret"))
    kept = traces.queues | traces.exchanges
    ann.client.join(third)
    await ann.be(JOINED, JOINED, JOINED)
    others = f"^(amq.*|{ann.first.name}|{ann.second.name})$"
    await asyncio.to_thread(node.set_permissions, third.name, configure=f"^{ann.first.name}", read=others)
    await ann.be(JOINED, JOINED, REFUSED)
    await traces.are_gone_but(kept)


async def test_a_room_deleted_again_and_again_ends_alone_with_its_reason(
    move_in: Move, amqp_url: str, third: ConversationId, traces: Traces, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tenants, "PAUSE_SECONDS", 0.0)
    ann = await move_in()
    with plain_speaker(amqp_url, third.name) as bob:

        def delete(frame: Frame) -> None:
            if isinstance(frame, Queue.Bind) and frame.exchange == third.name:
                bob.channel.exchange_delete(third.name)

        traces.before = delete
        ann.client.join(third)
        await ann.be(JOINED, JOINED, REFUSED)
        traces.before = lambda _: None
    assert ann.client.room_state(third).reason == f"exchange `{third.name}` is deleted again and again"
    await ann.talk(ann.first, "never away")
    assert ann.notices(ann.first) == []
    ann.client.join(third)
    await ann.be(JOINED, JOINED, JOINED)
    assert [state.phase for state in ann.states] == [Phase.ONLINE]


async def test_what_a_room_has_not_heard_is_offered_when_it_is_joined_again(
    amqp_url: str, room: str, third: ConversationId
) -> None:
    """In the same program, and at the next start."""
    nowhere = f"amqp://127.0.0.1:{free_port()}"
    ann = Lodger(nowhere, room, third.name)
    ann.client.say(third, "not heard")
    ann.client.leave(third)
    assert list(ann.client.conversations) == [ann.first]
    ann.client.join(third)
    await ann.offers(third, "not heard")
    assert ann.client.outbox(third)[0].fate is Fate.FAILED
    ann.client.leave(third)
    await ann.leave()
    ann = Lodger(nowhere, third.name)
    await ann.offers(third, "not heard")
    await ann.leave()


async def test_a_line_typed_just_before_leaving_goes_out(
    move_in: Move, amqp_url: str, third: ConversationId
) -> None:
    ann, bea = await move_in(), Lodger(amqp_url, third.name)
    await bea.be(JOINED)
    ann.client.join(third)
    await ann.be(JOINED, JOINED, JOINED)
    ann.client.say(third, "bye")
    ann.client.leave(third)
    await bea.hear(third, "bye")
    await bea.leave()
    ann.client.join(third)
    await ann.be(JOINED, JOINED, JOINED)
    await ann.talk(third, "here again")
    assert [line.body for line in ann.client.outbox(third)] == []
