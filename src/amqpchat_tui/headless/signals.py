"""An orderly end on SIGINT and SIGTERM."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Callable, Iterator

_SIGNALS = signal.SIGINT, signal.SIGTERM


@contextlib.contextmanager
def on_signals(end: Callable[[], object]) -> Iterator[None]:
    """Let the signals call a function of the running event loop."""
    loop = asyncio.get_running_loop()
    for number in _SIGNALS:
        loop.add_signal_handler(number, end)
    try:
        yield
    finally:
        for number in _SIGNALS:
            loop.remove_signal_handler(number)
