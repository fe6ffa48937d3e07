"""A key in a flood as plain scripts make it: pika, `basic_publish` one by one.

The program that listens has a processor of its own, broker and publisher have the other one, and who types
waits for neither. The baseline is a bare TextArea whose loop receives the same flood through bare aio-pika.
"""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median

from tests.bench.figures import Figure, Goal, interleave, percentile, rounded, spread
from tests.bench.flood import Listener
from tests.bench.keys import type_until
from tests.bench.program import Place
from tests.bench.programs.publisher import text
from tests.bench.setting import Setting

COUNT = 30_000
_columns, _rows = 100, 40
_last = text(COUNT - 1)[:20]
_runs = 5
_priority = 1
"""The lowest of the real-time ones: it comes before all that have none (`man 7 sched`)."""


@dataclass(frozen=True)
class _Run:
    """What one flood has shown."""

    delays: Sequence[float]
    """Milliseconds from key to screen."""
    rate: float
    """Messages in a second."""
    cost: float
    """Microseconds of processor time that the listener took for a message."""


def measure(setting: Setting) -> Iterator[Figure]:
    """Type during that flood, and see how fast it is taken.

    Raises:
        OSError: if there are no two processors to keep apart.
    """
    with apart() as (setting_apart, elsewhere, own):
        chat = Listener(lambda room: setting_apart.chat(room, place=own), ready=" online", last=_last)
        bare = Listener(
            lambda room: setting_apart.module(
                "bare_listener", setting_apart.url, room, str(COUNT), place=own
            ),
            ready="ready",
            last="done",
        )
        ours, theirs = interleave(
            setting.runs(_runs),
            lambda: _run(setting_apart, chat, elsewhere),
            lambda: _run(setting_apart, bare, elsewhere),
        )
    yield from _figures(ours, theirs)


@contextmanager
def apart() -> Iterator[tuple[Setting, Place, Place]]:
    """Keep processors apart: one for broker and publisher, and one for who listens, in a larger terminal.

    Raises:
        OSError: if there are no two.
    """
    processors = sorted(os.sched_getaffinity(0))
    if len(processors) < 2:
        raise OSError("it takes two processors")
    with Setting(None) as setting, _urgent():
        with _confined(processors[0]):
            _ = setting.url  # boots the broker
        yield setting, Place(processor=processors[0]), Place(_columns, _rows, processors[1])


def _figures(ours: Sequence[_Run], theirs: Sequence[_Run]) -> Iterator[Figure]:
    keys, bare_keys = ([delay for run in runs for delay in run.delays] for runs in (ours, theirs))
    for percent, limit in ((50, 1.5), (95, 2.0)):
        mine, bare = percentile(keys, percent), percentile(bare_keys, percent)
        yield Figure(
            f"key to screen in a plain script's flood, p{percent}, against bare Textual",
            mine / bare,
            "×",
            Goal("≤", limit),
            f"{rounded(mine)} ms against {rounded(bare)} ms; {len(keys)} and {len(bare_keys)} keys",
        )
    worst = " ".join(rounded(max(run.delays)) for run in ours)
    bare_worst = " ".join(rounded(max(run.delays)) for run in theirs)
    yield Figure(
        "the worst key of that flood",
        max(keys),
        "ms",
        Goal("≤", 150),
        f"{worst} against {bare_worst}, flood by flood",
    )
    rates, bare_rates = ([run.rate for run in runs] for runs in (ours, theirs))
    yield Figure(
        "rate of that flood, against that bare consumer",
        median(rates) / median(bare_rates),
        "×",
        Goal("≥", 1.3),
        f"{spread(rates, '/s')} against {spread(bare_rates, '/s')}",
    )
    costs, bare_costs = ([run.cost for run in runs] for runs in (ours, theirs))
    yield Figure(
        "processor time for a message of it, against the same",
        median(costs) / median(bare_costs),
        "×",
        Goal("≤", 0.5),
        f"{spread(costs, 'µs')} against {spread(bare_costs, 'µs')}",
    )


def _run(setting: Setting, listener: Listener, elsewhere: Place) -> _Run:
    with (
        setting.room() as room,
        setting.module("plain_publisher", setting.url, room, str(COUNT), "0", place=elsewhere) as publisher,
        listener.start(room) as listening,
    ):
        publisher.wait_for("ready")
        listening.wait_for(listener.ready)
        before, begin = listening.cpu_seconds, time.monotonic()
        publisher.write("\r")
        delays = type_until(listening, lambda output, _: listener.last in output)
        seconds = time.monotonic() - begin
        cost = 1_000_000 * (listening.cpu_seconds - before) / COUNT
    return _Run(delays, COUNT / seconds, cost)


@contextmanager
def _confined(processor: int) -> Iterator[None]:
    """What is started meanwhile may use this processor only."""
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {processor})
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)


@contextmanager
def _urgent() -> Iterator[None]:
    """We come before all others, what we start does not; without the right to it, we stay as we are."""
    policy, parameters = os.sched_getscheduler(0), os.sched_getparam(0)
    urgent = os.SCHED_FIFO | os.SCHED_RESET_ON_FORK
    try:
        os.sched_setscheduler(0, urgent, os.sched_param(_priority))
    except PermissionError:
        yield
        return
    try:
        yield
    finally:
        os.sched_setscheduler(0, policy, parameters)
