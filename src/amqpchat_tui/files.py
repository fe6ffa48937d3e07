"""Files that somebody named or left behind: opened and read so that nobody waits for ever.

A path may lead to anything: a folder, a device without an end, a pipe into which nobody writes.
"""

from __future__ import annotations

import errno
import os
import select
import stat
import time
from pathlib import Path

PATIENCE_SECONDS = 10.0
"""How long a pipe or a device may take to come to its end."""
PEM_MAX_BYTES = 16 * 1024 * 1024
"""A file of certificates; those of all authorities together have a quarter of a megabyte."""
_PORTION_BYTES = 64 * 1024


class TooLargeError(OSError):
    """There is more to read than anybody would put there."""

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(errno.EFBIG, f"it is larger than {limit_bytes >> 10} KiB")


def read_whole(path: Path, limit_bytes: int) -> bytes:
    """Return all that a file or a pipe holds.

    Raises:
        OSError: if it cannot be read, holds more than `limit_bytes`, or has no end in `PATIENCE_SECONDS`.
        ValueError: if the path has a NUL in it.
    """
    descriptor = _open(path, os.O_RDONLY)
    try:
        return read_descriptor(descriptor, limit_bytes, time.monotonic() + PATIENCE_SECONDS)
    except TimeoutError:
        raise TimeoutError(errno.ETIMEDOUT, f"it did not end within {PATIENCE_SECONDS:g} s") from None
    finally:
        os.close(descriptor)


def read_descriptor(descriptor: int, limit_bytes: int, deadline: float) -> bytes:
    """Read to the end, which has to come before a moment of the monotonic clock.

    Raises:
        TimeoutError: if it does not.
        TooLargeError: if there is more than `limit_bytes` before it.
        OSError: if it cannot be read.
    """
    data = bytearray()
    while len(data) <= limit_bytes:
        ready, _, _ = select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            raise TimeoutError
        portion = os.read(descriptor, _PORTION_BYTES)
        if not portion:
            return bytes(data)
        data += portion
    raise TooLargeError(limit_bytes)


def open_regular(path: str | Path, flags: int = os.O_RDONLY) -> int:
    """Open a file and return its descriptor; one that is made is its owner's only.

    Raises:
        OSError: if that fails, or it is no regular file.
        ValueError: if the path has a NUL in it.
    """
    descriptor = _open(path, flags)
    mode = os.fstat(descriptor).st_mode
    if stat.S_ISREG(mode):
        return descriptor
    os.close(descriptor)
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    raise OSError(errno.EINVAL, "it is not a regular file")


def check_pem(path: Path) -> None:
    """Look whether OpenSSL can be given a file: it reads devices without an end, and waits for pipes.

    Raises:
        OSError: if it cannot be read, is no regular file, or is larger than `PEM_MAX_BYTES`.
        ValueError: if the path has a NUL in it.
    """
    descriptor = open_regular(path)
    try:
        size = os.fstat(descriptor).st_size
    finally:
        os.close(descriptor)
    if size > PEM_MAX_BYTES:
        raise TooLargeError(PEM_MAX_BYTES)


def reason(error: OSError | ValueError) -> str:
    """Say why something cannot be opened or run, without its name; a ValueError is about a NUL in it."""
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def _open(path: str | Path, flags: int) -> int:
    # Without O_NONBLOCK the call itself would wait for the other end of a pipe.
    return os.open(path, flags | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC, 0o600)
