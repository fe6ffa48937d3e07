"""How rooms stand, and what they may do to the person, in words."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from rich.cells import cell_len

from amqpchat_tui.model import ConversationId, ConversationKind, Level, Membership, RoomState
from amqpchat_tui.wording.times import clock_time, duration

_LEVELS = {Level.ALL: "all lines", Level.MENTIONS: "only mentions", Level.NONE: "nothing, not even mentions,"}
_LABEL_CELLS = 24
"""A longer name moves what stands behind it."""


def placeholder(identity: ConversationId) -> str:
    """Tell what a prompt is for in which nothing is written."""
    if identity.kind is ConversationKind.WATCHED:
        return f"Reading {identity.label} · /help"
    return f"Message {identity.name} · /help"


def describe_joining(identity: ConversationId, number: int) -> str:
    """Tell what has become of a new conversation, and how it ends."""
    if identity.kind is ConversationKind.WATCHED:
        key = f" A direct exchange brings nothing unless you name its key: /watch {identity.name} KEY."
        reads = f"You read {identity.label} as number {number} now; /leave ends that."
        return reads + key if identity.pattern in ("", "#") else reads
    return f"{identity.label} is your room {number} now; /leave leaves it."


def describe_leaving(identity: ConversationId, *, has_draft: bool) -> str:
    """Tell that one is not there any more, and what becomes of what was being written."""
    kept = " What you were writing there is kept until you are back." if has_draft else ""
    return f"You have left {identity.label}.{kept}"


def describe_refusal(identity: ConversationId, reason: str) -> str:
    """Tell why one is not where one wants to be, and what to do."""
    return f"Nothing is heard from {identity.label}: {reason}. It is tried again; /leave ends that."


def read_only(label: str) -> str:
    """Tell why a line is not sent."""
    return f"{label} is only read: nothing can be said there."


def level_chosen(label: str, level: Level, seconds: float | None) -> str:
    """Tell what was chosen, and for how long if not for good."""
    limit = "" if seconds is None else f", for {duration(seconds)}"
    return f"{label}: {_LEVELS[level]} from now on{limit}.".replace(",,", ",")


def level_now(label: str, level: Level, until: float | None, now: float) -> str:
    """Tell what a conversation may do; `until` and `now` are points in time."""
    ways = " or ".join(f"/notify {other}" for other in Level if other is not level)
    return f"{label}: {_level(level, until, now)}. {ways} changes that."


class RoomRow(Struct, frozen=True):
    """What `/rooms` tells of a conversation."""

    number: int
    label: str
    state: RoomState
    unread: int
    mentions: int
    level: Level
    level_until: float | None
    shown: bool


def room_rows(rooms: Sequence[RoomRow], now: float) -> Sequence[str]:
    """Tell of each conversation in a row: number and name in columns, then how it stands."""
    digits = max(len(str(room.number)) for room in rooms)
    width = min(_LABEL_CELLS, max(cell_len(room.label) for room in rooms))
    return [
        f"{'❯' if room.shown else ' '} {room.number:>{digits}} {room.label}"
        f"{' ' * (width - cell_len(room.label))}  {_standing(room, now)}"
        for room in rooms
    ]


def _standing(room: RoomRow, now: float) -> str:
    state = room.state.membership.value
    if room.state.membership is Membership.REFUSED:
        state += f": {room.state.reason}"
    unread = f"{room.unread} unread" if room.unread else "nothing unread"
    if room.mentions:
        unread += f", {room.mentions} naming you"
    return f"{state} · {unread} · {_level(room.level, room.level_until, now)}"


def _level(level: Level, until: float | None, now: float) -> str:
    words = _LEVELS[level].rstrip(",")
    return words if until is None else f"{words}, until {clock_time(until, now)}"
