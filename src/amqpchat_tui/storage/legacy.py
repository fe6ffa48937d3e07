"""Reads the files in which amqpchat kept its outbox and its input history before there was a database.

Each record is a newline and then a JSON value, so that one that was torn by a crash, or by a full disk,
spoils neither those before it nor those behind it.
"""

from __future__ import annotations

import hashlib
import heapq
import itertools
import logging
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, suppress
from pathlib import Path

import msgspec
from msgspec import Struct

from amqpchat_tui.files import open_regular
from amqpchat_tui.model import ConversationId, OutboxLine
from amqpchat_tui.storage.checks import KeptLine, kept_line
from amqpchat_tui.storage.files import lock, state_file
from amqpchat_tui.wire.text import clean_text


class _Typed(KeptLine, frozen=True, tag="typed"):
    """A line came into the outbox."""


class _Gone(Struct, frozen=True, tag="gone"):
    """A line left the outbox: the room has heard it, or the person took it back."""

    id: str


_Record = _Typed | _Gone
_record_decoder = msgspec.json.Decoder(_Record)
_entered_decoder = msgspec.json.Decoder(str)

_HISTORY = "history.jsonl"
_HISTORY_FILES = (_HISTORY, f"{_HISTORY}.new")

_log = logging.getLogger(__name__)


class LeftOutbox:
    """The lines that programs which have ended left in a conversation, in files of theirs."""

    def __init__(self, conversation: ConversationId, brokers: Sequence[str]) -> None:
        """Read them; the files are locked until `close`."""
        digest = hashlib.sha256("\n".join([conversation.name, *sorted(brokers)]).encode()).hexdigest()
        files: list[Sequence[OutboxLine]] = []
        self._paths: list[Path] = []
        with ExitStack() as stack:
            for path in sorted(state_file("").glob(f"outbox-{digest[:16]}-*.jsonl")):
                try:
                    locked = lock(path, create=False)
                    if locked is not None:
                        stack.enter_context(closing(locked))
                        files.append(read_outbox(conversation, _read(path)))
                        self._paths.append(path)
                except OSError as error:
                    _log.warning("%s: %s", path, error.strerror)
            self._locks = stack.pop_all()
        self.lines = _merge(files)

    @property
    def any(self) -> bool:
        """Whether there are files."""
        return bool(self._paths)

    def remove(self) -> None:
        """Remove the files, as what they held is kept elsewhere."""
        _remove(self._paths)

    def close(self) -> None:
        """Give the locks back."""
        self._locks.close()


def read_outbox(conversation: ConversationId, records: bytes) -> Sequence[OutboxLine]:
    """Return the lines that came and did not leave, in their order; what is no record is skipped.

    One that came again stands where it came last.
    """
    lines: dict[str, OutboxLine] = {}
    for record in _decode(records):
        lines.pop(record.id, None)
        if isinstance(record, _Typed) and (line := kept_line(conversation, record)) is not None:
            lines[line.message_id] = line
    return list(lines.values())


def left_entered() -> Sequence[str] | None:
    """Return the lines that were entered, oldest first; None when there is no file of them."""
    try:
        return read_entered(_read(state_file(_HISTORY)))
    except FileNotFoundError:
        pass
    except OSError as error:
        _log.warning("%s: %s", state_file(_HISTORY), error.strerror)
    return None


def read_entered(records: bytes) -> Sequence[str]:
    """Return the lines in a file of those that were entered; what is no record is skipped."""
    lines: list[str] = []
    for row in records.split(b"\n"):
        try:
            lines.append(clean_text(_entered_decoder.decode(row)))
        except (msgspec.MsgspecError, UnicodeError):
            continue
    return [line for line in lines if line]


def remove_entered() -> None:
    """Remove the file of lines that were entered."""
    _remove(map(state_file, _HISTORY_FILES))


def _read(path: Path) -> bytes:
    with open(path, "rb", opener=open_regular) as file:
        return file.read()


def _remove(paths: Iterable[Path]) -> None:
    """Remove files, and empty those that cannot be removed, which else were taken over at each start."""
    for path in paths:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            _log.warning("%s: %s", path, error.strerror)
            with suppress(OSError):
                os.close(os.open(path, os.O_WRONLY | os.O_TRUNC | os.O_NOFOLLOW | os.O_NONBLOCK))


def _decode(records: bytes) -> Iterator[_Record]:
    for row in records.split(b"\n"):
        try:
            yield _record_decoder.decode(row)
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            continue


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
