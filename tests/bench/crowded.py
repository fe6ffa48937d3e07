"""What 300 people cost who tell each other that they are in a room, at a real broker and in a real chat."""

import asyncio
import contextlib
import re
import time
from collections.abc import Iterator

import pika

from tests.bench.figures import Figure, Goal, percentile, rounded, spread
from tests.bench.keys import type_until
from tests.bench.program import Place, Program
from tests.bench.setting import Setting
from tests.client.people.company import Member
from tests.support.waiting import wait_until

PEOPLE = 300
NEWCOMERS = 20
WIDE = Place(200, 60)
"""A terminal that has space for the list of people."""
_seconds = 60.0
_settling_seconds = 5.0
_patience = 120.0
_storm_seconds = 30.0
_runs = 3
_counted = re.compile(r"counted (\d+) (\d+) ([0-9.]+)")


def measure(setting: Setting) -> Iterator[Figure]:
    """Rest in a room of many people, come into one, and type while all come at once."""
    with _room(setting) as room:
        yield from _rest(setting, room)
        delays = [delay for _ in range(setting.runs(_runs)) for delay in _type_in_a_storm(setting)]
    yield Figure(
        f"key to screen while {PEOPLE} people come within a second, p99",
        percentile(delays, 99),
        "ms",
        Goal("≤", 100),
        f"{spread(delays, 'ms')} of {len(delays)} keys",
    )


def _rest(setting: Setting, room: str) -> Iterator[Figure]:
    with (
        _crowd(setting, room, "rested") as crowd,
        setting.chat(room) as chat,
        setting.chat(room, place=WIDE) as wide,
    ):
        chat.wait_for(" online")
        wide.wait_for(" online")
        crowd.write("\r")
        crowd.wait_for("joined", _patience)
        # Nobody rests before all know each other, which takes until each has said that they are here.
        chat.wait_for(f"{PEOPLE + 2} here", _patience)
        wide.wait_for(f"HERE {PEOPLE + 2}", _patience)
        _read_all(_settling_seconds, crowd, chat, wide)
        _count(crowd)
        before, wide_before = chat.cpu_seconds, wide.cpu_seconds
        _read_all(_seconds, crowd, chat, wide)
        processor, with_list = (
            100 * (now - then) / _seconds
            for now, then in ((chat.cpu_seconds, before), (wide.cpu_seconds, wide_before))
        )
        published, delivered, seconds = _count(crowd)
        delays = asyncio.run(_newcomers(setting.url, room))
    yield Figure(
        f"messages about who is here, in a room of {PEOPLE} at rest",
        published / seconds,
        "/s",
        Goal("≤", 10),
        f"{rounded(delivered / seconds)} deliveries/s",
    )
    yield Figure(
        f"processor of a chat in that room while nobody speaks, for {_seconds:.0f} s, of a core",
        processor,
        "%",
        Goal("≤", 1),
        "",
    )
    yield Figure(
        "the same where all of them are listed at the right",
        with_list,
        "%",
        Goal("≤", 1),
        "",
    )
    yield Figure(
        f"until a newcomer knows all {PEOPLE} of them, p95",
        percentile(delays, 95),
        "s",
        Goal("≤", 1),
        f"{spread(delays, 's')} of {len(delays)}",
    )


async def _newcomers(url: str, room: str) -> list[float]:
    """Come and go; return how long it took each time until all were known, from when presence was heard."""
    return [await _come_and_go(Member(url, room=room, nick=f"new{number}")) for number in range(NEWCOMERS)]


async def _come_and_go(newcomer: Member) -> float:
    await wait_until(lambda: newcomer.attendance.is_bound, _patience, "to hear presence")
    began = time.monotonic()
    await wait_until(lambda: len(newcomer.attendance.roster) >= PEOPLE, _patience, "to know all")
    took = time.monotonic() - began
    await newcomer.close()
    return took


def _type_in_a_storm(setting: Setting) -> list[float]:
    with _room(setting) as room, setting.chat(room) as chat, _crowd(setting, room) as crowd:
        chat.wait_for(" online")
        crowd.write("\r")
        until = time.monotonic() + _storm_seconds

        def enough(*_: object) -> bool:
            crowd.read(0)
            return time.monotonic() > until

        return type_until(chat, enough)


def _count(crowd: Program) -> tuple[int, int, float]:
    """Return how much was published and delivered since the last time, and in how many seconds."""
    crowd.write("\r")
    crowd.wait_for("counted")
    text = "counted" + crowd.read(5.0)
    match = _counted.match(text)
    assert match is not None, text
    return int(match[1]), int(match[2]), float(match[3])


def _read_all(seconds: float, crowd: Program, *chats: Program) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for chat in chats:
            chat.read_for(0.25)
        crowd.read(0)


@contextlib.contextmanager
def _crowd(setting: Setting, room: str, *how: str) -> Iterator[Program]:
    with setting.module("crowd", setting.url, room, str(PEOPLE), *how) as crowd:
        crowd.wait_for("ready", _patience)
        yield crowd


@contextlib.contextmanager
def _room(setting: Setting) -> Iterator[str]:
    with setting.room() as room:
        yield room
        with pika.BlockingConnection(pika.URLParameters(setting.url)) as connection:
            connection.channel().exchange_delete(f"{room}.presence")
