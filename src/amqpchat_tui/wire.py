"""The wire convention: AMQP body and properties ⇄ model, and the one place where text is cleaned and limited.

Everything that arrives is untrusted. What leaves `decode`, `clean_text` and `clean_line` is safe to hand to a
terminal: no control character but newline and tab, no text direction left open at a line's end, no endless
pile of marks on one cell. Clean text stays as it is when cleaned again. `docs/wire.md` tells the convention.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from amqpchat_tui import __version__
from amqpchat_tui.model import ChatMessage, OutboxLine

NICK_MAX_CHARACTERS = 32
ROUTING_KEY_MAX_BYTES = 255
"""AMQP 0-9-1, section 4.2.5.3: a short string has an octet for its length."""
TEXT_MAX_BYTES = 16 * 1024
"""What we send at most, and what we show of a message; in UTF-8, before cleaning."""
BODY_READ_BYTES = TEXT_MAX_BYTES + 1
"""How much of a body `decode` needs: what is shown, and whether a character ends there."""
TEXT_MAX_LINES = 200
"""How many lines of one message we show."""
ANONYMOUS = "anonymous"
"""Who speaks when the routing key is empty."""

ACTION_PREFIX = "/me "
"""XEP-0245: what a line about its own sender begins with."""
SENT_AT_HEADER = "sent_at_ms"
"""Milliseconds since the epoch; the property `timestamp` has only seconds."""

_MARKS_IN_A_ROW = 16
_BIDI_DEPTH = 16
_SHORT_STRING_MAX = 255
_SENT_FROM = datetime(2000, 1, 1, tzinfo=UTC).timestamp()
"""pamqp takes seconds beyond 2106 for milliseconds, which ends up before 1979."""
_SENT_UNTIL = datetime(2100, 1, 1, tzinfo=UTC).timestamp()
_NICKS_REMEMBERED = 4096


class WireError(ValueError):
    """A name or a text that must not be sent; its message tells the person why."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A line as it is published; `reply_to` is added by the client, which knows its queue."""

    routing_key: str
    body: bytes
    message_id: str
    timestamp: datetime
    headers: dict[str, int]
    app_id: str
    content_type: str
    content_encoding: str
    delivery_mode: int


def encode(line: OutboxLine) -> Outgoing:
    """Say how a typed line travels: plain text under the nick, and what we add to it in properties."""
    return Outgoing(
        routing_key=line.nick,
        body=line.body.encode(),
        message_id=line.message_id,
        timestamp=datetime.fromtimestamp(int(line.typed_at), UTC),
        headers={SENT_AT_HEADER: round(line.typed_at * 1000)},
        app_id=f"amqpchat/{__version__}",
        content_type="text/plain",
        content_encoding="utf-8",
        delivery_mode=1,
    )


def decode(
    body: bytes,
    *,
    routing_key: object,
    received_at: float,
    message_id: object = None,
    timestamp: object = None,
    headers: object = None,
    own: bool = False,
    left_out: int = 0,
) -> ChatMessage:
    """Read a room message; never raises, whatever comes in.

    A body of any size costs only what is shown of it; `left_out` bytes of it may be missing behind its first
    `BODY_READ_BYTES`. A property of a wrong type or an absurd value counts as missing.
    """
    text = _read_text(body, left_out)
    action = text.startswith(ACTION_PREFIX)
    return ChatMessage(
        nick=_read_nick(routing_key) if isinstance(routing_key, (str, bytes)) else ANONYMOUS,
        text=text[len(ACTION_PREFIX) :] if action else text,
        received_at=received_at,
        action=action,
        own=own,
        sent_at=_read_sent_at(timestamp, headers),
        message_id=message_id if isinstance(message_id, str) and _is_sane_id(message_id) else None,
    )


def check_nick(name: str) -> str:
    """Return our own name as it is sent, NFC-normalised and stripped; raise `WireError` when it cannot be."""
    nick = unicodedata.normalize("NFC", name.strip())
    if found := _CONTROL.search(nick):
        raise WireError(f"a name has no control characters; this one has {_code_point(found[0])}")
    if found := _INVISIBLE.search(nick):
        raise WireError(f"a name has no invisible characters; this one has {_code_point(found[0])}")
    if _is_blank(nick):
        raise WireError("a name needs at least one visible character")
    if (size := len(nick.encode())) > ROUTING_KEY_MAX_BYTES:
        raise WireError(
            f"this name has {size} bytes; a name has at most {ROUTING_KEY_MAX_BYTES} bytes "
            f"and {NICK_MAX_CHARACTERS} characters"
        )
    if len(nick) > NICK_MAX_CHARACTERS:
        raise WireError(f"this name has {len(nick)} characters; a name has at most {NICK_MAX_CHARACTERS}")
    if _limit_marks(nick) != nick:
        raise WireError(f"a name has at most {_MARKS_IN_A_ROW} accents and other marks in a row")
    return nick


def check_body(text: str) -> str:
    """Return our own text, cleaned as readers clean it; raise `WireError` when it is blank or too long."""
    body = clean_text(text)
    if _is_blank(body):
        raise WireError("the text is blank")
    if (excess := len(body.encode()) - TEXT_MAX_BYTES) > 0:
        raise WireError(
            f"the text is {_size(excess)} too long; a message has at most {_size(TEXT_MAX_BYTES)}"
        )
    return body


def clean_text(text: str) -> str:
    """Make text of several lines safe to show; trailing newlines are dropped."""
    if text.isprintable():
        return text if text.isascii() else _limit_marks(text)
    text = _limit_marks(_show_controls(text))
    if _BIDI.search(text):
        text = "\n".join(map(_close_directions, text.split("\n")))
    return text.rstrip("\n")


def clean_line(text: str, limit: int = 200) -> str:
    """Make text safe to show as one line of at most `limit` characters, such as a broker's own error text."""
    return _one_line(_WHITESPACE.sub(" ", text), limit)


# Characters

_WHITESPACE = re.compile(r"\s")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_VISIBLE: dict[int, int | str] = {
    **{code: 0x2400 + code for code in range(0x20)},
    ord("\t"): "\t",
    **dict.fromkeys(map(ord, "\n\r\u2028\u2029"), "\n"),
    0x7F: 0x2421,
    **dict.fromkeys((*range(0x80, 0xA0), *range(0xD800, 0xE000)), 0xFFFD),
}
"""C0 and DEL as control pictures (U+2400 …); C1 and lone surrogates, which have none, as U+FFFD; all line
ends as a newline."""

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""Unicode's Default_Ignorable_Code_Point, the interlinear annotations and the blank braille cell."""

_BIDI = re.compile("([\u202a-\u202e\u2066-\u2069])")
_POP_EMBEDDING, _POP_ISOLATE = "\u202c", "\u2069"
_CLOSER = {
    **dict.fromkeys("\u202a\u202b\u202d\u202e", _POP_EMBEDDING),
    **dict.fromkeys("\u2066\u2067\u2068", _POP_ISOLATE),
}

_MARK_CATEGORIES = frozenset({"Mn", "Mc", "Me", "Cf"})
_MAYBE_MARKS = re.compile(
    rf"(?>[^\w\s!-~\u2400-\u2421\ufffd]|[\u1160-\u11ff\ud7b0-\ud7fb]){{{_MARKS_IN_A_ROW + 1},}}+"
)
"""Runs that are long enough to hold too many marks; `_is_mark` decides, at a cost that only these pay."""


def _show_controls(text: str) -> str:
    return text.replace("\r\n", "\n").translate(_VISIBLE)


def _is_mark(character: str) -> bool:
    """Tell whether it takes no cell of its own: combining mark, format character, jamo vowel or final."""
    return (
        unicodedata.category(character) in _MARK_CATEGORIES
        or "\u1160" <= character <= "\u11ff"
        or "\ud7b0" <= character <= "\ud7fb"
    )


def _is_blank(text: str) -> bool:
    return all(character.isspace() or _is_mark(character) for character in text)


def _limit_marks(text: str) -> str:
    """Drop what exceeds 16 marks in a row: no script needs as many, and a terminal piles them on one cell."""
    return _MAYBE_MARKS.sub(_drop_excess_marks, text)


def _drop_excess_marks(run: re.Match[str]) -> str:
    kept: list[str] = []
    marks = 0
    for character in run[0]:
        marks = marks + 1 if _is_mark(character) else 0
        if marks <= _MARKS_IN_A_ROW:
            kept.append(character)
    return "".join(kept)


def open_directions(row: str) -> str:
    """Return the closers that a row lacks: a line that is clean as a whole may not be so row by row."""
    return "".join(_balance(row)[1]) if _BIDI.search(row) else ""


def _close_directions(line: str) -> str:
    kept, due = _balance(line)
    return "".join((*kept, *due))


def _balance(line: str) -> tuple[list[str], list[str]]:
    """Return what to keep of a line, and the closers that are then due at its end.

    They close every bidi embedding, override and isolate that the line opens (UAX #9, BD9 to BD11). A closer
    that closes nothing is dropped, and so is an opener nested deeper than 16; a PDI also ends the embeddings
    within its isolate.
    """
    kept: list[str] = []
    due: list[str] = []
    for piece in _BIDI.split(line):
        if closer := _CLOSER.get(piece):
            if len(due) == _BIDI_DEPTH:
                continue
            due.append(closer)
        elif piece == _POP_EMBEDDING:
            if due[-1:] != [_POP_EMBEDDING]:
                continue
            due.pop()
        elif piece == _POP_ISOLATE:
            if _POP_ISOLATE not in due:
                continue
            while due.pop() != _POP_ISOLATE:
                pass
        kept.append(piece)
    return kept, due[::-1]


def _one_line(text: str, limit: int) -> str:
    text = _INVISIBLE.sub("", _show_controls(text)).replace("\n", "␊").replace("\t", "␉")
    text = _limit_marks(unicodedata.normalize("NFC", text)).strip()
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _code_point(character: str) -> str:
    return f"U+{ord(character):04X}"


def _size(count: int) -> str:
    if count < 1024:
        return "1 byte" if count == 1 else f"{count} bytes"
    number, unit = (count / 1024, "kB") if count < 1024**2 else (count / 1024**2, "MB")
    return f"{number:.1f}".removesuffix(".0") + f" {unit}"


# Parts of a message


def _read_text(body: bytes, left_out: int) -> str:
    shown = body if len(body) <= TEXT_MAX_BYTES else body[: _character_boundary(body, TEXT_MAX_BYTES)]
    text = clean_text(shown.decode(errors="replace"))
    missing, separator = [], " "
    if (excess := text.count("\n") + 1 - TEXT_MAX_LINES) > 0:
        text = "\n".join(text.split("\n", TEXT_MAX_LINES)[:TEXT_MAX_LINES])
        missing.append(f"{excess} more line{'s' if excess > 1 else ''}")
        separator = "\n"
    if excess := len(body) - len(shown) + left_out:
        missing.append(f"{_size(excess)} more")
    if not missing:
        return text
    return f"{text}{separator}… ({', then '.join(missing)})"


def _character_boundary(body: bytes, end: int) -> int:
    """Step back from `end` to where a UTF-8 character begins; invalid UTF-8 is cut anywhere."""
    for start in range(end, end - 4, -1):
        if body[start] & 0xC0 != 0x80:
            return start
    return end


@lru_cache(_NICKS_REMEMBERED)
def _read_nick(routing_key: str | bytes) -> str:
    name = routing_key.decode(errors="replace") if isinstance(routing_key, bytes) else routing_key
    nick = _one_line(name.strip(), NICK_MAX_CHARACTERS)
    return ANONYMOUS if _is_blank(nick) else nick


def _read_sent_at(timestamp: object, headers: object) -> float | None:
    """Prefer our header to the property, which has only seconds."""
    milliseconds = headers.get(SENT_AT_HEADER) if isinstance(headers, dict) else None
    if isinstance(milliseconds, int) and _SENT_FROM * 1000 <= milliseconds < _SENT_UNTIL * 1000:
        return milliseconds / 1000
    if isinstance(timestamp, datetime):
        aware = timestamp.replace(tzinfo=UTC) if timestamp.utcoffset() is None else timestamp
        seconds = aware.timestamp()
    elif isinstance(timestamp, int):
        seconds = timestamp
    else:
        return None
    return float(seconds) if _SENT_FROM <= seconds < _SENT_UNTIL else None


def _is_sane_id(message_id: str) -> bool:
    return 0 < len(message_id) <= _SHORT_STRING_MAX and message_id.isprintable()
