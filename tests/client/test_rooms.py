"""Several rooms on one connection: each has its own lines, and its own troubles."""

import asyncio

import pytest

from amqpchat_tui.client.client import WINDOW
from amqpchat_tui.client.rooms.canary import Canary
from amqpchat_tui.model import (
    ConversationId,
    ConversationKind,
    Fate,
    Membership,
    Phase,
)
from tests.support.broker import Broker
from tests.support.ports import free_port
from tests.support.waiting import wait_until

from .conftest import Move
from .lodger import Lodger
from .support import plain_speaker
from .traces import Traces


async def test_lines_go_to_their_rooms_and_come_from_them(move_in: Move, amqp_url: str, room: str) -> None:
    ann = await move_in()
    with plain_speaker(amqp_url, room) as bob, plain_speaker(amqp_url, f"{room}-2") as carol:
        bob.say("from bob")
        await ann.hear(ann.first, "from bob")
        carol.say("from carol", nick="carol")
        await ann.hear(ann.second, "from carol")
    await ann.talk(ann.first, "to the first")
    await ann.talk(ann.second, "to the second")
    await ann.hear(ann.first, "from bob", "to the first")
    await ann.hear(ann.second, "from carol", "to the second")
    assert [state.phase for state in ann.states] == [Phase.ONLINE]


async def test_a_refused_room_leaves_the_other_going_and_is_tried_again_with_the_next_connection(
    move_in: Move, amqp_url: str, room: str
) -> None:
    with plain_speaker(amqp_url, room) as bob:
        bob.channel.exchange_declare(f"{room}-2", "direct")
        ann = await move_in(Membership.REFUSED)
        reason = f"exchange `{room}-2` is a `direct` exchange; a room needs a fanout"
        assert ann.client.room_state(ann.second).reason == reason
        ann.client.say(ann.second, "kept")
        await ann.talk(ann.first, "hello")
        assert [state.phase for state in ann.states] == [Phase.ONLINE]
        assert [line.fate for line in ann.client.outbox(ann.second)] == [Fate.QUEUED]
        bob.channel.exchange_delete(f"{room}-2")
    ann.client.reconnect()
    await ann.be(Membership.JOINED, Membership.JOINED)
    await ann.hear(ann.second, "kept")
    await ann.hear(ann.first, "hello")
    assert (len(ann.notices(ann.first)), ann.notices(ann.second)) == (1, [])


async def test_what_takes_the_place_of_a_room_while_we_join_it_is_not_taken_for_one(
    amqp_url: str, room: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Canary.place

    def replace_room() -> None:
        with plain_speaker(amqp_url, room) as bob:
            bob.channel.exchange_delete(room)
            bob.channel.exchange_declare(room, "direct")

    async def place_late(canary: Canary) -> None:
        monkeypatch.undo()
        await asyncio.to_thread(replace_room)
        await place(canary)

    monkeypatch.setattr(Canary, "place", place_late)
    ann = Lodger(amqp_url, room)
    await ann.be(Membership.REFUSED)
    await ann.leave()


async def test_a_connection_all_of_whose_rooms_are_refused_is_not_kept(amqp_url: str, room: str) -> None:
    with plain_speaker(amqp_url, room) as bob:
        for name in room, f"{room}-2":
            bob.channel.exchange_declare(name, "direct")
        ann = Lodger(amqp_url, room, f"{room}-2")
        await wait_until(lambda: ann.client.state.phase is Phase.REFUSED, 20, lambda: str(ann.states))
        reasons = [ann.client.room_state(where).reason for where in ann.client.conversations]
        assert reasons == [
            f"exchange `{name}` is a `direct` exchange; a room needs a fanout" for name in (room, f"{room}-2")
        ]
        assert ann.client.state.reason == reasons[0]
        assert [state.phase for state in ann.states] == [Phase.REFUSED]
        for name in room, f"{room}-2":
            bob.channel.exchange_delete(name)
    ann.client.reconnect()
    await ann.be(Membership.JOINED, Membership.JOINED)
    await ann.leave()


async def test_a_deleted_exchange_is_the_trouble_of_its_room_alone(
    move_in: Move, amqp_url: str, room: str
) -> None:
    ann = await move_in()
    with plain_speaker(amqp_url, room) as bob:
        bob.channel.exchange_delete(room)
        await wait_until(lambda: ann.notices(ann.first), 20, "to be told")
        await ann.talk(ann.first, "here again")
    await ann.talk(ann.second, "never away")
    assert ann.notices(ann.first)[0].startswith("The room was deleted.")
    assert ann.notices(ann.second) == []
    assert [state.phase for state in ann.states] == [Phase.ONLINE]


async def test_a_deleted_queue_is_the_trouble_of_its_room_alone(
    move_in: Move, node: Broker, room: str
) -> None:
    ann = await move_in()
    queue = next(
        queue
        for source, queue in await asyncio.to_thread(node.bindings)
        if source == room and queue.startswith("amq.gen-")
    )
    await asyncio.to_thread(node.ctl, "delete_queue", queue)
    await wait_until(lambda: ann.notices(ann.first), 20, "to be told")
    assert ann.notices(ann.first)[0].startswith("Nothing heard from ")
    await ann.talk(ann.first, "with another queue")
    await ann.talk(ann.second, "never away")
    assert ann.notices(ann.second) == []
    assert [state.phase for state in ann.states] == [Phase.ONLINE]
    sources = [source for source, _ in await asyncio.to_thread(node.bindings)]
    ours = [source for source in sources if source in (room, f"{room}-2")]
    assert sorted(ours) == [room, f"{room}-2"], "what the first stay had is gone"
    channels = await asyncio.to_thread(node.ctl, "list_channels", "name")
    assert len(channels.splitlines()) == 2 * 3 + 2, "so are its channels"
    exchanges = await asyncio.to_thread(node.ctl, "list_exchanges", "name")
    assert sum(f"{room}.amqpchat-" in row for row in exchanges.splitlines()) == 1, "and so is its canary"


async def test_a_flooded_room_does_not_hold_up_the_other(move_in: Move, amqp_url: str, room: str) -> None:
    ann = await move_in()
    ann.undrained.add(ann.first)
    flood = [str(number) for number in range(WINDOW)]
    with plain_speaker(amqp_url, room) as bob, plain_speaker(amqp_url, f"{room}-2") as carol:
        for text in flood:
            bob.say(text)
        carol.say("can you hear me?")
        await ann.hear(ann.second, "can you hear me?")
        here = ann.client.drain(ann.first, 2 * WINDOW).entries
        share = WINDOW // 2
        assert 0 < len(here) <= share, "the window is one for all rooms"
        ann.entries[ann.first] += here
        ann.undrained.clear()
        ann.entries_arrived(ann.first)
        await ann.hear(ann.first, *flood)
        for number in range(share + 1):  # acknowledged per channel, or else no more would come
            carol.say(f"line {number}")
    await ann.hear(ann.second, "can you hear me?", *(f"line {number}" for number in range(share + 1)))


async def test_an_alarm_of_the_broker_holds_up_all_rooms(move_in: Move, node: Broker) -> None:
    ann = await move_in()
    with node.memory_alarm():
        ann.client.say(ann.second, "kept")
        await wait_until(lambda: ann.client.state.phase is Phase.BLOCKED, 20, lambda: str(ann.states))
        ann.client.say(ann.first, "kept too")
        for _ in range(10):  # turns in which it could be published
            await asyncio.sleep(0)
        fates = [[line.fate for line in ann.client.outbox(where)] for where in ann.client.conversations]
        assert fates == [[Fate.QUEUED], [Fate.SENT]]
    await ann.hear(ann.first, "kept too")
    await ann.hear(ann.second, "kept")
    assert [state.phase for state in ann.states] == [Phase.ONLINE, Phase.BLOCKED, Phase.ONLINE]


@pytest.mark.usefixtures("node")
async def test_lines_are_kept_for_the_next_start_room_by_room(room: str) -> None:
    nowhere = f"amqp://127.0.0.1:{free_port()}"
    ann = Lodger(nowhere, room, f"{room}-2")
    ann.client.say(ann.first, "for the first")
    ann.client.say(ann.second, "for the second")
    assert [line.body for line in ann.client.outbox(ann.first)] == ["for the first"]
    await ann.leave()
    ann = Lodger(nowhere, f"{room}-2", room)
    for where, body in (ann.first, "for the second"), (ann.second, "for the first"):
        await ann.offers(where, body)
    await ann.leave()


@pytest.mark.parametrize("name", ['"grüße" [a\\b] 🐰', "x" * 200])
async def test_a_room_may_be_called_whatever_an_exchange_may(
    amqp_url: str, room: str, traces: Traces, name: str
) -> None:
    ann = Lodger(amqp_url, room, f"{room} {name}")
    await ann.be(Membership.JOINED, Membership.JOINED)
    await ann.talk(ann.second, "hello")
    await ann.talk(ann.first, "hello")
    watched = ConversationId(ConversationKind.WATCHED, ann.second.name)
    ann.client.join(watched)
    await ann.be(Membership.JOINED, Membership.JOINED, Membership.JOINED)
    ann.client.leave(ann.first)
    await ann.talk(ann.second, "hello again")
    assert [state.phase for state in ann.states] == [Phase.ONLINE]
    await ann.leave()
    assert traces.exchanges
    await traces.are_gone_but(set())
