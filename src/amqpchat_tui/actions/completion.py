"""What Tab may make of a word: a command or a nick."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from amqpchat_tui.actions.table import COMMANDS


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
    for action in COMMANDS:
        for name in action.names:
            if name.startswith(prefix):
                yield f"/{name}{' ' if action.argument else ''}"
                break
