"""The one place where text is cleaned, limited and checked, ours as well as everybody else's.

Everything that arrives is untrusted. What leaves `clean_text` and `clean_line` is safe to give to a terminal:
no control character but newline and tab, no text direction left open at a line's end, no pile of marks on
one cell. Clean text stays as it is when cleaned again.
"""

from __future__ import annotations

import re
import unicodedata

NICK_MAX_CHARACTERS = 32
ROUTING_KEY_MAX_BYTES = 255
"""AMQP 0-9-1, section 4.2.5.3: a short string has an octet for its length."""
TEXT_MAX_BYTES = 16 * 1024
"""What we send at most, and what we show of a message; in UTF-8, before cleaning."""

_MARKS_IN_A_ROW = 16
_BIDI_DEPTH = 16


class WireError(ValueError):
    """A name or a text that must not be sent; its message tells the person why."""


def check_nick(name: str) -> str:
    """Return our own name as it is sent and read: in NFC, stripped, and without check marks.

    Raises:
        WireError: when it cannot be a name.
    """
    nick = without_checks(unicodedata.normalize("NFC", name.strip()))
    if found := _CONTROL.search(nick):
        raise WireError(f"a name has no control characters; this one has {_code_point(found[0])}")
    if found := INVISIBLE.search(nick):
        raise WireError(f"a name has no invisible characters; this one has {_code_point(found[0])}")
    if is_blank(nick):
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
    if is_blank(body):
        raise WireError("the text is blank")
    if (excess := len(body.encode()) - TEXT_MAX_BYTES) > 0:
        most = describe_size(TEXT_MAX_BYTES)
        raise WireError(f"the text is {describe_size(excess)} too long; a message has at most {most}")
    return body


def clean_text(text: str) -> str:
    """Make text of several lines safe to show; trailing newlines are dropped."""
    if text.isprintable():
        return text if text.isascii() else _limit_marks(text)
    text = _limit_marks(_show_controls(text))
    if _BIDI.search(text):
        text = "\n".join(map(_close_directions, text.split("\n")))
    return text.rstrip("\n")


def without_checks(text: str) -> str:
    """Take check marks out of what people say of themselves: who has one, the chat tells."""
    return text.translate(_CHECKS)


def clean_line(text: str, limit: int = 200) -> str:
    """Make text safe to show as one line of at most `limit` characters, such as a broker's own error text."""
    return one_line(_WHITESPACE.sub(" ", text), limit)


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

INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""Unicode's Default_Ignorable_Code_Point, the interlinear annotations and the blank braille cell."""

_PICTOGRAPH = (
    "[©®‼⁉™ℹ\u2190-\u21ff\u2300-\u2328\u232b-\u23ffⓂ\u25a0-\u27bf"
    "⤴⤵\u2b00-\u2bff〰〽㊗㊙\U0001f000-\U0001faff]"
)
"""What may be an emoji, of this version of Unicode or a later one."""
_TAGS = "(?<=\U0001f3f4)[\U000e0020-\U000e007e]{1,6}\U000e007f"
"""Behind a black flag: of which part of a country it is the flag."""
_PICTURE = f"{_PICTOGRAPH}[\U0001f3fb-\U0001f3ff]?[\ufe0e\ufe0f]?(?:{_TAGS})?"
_EMOJI = re.compile(f"({_PICTURE}(?:\u200d{_PICTURE})*|[0-9#*]\ufe0f?\u20e3)")

_CHECKS = str.maketrans(dict.fromkeys("✓✔☑✅🗸🗹√𐄂", "·"))

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


def is_blank(text: str) -> bool:
    """Tell whether a text shows nothing but white space and characters without a cell of their own."""
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


def one_line(text: str, limit: int) -> str:
    """Make text safe to show as one line of at most `limit` characters, its line ends and tabs visible."""
    text = INVISIBLE.sub("", _mark_line_ends(text))
    text = _limit_marks(unicodedata.normalize("NFC", text)).strip()
    return text if len(text) <= limit else text[: limit - 1] + "…"


def clean_emoji(text: str) -> str:
    """Make text safe to show as one emoji or word: as `one_line` does, but that emoji stay whole.

    What joins, styles or tags an emoji is invisible elsewhere (UTS #51, section 1.4.9).
    """
    parts = _EMOJI.split(_mark_line_ends(text))
    text = "".join(part if index % 2 else INVISIBLE.sub("", part) for index, part in enumerate(parts))
    return _limit_marks(unicodedata.normalize("NFC", text)).strip()


def _mark_line_ends(text: str) -> str:
    return _show_controls(text).replace("\n", "␊").replace("\t", "␉")


def _code_point(character: str) -> str:
    return f"U+{ord(character):04X}"


def describe_size(count: int) -> str:
    """Say a number of bytes for people, as in `1.2 MB`."""
    if count < 1024:
        return "1 byte" if count == 1 else f"{count} bytes"
    number, unit = (count / 1024, "kB") if count < 1024**2 else (count / 1024**2, "MB")
    return f"{number:.1f}".removesuffix(".0") + f" {unit}"
