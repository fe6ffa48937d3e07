"""`amqpchat listen`: what is said in rooms, one message a line."""

from __future__ import annotations

import contextlib
import json
import time

from amqpchat_tui.chat.people.announcer import Part
from amqpchat_tui.chat.people.movements import describe_movement
from amqpchat_tui.config import Settings
from amqpchat_tui.headless.participant import Move, Participant
from amqpchat_tui.headless.rows import entry_as_json, message_as_text, row
from amqpchat_tui.headless.streams import write
from amqpchat_tui.model import ChatMessage, ConversationId
from amqpchat_tui.stdio import ReaderGoneError


async def listen(
    settings: Settings,
    *,
    as_json: bool = False,
    presence: bool = False,
    count: int | None = None,
    since: float | None = None,
) -> int:
    """Print messages as they arrive, until `count`, a signal or a closed pipe; return the exit code.

    With `since`, first those that the rooms' histories have since then. With `presence`, also who comes and
    goes; whoever listens is in nobody's list.
    """
    participant = Participant(settings, listens=True, part=Part.ASKS if presence else None, since=since)
    with contextlib.suppress(ReaderGoneError):
        await participant.run(_print(participant, settings, as_json, count))
    return 1 if participant.refused else 0


async def _print(participant: Participant, settings: Settings, as_json: bool, count: int | None) -> None:
    time_format, several = settings.ui.time_format, len(participant.rooms) > 1

    def named(room: ConversationId) -> str:
        return room.name if several else ""

    while count is None or count > 0:
        await participant.news()
        time.tzset()  # the system's zone may be another since the last lines
        lines = [
            _move_as_json(move) if as_json else _move_as_text(move, time_format, named(move.room))
            for move in participant.take_moves()
        ]
        for room, entry in participant.take():
            if as_json:
                lines.append(entry_as_json(entry, room.name))
            elif isinstance(entry, ChatMessage):
                lines.append(message_as_text(entry, time_format, named(room)))
            if count is not None and isinstance(entry, ChatMessage):
                count -= 1
                if not count:
                    break
        if lines:
            await write("".join(f"{line}\n" for line in lines))


def _move_as_text(move: Move, time_format: str, room: str) -> str:
    return row(move.at, time_format, describe_movement(move.change), room)


def _move_as_json(move: Move) -> str:
    change = move.change
    return json.dumps(
        {
            "type": "presence",
            "room": move.room.name,
            "movement": change.movement.name.lower(),
            "nick": change.nick,
            "renamed_to": change.renamed_to or None,
            "at": move.at,
        }
    )
