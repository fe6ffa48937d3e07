"""What is published into an exchange of others ⇄ model: lines as a room's, and JSON that people can read."""

from __future__ import annotations

import json

from amqpchat_tui.model import ChatMessage, FoldedMessage
from amqpchat_tui.wire.lines import read_line, read_nick
from amqpchat_tui.wire.received import Received
from amqpchat_tui.wire.text import TEXT_MAX_BYTES, clean_line, clean_text

FOLDED_MAX_CHARACTERS = 200
"""How much of a folded text is shown; the whole is kept."""
WHOLE_MAX_LINES = 1000
"""How many lines of the whole are kept."""
DEPTH_MAX = 50
"""How deep objects and arrays may lie in each other: each is indented by two more cells."""


def decode_watched(received: Received, *, received_at: float) -> ChatMessage:
    """Read a message as `wire.lines.decode` does, under its routing key; never raises, whatever comes in.

    Nothing is known of who sends it. An object or an array in JSON becomes a line, with the whole behind it,
    whatever its content type says.
    """
    message = read_line(received, read_nick(received.routing_key), None, received_at)
    shown = None if received.missing else _read_json(received.body)
    if shown is None:
        return message
    line, whole = shown
    return FoldedMessage(
        message.nick,
        line,
        received_at,
        sent_at=message.sent_at,
        message_id=message.message_id,
        whole=whole,
    )


def _read_json(body: bytes) -> tuple[str, str] | None:
    """Return an object or an array on one line, and on as many as it takes; None if it is none."""
    text = body.strip()
    if len(body) > TEXT_MAX_BYTES or text[:1] not in (b"{", b"[") or _depth(text) > DEPTH_MAX:
        return None
    try:
        document = json.loads(text)
        line = json.dumps(document, ensure_ascii=False, allow_nan=False)
        whole = json.dumps(document, ensure_ascii=False, allow_nan=False, indent=2)
    except (ValueError, RecursionError):
        return None
    return clean_line(line, FOLDED_MAX_CHARACTERS), _limit_lines(clean_text(whole))


def _depth(text: bytes) -> int:
    """Return how deep brackets lie in each other at most, or more: those in strings count as well."""
    brackets = text.count(b"[") + text.count(b"{")
    if brackets <= DEPTH_MAX:
        return brackets
    depth = deepest = 0
    for byte in text:
        if byte in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b"]}":
            depth -= 1
    return deepest


def _limit_lines(text: str) -> str:
    lines = text.split("\n")
    if (excess := len(lines) - WHOLE_MAX_LINES) <= 0:
        return text
    return "\n".join([*lines[:WHOLE_MAX_LINES], f"… ({excess} more line{'s' if excess > 1 else ''})"])
