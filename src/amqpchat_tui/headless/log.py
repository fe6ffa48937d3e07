"""`amqpchat log`: what was said and logged, one line a line, as JSON, or as a page to read."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from itertools import islice

from amqpchat_tui import stdio
from amqpchat_tui.headless import log_page
from amqpchat_tui.headless.rows import entry_as_json, message_as_text
from amqpchat_tui.model import LogError, LogFile, LoggedLine, LogSearch
from amqpchat_tui.stdio import ReaderGoneError

LINES_AT_ONCE = 500
"""How many lines are written in one go; no more are ever in memory."""


class Form(StrEnum):
    """How lines are written."""

    TEXT = "text"
    JSON = "json"
    HTML = "html"


def write_log(file: LogFile, search: LogSearch, form: Form, time_format: str) -> int:
    """Print all lines that are looked for, oldest first; return the exit code.

    That there is none is said on standard error, and is no failure.
    """
    none = True
    try:
        with contextlib.suppress(ReaderGoneError):
            for portion in _portions(_rows(file.lines(search), search, form, time_format)):
                none = False
                stdio.show("".join(portion))
    except LogError as error:
        stdio.say(str(error))
        return 1
    if none:
        stdio.say("the log has no such line")
    return 0


def forget_room(file: LogFile, room: str, confirm: Callable[[str], bool]) -> int:
    """Delete all that is logged of a room, or of `@NICK`, if `confirm` says so; return the exit code."""
    try:
        count = file.count(room)
        if not count:
            stdio.say(f"the log has no line of {room}")
            return 1
        lines = "1 line" if count == 1 else f"{count:,} lines"
        if not confirm(f"Delete {lines} of {room} from the log, for good?"):
            stdio.say("nothing was deleted")
            return 1
        file.forget(room)
    except LogError as error:
        stdio.say(str(error))
        return 1
    stdio.say(f"deleted {lines} of {room} from the log")
    return 0


def _rows(lines: Iterable[LoggedLine], search: LogSearch, form: Form, time_format: str) -> Iterator[str]:
    several = len(search.labels) != 1
    if form is Form.HTML:
        yield from log_page.rows(lines, time_format, several=several)
        return
    dated = f"%Y-%m-%d {time_format}"
    for line in lines:
        room = line.conversation.label
        if form is Form.JSON:
            yield f"{entry_as_json(line.message, room)}\n"
        else:
            yield f"{message_as_text(line.message, dated, room if several else '')}\n"


def _portions(rows: Iterator[str]) -> Iterator[list[str]]:
    while portion := list(islice(rows, LINES_AT_ONCE)):
        yield portion
