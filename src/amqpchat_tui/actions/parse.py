"""Slash commands: one registry feeds parsing, `/help` and completion.

`parse` only says what a typed line means; whoever asks carries it out.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from amqpchat_tui.wire.lines import ACTION_PREFIX
from amqpchat_tui.wire.text import WireError, check_body, check_nick, clean_line


class Say(Struct, frozen=True):
    """Send this text to the room."""

    body: str


class Quit(Struct, frozen=True):
    """Leave the program."""


class Nick(Struct, frozen=True):
    """Send later lines under this name."""

    name: str


class Clear(Struct, frozen=True):
    """Empty the scrollback."""


class Help(Struct, frozen=True):
    """Show `help_lines`."""


class Reconnect(Struct, frozen=True):
    """Dial the broker anew."""


class Mouse(Struct, frozen=True):
    """Let the terminal have the mouse, or take it back."""


class Nothing(Struct, frozen=True):
    """The line is blank."""


class Mistake(Struct, frozen=True):
    """Send nothing; the hint says what is wrong and what to type."""

    hint: str


class Doubtful(Struct, frozen=True):
    """Perhaps meant as a command: show the hint, and send the body only when it is entered again."""

    body: str
    hint: str


Parsed = Say | Quit | Nick | Clear | Help | Reconnect | Mouse | Nothing | Mistake | Doubtful
"""What a typed line means."""


class _Command(Struct, frozen=True):
    name: str
    meaning: str
    """Its help, in one sentence."""
    build: Callable[[str], Parsed]
    """Makes the result from the argument, which is empty where `argument` is; may raise `WireError`."""
    argument: str = ""
    """What has to follow the name, as help calls it; empty when nothing may."""
    aliases: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.aliases)

    @property
    def usage(self) -> str:
        return f"{', '.join(f'/{name}' for name in self.names)} {self.argument}".rstrip()


_COMMANDS = (
    _Command("quit", "Leave amqpchat.", lambda _: Quit(), aliases=("exit", "q")),
    _Command("nick", "Send later lines under another name.", lambda name: Nick(check_nick(name)), "NAME"),
    _Command(
        "me",
        "Say what you do, as in “/me waves”.",
        lambda text: Say(check_body(ACTION_PREFIX + check_body(text))),
        "TEXT",
    ),
    _Command("clear", "Empty the scrollback on this screen.", lambda _: Clear()),
    _Command("reconnect", "Connect to the broker anew, at once.", lambda _: Reconnect()),
    _Command("mouse", "Let the terminal select, or take back.", lambda _: Mouse()),
    _Command("help", "Show this help.", lambda _: Help()),
)
_BY_NAME = {name: command for command in _COMMANDS for name in command.names}

_INDENTED_COMMAND = re.compile(r"\s+(/\w+)(?:\s|$)")
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
        return Say(check_body(line))
    except WireError as error:
        reason = str(error)
        return Mistake(f"{reason[0].upper()}{reason[1:]}.")


def as_typed(body: str) -> str:
    """Return the line that says this body: the inverse of `parse`, as far as slashes go."""
    return f"/{body}" if body.startswith("/") and parse(body) != Say(body) else body


def _parse_command(line: str) -> Parsed:
    """Parse a line that begins with a slash; raise `WireError` when its text must not be sent."""
    word, *rest = re.split(r"\s+", line[1:], maxsplit=1)
    argument = "".join(rest).rstrip()
    command = _BY_NAME.get(word.casefold())
    if command is None:
        return Mistake(f"There is no command /{clean_line(word, 40)}. {_suggestion(word)} {_literally(word)}")
    if argument and not command.argument:
        return Mistake(f"Nothing may follow /{command.name}. {_literally(word)}")
    if command.argument and not argument:
        return Mistake(f"Usage: {command.usage} — {command.meaning}")
    return command.build(argument)


def _suggestion(word: str) -> str:
    near = difflib.get_close_matches(word.casefold(), _BY_NAME, n=1)
    return f"Did you mean /{near[0]}?" if near else "See /help."


def _literally(word: str) -> str:
    return f"To say it as it stands, begin with two slashes: //{clean_line(word, 40)}"


def help_lines() -> list[str]:
    """List the commands with their meaning, in two aligned columns."""
    rows = [(command.usage, command.meaning) for command in _COMMANDS]
    rows.append(("//TEXT", "Say a line that begins with a slash."))
    width = max(len(usage) for usage, _ in rows)
    return [f"{usage:<{width}} — {meaning}" for usage, meaning in rows]


def completions(line_before_cursor: str, nicks: Sequence[str]) -> tuple[int, list[str]]:
    """Find what the word before the cursor may become.

    Returns where that word starts and its replacements, the best first: commands for a slash at the very
    start, otherwise those of `nicks` that begin with it, in the order given.
    """
    word = re.split(r"\s", line_before_cursor)[-1]
    start = len(line_before_cursor) - len(word)
    prefix = word.casefold()
    if not prefix:
        return start, []
    if start == 0 and prefix.startswith("/"):
        return start, list(_command_completions(prefix[1:]))
    ending = " " if start else ": "
    return start, [nick + ending for nick in nicks if nick.casefold().startswith(prefix)]


def _command_completions(prefix: str) -> Iterator[str]:
    """Complete each command once, to its first name that fits."""
    for command in _COMMANDS:
        for name in command.names:
            if name.startswith(prefix):
                yield f"/{name}{' ' if command.argument else ''}"
                break
