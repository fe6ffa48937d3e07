"""What became of lines before somebody came, or while they were away, is told with the lines: each once."""

from collections.abc import AsyncIterator, Iterator

import pika
import pytest

from amqpchat_tui.client.history import replay, stream, visit
from amqpchat_tui.client.history.replay import Replayed
from amqpchat_tui.client.history.room_history import RoomHistory
from amqpchat_tui.client.rooms import events_visit
from amqpchat_tui.client.rooms.topology import Joined
from amqpchat_tui.client.rooms.topology import join as join_exchange
from amqpchat_tui.client.transport.channels import Channels
from amqpchat_tui.client.transport.link import Link
from amqpchat_tui.model import Membership, Notice, Phase, Reaction, Withdrawal
from tests.client.conftest import Join, TakeSeat
from tests.client.support import PlainSpeaker, Seat, plain_speaker
from tests.support.proxy import Proxy
from tests.support.waiting import wait_until

from .support import begin_history, texts
from .test_reading import past_of


class Script(PlainSpeaker):
    """A script that speaks into a room which keeps a history, and says what becomes of lines."""

    def __init__(self, speaker: PlainSpeaker, room: str) -> None:
        super().__init__(speaker.channel, room)
        self._beside = f"{room}.events"
        self._done = 0

    def line(self, message_id: str) -> None:
        self.say(message_id, properties=pika.BasicProperties(message_id=message_id))

    def do(self, about: str, kind: str = "reaction", exchange: str = "", key: str = "bob") -> None:
        self._done += 1
        headers = {"about": about, "emoji": "👍"}
        told = pika.BasicProperties(type=kind, message_id=f"{about} {self._done}", headers=headers)
        self.channel.basic_publish(exchange or self._beside, key, b"", told)


@pytest.fixture
def bob(amqp_url: str, room: str) -> Iterator[Script]:
    begin_history(amqp_url, room)
    with plain_speaker(amqp_url, room) as speaker:
        yield Script(speaker, room)


@pytest.fixture
async def network(amqp_url: str) -> AsyncIterator[Proxy]:
    """The way to the broker, to be cut."""
    async with Proxy(amqp_url) as proxy:
        yield proxy


def told(seat: Seat) -> list[str]:
    """The ids of all that has become of lines."""
    return [event.event_id for event in seat.events]


async def test_a_late_joiner_is_told_what_became_of_the_lines(bob: Script, join: Join, room: str) -> None:
    bob.line("one")
    bob.do("one")
    bob.line("two")
    bob.do("one", "withdraw")
    bob.do("two")
    bob.do("two", exchange=room)  # in the room itself, it is a line
    bob.channel.basic_publish("", f"{room}.history", b"", pika.BasicProperties(type="withdraw"))
    ann = await join()
    await past_of(ann)
    assert texts(ann) == ["one", "two", ""]
    assert told(ann) == ["one 1", "one 2", "two 3"]
    assert [type(event) for event in ann.events] == [Reaction, Withdrawal, Reaction]
    assert [event.at for event in ann.events] == sorted(event.at for event in ann.events)
    await ann.can_react()
    bob.do("two")
    await ann.see("two 5")
    assert told(ann) == ["one 1", "one 2", "two 3", "two 5"]


async def test_own_things_are_known_again(bob: Script, join: Join, amqp_url: str) -> None:
    bob.line("one")
    ann = await join()
    await ann.can_react()
    ann.client.events.react(ann.conversation, "one", "👍")
    await wait_until(lambda: ann.events, what="it to come back")
    bea = await join(nick="bea")
    await past_of(bea)
    assert [(event.event_id, event.own) for event in bea.events] == [(told(ann)[0], False)]
    where = ann.conversation
    ann.client.leave(where)
    ann.events.clear()
    ann.client.join(where)
    await wait_until(lambda: ann.events, what="it to come from the history")
    assert [event.own for event in ann.events] == [True]


async def test_lines_are_counted_and_not_what_became_of_them(bob: Script, join: Join) -> None:
    """However much is between the lines, as many as wanted come, and with each page what became of them."""
    for number in range(6):
        bob.line(str(number))
        for _ in range(30):
            bob.do(str(number))
    ann = await join(show=2)
    await past_of(ann)
    assert texts(ann) == ["4", "5"]
    assert ann.replays[0].more
    for count in 2, 3:
        assert {f"{text} {30 * int(text) + 1}" for text in texts(ann)} <= set(told(ann))
        assert len(told(ann)) < 60 * count
        ann.client.histories.older(ann.conversation)
        await past_of(ann, count)
    assert texts(ann) == list("012345")
    assert not ann.replays[-1].more
    assert len(set(told(ann))) == len(told(ann)) == 180


async def test_of_too_much_between_lines_as_much_is_read_as_can_be(
    bob: Script, join: Join, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And then it goes on from there."""
    bob.line("one")
    for _ in range(700):
        bob.do("one")
    monkeypatch.setattr(replay, "MOST_MESSAGES", 500)
    ann = await join(show=1)
    await past_of(ann)
    pages = 1
    while ann.replays[-1].more:
        assert not texts(ann)
        ann.client.histories.older(ann.conversation)
        pages += 1
        await past_of(ann, pages)
    assert texts(ann) == ["one"]
    assert sorted(told(ann)) == sorted(f"one {number + 1}" for number in range(700))
    assert ann.notices == []


async def test_a_gap_is_filled_with_lines_and_what_became_of_them(
    bob: Script, join: Join, network: Proxy
) -> None:
    """Nothing of that is mistaken for lines, though more came of it than of lines."""
    ann = await join(network.url)
    await past_of(ann)
    await ann.can_react()
    for number in range(5):
        bob.line(f"heard {number}")
        for _ in range(50):
            bob.do(f"heard {number}")
    await ann.hear("heard 4")
    await wait_until(lambda: len(told(ann)) == 250, 20, lambda: f"250, not {len(told(ann))}")
    network.refuse()
    network.cut()
    await ann.pass_through(Phase.RECONNECTING)
    for number in range(3):
        bob.do("heard 4")
        bob.line(f"missed {number}")
        bob.do(f"missed {number}", "withdraw")
    await network.accept()
    await past_of(ann, 2)
    await ann.can_react()
    bob.line("live")
    bob.do("live")
    await ann.hear("live")
    await wait_until(lambda: len(told(ann)) == 257, 20, lambda: f"257, not {len(told(ann))}")
    assert texts(ann) == [*(f"heard {n}" for n in range(5)), *(f"missed {n}" for n in range(3)), "live"]
    assert [line.text for line in ann.replays[1].lines] == [f"missed {number}" for number in range(3)]
    assert not ann.replays[1].more
    assert len(ann.replays[1].events) == 6
    assert len(set(told(ann))) == 257


async def test_what_became_of_lines_is_told_though_the_gap_cannot_be_filled(
    bob: Script, join: Join, network: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = await join(network.url)
    await past_of(ann)
    bob.line("heard")
    await ann.hear("heard")
    await ann.can_react()
    network.refuse()
    network.cut()
    await ann.pass_through(Phase.RECONNECTING)
    bob.do("heard", "withdraw")
    monkeypatch.setattr(visit, "not_shown", lambda shown, read, expected: None)
    await network.accept()
    await ann.see("heard 1")
    assert len(ann.replays) == 1


async def test_who_joins_while_much_becomes_of_lines_need_not_wait_until_that_ends(
    bob: Script, join: Join, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether the stream has more lines is looked for once, and not until there is a pause."""
    looks = 0

    async def find_and_count(link: Link, name: str, *, messages: int) -> int:
        nonlocal looks
        looks += 1
        for _ in range(5):
            bob.do("one")
        return await stream.find_tail(link, name, messages=messages)

    monkeypatch.setattr(replay, "find_tail", find_and_count)
    bob.line("one")
    ann = await join()
    await past_of(ann)
    assert texts(ann) == ["one"]
    assert looks <= 1
    await ann.see(*(f"one {number + 1}" for number in range(5 * looks)))
    assert not [entry for entry in ann.entries if isinstance(entry, Notice)]


async def test_what_comes_before_our_queue_is_bound_is_read_from_the_history(
    bob: Script, take_seat: TakeSeat, amqp_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That may be later than it is bound to the room, and nothing is read before."""
    problems = []

    async def bind_late(channels: Channels, exchange: str, queue: str, user: str) -> Joined:
        state = ann.client.room_state
        await wait_until(lambda: state(ann.conversation).membership is Membership.JOINED, what="the room")
        bob.do("one")
        return await join_exchange(channels, exchange, queue, user)

    async def read(link: Link, history: RoomHistory, start: int, tail: int, end: int) -> Replayed:
        problems.append(ann.client.events.problem(ann.conversation))
        assert end == 1
        return await replay.read_on(link, history, start, tail, end)

    monkeypatch.setattr(events_visit, "join", bind_late)
    monkeypatch.setattr(visit, "read_on", read)
    bob.line("one")
    ann = take_seat(amqp_url)
    await ann.see("one 1")
    assert problems == [""]
