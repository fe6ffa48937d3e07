"""The lines that were entered, kept for the next start in a file that only its owner can read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import msgspec

from amqpchat_tui.storage.files import make_state_folder, private, state_file
from amqpchat_tui.ui.prompt.recall import MAX_LINES
from amqpchat_tui.wire.text import clean_text

_NAME = "history.jsonl"
_NEW = "history.jsonl.new"

_decoder = msgspec.json.Decoder(str)


class HistoryFile:
    """Each line is a JSON string with a newline before it, so that a torn one spoils no other.

    Several programs may add to the file at the same time.
    """

    def __init__(self, complain: Callable[[str], None]) -> None:
        """`complain` is called once, if at all, when a disk fails."""
        self._complain = complain
        self._complained = False
        self._latest: str | None = None

    def load(self) -> Sequence[str]:
        """Return the latest lines, oldest first, and let a file that has grown too long shrink."""
        lines: list[str] = []
        try:
            with open(state_file(_NAME), "rb", opener=private) as file:
                rows = file.read().split(b"\n")
            lines = list(filter(None, map(_decode, rows)))
            if len(lines) > 2 * MAX_LINES:
                state_file(_NEW).unlink(missing_ok=True)
                _append(_NEW, lines[-MAX_LINES:])
                state_file(_NEW).replace(state_file(_NAME))
        except FileNotFoundError:
            pass
        except OSError as error:
            self._fail(error)
        return lines[-MAX_LINES:]

    def add(self, line: str) -> None:
        """Keep a line that was entered, unless it is the one before again."""
        if line == self._latest:
            return
        self._latest = line
        try:
            make_state_folder()
            _append(_NAME, [line])
        except OSError as error:
            self._fail(error)

    def _fail(self, error: OSError) -> None:
        if not self._complained:
            self._complained = True
            self._complain(f"Input history cannot be kept: {state_file(_NAME)}: {error.strerror or error}")


def _append(name: str, lines: Iterable[str]) -> None:
    with open(state_file(name), "ab", opener=private) as file:
        file.write(b"".join(b"\n" + msgspec.json.encode(line) for line in lines))


def _decode(row: bytes) -> str:
    try:
        return clean_text(_decoder.decode(row))
    except (msgspec.MsgspecError, UnicodeError):
        return ""
