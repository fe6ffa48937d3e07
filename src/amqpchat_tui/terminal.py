"""The terminal before the screen is taken: whether there is one, and whether it takes what is drawn on it."""

from __future__ import annotations

import codecs
import io
import os
import re
import select
import sys
import termios
import time
from typing import TextIO

from amqpchat_tui.config import ConfigError

ANSWER_SECONDS = 1.0
"""How long a terminal may take to say where its cursor is; it may be at the other side of the world."""

_INSTEAD = "amqpchat --plain, listen and send do without"
_PROBE = "ç"
"""In UTF-8 two bytes for one column (UAX 11); in what else terminals take, they fill two."""
_WHERE = "\x1b[6n"
"""Device Status Report: the answer is a Cursor Position Report (ECMA-48, 8.3.35 and 8.3.14)."""
_HERE = re.compile(rb"\x1b\[\d+;(\d+)R")
_WIPE = "\r\x1b[K"


def require_terminal() -> bool:
    """See to it that there is a terminal that can be drawn on; raise `ConfigError`.

    False where the terminal is dumb, and the person chats without a screen instead. Textual reads standard
    input and draws on standard error; standard output elsewhere asks for a text.
    """
    if os.environ.get("TERM") == "dumb":
        if _wants_plain():
            return False
        raise ConfigError(f"this is a full-screen program, and this terminal says it is dumb; {_INSTEAD}")
    streams = {"standard input": sys.stdin, "standard output": sys.stdout, "standard error": sys.stderr}
    for name, stream in streams.items():
        if stream is None or not stream.isatty():
            raise ConfigError(
                f"this is a full-screen program and needs a terminal, but {name} is not one; {_INSTEAD}"
            )
    _require_utf8(sys.stdin, sys.stderr)
    return True


def _wants_plain() -> bool:
    """Ask whether to chat without a screen, where somebody may answer."""
    if sys.stdin is None or sys.stderr is None or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    sys.stderr.write("This terminal says it is dumb. Chat line by line, as with --plain? [Y/n] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("", "y", "yes")


def _require_utf8(keys: TextIO, screen: TextIO) -> None:
    """Have the screen written in UTF-8, whatever the encoding of the locale, if the terminal takes it."""
    if not isinstance(screen, io.TextIOWrapper) or codecs.lookup(screen.encoding).name == "utf-8":
        return
    width = _width_of_probe(keys.fileno(), screen.fileno())
    if width is None:
        raise ConfigError(
            f"the locale says that this terminal takes {screen.encoding}, but the screen is drawn in UTF-8, "
            "and the terminal does not say whether it takes that; if it does, set LC_ALL=C.UTF-8"
        )
    if width != 1:
        raise ConfigError(f"the screen is drawn in UTF-8, which this terminal does not take; {_INSTEAD}")
    screen.reconfigure(encoding="utf-8")


def _width_of_probe(keys: int, screen: int) -> int | None:
    """Return by how many columns the cursor moves; None if the terminal does not say where it is."""
    before = termios.tcgetattr(keys)
    raw = termios.tcgetattr(keys)
    raw[3] &= ~(termios.ICANON | termios.ECHO)
    termios.tcsetattr(keys, termios.TCSANOW, raw)
    try:
        os.write(screen, f"\r{_PROBE}{_WHERE}{_WIPE}".encode())
        answer = _read_answer(keys)
    finally:
        termios.tcsetattr(keys, termios.TCSANOW, before)
    return None if answer is None else int(answer[1]) - 1


def _read_answer(keys: int) -> re.Match[bytes] | None:
    """Read until the answer; what was typed before it is lost."""
    read = b""
    deadline = time.monotonic() + ANSWER_SECONDS
    while (found := _HERE.search(read)) is None:
        ready, _, _ = select.select([keys], [], [], max(0.0, deadline - time.monotonic()))
        portion = os.read(keys, 1024) if ready else b""
        if not portion:
            return None
        read += portion
    return found
