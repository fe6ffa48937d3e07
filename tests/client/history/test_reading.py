"""What was said before somebody came, and while they were away, is there: each line once."""

import contextlib
from collections.abc import AsyncIterator, Iterator
from functools import partial

import pika
import pytest

from amqpchat_tui.client.history import access, matching, replay, visit
from amqpchat_tui.model import Notice, Phase
from tests.client.conftest import Join, TakeSeat
from tests.client.support import PlainSpeaker, Seat, plain_speaker
from tests.support.broker import Broker
from tests.support.proxy import Proxy
from tests.support.waiting import wait_until

from .support import begin_history, lines, texts


@pytest.fixture
def bob(amqp_url: str, room: str) -> Iterator[PlainSpeaker]:
    """Somebody at a plain script, in a room that keeps a history."""
    begin_history(amqp_url, room)
    with plain_speaker(amqp_url, room) as speaker:
        yield speaker


@pytest.fixture
async def network(amqp_url: str) -> AsyncIterator[Proxy]:
    """The way to the broker, to be cut."""
    async with Proxy(amqp_url) as proxy:
        yield proxy


async def past_of(seat: Seat, count: int = 1) -> None:
    """Wait until somebody has been given what they asked for."""
    await wait_until(
        lambda: len(seat.replays) >= count, 20, lambda: f"{count} times; {seat.replays} {seat.notices}"
    )


async def hearing(join: Join, bob: PlainSpeaker, url: str) -> Seat:
    """Have somebody come, and hear a line."""
    seat = await join(url)
    await past_of(seat)
    bob.say("heard")
    await seat.hear("heard")
    return seat


@contextlib.asynccontextmanager
async def away(seat: Seat, network: Proxy) -> AsyncIterator[None]:
    """Have somebody away meanwhile, and then given what they have missed."""
    network.refuse()
    network.cut()
    await seat.reach(Phase.RECONNECTING)
    yield
    await network.accept()
    await past_of(seat, 2)


def has_gaps(seat: Seat, count: int) -> bool:
    """Whether somebody was told of so many."""
    return len(seat.gaps) == count


async def have_read(seat: Seat) -> None:
    """Wait until somebody who is back has read the history, whether that told anything or not."""
    visit = seat.client.histories._of[seat.conversation].visit
    assert visit is not None
    await wait_until(lambda: visit.is_idle, 20, "the history to be read")


async def test_who_joins_is_shown_what_was_said_before(bob: PlainSpeaker, join: Join) -> None:
    for text in ("one", "two", "two", "three"):
        bob.say(text)
    ann = await join()
    await past_of(ann)
    assert texts(ann) == ["one", "two", "two", "three"]
    assert not ann.replays[0].more
    assert ann.notices == []


async def test_what_was_sent_twice_under_an_id_is_shown_once(bob: PlainSpeaker, join: Join) -> None:
    twice = pika.BasicProperties(message_id="the same")
    bob.say("twice", properties=twice)
    bob.say("twice", properties=twice)
    ann = await join()
    await past_of(ann)
    bob.say("twice", properties=twice)
    bob.say("that is all")
    await ann.hear("that is all")
    assert texts(ann) == ["twice", "that is all"]


async def test_only_what_went_through_the_room_is_a_line(bob: PlainSpeaker, join: Join, room: str) -> None:
    bob.say("real")
    bob.channel.basic_publish("", f"{room}.history", "forged")
    ann = await join()
    await past_of(ann)
    assert texts(ann) == ["real"]


async def test_hearsay_is_told_apart(bob: PlainSpeaker, join: Join) -> None:
    bob.say("said")
    bob.say("heard", properties=pika.BasicProperties(headers={"heard_by": "carol"}))
    ann = await join()
    await past_of(ann)
    assert texts(ann) == ["said", "heard"]
    assert ann.replays[0].heard_by == {1: "carol"}


async def test_older_lines_come_in_portions_and_are_counted_as_lines(
    bob: PlainSpeaker, take_seat: TakeSeat, amqp_url: str, room: str
) -> None:
    said = [f"line {number}" for number in range(25)]
    for text in said:
        bob.say(text)
    bob.channel.exchange_declare(f"{room}.events", "fanout")
    bob.channel.queue_bind(f"{room}.history", f"{room}.events")
    for _ in range(99):
        bob.channel.basic_publish(f"{room}.events", "ann", "")
    bob.say("last")
    ann = take_seat(amqp_url, show=10)
    await past_of(ann)
    assert texts(ann) == [*said[-9:], "last"]
    for count in (2, 3):
        assert ann.replays[-1].more
        ann.client.histories.older(ann.conversation)
        await past_of(ann, count)
    assert texts(ann) == [*said, "last"]
    assert not ann.replays[-1].more


async def test_who_wants_no_lines_gets_none(bob: PlainSpeaker, take_seat: TakeSeat, amqp_url: str) -> None:
    bob.say("before")
    ann = take_seat(amqp_url, show=0)
    await past_of(ann)
    bob.say("after")
    await ann.hear("after")
    ann.client.histories.older(ann.conversation)
    assert texts(ann) == ["after"]


async def test_what_was_missed_is_filled_in_where_it_was_missed(
    bob: PlainSpeaker, join: Join, network: Proxy
) -> None:
    bob.say("before ann")
    ann = await hearing(join, bob, network.url)
    async with away(ann, network):
        for text in ("missed", "heard", "missed"):
            bob.say(text)
    bob.say("back")
    await ann.hear("back")
    assert texts(ann) == ["before ann", "heard", "missed", "heard", "missed", "back"]
    (gap,) = [entry.gap for entry in ann.entries if isinstance(entry, Notice) and entry.gap]
    assert ann.replays[1].gap == gap


async def test_of_too_much_the_latest_is_filled_in_and_the_rest_told_of(
    bob: PlainSpeaker, join: Join, network: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    for where in replay, visit:
        monkeypatch.setattr(where, "MOST_MESSAGES", 30)
    monkeypatch.setattr(visit, "BEFORE_MESSAGES", 10)
    ann = await hearing(join, bob, network.url)
    async with away(ann, network):
        said = [f"missed {number}" for number in range(50)]
        for text in said:
            bob.say(text)
    bob.say("back")
    await ann.hear("back")
    assert texts(ann) == ["heard", *said[-30:], "back"]
    assert (ann.replays[1].more, ann.replays[1].left_out) == (True, 20)


async def test_of_too_many_bytes_the_latest_are_filled_in(
    bob: PlainSpeaker, join: Join, network: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replay, "MOST_BYTES", 500)
    monkeypatch.setattr(visit, "BEFORE_MESSAGES", 2)
    ann = await hearing(join, bob, network.url)
    async with away(ann, network):
        said = [f"{number} {'x' * 98}" for number in range(10, 20)]
        for text in said:
            bob.say(text)
    bob.say("back")
    await ann.hear("back")
    assert texts(ann) == ["heard", *said[-4:], "back"]
    assert ann.replays[1].left_out == 6


async def test_a_gap_in_which_nothing_was_said_is_known_to_be_none(
    bob: PlainSpeaker, join: Join, network: Proxy
) -> None:
    ann = await hearing(join, bob, network.url)
    network.cut()
    await past_of(ann, 2)
    assert ann.replays[1].lines == []
    assert not ann.replays[1].more
    assert texts(ann) == ["heard"]


async def test_who_connects_anew_on_their_own_is_told_that_nothing_is_missing(
    bob: PlainSpeaker, join: Join
) -> None:
    ann = await join()
    await past_of(ann)
    bob.say("heard")
    await ann.hear("heard")
    ann.client.reconnect()
    bob.say("missed or not")
    await past_of(ann, 2)
    await ann.reach(Phase.ONLINE)
    bob.say("back")
    await ann.hear("back")
    assert texts(ann) == ["heard", "missed or not", "back"]
    assert not ann.replays[1].more


@pytest.mark.usefixtures("node")  # a hosted room has its history back at once
async def test_of_a_room_that_was_made_again_during_a_gap_lines_may_be_missing(
    bob: PlainSpeaker, join: Join, network: Proxy, room: str
) -> None:
    ann = await hearing(join, bob, network.url)
    async with away(ann, network):
        bob.channel.exchange_delete(room)
        bob.channel.exchange_declare(room, "fanout")
        bob.say("into no history")
        bob.channel.queue_bind(f"{room}.history", room)
        bob.say("missed")
    assert texts(ann) == ["heard", "missed"]
    assert ann.replays[1].more


@pytest.mark.parametrize(("before", "after"), [([], 0), ([], 2), (["heard"], 0), (["heard"], 2)])
async def test_a_history_that_began_during_a_gap_may_lack_lines_of_it(
    bob: PlainSpeaker, join: Join, network: Proxy, amqp_url: str, room: str, before: list[str], after: int
) -> None:
    ann = await join(network.url)
    await past_of(ann)
    for text in before:
        bob.say(text)
        await ann.hear(text)
    network.refuse()
    network.cut()
    await ann.reach(Phase.RECONNECTING)
    bob.say("gone with the history")
    bob.channel.queue_delete(f"{room}.history")
    begin_history(amqp_url, room)
    for _ in range(3):  # so that it has come as far as the former
        bob.channel.basic_publish("", f"{room}.history", "no line")
    for number in range(after):
        bob.say(f"missed {number}")
    await network.accept()
    await ann.reach(Phase.ONLINE)
    await have_read(ann)
    assert all(replay.more for replay in ann.replays[1:])


async def test_what_was_said_into_a_room_that_was_made_again_is_filled_in(
    bob: PlainSpeaker, join: Join, room: str
) -> None:
    ann = await join()
    await past_of(ann)
    bob.say("heard")
    await ann.hear("heard")
    bob.channel.exchange_delete(room)
    bob.channel.exchange_declare(room, "fanout")
    bob.channel.queue_bind(f"{room}.history", room)
    bob.say("missed")
    await past_of(ann, 2)
    bob.say("back")
    await ann.hear("back")
    assert texts(ann) == ["heard", "missed", "back"]


async def test_a_room_that_is_made_again_while_a_gap_is_filled_has_two_gaps_each_with_its_lines(
    bob: PlainSpeaker, join: Join, room: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matching, "SETTLE_SECONDS", 3.0)
    ann = await join()
    await past_of(ann)
    said = [f"heard {number}" for number in range(5)]
    for text in said:
        bob.say(text)
    await ann.hear(*said)
    for gaps in 1, 2:
        bob.channel.exchange_delete(room)
        bob.channel.exchange_declare(room, "fanout")
        bob.channel.queue_bind(f"{room}.history", room)
        bob.say(f"missed {gaps}")
        await wait_until(partial(has_gaps, ann, gaps), 20, "to be told of it")
        between = [f"heard behind {gaps}, {number}" for number in range(20)]
        for text in between:
            bob.say(text)
        await ann.hear(*between)
        said += [f"missed {gaps}", *between]
    await past_of(ann, 3)
    assert texts(ann) == said


async def test_an_own_line_of_which_only_the_history_knows_is_heard_and_is_not_sent_again(
    bob: PlainSpeaker, join: Join, network: Proxy, room: str
) -> None:
    ann = await join(network.url)
    await past_of(ann)
    ann.say("mine")
    await ann.hear("mine")
    async with away(ann, network):
        ann.say("typed meanwhile")
        (line,) = ann.outbox()
        bob.say(line.body, "ann", pika.BasicProperties(message_id=line.message_id))
    await ann.settle()
    bob.say("that is all")
    await ann.hear("that is all")
    assert texts(ann) == ["mine", "typed meanwhile", "that is all"]
    assert [line.own for line in lines(ann)] == [True, True, False]


async def test_a_binding_that_the_broker_forgot_is_made_again(
    bob: PlainSpeaker, join: Join, room: str
) -> None:
    bob.channel.queue_unbind(f"{room}.history", room)
    ann = await join()
    await past_of(ann)
    bob.say("kept again")
    await ann.hear("kept again")
    bea = await join(nick="bea")
    await past_of(bea)
    assert texts(bea) == ["kept again"]


async def test_who_may_not_read_is_told_so_once_and_chats(
    bob: PlainSpeaker, join: Join, node: Broker, room: str
) -> None:
    node.add_user("carol", "secret")
    node.set_permissions("carol", read=r"^(?!.*\.history$).*$")
    bob.say("before")
    carol = await join(node.url("carol", "secret"), nick="carol")
    await past_of(carol)
    carol.say("hello")
    await carol.hear("hello")
    assert texts(carol) == ["hello"]
    lacks = f"user carol lacks the permission `read` on queue `{room}.history`"
    assert carol.notices == [f"The history of {room} cannot be had: {lacks}."]


@pytest.mark.usefixtures("node")  # a hosted room has a history from the start
async def test_a_queue_of_another_kind_is_left_alone(join: Join, amqp_url: str, room: str) -> None:
    with plain_speaker(amqp_url, room) as bob:
        bob.channel.queue_declare(f"{room}.history", durable=True)
        bob.channel.basic_publish("", f"{room}.history", "not for us")
        ann = await join()
        await past_of(ann)
        ann.say("hello")
        await ann.hear("hello")
        assert texts(ann) == ["hello"]
        (told,) = ann.notices
        assert told.startswith(f"The history of {room} cannot be had: it is a queue of another kind")
        assert bob.channel.basic_get(f"{room}.history", auto_ack=True)[2] == b"not for us"
        assert bob.channel.queue_declare(f"{room}.history", passive=True).method.message_count == 0
        bob.channel.queue_delete(f"{room}.history")


@pytest.mark.usefixtures("node")
async def test_without_a_history_nothing_is_said_of_it(join: Join) -> None:
    ann = await join()
    await past_of(ann)
    assert ann.replays[0].lines == ()
    assert ann.notices == []


async def test_a_history_that_takes_too_long_is_read_behind_the_room_and_still_each_line_once(
    bob: PlainSpeaker, join: Join, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visit, "PREPARE_SECONDS", 0.0)
    for text in ("one", "two"):
        bob.say(text)
    ann = await join()
    for text in ("two", "three"):
        bob.say(text)
    await past_of(ann)
    await ann.hear("three")
    assert texts(ann) == ["one", "two", "two", "three"], ann.notices


async def test_the_connection_for_it_goes_when_nobody_needs_it(
    bob: PlainSpeaker, join: Join, network: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "IDLE_SECONDS", 0.0)
    bob.say("before")
    ann = await join(network.url)
    await past_of(ann)
    await wait_until(lambda: network.links == 1, 10, lambda: f"one connection, not {network.links}")
    assert texts(ann) == ["before"]
    assert ann.phases == [Phase.ONLINE]
