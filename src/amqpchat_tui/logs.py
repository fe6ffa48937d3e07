"""The log file: only written with `--log` or after a crash, readable only by its owner, without passwords.

The screen belongs to the chat, so nothing is ever logged to the terminal.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path

from amqpchat_tui.storage.files import make_state_folder, private, state_file
from amqpchat_tui.wire.text import clean_text

_LEVELS = {"amqpchat_tui": logging.DEBUG, "aio_pika": logging.INFO, "aiormq": logging.INFO}
"""Everything else is logged from WARNING on."""


class Redactor:
    """Blots out passwords in any text, raw or percent-encoded, wholly or in part."""

    def __init__(self, passwords: Iterable[str] = ()) -> None:
        self._passwords: set[str] = set()
        self.learn(passwords)

    def learn(self, passwords: Iterable[str]) -> None:
        """Blot these out as well from now on."""
        self._passwords.update(filter(None, passwords))
        longest_first = sorted(self._passwords, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(_spellings, longest_first)) or "(?!)")

    def __call__(self, text: str) -> str:
        """Return the text with `***` for each password."""
        return self._pattern.sub("***", text)


def _spellings(password: str) -> str:
    """Make a pattern of the password with none or any characters percent-encoded, and as `repr` shows it.

    One spelling may begin another: the longer ones come first.
    """
    characters = (
        f"(?:(?i:{''.join(f'%{octet:02x}' for octet in character.encode())})|{re.escape(character)})"
        for character in password
    )
    shown = {repr(password)[1:-1], repr(password.encode())[2:-1]} - {password}
    return "|".join((*map(re.escape, sorted(shown, key=len, reverse=True)), "".join(characters)))


def log_file() -> Path:
    """Return where the log goes; it need not exist."""
    return state_file("amqpchat.log")


@contextmanager
def silence() -> Iterator[None]:
    """Keep the warnings of libraries off the terminal."""
    handler = logging.NullHandler()
    logging.root.addHandler(handler)
    logging.captureWarnings(True)
    try:
        yield
    finally:
        logging.captureWarnings(False)
        logging.root.removeHandler(handler)


@contextmanager
def recording(redact: Redactor) -> Iterator[Recorder]:
    """Append what is logged to the log file; raise OSError when that cannot be opened."""
    make_state_folder()
    with open(log_file(), "ab", buffering=0, opener=private) as file:
        handler = Recorder(file)
        handler.setFormatter(_Formatter(redact))
        before = {name: logging.getLogger(name).level for name in _LEVELS}
        for name, level in _LEVELS.items():
            logging.getLogger(name).setLevel(level)
        logging.root.addHandler(handler)
        try:
            yield handler
        finally:
            logging.root.removeHandler(handler)
            for name, level in before.items():
                logging.getLogger(name).setLevel(level)


class Recorder(logging.Handler):
    """Writes to a file; the terminal never hears of a record that does not get there."""

    def __init__(self, file: FileIO) -> None:
        super().__init__()
        self._file = file
        self.problem: OSError | None = None
        """Why a record is missing."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write at once: a crash may follow."""
        try:
            self._file.write(f"{self.format(record)}\n".encode(errors="backslashreplace"))
        except OSError as error:
            self.problem = error
        except Exception:  # noqa: BLE001  # a library's message that does not fit its arguments
            record.msg, record.args = f"cannot be shown: {record.msg!r}", None
            self.emit(record)


class _Formatter(logging.Formatter):
    """Redacts the whole record, traceback included; remote text in it can do nothing to a terminal."""

    def __init__(self, redact: Redactor) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        return clean_text(self._redact(super().format(record)))
