"""What a typed line means: a line to say, an action, or a slip of the finger; whoever asks carries it out."""

from __future__ import annotations

import difflib
import re

from msgspec import Struct

from amqpchat_tui.actions.table import BY_COMMAND
from amqpchat_tui.wire.text import WireError, check_body, clean_line
from amqpchat_tui.wording.sentences import sentence


class Say(Struct, frozen=True):
    """Send this text to the room."""

    body: str


class Run(Struct, frozen=True):
    """Carry out an action of the table."""

    action: str
    """Its id."""
    argument: str = ""
    """What followed the command, checked; empty where nothing did."""


class Nothing(Struct, frozen=True):
    """The line is blank."""


class Mistake(Struct, frozen=True):
    """Send nothing; the hint says what is wrong and what to type."""

    hint: str


class Doubtful(Struct, frozen=True):
    """Perhaps meant as a command: show the hint, and send the body only when it is entered again."""

    body: str
    hint: str


Parsed = Say | Run | Nothing | Mistake | Doubtful
"""What a typed line means."""

_INDENTED_COMMAND = re.compile(r"\s+(/\w+)(?:\s|$)")
_SUBSTITUTION = re.compile(r"s/[^/\n]+/[^/\n]*/?")
"""How many correct a line elsewhere."""
_LEAVING_WORDS = frozenset({"quit", "exit"})
"""How one leaves the plain scripts."""


def parse(line: str) -> Parsed:
    """Say what a typed line, of one or more rows, means."""
    if not line.strip():
        return Nothing()
    try:
        if line.startswith("//"):
            return Say(check_body(line[1:]))
        if line.startswith("/"):
            return _parse_command(line)
        if indented := _INDENTED_COMMAND.match(line):
            shown = clean_line(indented[1], 40)
            return Doubtful(
                check_body(line),
                f"For a command, type {shown} without blanks before it. Enter again says the line as it is.",
            )
        if (word := line.strip()).casefold() in _LEAVING_WORDS:
            return Doubtful(check_body(line), f"To leave, type /quit. Enter again says “{word}”.")
        if _SUBSTITUTION.fullmatch(word):
            correction = f"/correct {clean_line(word, 40)}"
            return Doubtful(
                check_body(line),
                f"To correct your last line, type {correction} Enter again says this as it is.",
            )
        return Say(check_body(line))
    except WireError as error:
        return Mistake(sentence(str(error)))


def says_something(line: str) -> bool:
    """Whether a line, as far as it has been typed, is something to say and no command."""
    return isinstance(parse(line), Say | Doubtful)


def as_typed(body: str) -> str:
    """Return the line that says this body: the inverse of `parse`, as far as slashes go."""
    return f"/{body}" if body.startswith("/") and parse(body) != Say(body) else body


def _parse_command(line: str) -> Parsed:
    """Parse a line that begins with a slash; raise `WireError` when its text must not be sent."""
    word, *rest = re.split(r"\s+", line[1:], maxsplit=1)
    argument = "".join(rest).rstrip()
    action = BY_COMMAND.get(word.casefold())
    if action is None:
        return Mistake(f"There is no command /{clean_line(word, 40)}. {_suggestion(word)} {_literally(word)}")
    if argument and not action.argument:
        return Mistake(f"Nothing may follow /{action.command}. {_literally(word)}")
    if action.argument and not argument and not action.optional:
        return Mistake(f"Usage: {action.usage} — {action.help}")
    checked = action.check(argument) if argument and action.check is not None else argument
    return Say(checked) if action.says else Run(action.id, checked)


def _suggestion(word: str) -> str:
    near = difflib.get_close_matches(word.casefold(), BY_COMMAND, n=1)
    return f"Did you mean /{near[0]}?" if near else "See /help."


def _literally(word: str) -> str:
    return f"To say it as it stands, begin with two slashes: //{clean_line(word, 40)}"
