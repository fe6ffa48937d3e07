"""Names of rooms and of exchanges to watch: what cannot be one is told in a sentence."""

import contextlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amqpchat_tui.wire.names import (
    check_exchange,
    check_pattern,
    check_room,
    events_of,
    history_of,
    presence_of,
    room_of_events,
    room_of_presence,
)
from amqpchat_tui.wire.text import WireError

RESERVED = "names that end in {} are reserved for what belongs to a room; choose another one"
BROKERS = "names that begin with amq. are reserved for the broker; choose another one"


@pytest.mark.parametrize(
    ("check", "name", "reason"),
    [
        (check_room, "", "a room needs a name"),
        (check_room, " ", "a room needs a name"),
        (check_room, "a\nb", "a room's name has no control or invisible characters"),
        (check_room, "a\x1b[31m", "a room's name has no control or invisible characters"),
        (check_room, "ops\u200b", "a room's name has no control or invisible characters"),
        (check_room, "ops\u3164", "a room's name has no control or invisible characters"),
        (check_room, "a\udcff", "a room's name has no control or invisible characters"),
        (check_room, "é" * 128, "a room's name has at most 255 bytes; this one has 256"),
        (check_room, "amq.fanout", BROKERS),
        (check_room, "ops.presence", RESERVED.format(".presence")),
        (check_room, ".events", RESERVED.format(".events")),
        (check_room, "ops.lab.history", RESERVED.format(".history")),
        (check_exchange, "", "name the exchange to watch"),
        (check_exchange, "a\tb", "an exchange's name has no control or invisible characters"),
        (check_exchange, "a" * 256, "an exchange's name has at most 255 bytes; this one has 256"),
        (check_pattern, " ", "a pattern has visible characters"),
        (check_pattern, "a.\x07", "a pattern has no control or invisible characters"),
        (check_pattern, "#" * 256, "a pattern has at most 255 bytes; this one has 256"),
    ],
)
def test_what_cannot_be_sent_is_refused(check: Callable[[str], str], name: str, reason: str) -> None:
    with pytest.raises(WireError) as refused:
        check(name)
    assert str(refused.value) == reason


@pytest.mark.parametrize(
    ("check", "name"),
    [
        *((check_room, name) for name in ("r", "r" * 255, "Raum für alle", "部屋", "amqp", "a.b:c_d-e")),
        *((check_room, name) for name in ("events", "ops.eventsx", "presence.ops")),
        *((check_exchange, name) for name in ("amq.topic", "amq.rabbitmq.event", "ops.presence")),
        *((check_pattern, pattern) for pattern in ("", "#", "alerts.*.disk")),
    ],
)
def test_all_others_are_left_as_they_are(check: Callable[[str], str], name: str) -> None:
    assert check(name) == name


@given(st.text())
def test_what_is_accepted_is_a_short_string_that_one_can_see(name: str) -> None:
    for check in check_room, check_exchange:
        with contextlib.suppress(WireError):
            assert check(name) == name
            assert name.isprintable()
            assert 0 < len(name.encode()) <= 255


def test_presence_events_and_history_stand_beside_a_room() -> None:
    assert (presence_of("ops"), events_of("ops"), history_of("ops")) == (
        "ops.presence",
        "ops.events",
        "ops.history",
    )
    assert room_of_presence("ops.presence") == room_of_events("ops.events") == "ops"


@pytest.mark.parametrize(
    "exchange", ["", "ops", ".presence", "ops.events", "ops.presence.presence", "amq.x.presence"]
)
def test_other_exchanges_tell_no_presence(exchange: str) -> None:
    assert room_of_presence(exchange) is None


@pytest.mark.parametrize("exchange", ["", "ops", ".events", "ops.presence", "ops.events.events"])
def test_other_exchanges_tell_no_events(exchange: str) -> None:
    assert room_of_events(exchange) is None


def test_a_long_name_leaves_no_place_beside_it() -> None:
    assert presence_of("é" * 123) == "é" * 123 + ".presence"
    assert presence_of("é" * 124) is None
