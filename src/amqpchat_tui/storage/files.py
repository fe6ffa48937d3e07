"""The state folder: what one start leaves to the next, readable only by its owner."""

from __future__ import annotations

import errno
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
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)  # it may be older


def private(path: str, flags: int) -> int:
    """An opener for `open`: the file is regular, and its owner's only, also when it is older."""
    descriptor = open_regular(path, flags)
    os.fchmod(descriptor, 0o600)
    return descriptor
