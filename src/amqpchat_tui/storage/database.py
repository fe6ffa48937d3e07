"""The database as the event loop sees it: jobs are handed to a thread, and nobody waits for the disk."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import threading
import uuid
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, InvalidStateError
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from amqpchat_tui.storage.errors import NotWrittenError, UnusableError
from amqpchat_tui.storage.files import state_file
from amqpchat_tui.storage.jobs import Write
from amqpchat_tui.storage.tables import Layout
from amqpchat_tui.wire.text import clean_line

if TYPE_CHECKING:
    from amqpchat_tui.storage.session import Session, Transaction

RETRY_SECONDS = 10.0
"""How soon what could not be written is tried again, unless there is more to write before."""
CLOSE_SECONDS = 1.0
"""How long `close` waits for the disk."""

_SENTENCE_MAX_CHARACTERS = 500

T = TypeVar("T")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Job:
    work: Callable[[Transaction], Any]
    done: Future[Any]
    otherwise: Any

    @property
    def single(self) -> bool:
        return isinstance(self.work, Write) and self.work.single

    def answer(self, result: object) -> None:
        with contextlib.suppress(InvalidStateError):  # whoever asked has gone
            self.done.set_result(result)


class Database:
    """One for each program and file. All methods return at once, but for `close`."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self.program = uuid.uuid4().hex
        """Tells this program from all others."""
        self.path = state_file(layout.file)
        self._changed = threading.Condition()
        self._jobs: deque[_Job] = deque()
        self._ending = False
        self._thread: threading.Thread | None = None
        self._complain: Callable[[], None] = lambda: None
        self._problem = ""
        self._complained = False

    def start(self, complain: Callable[[str], None]) -> None:
        """Begin to do jobs; `complain` is called once, if at all, on the running event loop."""
        loop = asyncio.get_running_loop()

        def tell() -> None:
            self._complained = True
            complain(self._problem)

        def tell_there() -> None:
            with contextlib.suppress(RuntimeError):  # the loop has been closed: `close` tells
                loop.call_soon_threadsafe(tell)

        self._complain = tell_there
        # A daemon, as a disk that hangs must not keep the program from ending.
        self._thread = threading.Thread(target=self._run, name="database", daemon=True)
        self._thread.start()

    def submit(self, work: Callable[[Transaction], T], otherwise: T) -> Future[T]:
        """Have a job done, in the order of the calls; its result is there once what it wrote is written.

        When it fails, all that it did is undone, and it is done again later; `otherwise` is the result when
        it never can be done.
        """
        done: Future[T] = Future()
        job = _Job(work, done, otherwise)
        with self._changed:
            if self._ending:
                job.answer(otherwise)
            else:
                self._jobs.append(job)
                self._changed.notify()
        return done

    def close(self) -> str:
        """Have all jobs done, in `CLOSE_SECONDS` at most; return what went wrong and was not told before."""
        with self._changed:
            self._ending = True
            self._changed.notify()
        if self._thread is None:
            return ""
        self._thread.join(CLOSE_SECONDS)
        if self._thread.is_alive():
            self._fail(f"writing took more than {CLOSE_SECONDS:g} s")
        return "" if self._complained else self._problem

    # In the thread

    def _run(self) -> None:
        try:
            from amqpchat_tui.storage.session import Session  # late: the first frame does without SQLite

            opened = Session(self.path, self._layout, self.program, self._fail)
            with contextlib.closing(opened) as session:
                self._work(session)
        except UnusableError as error:
            self._fail(str(error))
        except Exception:  # noqa: BLE001  # the chat goes on, and the log has it
            _log.exception("the database's thread ended")
            self._fail("an error inside amqpchat; its log has the details")
        with self._changed:
            self._ending = True
            left, self._jobs = self._jobs, deque()
        for job in left:
            job.answer(job.otherwise)

    def _work(self, session: Session) -> None:
        failed = 0
        while True:
            jobs, waiting, ending = self._next_jobs(failed)
            if not jobs:
                return
            try:
                results = session.do([job.work for job in jobs])
            except NotWrittenError as error:
                self._fail(str(error))
                if ending:
                    return
                failed = waiting
            else:
                failed = 0
                with self._changed:
                    for _ in jobs:
                        self._jobs.popleft()
                for job, result in zip(jobs, results, strict=True):
                    job.answer(result)

    def _next_jobs(self, failed: int) -> tuple[Sequence[_Job], int, bool]:
        """Wait until there are more jobs than have failed, for the next try, or for the end.

        Return what to do next, which is nothing at the end; how many jobs wait; whether no more will come.
        """
        with self._changed:
            self._changed.wait_for(
                lambda: self._ending or len(self._jobs) > failed, RETRY_SECONDS if failed else None
            )
            # What is written with one statement does not wait for what is to be done behind it.
            at_once = next((index for index, job in enumerate(self._jobs) if job.single), len(self._jobs))
            return list(itertools.islice(self._jobs, max(1, at_once))), len(self._jobs), self._ending

    def _fail(self, why: str) -> None:
        if not self._problem:
            self._problem = clean_line(
                f"{self._layout.keeps} cannot be kept: {self.path}: {why}",
                _SENTENCE_MAX_CHARACTERS,
            )
            _log.warning("%s", self._problem)
            self._complain()


def brokers_key(brokers: Sequence[str]) -> str:
    """Return how brokers, named in any order, stand in the tables."""
    return "\n".join(sorted(brokers))
