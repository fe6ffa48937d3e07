"""What commands print of a message or a gap: a row of text, or JSON."""

from __future__ import annotations

import json
import re
import time

from msgspec.structs import asdict

from amqpchat_tui.model import ChatMessage, Gap


def message_as_text(message: ChatMessage, time_format: str, room: str = "") -> str:
    """A row of text: when, in which room if that is not empty, who, and what.

    `~` stands before a time that is only roughly known, and dashes in the place of one that is not.
    """
    nick = f"* {message.nick}" if message.action else message.nick
    text = message.text.replace("\n", "\\n")
    told = row(message.received_at, time_format, f"{nick} {text}", room)
    if message.roughly is None:
        when = time.strftime(time_format, time.localtime(message.received_at))
        return re.sub("[0-9]", "-", when) + told.removeprefix(when)
    return f"~{told}" if message.roughly else told


def row(at: float, time_format: str, words: str, room: str = "") -> str:
    """A row of text: when, in which room if that is not empty, and what."""
    when = time.strftime(time_format, time.localtime(at))
    return f"{when} {_as_word(room)} {words}" if room else f"{when} {words}"


def entry_as_json(entry: ChatMessage | Gap, room: str) -> str:
    """A JSON object on one row."""
    told = asdict(entry)
    if isinstance(entry, ChatMessage):
        del told["sender"]
        if (roughly := told.pop("roughly")) is not False:
            told |= {"received_at": entry.received_at if roughly else None, "roughly": True}
        who = entry.who
        told |= {
            "answers": told.get("answers") or None,
            "replaces": told.get("replaces") or None,
            "account": who.account or None,
            "session": who.session or None,
            "mailbox": who.mailbox or None,
        }
    kind = "message" if isinstance(entry, ChatMessage) else "gap"
    return json.dumps({"type": kind, "room": room, **told})


def _as_word(room: str) -> str:
    """A room's name as one word: in quotes, as in JSON, where it would be taken for more."""
    return json.dumps(room, ensure_ascii=False) if " " in room or room.startswith('"') else room
