"""What Tab may make of a word: a command, a room, a nick or an emoji."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from amqpchat_tui.actions.table import BY_COMMAND, COMMANDS
from amqpchat_tui.emoji import emoji_beginning
from amqpchat_tui.matching import folded, is_word_edge
from amqpchat_tui.wire.text import NICK_MAX_CHARACTERS

_LONGEST_BEGINNING = 4 * NICK_MAX_CHARACTERS
"""Code points in what is looked at before the cursor; a character of a nick may be typed as some of them."""


_COMMAND_BEFORE = re.compile(r"/(\S+)\s+", re.ASCII)
_EMOJI_BEGUN = re.compile(r"(?<![\w:]):([\w+][\w+-]*)$")
"""A colon that begins a word: in `10:30:15` and `std::t` none does."""


def completions(
    line_before_cursor: str, nicks: Sequence[str], rooms: Sequence[str] = ()
) -> tuple[int, list[str]]:
    """Find what the end of a line before the cursor may become.

    Returns where what is to be replaced starts and its replacements, the best first: commands for a slash at
    the very start; behind a command that takes one of the rooms, those of `rooms` that begin so; otherwise
    the emoji that are called as what follows a colon, then those of `nicks` that match what begins with some
    word, the most matching first, then in the order given.
    """
    word = re.split(r"\s", line_before_cursor)[-1]
    if word == line_before_cursor and word.startswith("/"):
        return 0, list(_command_completions(folded(word[1:])))
    before = _COMMAND_BEFORE.match(line_before_cursor)
    if before and (action := BY_COMMAND.get(folded(before[1]))) is not None and action.rooms:
        beginning = folded(line_before_cursor[before.end() :])
        return before.end(), [room for room in rooms if folded(room).startswith(beginning)]
    found = [*_emoji_completions(line_before_cursor), *_nick_completions(line_before_cursor, nicks)]
    start = min((start for start, _ in found), default=len(line_before_cursor) - len(word))
    return start, [line_before_cursor[start:place] + becomes for place, becomes in found]


def _command_completions(prefix: str) -> Iterator[str]:
    """Complete each command once, to its first name that fits."""
    for action in COMMANDS:
        for name in action.names:
            if name.startswith(prefix):
                yield f"/{name}{' ' if action.argument else ''}"
                break


def _emoji_completions(line: str) -> Iterator[tuple[int, str]]:
    """Tell for each emoji whose name begins as what follows a colon where that stands in the line."""
    if (begun := _EMOJI_BEGUN.search(line)) is not None:
        for emoji, _ in emoji_beginning(begun[1]):
            yield begun.start(), emoji


def _nick_completions(line: str, nicks: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Tell for each nick that fits where it begins in the line; a nick may hold blanks and punctuation."""
    comparable = [(nick, folded(nick)) for nick in nicks]
    for start in range(max(0, len(line) - _LONGEST_BEGINNING), len(line)):
        if line[start].isspace() or not is_word_edge(line, start):
            continue
        if beginning := folded(line[start:]):
            for nick, form in comparable:
                if form.startswith(beginning):
                    yield start, nick + (" " if start else ": ")
