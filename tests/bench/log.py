"""What a log costs, and how fast it is searched."""

import asyncio
import os
import random
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from amqpchat_tui.config import LogSettings
from amqpchat_tui.model import ConversationId, LogSearch
from amqpchat_tui.storage.log import Log
from amqpchat_tui.storage.log_words import INDEXED_AT_ONCE
from tests.bench.figures import Figure, Goal, interleave, percentile, spread
from tests.bench.flood import COUNT, Listener, flood_seconds
from tests.bench.programs.full_room import entry
from tests.bench.setting import Setting
from tests.bench.startup import first_frame

LINES = 1_000_000
ROOM = ConversationId.room("startup")
LONG = (
    "broker",
    "restarted",
    "the queue",
    "zebra",
    "exchange message",
    "a.example",
    "999",
    "a message the broker",
)
"""What is searched for besides numbers of lines: what most lines have, few, and none."""
SHORT = ("th", "zz", "at", "99", "q!", "br", "11", "明日")
_portion = 20_000
_searches = 200
_runs = 15
_flood_runs = 5
_apart = 1e-3
"""Seconds between lines, so that all are of today."""


def measure(setting: Setting) -> Iterator[Figure]:
    """Fill a log, search it, and start with it."""
    with (
        TemporaryDirectory(prefix="amqpchat-bench-") as folder,
        socket.create_server(("127.0.0.1", 0)) as server,
    ):
        home = Path(folder)
        broker = f"127.0.0.1:{server.getsockname()[1]}"
        with _state_of(home):
            yield from asyncio.run(_fill_and_search(f"{broker}//"))
        url = f"amqp://{broker}"
        full, empty = interleave(
            setting.runs(_runs),
            lambda: _start(partial(setting.chat, ROOM.name, url, home=home)),
            lambda: _start(partial(setting.chat, ROOM.name, url)),
        )
    yield Figure(
        f"start-up with a log of {LINES:,} lines, against an empty one",
        median(full) / median(empty),
        "×",
        Goal("≤", 1.05),
        f"{spread(full, 's')} against {spread(empty, 's')}",
    )


def flood(setting: Setting) -> Iterator[Figure]:
    """Show a flood with a log, and without."""
    with TemporaryDirectory(prefix="amqpchat-bench-") as folder:
        config = Path(folder, "config.toml")
        config.write_text("[log]\nkeep = false\n")
        logged, bare = interleave(
            setting.runs(_flood_runs),
            lambda: COUNT / flood_seconds(setting, Listener(setting.chat, ready=" online")),
            lambda: (
                COUNT
                / flood_seconds(
                    setting,
                    Listener(partial(setting.chat, options=("--config", str(config))), ready=" online"),
                )
            ),
        )
    yield Figure(
        f"flood of {COUNT:,} messages that are logged, against the same without",
        median(logged) / median(bare),
        "×",
        Goal("≥", 0.95),
        f"{spread(logged, '/s')} against {spread(bare, '/s')}",
    )


def _start(start: Callable[[], object]) -> float:
    with start() as program:  # type: ignore[attr-defined]
        return first_frame(program, ROOM.name)


@contextmanager
def _state_of(home: Path) -> Iterator[None]:
    """Have this process keep its state where a program with that home folder does."""
    before = os.environ.get("XDG_STATE_HOME")
    os.environ["XDG_STATE_HOME"] = str(home / ".local" / "state")
    try:
        yield
    finally:
        if before is None:
            del os.environ["XDG_STATE_HOME"]
        else:
            os.environ["XDG_STATE_HOME"] = before


async def _fill_and_search(brokers: str) -> Sequence[Figure]:
    log = Log(LogSettings(megabytes=10_000))
    log.start(print)
    began = time.monotonic()
    now = time.time()
    for start in range(0, LINES, _portion):
        lines = [entry(number, LINES, now) for number in range(start, start + _portion)]
        log.add([brokers], [(ROOM, lines)])
        await log.latest([brokers], ROOM, 1, now)
    for number in range(LINES // INDEXED_AT_ONCE + 1):  # when it is quiet, what is missing is indexed
        log.add([brokers], [(ROOM, [entry(0, 1, now + number)])])
        await log.latest([brokers], ROOM, 1, now)
    filled = time.monotonic() - began
    size = sum(path.stat().st_size for path in log.path.parent.glob("log.db*"))
    chance = random.Random(1)
    numbers = [str(chance.randrange(LINES)) for _ in range(_searches)]
    figures = [
        Figure(
            "bytes on disk for a line of the log", size / LINES, "", Goal("≤", 400), f"{filled:.0f} s to fill"
        ),
        await _search(log, brokers, "three letters or more", [*LONG, *numbers], 50),
        await _search(log, brokers, "two letters", SHORT * 10, 300),
    ]
    await asyncio.to_thread(log.close)
    return figures


async def _search(log: Log, brokers: str, what: str, texts: Sequence[str], limit: float) -> Figure:
    samples = []
    for text in texts:
        began = time.monotonic()
        await log.search([brokers], LogSearch(words=tuple(text.split())), 100)
        samples.append((time.monotonic() - began) * 1000)
    return Figure(
        f"search in a log of {LINES:,} lines, {what}, p95",
        percentile(samples, 95),
        "ms",
        Goal("≤", limit),
        spread(samples, "ms"),
    )
