"""What history a room has is told on demand, and begun on demand."""

import asyncio

import pytest

from amqpchat_tui.model import HistoryLimits
from tests.client.conftest import Join, TakeSeat
from tests.client.support import Seat, plain_speaker
from tests.support.broker import Broker
from tests.support.waiting import wait_until

from .support import begin_history, texts


async def told(seat: Seat, count: int = 1) -> str:
    """Wait for an answer, and return it."""
    await wait_until(lambda: len(seat.notices) >= count, 20, lambda: f"an answer; {seat.notices}")
    return seat.notices[-1]


async def test_how_much_there_is_since_when_and_who_sees_it(join: Join, amqp_url: str, room: str) -> None:
    await asyncio.to_thread(begin_history, amqp_url, room)
    ann = await join()
    ann.say("stamped")
    ann.say("too")
    await ann.settle()
    bea = await join(nick="bea")
    await wait_until(lambda: bea.replays, what="the history")
    bea.client.histories.tell(bea.conversation)
    answer = await told(bea)
    assert answer.startswith(f"The history of {room} has about 2 messages since ")
    assert f"; it keeps lines for 7 days and it keeps 100 MB at most. Who may `read` queue `{room}" in answer
    assert f"`read` queue `{room}.history` sees it" in answer


@pytest.mark.usefixtures("node")
async def test_what_a_history_of_others_keeps_is_told_as_far_as_one_may_ask(
    join: Join, take_seat: TakeSeat, node: Broker, amqp_url: str, room: str
) -> None:
    with plain_speaker(amqp_url, room) as bob:
        arguments = {"x-queue-type": "stream", "x-max-length-bytes": 2_000_000_000}
        bob.channel.queue_declare(f"{room}.history", durable=True, arguments=arguments)
    ann = await join()
    ann.client.histories.tell(ann.conversation)
    kept = "it keeps lines however old they are and it keeps 2,000 MB at most"
    assert kept in await told(ann)
    node.add_user("eve", "secret")
    node.set_permissions("eve", configure=r"^(?!.*\.history$).*$")
    eve = await join(node.url("eve", "secret"), nick="eve")
    eve.client.histories.tell(eve.conversation)
    assert "it keeps" not in await told(eve)


@pytest.mark.usefixtures("node")
async def test_without_one_it_says_how_to_begin_one(join: Join) -> None:
    ann = await join()
    ann.client.histories.tell(ann.conversation)
    assert await told(ann) == "This room keeps no history. /history on begins one."


@pytest.mark.usefixtures("node")
async def test_one_that_is_begun_is_told_to_all_and_keeps_what_is_said_then(join: Join, room: str) -> None:
    ann, bea = await join(), await join(nick="bea")
    ann.client.histories.begin(ann.conversation, HistoryLimits(days=30))
    said = "keeps a history of this room from now on: 30 days"
    await bea.hear(said)
    bea.say("kept")
    await bea.settle()
    carol = await join(nick="carol")
    await wait_until(lambda: carol.replays, what="the history")
    assert texts(carol) == [said, "kept"]
    ann.client.histories.begin(ann.conversation, HistoryLimits(days=30))
    assert await told(ann) == "This room has such a history already."
    ann.client.histories.begin(ann.conversation, HistoryLimits(days=31))
    kept = "it keeps lines for 30 days"
    assert await told(ann, 2) == f"This room has a history already, which stays as it is: {kept}."
    assert texts(ann) == [said, "kept"]


@pytest.mark.usefixtures("node")
async def test_none_is_begun_in_a_queue_of_another_kind(join: Join, amqp_url: str, room: str) -> None:
    with plain_speaker(amqp_url, room) as bob:
        bob.channel.queue_declare(f"{room}.history")
        ann = await join()
        assert "it is a queue of another kind" in await told(ann)
        ann.client.histories.begin(ann.conversation, HistoryLimits())
        assert "it is a queue of another kind" in await told(ann, 2)
        ann.say("hello")
        await ann.settle()
        assert bob.channel.queue_declare(f"{room}.history", passive=True).method.message_count == 0
        bob.channel.queue_delete(f"{room}.history")


@pytest.mark.usefixtures("node")
async def test_who_may_not_begin_one_is_told_which_permission_is_missing(
    take_seat: TakeSeat, node: Broker, room: str
) -> None:
    node.add_user("dan", "secret")
    node.set_permissions("dan", configure=r"^(?!.*\.history$).*$")
    dan = take_seat(node.url("dan", "secret"), nick="dan")
    await wait_until(lambda: dan.replays, what="the room")
    dan.client.histories.begin(dan.conversation, HistoryLimits())
    answer = await told(dan)
    assert f"user dan lacks the permission `configure` on queue `{room}.history`" in answer
    dan.say("the chat goes on")
    await dan.hear("the chat goes on")


@pytest.mark.usefixtures("node")
async def test_who_is_configured_to_begin_one_does_so_where_there_is_none(
    take_seat: TakeSeat, amqp_url: str
) -> None:
    ann = take_seat(amqp_url, create=True)
    await ann.hear("keeps a history of this room from now on: 7 days")
    bea = take_seat(amqp_url, nick="bea", create=True)
    await wait_until(lambda: bea.replays, what="the history")
    with plain_speaker(amqp_url, ann.conversation.name) as bob:
        bob.say("that is all")
    await bea.hear("that is all")
    assert texts(bea) == ["keeps a history of this room from now on: 7 days", "that is all"]
