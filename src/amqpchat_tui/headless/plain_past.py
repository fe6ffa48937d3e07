"""What `--plain` prints of the past: what was said before one came or was missed, and what is found."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Coroutine, Sequence

from amqpchat_tui.actions.searching import read_search
from amqpchat_tui.chat.conversation import Conversation
from amqpchat_tui.chat.looking_back import LookingBack
from amqpchat_tui.chat.mentions import Finder
from amqpchat_tui.chat.session import Session
from amqpchat_tui.model import (
    ChatMessage,
    ConversationId,
    Histories,
    HistoryError,
    LogError,
    LoggedLine,
    LogSearch,
    LogStore,
    Replay,
)
from amqpchat_tui.ui.search.search_text import TIP

MOST_LINES = 20
"""How many lines of the past are printed at once: all of them would be read aloud."""
MOST_MISSED = 100
"""The same of those that were missed in a gap."""


class PlainPast:
    """Prints rows below what stands there, the newest last."""

    def __init__(
        self,
        session: Session,
        store: LogStore,
        histories: Histories,
        time_format: str,
        *,
        is_shown: Callable[[ConversationId, ChatMessage], bool],
        say: Callable[[str], None],
        print_rows: Callable[[Sequence[str]], None],
    ) -> None:
        """`is_shown` tells what is not hidden, and `say` says something of our own."""
        self._session = session
        self._store = store
        self._histories = histories
        self._time_format = time_format
        self._is_shown = is_shown
        self._say = say
        self._print_rows = print_rows
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def replayed(self, conversation: Conversation, replay: Replay) -> None:
        """Print what has come of the history of the room where one is; the log where it has none."""
        lines = [line for line in replay.lines if self._is_shown(conversation.id, line)]
        if replay.gap is not None:
            self._print("What you missed", conversation.id, lines, MOST_MISSED)
        elif replay.lines:
            self._print("From the room's history", conversation.id, lines)
        else:
            self._run("log", self._print_log(conversation))

    def do_search(self, text: str = "") -> bool:
        """Print the latest lines that are found in the log, and in histories what it does not have."""
        search = read_search(text)
        if not self._session.logbook.keeps:
            self._say("Nothing is logged: log.keep = false.")
            return False
        if search.is_empty:
            self._say(f"/search: {TIP}")
            return False
        self._run("search", self._search(search))
        return True

    def end(self) -> None:
        """Print nothing more."""
        for task in self._tasks.values():
            task.cancel()

    def _run(self, what: str, work: Coroutine[None, None, None]) -> None:
        if (before := self._tasks.get(what)) is not None:
            before.cancel()
        self._tasks[what] = asyncio.create_task(work)

    async def _print_log(self, conversation: Conversation) -> None:
        brokers, until = self._session.logbook.brokers, conversation.opened_at
        logged = await self._store.latest(brokers, conversation.id, MOST_LINES, until)
        lines = [line.message for line in logged if self._is_shown(conversation.id, line.message)]
        self._print("From your log", conversation.id, lines)

    async def _search(self, search: LogSearch) -> None:
        session = self._session
        finder = Finder(session.logbook, session.attention, session.hiding)
        back = LookingBack(self._histories, session.logbook, finder, list(session.conversations))
        try:
            logged = await finder.find(search, MOST_LINES)
            self._print_found(logged, "Nothing found in your log.")
            found: list[LoggedLine] = []
            async with contextlib.aclosing(back.look(search)) as pages:
                async for page in pages:
                    found += page
                    if len(found) >= MOST_LINES:
                        break
            if found:
                self._say("In rooms' histories, and not in your log:")
                self._print_found(found)
        except (LogError, HistoryError) as error:
            self._say(f"{error}.")

    def _print_found(self, lines: Sequence[LoggedLine], none: str = "") -> None:
        if not lines:
            self._say(none)
            return
        latest = lines[:MOST_LINES][::-1]
        more = "The latest " if len(latest) == MOST_LINES else ""
        self._say(f"{more}{_count(latest)}, the newest last:")
        self._print_rows([self._row(line.message, f"{line.conversation.label} ") for line in latest])

    def _print(
        self, whence: str, where: ConversationId, lines: Sequence[ChatMessage], most: int = MOST_LINES
    ) -> None:
        if lines:
            last = f"the last {most} of " if len(lines) > most else ""
            self._say(f"{whence}, {last}{_count(lines)}:")
            self._print_rows([self._row(line) for line in lines[-most:]])
            self._say(f"You are in {where.label}.")

    def _row(self, line: ChatMessage, room: str = "") -> str:
        when = ""
        if line.roughly is not None:
            then, today = time.localtime(line.received_at), time.localtime()
            day = "" if (then.tm_year, then.tm_yday) == (today.tm_year, today.tm_yday) else "%-d %b %Y "
            when = f"{'~' if line.roughly else ''}{time.strftime(day + self._time_format, then)} "
        says = f"* {line.nick} {line.text}" if line.action else f"{line.nick}: {line.text}"
        return f"{when}{room}{says}"


def _count(lines: Sequence[object]) -> str:
    return "1 line" if len(lines) == 1 else f"{len(lines):,} lines"
