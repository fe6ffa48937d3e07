"""What the broker drops, as we are too slow for it, is there in the end: each line once, in its place."""

import asyncio
import random
from collections import defaultdict

import pytest

from amqpchat_tui.client import client
from amqpchat_tui.client.rooms import overflow
from amqpchat_tui.model import Notice
from tests.client.conftest import TakeSeat
from tests.client.support import PlainSpeaker, Seat, plain_speaker
from tests.support.waiting import wait_until

from .support import begin_history, lines, view

NICKS = "ann", "bob", "cyd", "dan"
WINDOW = 50
LIMIT = 200


class Talk:
    """Four plain scripts that speak in few texts, and what each has said."""

    def __init__(self, speaker: PlainSpeaker, texts: int) -> None:
        self._speaker = speaker
        self._texts = texts
        self._chance = random.Random(texts)
        self.said: defaultdict[str, list[str]] = defaultdict(list)

    def go_on(self, count: int) -> None:
        for _ in range(count):
            nick, text = self._chance.choice(NICKS), f"text {self._chance.randrange(self._texts)}"
            self._speaker.say(text, nick)
            self.said[nick].append(text)


def by_nick(seat: Seat) -> dict[str, list[str]]:
    shown: defaultdict[str, list[str]] = defaultdict(list)
    for line in lines(seat):
        shown[line.nick].append(line.text)
    return shown


async def is_there(seat: Seat, talk: Talk, filled: int) -> None:
    """Wait until somebody has heard all, some of it from the history; it has to be what was said."""
    count = sum(map(len, talk.said.values()))
    await wait_until(
        lambda: len(lines(seat)) >= count and len(seat.replays) > filled,
        30,
        lambda: f"{count} lines; {len(lines(seat))}, {seat.notices}",
    )
    assert by_nick(seat) == talk.said, seat.notices


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch, take_seat: TakeSeat, amqp_url: str) -> TakeSeat:
    """Takes a seat at which few messages may wait."""
    monkeypatch.setattr(client, "WINDOW", WINDOW)
    monkeypatch.setattr(overflow, "MOST_A_SECOND", 5_000)  # as the queue is shorter than any real one
    return lambda **options: take_seat(amqp_url, lines=LIMIT, **options)


@pytest.mark.parametrize("few", [100, 6, 1])
async def test_what_was_dropped_is_filled_in_where_it_is_missing(
    slow: TakeSeat, amqp_url: str, room: str, few: int
) -> None:
    begin_history(amqp_url, room)
    with plain_speaker(amqp_url, room) as speaker:
        talk = Talk(speaker, few)
        talk.go_on(20)
        sam = slow()
        await wait_until(lambda: sam.replays, 20, "what was said before")
        for _ in range(2):
            talk.go_on(100)
            await wait_until(lambda: len(lines(sam)) == sum(map(len, talk.said.values())), 20, "the lines")
            filled = len(sam.replays)
            sam.drains = False
            await asyncio.to_thread(talk.go_on, 600)
            sam.drains = True
            sam.drain()
            await is_there(sam, talk, filled)
    assert len([entry for entry in view(sam) if isinstance(entry, Notice) and entry.gap]) == 2
    assert not any(replay.more for replay in sam.replays)
