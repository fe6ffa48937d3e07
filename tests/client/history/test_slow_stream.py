"""Lines are heard, and are not held up or sent again, though their confirms wait for a stream."""

import asyncio
from collections.abc import Callable, Iterator

import pytest

from amqpchat_tui.model import Phase
from tests.client.conftest import Join
from tests.client.support import PlainListener
from tests.support.broker import Broker
from tests.support.waiting import wait_until

from .support import begin_history

LEADER = (
    '{{ok, Queue}} = rabbit_amqqueue:lookup(rabbit_misc:r(<<"/">>, queue, <<"{}">>)), '
    "sys:{}(amqqueue:get_pid(Queue))."
)


@pytest.fixture
def leader(node: Broker, room: str) -> Iterator[Callable[[str], None]]:
    """What has the leader of a room's history `suspend`, and `resume`."""
    begin_history(node.url(), room)

    def have(it: str) -> None:
        node.ctl("eval", LEADER.format(f"{room}.history", it))

    yield have
    have("resume")


async def test_own_lines_are_heard_and_sent_once_while_the_stream_confirms_nothing(
    join: Join, node: Broker, room: str, leader: Callable[[str], None]
) -> None:
    with PlainListener(node.url(), room) as bob:
        ann = await join()
        await wait_until(lambda: ann.replays, what="the history")
        await asyncio.to_thread(leader, "suspend")
        said = [f"line {number}" for number in range(5)]
        for text in said:
            ann.say(text)
        await ann.hear(*said)
        await ann.settle()
        assert ann.texts == said
        await wait_until(lambda: len(bob.heard()) == len(said), what="the lines")
        assert Phase.BLOCKED not in ann.phases
        await asyncio.to_thread(leader, "resume")
        ann.say("that is all")
        await ann.hear("that is all")
        await wait_until(lambda: len(bob.heard()) == len(said) + 1, what="no line twice")


async def test_who_joins_meanwhile_chats_and_is_told(
    join: Join, room: str, leader: Callable[[str], None]
) -> None:
    await asyncio.to_thread(leader, "suspend")
    ann = await join()
    ann.say("hello")
    await ann.hear("hello")
    await wait_until(lambda: ann.replays, what="the history")
    assert ann.notices == [f"The history of {room} cannot be had: it does not answer."]
    assert ann.replays[0].lines == ()
    await asyncio.to_thread(leader, "resume")
