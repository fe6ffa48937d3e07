"""Standard output and error as a shell may leave them: closed, or into a full disk or an abandoned pipe.

Nothing stays in a buffer: Python would try again at the end, and then end with an exit code of its own.
"""

from __future__ import annotations

import errno
import io
import os
import sys
from typing import TextIO

_STDERR = 2


class StreamError(Exception):
    """A standard stream that cannot be used; its message is a sentence without a full stop."""

    def __init__(self, action: str, error: OSError) -> None:
        """`action` is such as "write to standard output"."""
        why = "it is closed" if error.errno == errno.EBADF else error.strerror
        super().__init__(f"cannot {action}: {why}")


class ReaderGoneError(StreamError):
    """Whoever read what is written has had enough (EPIPE)."""


def prepare() -> None:
    """See to it that what is written can fail neither for its letters nor by going to the wrong place."""
    for descriptor in range(_STDERR + 1):
        try:
            os.fstat(descriptor)
        except OSError:
            # The next file or socket would get the number of a closed stream, and what is written to that.
            # Opened the wrong way round, its use fails as before.
            os.open(os.devnull, os.O_RDONLY if descriptor else os.O_WRONLY)
    for stream in sys.stdout, sys.stderr:
        if isinstance(stream, io.TextIOWrapper):  # it is None when it was closed
            stream.reconfigure(errors="backslashreplace")


def show(text: str) -> None:
    """Write to standard output.

    Raises:
        ReaderGoneError: if nobody reads it any more; what is shown later is dropped.
        StreamError: if it cannot be written; the same.
    """
    if sys.stdout is None:
        raise output_error(OSError(errno.EBADF, ""))
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        _drop(sys.stdout)
        raise output_error(error) from error


def say(text: str) -> None:
    """Tell the person something, on standard error; if that fails, there is no other way to tell them."""
    if sys.stderr is None:
        return
    try:
        sys.stderr.write(f"amqpchat: {text}\n")
        sys.stderr.flush()
    except OSError:
        _drop(sys.stderr)


def output_error(error: OSError) -> StreamError:
    """Say what an error in writing to standard output means."""
    kind = ReaderGoneError if error.errno == errno.EPIPE else StreamError
    return kind("write to standard output", error)


def _drop(stream: TextIO) -> None:
    """Let what a stream has in its buffer, and gets from now on, go nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
