"""From when to when a room was not heard, whatever comes while we find out."""

from typing import cast
from unittest import mock

import pytest

from amqpchat_tui.client.rooms import hearing
from amqpchat_tui.client.rooms.canary import Canary
from amqpchat_tui.client.rooms.hearing import Hearing
from amqpchat_tui.client.rooms.inbox import Inbox
from amqpchat_tui.client.rooms.listening import Listening
from amqpchat_tui.client.rooms.outbox import Outbox
from amqpchat_tui.client.rooms.topology import Joined
from amqpchat_tui.client.transport.link import Link
from amqpchat_tui.model import Gap, Moment, Notice


class Bird:
    """Stands in for a canary: it watches, until the test says that the room was deleted."""

    def __init__(self) -> None:
        self.watches = True
        self.is_gone = False

    async def lives(self) -> bool:
        self.watches = self.watches and not self.is_gone
        return not self.is_gone


class Room:
    """A room that is heard, over a link of which nothing is needed."""

    def __init__(self) -> None:
        self.bird = Bird()
        self.inbox = Inbox(lambda: None)
        self.on_its_way = False
        """Whether something comes that had been said before, when we ask what waits in the queue."""
        listening = mock.create_autospec(Listening, instance=True, queue="ours", is_behind=False)
        listening.nothing_waits.side_effect = self._nothing_waits
        self.hearing = Hearing(
            mock.create_autospec(Link, instance=True, user="guest", channels=None),
            listening,
            self.inbox,
            Outbox(lambda: None),
            cast(Canary, self.bird),
            room="ops",
            past=None,
            joined=lambda: None,
        )

    async def _nothing_waits(self) -> bool:
        if self.on_its_way:
            self.hearing.heard()
        return True

    @property
    def gap(self) -> Gap:
        entries = self.inbox.drain(10).entries
        (notice,) = entries
        assert isinstance(notice, Notice)
        assert notice.gap is not None
        return notice.gap


@pytest.fixture
async def room(monkeypatch: pytest.MonkeyPatch) -> Room:
    room = Room()

    async def join(*_: object) -> Joined:
        room.bird.is_gone, room.bird.watches = False, True
        return Joined("", shown=True)

    monkeypatch.setattr(hearing, "join", join)
    await room.hearing.join()
    return room


async def test_what_was_still_on_its_way_does_not_shorten_the_gap(room: Room) -> None:
    await room.hearing.heal()
    deleted_at = Moment.now()
    room.bird.is_gone = room.on_its_way = True
    await room.hearing.heal()
    gap = room.gap
    assert gap.began <= deleted_at.wall <= gap.ended


async def test_without_a_canary_we_are_sure_up_to_the_last_look_that_left_nothing(room: Room) -> None:
    room.bird.watches = False
    await room.hearing.heal()
    looked_at = Moment.now()
    room.hearing.heard()
    deleted_at = Moment.now()
    room.hearing.heard()  # it had waited in our queue
    await room.hearing.exchange_gone()
    gap = room.gap
    assert gap.began <= looked_at.wall <= deleted_at.wall <= gap.ended
