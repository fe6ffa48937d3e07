"""The state folder: what one start leaves to the next, readable only by its owner."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
from pathlib import Path

from amqpchat_tui.files import open_regular
from amqpchat_tui.folders import state_folder


def state_file(name: str) -> Path:
    """Return where a file of that name belongs in the state folder; neither need exist."""
    return state_folder() / name


def make_state_folder() -> None:
    """Make the state folder, and see to it that it is private; raise OSError when that cannot be."""
    folder = state_folder()
    if not folder.is_absolute():
        raise FileNotFoundError(errno.ENOENT, "there is no home folder; set HOME")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except FileExistsError:
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR)) from None
    folder.chmod(0o700)  # it may be older


def private(path: str, flags: int) -> int:
    """An opener for `open`: the file is regular, and its owner's only, also when it is older."""
    descriptor = open_regular(path, flags)
    os.fchmod(descriptor, 0o600)
    return descriptor


class LockedFile:
    """A file that no other program can lock until this one closes it, or ends."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self._path = path
        self._descriptor = descriptor

    def remove(self) -> None:
        """Remove the file; one that cannot be removed stays."""
        with contextlib.suppress(OSError):
            self._path.unlink()

    def close(self) -> None:
        """Give the lock back."""
        os.close(self._descriptor)


def lock(path: Path, *, create: bool) -> LockedFile | None:
    """Lock a file; None when another program has it or has just removed it, or there is none to lock.

    Raises:
        OSError: if it cannot be opened, or its file system has no locks.
    """
    try:
        descriptor = private(str(path), os.O_RDWR | (os.O_CREAT if create else 0))
    except FileNotFoundError:
        if create:
            raise
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.fstat(descriptor).st_nlink:
            return LockedFile(path, descriptor)
    except BlockingIOError:
        pass
    except BaseException:
        os.close(descriptor)
        raise
    os.close(descriptor)
    return None
