"""`amqpchat listen --since`: first what the room's history has, then what is said, each line once."""

import json
import time

import pika
import pytest

from tests.client.history.support import begin_history
from tests.client.support import plain_speaker

from .test_listen import Place, Start

HOUR_MS = 3_600_000


def stamped(hours_ago: float) -> pika.BasicProperties:
    """The properties of a line that was said so long ago."""
    return pika.BasicProperties(headers={"sent_at_ms": round(time.time() * 1000 - hours_ago * HOUR_MS)})


def test_it_begins_with_what_was_said_since_then_and_goes_on(
    start: Start, place: Place, amqp_url: str, room: str
) -> None:
    begin_history(amqp_url, room)
    with plain_speaker(amqp_url, room) as bob:
        bob.say("too old", properties=stamped(3))
        bob.say("an hour ago", properties=stamped(1))
        bob.say("who knows when")
        program = start("listen", "--since", "2h", *place)
        program.wait_for(lambda program: "who knows when" in program.printed)
        bob.say("live")
        program.wait_for(lambda program: "live" in program.printed)
    rows = program.printed.splitlines()
    assert [row.partition(" bob ")[2] for row in rows] == ["an hour ago", "who knows when", "live"]
    assert rows[1].startswith("~") or rows[1].startswith("--:--")


def test_json_says_how_well_the_time_is_known(start: Start, place: Place, amqp_url: str, room: str) -> None:
    begin_history(amqp_url, room)
    with plain_speaker(amqp_url, room) as bob:
        bob.say("who knows when")
        bob.say("an hour ago", properties=stamped(1))
        bob.say("a day later", properties=stamped(-1))
    program = start("listen", "--json", "--since", "2h", "-n", "3", *place)
    assert program.end() == 0
    unknown, known, future = map(json.loads, program.printed.splitlines())
    assert (unknown["received_at"], unknown["roughly"]) == (None, True)
    assert known["received_at"] == pytest.approx(time.time() - 3600, abs=60)
    assert "roughly" not in known
    assert future["received_at"] <= time.time()


@pytest.mark.usefixtures("node")
def test_without_a_history_it_says_so_and_listens(
    start: Start, place: Place, amqp_url: str, room: str
) -> None:
    program = start("listen", "--since", "1h", "-n", "1", *place)
    program.wait_for(lambda program: "keeps no history" in program.told)
    with plain_speaker(amqp_url, room) as bob:
        bob.say("live")
    assert program.end() == 0
    assert program.printed.endswith("bob live\n")
