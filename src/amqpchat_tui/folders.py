"""Where configuration and state belong on this platform."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import platformdirs

_PROGRAM = "amqpchat"


def config_folder() -> Path:
    """Return the folder of the configuration file; not absolute, and only for showing, without a home."""
    return _folder(platformdirs.user_config_path, "~/.config")


def state_folder() -> Path:
    """Return the folder for what one start leaves to the next; without a home as above."""
    return _folder(platformdirs.user_state_path, "~/.local/state")


def _folder(find: Callable[[str], Path], otherwise: str) -> Path:
    try:
        return find(_PROGRAM)
    except RuntimeError:  # HOME is not set, and the user has no entry in the system's list
        return Path(otherwise, _PROGRAM)
