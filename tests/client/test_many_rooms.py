"""Many rooms on one connection, and much in some of them."""

from collections.abc import Iterator

import pika
import pytest

from amqpchat_tui.client.client import WINDOW
from amqpchat_tui.client.rooms import hearing
from amqpchat_tui.model import ConversationId, Membership, Phase
from tests.support.broker import Broker
from tests.support.waiting import wait_until

from .conftest import Move
from .lodger import Lodger
from .support import plain_speaker
from .traces import Traces

JOINED, REFUSED = Membership.JOINED, Membership.REFUSED
MANY = 40
BACKLOG = 10_000


async def test_forty_rooms(amqp_url: str, room: str, traces: Traces) -> None:
    ann = Lodger(amqp_url, *(f"{room}-{number}" for number in range(MANY)))
    await ann.be(*[JOINED] * MANY)
    joined = [name for name, state in ann.changes if state.membership is JOINED]
    assert joined == [where.name for where in ann.client.conversations], "one after the other"
    for where in ann.client.conversations:
        await ann.talk(where, f"in {where.name}")
    for where in ann.client.conversations:
        assert ann.texts(where) == [f"in {where.name}"]
    first, *others = ann.client.conversations
    for where in others[::2]:
        ann.client.leave(where)
    await ann.talk(first, "fewer")
    assert [state.phase for state in ann.states] == [Phase.ONLINE]
    await ann.leave()
    assert (len(traces.queues), len(traces.exchanges)) == (MANY + 1, MANY), "one queue is the mailbox"
    await traces.are_gone_but(set())


async def test_the_room_on_the_screen_is_entered_first(amqp_url: str, room: str) -> None:
    ann = Lodger(amqp_url, *(f"{room}-{number}" for number in range(10)))
    *_, last = ann.client.conversations
    ann.client.put_first(last)
    await ann.be(*[JOINED] * 10)
    assert ann.changes[0][0] == last.name
    await ann.leave()


async def test_a_line_in_a_quiet_room_comes_before_the_end_of_a_backlog_in_another(
    move_in: Move, amqp_url: str, room: str
) -> None:
    ann = await move_in(lines=2 * BACKLOG)
    ann.undrained.add(ann.first)
    with pika.BlockingConnection(pika.URLParameters(amqp_url)) as connection:
        channel = connection.channel()
        for number in range(BACKLOG):
            channel.basic_publish(room, "bob", str(number).encode())
    await wait_until(lambda: ann.waiting(ann.first) == WINDOW // 2, 20, "as much as may be here")
    with plain_speaker(amqp_url, f"{room}-2") as carol:
        carol.say("can you hear me?")
    ann.undrained.clear()
    ann.entries_arrived(ann.first)
    await wait_until(lambda: len(ann.texts(ann.first)) == BACKLOG, 30, "the backlog")
    assert ann.order.index(ann.second) <= 2 * WINDOW, "behind what was here already, at most"
    assert ann.texts(ann.second) == ["can you hear me?"]


@pytest.fixture
def nine_channels(node: Broker) -> Iterator[None]:
    node.ctl("eval", "application:set_env(rabbit, channel_max, 9).")
    yield
    node.ctl("eval", "application:set_env(rabbit, channel_max, 2047).")


@pytest.mark.usefixtures("nine_channels")
async def test_a_room_for_which_there_are_no_channels_is_refused_and_the_others_share_the_rest(
    move_in: Move, third: ConversationId, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hearing, "ROOM_LOOK_SECONDS", 0.01)
    monkeypatch.setattr(hearing, "RENEW_SECONDS", 0.0)
    ann = await move_in()
    ann.client.join(third)
    await ann.be(JOINED, JOINED, REFUSED)
    assert ann.client.room_state(third).reason == (
        "the broker allows 9 channels on a connection (channel_max), and amqpchat needs 12"
    )
    for number in range(20):  # while each room asks all the time, on the one channel that is left
        await ann.talk(ann.client.conversations[number % 2], str(number))
    ann.client.leave(ann.second)
    await ann.talk(ann.first, "one fewer")
    ann.client.join(third)
    await ann.be(JOINED, JOINED)
    await ann.talk(third, "room enough")
    assert [state.phase for state in ann.states] == [Phase.ONLINE]


async def test_the_window_is_shared_by_the_rooms_that_are_there(
    move_in: Move, amqp_url: str, third: ConversationId
) -> None:
    ann = await move_in(lines=2 * WINDOW)
    lines = [str(number) for number in range(WINDOW + 200)]
    with plain_speaker(amqp_url, ann.first.name) as bob:

        async def flood(here: int, most: int) -> None:
            """Speak more than may be here, and see how much comes while nothing is drained."""
            ann.undrained.add(ann.first)
            for line in lines:
                bob.say(line)
            await wait_until(lambda: ann.waiting(ann.first) >= here, what=lambda: str(ann.waiting(ann.first)))
            await ann.talk(ann.second, f"{here} of {most}")  # in which time more could come
            assert ann.waiting(ann.first) <= most
            ann.entries[ann.first].clear()
            ann.undrained.clear()
            ann.entries_arrived(ann.first)
            await ann.hear(ann.first, *lines)

        await flood(WINDOW // 2, WINDOW // 2)
        ann.client.join(third)
        await ann.be(JOINED, JOINED, JOINED)
        await flood(WINDOW // 4, WINDOW // 4)
        ann.client.leave(third)
        await flood(WINDOW // 2, WINDOW // 2 + WINDOW // 4)  # with what comes while it changes
    assert ann.notices(ann.first) == [], "nothing is said to be missing"
