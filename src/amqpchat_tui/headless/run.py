"""`amqpchat run`: runs a command, and says in the rooms how it has ended."""

from __future__ import annotations

import asyncio
import contextlib
import re
import shlex
import signal
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections import deque
from collections.abc import Iterator, Sequence

from amqpchat_tui.config import Settings
from amqpchat_tui.files import reason
from amqpchat_tui.headless.send import send
from amqpchat_tui.headless.streams import tell, write_bytes
from amqpchat_tui.scrollback.code import fenced
from amqpchat_tui.stdio import StreamError
from amqpchat_tui.wire.text import clean_line
from amqpchat_tui.wording.times import elapsed

LAST_ROWS = 10
"""How many of the last rows that a command printed are said when it fails."""
ROW_MAX_CHARACTERS = 200
COMMAND_MAX_CHARACTERS = 60
NOT_RUN, NOT_FOUND = 126, 127
"""What shells return for a command that cannot be run, or is not there."""
SIGNALLED = 128
"""What shells add to the number of the signal that ended a command."""

_READ_BYTES = 64 * 1024
_CONTROL_SEQUENCE = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\^_])")
"""What colours and the like are written with (ECMA-48); a row in a room has none."""
_PASSED_ON = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
_FROM_TERMINAL = (signal.SIGINT, signal.SIGQUIT)
"""Which a terminal sends to the command as well."""


async def run(settings: Settings, argv: Sequence[str], patience: float) -> int:
    """Run a command with our streams, and say at its end how it went; return its exit code.

    What the command prints is handed on as it comes. Signals are for the command; it is said nevertheless
    how that has ended, if that is confirmed with `patience` (see `send`).
    """
    name = clean_line(shlex.join(argv), COMMAND_MAX_CHARACTERS)
    rows = _Rows()
    began = time.monotonic()
    try:
        process = await asyncio.create_subprocess_exec(*argv, stdout=PIPE, stderr=PIPE, limit=_READ_BYTES)
    except OSError as error:
        failure = f"cannot be run: {reason(error)}"
        tell(f"{name} {failure}")
        code = NOT_FOUND if isinstance(error, FileNotFoundError) else NOT_RUN
        await send(settings, f"{name} {failure}", level="fail", patience=patience)
        return code
    with _signals_for(process):
        assert process.stdout is not None
        assert process.stderr is not None
        await asyncio.gather(
            _hand_on(process.stdout, sys.stdout.fileno(), rows),
            _hand_on(process.stderr, sys.stderr.fileno(), rows),
        )
        status = await process.wait()
    if status == 0:
        said = f"✓ {name} ({elapsed(time.monotonic() - began)})"
        await send(settings, said, level="info", patience=patience)
        return 0
    how = f"signal {-status}" if status < 0 else f"exit {status}"
    said = f"{name}: {how}" + (f"\n{fenced(rows.text, '')}" if rows.text else "")
    await send(settings, said, level="fail", patience=patience)
    return SIGNALLED - status if status < 0 else status


async def _hand_on(source: asyncio.StreamReader, descriptor: int, rows: _Rows) -> None:
    """Write what a command prints to a stream of ours; when nobody takes it, the command still goes on."""
    is_taken = True
    while data := await source.read(_READ_BYTES):
        rows.add(data)
        if is_taken:
            try:
                await write_bytes(data, descriptor)
            except StreamError:
                is_taken = False


class _Rows:
    """The last rows of what was printed, of each its beginning."""

    def __init__(self) -> None:
        self._rows: deque[bytes] = deque(maxlen=LAST_ROWS)
        self._begun = b""

    def add(self, data: bytes) -> None:
        *whole, begun = (self._begun + data).split(b"\n")
        self._rows.extend(row[: 16 * ROW_MAX_CHARACTERS] for row in whole[-LAST_ROWS:])
        self._begun = begun[: 16 * ROW_MAX_CHARACTERS]

    @property
    def text(self) -> str:
        """The rows as they are said: without colours, blank ones at the ends and what was overwritten."""
        rows = [*self._rows, *([self._begun] if self._begun else [])][-LAST_ROWS:]
        return "\n".join(map(_said, rows)).strip("\n")


def _said(row: bytes) -> str:
    plain = _CONTROL_SEQUENCE.sub(b"", row).rstrip(b"\r").rpartition(b"\r")[2]
    return clean_line(plain.decode(errors="replace").expandtabs(8), ROW_MAX_CHARACTERS).rstrip()


@contextlib.contextmanager
def _signals_for(process: Process) -> Iterator[None]:
    """Pass signals on to a command, but those that its terminal sends it anyway."""
    loop = asyncio.get_running_loop()
    has_terminal = sys.stdin is not None and sys.stdin.isatty()

    def pass_on(number: signal.Signals) -> None:
        if not (has_terminal and number in _FROM_TERMINAL):
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(number)

    for number in _PASSED_ON:
        loop.add_signal_handler(number, pass_on, number)
    try:
        yield
    finally:
        for number in _PASSED_ON:
            loop.remove_signal_handler(number)
