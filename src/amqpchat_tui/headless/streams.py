"""Standard streams beside a running event loop: it must go on, however slow the other end of a pipe is."""

from __future__ import annotations

import asyncio
import os
import select
import sys
import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future
from typing import TypeVar

from amqpchat_tui import stdio
from amqpchat_tui.wire.text import clean_line

_READ_BYTES = 64 * 1024
_KEPT_BYTES = 1024 * 1024
"""What is kept of a line while its end is still to come; it is far too long for the room anyway."""
_TOLD_CHARACTERS = 2000
_STDIN, _STDOUT = 0, 1

_Result = TypeVar("_Result")


def tell(text: str) -> None:
    """Say something to the person, on standard error."""
    stdio.say(clean_line(text, _TOLD_CHARACTERS))


async def read_lines() -> AsyncIterator[str]:
    """Give each line of standard input as it comes, without its end; what is not UTF-8 is replaced.

    Raises:
        StreamError: if it cannot be read.
    """
    begun = b""
    while chunk := await _read():
        *whole, begun = (begun + chunk).split(b"\n")
        for line in whole:
            yield _decode(line)
        begun = begun[:_KEPT_BYTES]
    if begun:
        yield _decode(begun)


async def write(text: str) -> None:
    """Write to standard output, unbuffered.

    Raises:
        ReaderGoneError: if nobody reads it any more.
        StreamError: if it cannot be written.
    """
    encoding = "utf-8" if sys.stdout is None else sys.stdout.encoding
    await write_bytes(text.encode(encoding, "backslashreplace"), _STDOUT)


async def write_bytes(data: bytes, descriptor: int) -> None:
    """Write to standard output or error, as `write` does."""
    try:
        await _in_daemon(lambda: _write_all(data, descriptor))
    except OSError as error:
        raise stdio.output_error(error) from error


async def _read() -> bytes:
    try:
        return await _in_daemon(_read_some)
    except OSError as error:
        raise stdio.StreamError("read standard input", error) from error


# Another program may have set a stream that it shares with us to O_NONBLOCK: then we do the waiting.


def _read_some() -> bytes:
    while True:
        try:
            return os.read(_STDIN, _READ_BYTES)
        except BlockingIOError:
            select.select([_STDIN], [], [])


def _decode(line: bytes) -> str:
    return line.decode(errors="replace").removesuffix("\r")


def _write_all(data: bytes, descriptor: int) -> None:
    while data:
        try:
            data = data[os.write(descriptor, data) :]
        except BlockingIOError:
            select.select([], [descriptor], [])


async def _in_daemon(call: Callable[[], _Result]) -> _Result:
    """Call in a thread that does not keep the program from ending while it waits, as a pool's would."""
    outcome: Future[_Result] = Future()
    outcome.set_running_or_notify_cancel()

    def work() -> None:
        try:
            outcome.set_result(call())
        except OSError as error:
            outcome.set_exception(error)

    threading.Thread(target=work, daemon=True).start()
    return await asyncio.wrap_future(outcome)
