"""How rooms stand, in words."""

from __future__ import annotations

import pytest

from amqpchat_tui.model import ConversationId, ConversationKind, Level, Membership, RoomState
from amqpchat_tui.wording.rooms import (
    RoomRow,
    describe_elsewhere,
    describe_joining,
    level_chosen,
    level_now,
    room_rows,
)
from tests.support.fake_client import NOON

JOINED = RoomState(Membership.JOINED)


@pytest.mark.parametrize(
    ("level", "seconds", "said"),
    [
        (Level.ALL, None, "ops: all lines from now on."),
        (Level.MENTIONS, 7200, "ops: only mentions from now on, for 2 h."),
        (Level.NONE, 1800, "ops: nothing, not even mentions, from now on, for 30 min."),
        (Level.NONE, 5400, "ops: nothing, not even mentions, from now on, for 90 min."),
        (Level.ALL, 86400, "ops: all lines from now on, for 1 d."),
    ],
)
def test_what_was_chosen(level: Level, seconds: float | None, said: str) -> None:
    assert level_chosen("ops", level, seconds) == said


@pytest.mark.parametrize(
    ("until", "when"),
    [(None, ""), (NOON + 7500, ", until 14:05"), (NOON + 86400, ", until 12:00 on 2027-01-16")],
)
def test_how_it_is_now(until: float | None, when: str) -> None:
    said = level_now("ops", Level.MENTIONS, until, NOON)
    assert said == f"ops: only mentions{when}. /notify all or /notify none changes that."


def test_rooms_in_columns() -> None:
    refused = RoomState(Membership.REFUSED, "user ann lacks `configure` on exchange 部屋")
    rooms = [
        RoomRow(1, "ops", JOINED, 0, 0, Level.ALL, None, shown=True),
        RoomRow(2, "部屋", refused, 0, 0, Level.ALL, None, shown=False),
        RoomRow(10, "alerts", RoomState(Membership.JOINING), 12, 1, Level.NONE, NOON + 60, shown=False),
    ]
    assert room_rows(rooms, NOON) == [
        "❯  1 ops     nothing unread",
        "   2 部屋",
        "     refused: user ann lacks `configure` on exchange 部屋",
        "  10 alerts",
        "     joining · 12 unread, 1 naming you · nothing, not even",
        "     mentions, until 12:01",
    ]


def test_what_is_told_of_rooms_fits_beside_the_nicks_of_80_columns() -> None:
    refused = RoomState(Membership.REFUSED, "user ann lacks `configure` on exchange a-room, says the broker")
    rooms = [
        RoomRow(number, "x" * 20, state, 1000, 1000, Level.NONE, NOON + 1e6, shown=False)
        for number, state in enumerate((JOINED, refused), 99)
    ]
    assert max(map(len, room_rows(rooms, NOON))) <= 58


def test_an_endless_name_does_not_move_the_others() -> None:
    names = ["x" * 255, "ops"]
    rooms = [RoomRow(n, name, JOINED, 0, 0, Level.ALL, None, shown=False) for n, name in enumerate(names, 1)]
    assert room_rows(rooms, NOON)[-1] == f"  2 ops{' ' * 21}  nothing unread"


def test_of_many_rooms_of_others_the_first_ones_are_named() -> None:
    assert describe_elsewhere([]) == []
    assert describe_elsewhere(["dev", "lab"]) == ["Others here are also in dev, lab; /join goes there."]
    (many,) = describe_elsewhere([f"room{number}" for number in range(30)])
    assert many.endswith("room18, room19 and 10 more; /join goes there.")


@pytest.mark.parametrize(
    ("exchange", "key", "said"),
    [
        ("builds", "*.main", ""),
        ("builds", "#", " If it is a direct exchange, name its key, as in /watch builds KEY."),
        ("amq.topic", "#", ""),
        ("amq.fanout", "#", ""),
        ("amq.rabbitmq.event", "#", ""),
        ("amq.direct", "#", " It is a direct exchange: name its key, as in /watch amq.direct KEY."),
    ],
)
def test_who_watches_without_a_key_is_told_what_a_direct_exchange_takes(
    exchange: str, key: str, said: str
) -> None:
    told = describe_joining(ConversationId(ConversationKind.WATCHED, exchange, key), 3)
    assert told == f"You read ={exchange} {key} as number 3 now; /leave ends that.{said}"
