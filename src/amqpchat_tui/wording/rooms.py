"""How rooms stand, and what they may do to the person, in words."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from msgspec import Struct
from rich.cells import cell_len

from amqpchat_tui.model import ConversationId, ConversationKind, Level, Membership, RoomState
from amqpchat_tui.wording.times import clock_time, duration

_LEVELS = {Level.ALL: "all lines", Level.MENTIONS: "only mentions", Level.NONE: "nothing, not even mentions,"}
_LABEL_CELLS = 24
"""A longer name moves what stands behind it."""
_ROW_CELLS = 58
"""As wide a row as a text has place for on a terminal of 80 columns."""
_DIRECT = "amq.direct"
_ELSEWHERE_TOLD = 20
"""How many rooms of others are named."""


def placeholder(identity: ConversationId) -> str:
    """Tell what a prompt is for in which nothing is written."""
    if identity.kind is ConversationKind.WATCHED:
        return f"Reading {identity.label} · /help"
    return f"Message {identity.name} · /help"


def describe_joining(identity: ConversationId, number: int) -> str:
    """Tell what has become of a new conversation, and how it ends."""
    if identity.kind is ConversationKind.WATCHED:
        reads = f"You read {identity.label} as number {number} now; /leave ends that."
        if identity.pattern not in ("", "#") or _takes_any(identity.name):
            return reads
        direct = "It is a direct exchange:" if identity.name == _DIRECT else "If it is a direct exchange,"
        return f"{reads} {direct} name its key, as in /watch {identity.name} KEY."
    return f"{identity.label} is your room {number} now; /leave leaves it."


def _takes_any(exchange: str) -> bool:
    """Whether a broker's own exchange, of which the name tells the type, needs no key."""
    return exchange.startswith("amq.") and exchange != _DIRECT


def describe_leaving(identity: ConversationId, *, has_draft: bool) -> str:
    """Tell that one is not there any more, and what becomes of what was being written."""
    kept = " What you were writing there is kept until you are back." if has_draft else ""
    return f"You have left {identity.label}.{kept}"


def describe_leaving_unanswered(number: int) -> str:
    """Tell that private conversations were left that strangers had begun."""
    conversations = f"{number} private conversations" if number > 1 else "a private conversation"
    return f"You have left {conversations} that you had not answered."


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
    """Tell of each conversation: number and name in columns, and how it stands, in rows below if need be."""
    digits = max(len(str(room.number)) for room in rooms)
    width = min(_LABEL_CELLS, max(cell_len(room.label) for room in rooms))
    return [row for room in rooms for row in _room_rows(room, digits, width, now)]


def describe_elsewhere(names: Sequence[str]) -> Sequence[str]:
    """Tell in which rooms others are, on a row if there are some; of many, how many more."""
    if not names:
        return []
    more = f" and {len(names) - _ELSEWHERE_TOLD} more" if len(names) > _ELSEWHERE_TOLD else ""
    return [f"Others here are also in {', '.join(names[:_ELSEWHERE_TOLD])}{more}; /join goes there."]


def _room_rows(room: RoomRow, digits: int, width: int, now: float) -> Sequence[str]:
    name = f"{'❯' if room.shown else ' '} {room.number:>{digits}} {room.label}"
    row = f"{name}{' ' * (width - cell_len(room.label))}  {_standing(room, now)}"
    if cell_len(row) <= _ROW_CELLS:
        return [row]
    indent = " " * (digits + 3)
    return [name, *(indent + part for part in textwrap.wrap(_standing(room, now), _ROW_CELLS - len(indent)))]


def _standing(room: RoomRow, now: float) -> str:
    """Tell what is not as usual: joined, with all lines wanted and read."""
    unusual: list[str] = []
    if room.state.membership is Membership.REFUSED:
        unusual.append(f"refused: {room.state.reason}")
    elif room.state.membership is not Membership.JOINED:
        unusual.append(room.state.membership.value)
    if room.unread:
        unusual.append(f"{room.unread} unread" + (f", {room.mentions} naming you" if room.mentions else ""))
    if room.level is not Level.ALL or room.level_until is not None:
        unusual.append(_level(room.level, room.level_until, now))
    return " · ".join(unusual) or "nothing unread"


def _level(level: Level, until: float | None, now: float) -> str:
    words = _LEVELS[level].rstrip(",")
    return words if until is None else f"{words}, until {clock_time(until, now)}"
