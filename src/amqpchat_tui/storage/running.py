"""Which programs run: each has a file that it keeps locked, so that the system tells when it has ended."""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterator

from amqpchat_tui.storage.files import LockedFile, lock, state_file

_PREFIX, _SUFFIX = "running-", ".lock"
_NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP)


class Running:
    """The mark of this program, until `end` or, however it comes, the end of the process."""

    def __init__(self, program: str) -> None:
        """Make it for a program of this id, in the state folder; raise OSError when that cannot be."""
        self._program = program
        mark = None
        while mark is None:  # another program may take a new file for one left behind, and remove it
            mark = _lock(program, create=True)
        self._mark = mark

    def others(self) -> set[str]:
        """Return the ids of the other programs that run, and remove the marks of those that do not."""
        others = set(_marked()) - {self._program}
        return {program for program in others if not _remove_left_behind(program)}

    def end(self) -> None:
        """Let others have what this program was working on."""
        self._mark.remove()
        self._mark.close()


def _marked() -> Iterator[str]:
    for path in state_file("").glob(f"{_PREFIX}*{_SUFFIX}"):
        yield path.name.removeprefix(_PREFIX).removesuffix(_SUFFIX)


def _remove_left_behind(program: str) -> bool:
    mark = _lock(program, create=False)
    if mark is None:
        return False
    with contextlib.closing(mark):
        mark.remove()
    return True


def _lock(program: str, *, create: bool) -> LockedFile | None:
    try:
        return lock(state_file(f"{_PREFIX}{program}{_SUFFIX}"), create=create)
    except OSError as error:
        if error.errno in _NO_LOCKS:
            reason = "its file system has no locks; set XDG_STATE_HOME to a folder on another"
            raise OSError(error.errno, reason) from error
        raise
