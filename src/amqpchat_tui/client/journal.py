"""Keeps the outbox on disk, so that no line is lost when the program ends before the room has heard it."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import fcntl
import hashlib
import heapq
import io
import itertools
import os
import uuid
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from amqpchat_tui.client import records
from amqpchat_tui.model import ConversationId, OutboxLine
from amqpchat_tui.storage.files import make_state_folder, private, state_file


class Journal:
    """The outbox of one room, in a file that this process alone writes to while it holds the file's lock.

    A file whose lock is free was left behind by a program that has ended; its lines are taken over. Written
    lines survive the end of the program at once, and a power cut a moment later, when they are synced.
    """

    def __init__(
        self, conversation: ConversationId, brokers: Iterable[str], complain: Callable[[str], None]
    ) -> None:
        """`brokers` tell one room from another of the same name; `complain` is called once, if at all."""
        digest = hashlib.sha256("\n".join([conversation.name, *sorted(brokers)]).encode()).hexdigest()
        self._name = f"outbox-{digest[:16]}"
        self._conversation = conversation
        self._complain = complain
        self._complained = False
        self._file: io.FileIO | None = None
        self._path = Path()
        self._ids: set[str] = set()
        self._unsynced = False
        self._syncing: asyncio.Task[None] | None = None

    def open(self) -> Sequence[OutboxLine]:
        """Begin to keep lines; return those that earlier programs left behind, oldest first."""
        try:
            make_state_folder()
            left_behind = sorted(state_file("").glob(f"{self._name}-*.jsonl"))
            self._create()
            return self._take_over(left_behind)
        except OSError as error:
            self._fail(error)
        return []

    def update(self, lines: Sequence[OutboxLine]) -> None:
        """Write down what has come into the outbox and what has left it; `lines` is all that is in it."""
        if self._file is None:
            return
        ids = {line.message_id for line in lines}
        old = itertools.takewhile(lambda line: line.message_id in self._ids, lines)
        come = [records.typed(line) for line in lines[len(list(old)) :]]  # so the file has their order
        left = [records.gone(message_id) for message_id in self._ids - ids]
        try:
            if not ids and self._ids:
                self._file.truncate(0)
            elif come or left:
                _write(self._file, b"".join(come + left))
        except OSError as error:
            self._fail(error)
            return
        self._ids = ids
        if come:
            self._sync()

    async def close(self, lines: Sequence[OutboxLine]) -> None:
        """Leave these lines to the next program; the file goes when there are none."""
        self.update(lines)
        if self._syncing is not None:
            await self._syncing
        if self._file is not None:
            with contextlib.suppress(OSError):  # an empty file does no harm
                if not self._ids:
                    self._path.unlink()
            self._file.close()
            self._file = None

    def _create(self) -> None:
        file = None
        while file is None:  # another program may take a new file for one left behind, and remove it
            path = state_file(f"{self._name}-{uuid.uuid4().hex}.jsonl")
            file = _lock(path, "a+b")
        self._file, self._path = file, path

    def _take_over(self, paths: Iterable[Path]) -> Sequence[OutboxLine]:
        """Copy what files hold into our own, in one order, and only then remove them."""
        assert self._file is not None
        with contextlib.ExitStack() as locks:
            files = {path: locks.enter_context(file) for path in paths if (file := _lock(path, "r+b"))}
            lines = _merge(records.read(self._conversation, file.readall()) for file in files.values())
            if lines:
                _write(self._file, b"".join(map(records.typed, lines)))
                _sync_to_disk(self._file)
            self._ids = {line.message_id for line in lines}
            for path in files:
                path.unlink()
        return lines

    def _sync(self) -> None:
        """Have what was written synced, in a thread: a disk may take its time."""
        self._unsynced = True
        if self._syncing is None or self._syncing.done():
            self._syncing = asyncio.create_task(self._sync_until_done())

    async def _sync_until_done(self) -> None:
        while self._unsynced and self._file is not None:
            self._unsynced = False
            try:
                await asyncio.to_thread(_sync_to_disk, self._file)
            except OSError as error:
                self._fail(error)

    def _fail(self, error: OSError) -> None:
        if not self._complained:
            self._complained = True
            self._complain(
                f"Unsent lines cannot be kept for the next start: {state_file('')}: {error.strerror or error}"
            )


def _merge(files: Iterable[Sequence[OutboxLine]]) -> Sequence[OutboxLine]:
    """Join the lines of several files by time, once each; those of one file keep their order.

    In a file, a line whose clock had been set back counts as typed with the one before it.
    """
    timed = (
        zip(itertools.accumulate((line.typed_at for line in lines), max), lines, strict=True)
        for lines in files
    )
    merged = heapq.merge(*timed, key=lambda entry: entry[0])
    return list({line.message_id: line for _, line in merged}.values())


def _lock(path: Path, mode: str) -> io.FileIO | None:
    """Open a file and lock it; None when another program has it, or has just removed it."""
    try:
        file = open(path, mode, buffering=0, opener=private)  # noqa: SIM115
    except FileNotFoundError:
        return None
    assert isinstance(file, io.FileIO)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.fstat(file.fileno()).st_nlink:
            return file
    except BlockingIOError:
        pass
    except BaseException:
        file.close()
        raise
    file.close()
    return None


def _write(file: io.FileIO, data: bytes) -> None:
    if file.write(data) != len(data):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _sync_to_disk(file: io.FileIO) -> None:
    """Sync a file, and the entry of it in its folder."""
    os.fsync(file.fileno())
    folder = os.open(state_file(""), os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
