"""The log in a database of its own, so that neither its size nor its troubles are those of anything else."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from amqpchat_tui.config import LogSettings
from amqpchat_tui.model import ChatMessage, ConversationId, ConversationLines, LoggedLine, LogSearch
from amqpchat_tui.storage.database import Database, brokers_key
from amqpchat_tui.storage.log_comparing import Comparing
from amqpchat_tui.storage.tables import LOG

if TYPE_CHECKING:
    from amqpchat_tui.storage.log_places import Execute
    from amqpchat_tui.storage.log_writing import Writer
    from amqpchat_tui.storage.session import Transaction

WAITING_MAX_CHARACTERS = 8_000_000
"""How much may wait for a disk that takes nothing; what comes then is not logged."""
ADDED_SECONDS = 0.5
"""How long a search waits for what was added before it, which a disk may not take."""
_LINE_CHARACTERS = 100
"""What a line counts for besides its text."""

T = TypeVar("T")


class Portion(NamedTuple):
    """Some lines of a conversation."""

    brokers: str
    """By which it is told from others."""
    conversation: ConversationId
    lines: Sequence[ChatMessage]
    until: float | None = None
    """None: they were heard when they were said; else they are a page of a history, as `LogStore` has it."""


class Log:
    """Implements `model.LogStore`."""

    keeps = True

    def __init__(self, settings: LogSettings) -> None:
        self._settings = settings
        self._began_at = time.time()
        self._database = Database(LOG)
        self._is_new = not self._database.path.exists()
        self._writer: Writer | None = None
        self._lock = threading.RLock()
        self._waiting: deque[Portion] = deque()
        self._waiting_characters = 0
        self._asked = False
        """Whether there is a job that writes all that waits."""

    @property
    def path(self) -> Path:
        """Where it is."""
        return self._database.path

    def start(self, complain: Callable[[str], None]) -> None:
        """Begin; `complain` is called once, if at all, on the running event loop."""
        self._database.start(complain)

    def close(self) -> str:
        """Write what waits, within a second; return what the person has not been told."""
        return self._database.close()

    async def begun(self) -> str:
        """Return where the log is if this program has begun it; else an empty text."""
        is_there = await asyncio.wrap_future(self._database.submit(lambda _: True, False))
        return str(self.path) if self._is_new and is_there else ""

    def add(self, brokers: Sequence[str], lines: Sequence[ConversationLines]) -> None:
        """Log lines that were heard."""
        key = brokers_key(brokers)
        self._add([Portion(key, *conversation) for conversation in lines])

    def add_history(
        self, brokers: Sequence[str], conversation: ConversationId, page: Sequence[ChatMessage], until: float
    ) -> None:
        """Log what is not there yet of a page of a room's history."""
        self._add([Portion(brokers_key(brokers), conversation, page, until)])

    def _add(self, portions: Sequence[Portion]) -> None:
        with self._lock:
            for portion in portions:
                if self._waiting_characters < WAITING_MAX_CHARACTERS:
                    self._waiting.append(portion)
                    self._waiting_characters += _characters(portion)
            if not self._asked and self._waiting:
                self._ask_for_writing()

    def _ask_for_writing(self) -> None:
        self._asked = True
        self._database.submit(self._write, False).add_done_callback(self._note_end)

    async def latest(
        self, brokers: Sequence[str], conversation: ConversationId, most: int, before: float
    ) -> Sequence[LoggedLine]:
        """Return the latest of a conversation's lines up to a time; none where the log cannot be read."""
        key = brokers_key(brokers)

        def work(transaction: Transaction) -> Sequence[LoggedLine]:
            from amqpchat_tui.storage import log_reading  # late, as SQLite comes with it

            return log_reading.latest(transaction.execute, key, conversation, most, before)

        nothing: Sequence[LoggedLine] = ()
        return await asyncio.wrap_future(self._database.submit(work, nothing))

    async def around(self, number: int, above: int, below: int) -> Sequence[LoggedLine]:
        """Return a line with so many of its conversation above and below, oldest first."""
        from amqpchat_tui.storage import log_reading  # late, as above

        return await self._ask(lambda execute: log_reading.around(execute, number, above, below))

    async def search(
        self, brokers: Sequence[str], search: LogSearch, most: int, below: int | None = None
    ) -> Sequence[LoggedLine]:
        """Return the latest lines that are looked for, newest first, with numbers less than `below`."""
        from amqpchat_tui.storage import log_reading  # late, as above

        key = brokers_key(brokers)
        return await self._ask(lambda execute: log_reading.search(execute, key, search, most, below))

    def compare(self, brokers: Sequence[str], conversation: ConversationId) -> Comparing:
        """Compare a room's history with the log."""
        return Comparing(self._ask, brokers_key(brokers), conversation)

    async def _ask(self, work: Callable[[Execute], T]) -> T:
        """Ask in a thread of its own, beside what is being written; interrupt it when nobody waits for it."""
        from amqpchat_tui.storage.question import Question  # late, as above

        added = asyncio.wrap_future(self._database.submit(lambda _: None, None))
        await asyncio.wait([added], timeout=ADDED_SECONDS)
        question = Question(self.path, work)
        try:
            return await asyncio.wrap_future(question.answer)
        finally:
            question.interrupt()

    # In the database's thread

    def _write(self, transaction: Transaction) -> bool:
        from amqpchat_tui.storage.log_writing import Writer  # late, as above

        if self._writer is None:
            self._writer = Writer(self._settings, self._began_at)
        with self._lock:
            batch = list(self._waiting)
        self._writer.write(transaction, batch)
        transaction.once_written.append(lambda: self._drop(len(batch)))
        return True

    def _drop(self, written: int) -> None:
        with self._lock:
            for _ in range(written):
                self._waiting_characters -= _characters(self._waiting.popleft())

    def _note_end(self, done: Future[bool]) -> None:
        """Have written what has come meanwhile; where nothing can be, nothing has to wait."""
        with self._lock:
            if not done.result():
                self._waiting.clear()
            elif self._waiting:
                self._ask_for_writing()
            else:
                self._asked = False


def _characters(portion: Portion) -> int:
    return sum(len(line.text) + _LINE_CHARACTERS for line in portion.lines)
