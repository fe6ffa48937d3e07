"""Who comes to a hosted room is shown what was said before, and needs no `/history on` for it."""

import pytest

from amqpchat_tui.client import AmqpClient
from amqpchat_tui.model import HistoryLimits, Phase
from tests.client.history.support import texts
from tests.client.support import Seat, settings
from tests.support.embedded import EmbeddedBroker
from tests.support.waiting import wait_until

pytestmark = pytest.mark.broker


async def come(url: str, nick: str) -> Seat:
    """Take part in ops."""
    seat = Seat(AmqpClient(settings(url, room="ops", nick=nick)))
    seat.client.start(seat)
    await seat.reach(Phase.ONLINE)
    return seat


async def test_who_comes_late_reads_what_was_said() -> None:
    with EmbeddedBroker() as host:
        ann = await come(host.url(), "ann")
        for text in "one", "two", "two":
            ann.say(text)
        await ann.hear("one", "two", "two")
        bob = await come(host.url(), "bob")
        await wait_until(lambda: bob.replays, what="the history")
        ann.say("three")
        await bob.hear("three")
        assert texts(bob) == ["one", "two", "two", "three"]
        bob.client.histories.begin(bob.conversation, HistoryLimits())
        answer = "This room has such a history already."
        await wait_until(lambda: bob.notices[-1:] == [answer], what=lambda: f"the answer: {bob.notices}")
        for seat in ann, bob:
            await seat.client.close()


async def test_who_comes_late_is_told_what_became_of_the_lines() -> None:
    with EmbeddedBroker() as host:
        ann = await come(host.url(), "ann")
        await ann.can_react()
        ann.say("one")
        await ann.hear("one")
        about = ann.messages[0].message_id or ""
        ann.client.events.react(ann.conversation, about, "👍")
        ann.client.events.withdraw(ann.conversation, about)
        await wait_until(lambda: len(ann.events) == 2, what="both to be known")
        bob = await come(host.url(), "bob")
        await wait_until(lambda: bob.replays, what="the history")
        assert texts(bob) == ["one"]
        assert [event.event_id for event in bob.replays[0].events] == [event.event_id for event in ann.events]
        for seat in ann, bob:
            await seat.client.close()
