"""Has a file synced to the disk in a thread of its own, while others write to it."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

from amqpchat_tui.files import reason


class Syncer:
    """Syncs a file whenever it is asked to; requests that come meanwhile are met together by the next."""

    def __init__(self, path: Path, failed: Callable[[str], None]) -> None:
        """`failed` is called from the thread, with the reason."""
        self._path = path
        self._failed = failed
        self._asked = threading.Event()
        self._ended = False
        self._thread: threading.Thread | None = None

    def ask(self) -> None:
        """Have what has been written up to now synced soon."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="syncer", daemon=True)
            self._thread.start()
        self._asked.set()

    def end(self) -> None:
        """Let the thread end after the sync that it may be at."""
        self._ended = True
        self._asked.set()

    def _run(self) -> None:
        while True:
            self._asked.wait()
            if self._ended:
                return
            self._asked.clear()
            try:
                sync(self._path)
            except OSError as error:
                self._failed(reason(error))


def sync(path: Path) -> None:
    """Wait until all that has been written to a file is on the disk; raise OSError when it cannot be."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
