"""`amqpchat who` and `amqpchat listen --presence`: who is in a room, for scripts, which nobody lists."""

import asyncio
import json
import time
from collections.abc import AsyncIterator

import pytest

from tests.client.people.company import Member
from tests.client.support import plain_speaker
from tests.headless.support import Program, run
from tests.headless.test_listen import Place, Start
from tests.support.ports import free_port
from tests.support.waiting import wait_until


@pytest.fixture
async def ann(amqp_url: str, room: str) -> AsyncIterator[Member]:
    """Somebody who is in the room."""
    member = Member(amqp_url, room=room, nick="ann")
    await member.settle_in()
    yield member
    await member.close()


async def test_who_prints_who_is_there(ann: Member, amqp_url: str, room: str, place: Place) -> None:
    ben = Member(amqp_url, room=room, nick="ben")
    await ann.see("ann", "ben")
    ben.people.away = "lunch"
    await wait_until(lambda: any(one.away for one in ann.attendance.here(0.0)), 20, "ben's absence")
    plain = await asyncio.to_thread(run, "who", *place)
    assert (plain.returncode, plain.stdout) == (0, "ann\nben (away: lunch)\n")
    as_json = await asyncio.to_thread(run, "who", "--json", *place)
    told = [json.loads(line) for line in as_json.stdout.splitlines()]
    assert [(one["room"], one["nick"], one["away"], one["sessions"]) for one in told] == [
        (room, "ann", None, 1),
        (room, "ben", "lunch", 1),
    ]
    assert all(time.time() - 60 < one["since"] <= one["heard_at"] <= time.time() + 1 for one in told)
    assert ann.here == ["ann", "ben"]
    await ben.close()


def test_in_an_empty_room_there_is_nobody(place: Place) -> None:
    done = run("who", *place)
    assert (done.returncode, done.stdout) == (0, "")


def test_several_rooms_are_named(place: Place, room: str) -> None:
    done = run("who", *place, "--room", f"{room}-2")
    assert (done.returncode, done.stdout) == (0, "")


def test_where_nobody_may_tell_it_fails(place: Place, amqp_url: str, room: str) -> None:
    with plain_speaker(amqp_url, room) as speaker:
        speaker.channel.exchange_declare(f"{room}.presence", "topic")
    done = run("who", *place)
    assert (done.returncode, done.stdout) == (1, "")
    assert "No roster: " in done.stderr


def test_without_a_broker_it_fails_at_once() -> None:
    done = run("who", "--url", f"amqp://127.0.0.1:{free_port()}")
    assert (done.returncode, done.stdout) == (1, "")


def has_printed_that_bob_left(program: Program) -> bool:
    last = program.printed.splitlines()[-1]
    return "← bob" in last or '"left", "nick": "bob"' in last


async def test_listen_prints_who_comes_and_goes(
    ann: Member, amqp_url: str, room: str, start: Start, place: Place
) -> None:
    plain = start("listen", "--presence", *place)
    as_json = start("listen", "--presence", "--json", *place)
    number = 0
    while "→" not in plain.printed or "came" not in as_json.printed:  # they hear who is there from then on
        number += 1
        passing = Member(amqp_url, room=room, nick=f"x{number}")
        await passing.settle_in()
        await passing.close()
        await ann.see("ann")
    ben = Member(amqp_url, room=room, nick="ben")
    await ann.see("ann", "ben")
    ben.say("hello")
    await ann.hear("hello")
    ben.people.rename("bob")
    await ann.see("ann", "bob")
    await ben.close()
    for program in plain, as_json:
        await asyncio.to_thread(program.wait_for, has_printed_that_bob_left)
    lines = [line.split(" ", 1)[1] for line in plain.printed.splitlines()]
    assert [line for line in lines if "x" not in line] == ["→ ben", "ben hello", "ben is bob", "← bob"]
    told = [json.loads(line) for line in as_json.printed.splitlines()]
    assert all(one["room"] == room for one in told)
    assert [(one["type"], one.get("movement")) for one in told if "x" not in one["nick"]] == [
        ("presence", "came"),
        ("message", None),
        ("presence", "renamed"),
        ("presence", "left"),
    ]
