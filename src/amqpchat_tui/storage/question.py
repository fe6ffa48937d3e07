"""Asking a database something that may take long, in a thread of its own, until nobody waits for it."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from pathlib import Path
from typing import Generic, TypeVar

from amqpchat_tui.model import LogError
from amqpchat_tui.storage.session import connect, describe_problem

T = TypeVar("T")


class Question(Generic[T]):
    """What is asked; the answer is a `LogError` where the file cannot be read."""

    def __init__(self, path: Path, work: Callable[[Callable[..., sqlite3.Cursor]], T]) -> None:
        """`work` is given what runs a statement."""
        self.answer: Future[T] = Future()
        self._path = path
        self._work = work
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._is_over = False
        # A daemon, as a disk that hangs must not keep the program from ending.
        threading.Thread(target=self._run, name="question", daemon=True).start()

    def interrupt(self) -> None:
        """Nobody waits for the answer any more."""
        with self._lock:
            self._is_over = True
            if self._connection is not None:
                self._connection.interrupt()

    def _run(self) -> None:
        with contextlib.suppress(InvalidStateError):  # nobody waits for it
            try:
                with contextlib.closing(connect(self._path, "ro")) as connection:
                    self.answer.set_result(self._ask(connection))
            except sqlite3.Error as error:
                self.answer.set_exception(LogError(f"{self._path}: {describe_problem(error)}"))
            except Exception as error:  # noqa: BLE001  # who waits has it
                self.answer.set_exception(error)

    def _ask(self, connection: sqlite3.Connection) -> T:
        with self._lock:
            if self._is_over:
                raise sqlite3.OperationalError("interrupted")
            self._connection = connection
        try:
            return self._work(connection.execute)
        finally:
            with self._lock:
                self._connection = None
