"""How long a listener takes to hear 50,000 messages, from the first publish to when it has seen the last."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median

from tests.bench.figures import Figure, Goal, interleave, spread
from tests.bench.program import Program
from tests.bench.programs.publisher import text
from tests.bench.setting import Setting

COUNT = 50_000
LAST = text(COUNT - 1)[:20]
"""What is on the screen when the last message is; the rest may be wrapped."""
PATIENCE = 300.0
"""Seconds."""
_runs = 3


@dataclass(frozen=True)
class Listener:
    """A program that listens in a room."""

    start: Callable[[str], Program]
    """Takes the room's name."""
    ready: str
    """What it writes when it listens."""
    last: str = LAST
    """What it writes when it has seen the last message."""


def chat(setting: Setting) -> Listener:
    """The running interface."""
    return Listener(setting.chat, ready=" online")


def counter(setting: Setting) -> Listener:
    """A bare aio-pika consumer that only counts."""
    return Listener(
        lambda room: setting.script("counter", setting.url, room, str(COUNT)), ready="ready", last="done"
    )


def naive_chat(setting: Setting) -> Listener:
    """A minimal Textual chat."""
    return Listener(lambda room: setting.script("naive_chat", setting.url, room), ready="Listening")


@contextmanager
def scene(setting: Setting, listener: Listener) -> Iterator[tuple[Program, Program]]:
    """Start a listener, and a publisher that waits for Enter."""
    with (
        setting.room() as room,
        setting.script("publisher", setting.url, room, str(COUNT)) as publisher,
        listener.start(room) as listening,
    ):
        publisher.wait_for("ready")
        listening.wait_for(listener.ready)
        yield listening, publisher


def against_bare(setting: Setting) -> Iterator[Figure]:
    """Show them all while they are published, against only counting them."""
    what = f"flood of {COUNT:,} messages, against a bare aio-pika consumer"
    yield _rates(setting, what, Goal("≥", 0.9), counter(setting), flood_seconds)


def against_naive(setting: Setting) -> Iterator[Figure]:
    """Show them all while they are published, against a chat as a newcomer would write it."""
    what = "the same flood, against a minimal Textual RichLog chat"
    yield _rates(setting, what, Goal("≥", 5), naive_chat(setting), flood_seconds)


def drain(setting: Setting) -> Iterator[Figure]:
    """Catch up after having been stopped, against a consumer that only counts, and was stopped as well."""
    what = f"draining {COUNT:,} messages that wait in the queue, against the same"
    yield _rates(setting, what, Goal("≥", 1.3), counter(setting), _drain)


def _rates(
    setting: Setting, what: str, goal: Goal, baseline: Listener, seconds: Callable[[Setting, Listener], float]
) -> Figure:
    ours, theirs = (
        [COUNT / took for took in samples]
        for samples in interleave(
            setting.runs(_runs),
            lambda: seconds(setting, chat(setting)),
            lambda: seconds(setting, baseline),
        )
    )
    samples = f"{spread(ours, '/s')} against {spread(theirs, '/s')}"
    return Figure(what, median(ours) / median(theirs), "×", goal, samples)


def flood_seconds(setting: Setting, listener: Listener) -> float:
    """How long a listener takes from the first publish to the last message."""
    with scene(setting, listener) as (listening, publisher):
        begin = time.monotonic()
        publisher.write("\r")
        return listening.wait_for(listener.last, PATIENCE) - begin


def _drain(setting: Setting, listener: Listener) -> float:
    with scene(setting, listener) as (listening, publisher):
        listening.signal(signal.SIGSTOP)
        publisher.write("\r")
        publisher.wait_for("done")
        begin = time.monotonic()
        listening.signal(signal.SIGCONT)
        return listening.wait_for(listener.last, PATIENCE) - begin
