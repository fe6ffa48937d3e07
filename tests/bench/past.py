"""What a room's history costs: a join with 200 lines of it against one without, and the 200 before them."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median

import pika

from tests.bench.figures import Figure, Goal, interleave, spread
from tests.bench.setting import Setting
from tests.client.history.support import begin_history
from tests.support.terminal import Key

LINES = 450
SHOWN = 200
"""As configured by default."""
_runs = 9


def measure(setting: Setting) -> Iterator[Figure]:
    """From the start to the last lines of the history, or to being online in a room without one."""
    with setting.room() as plain, _kept(setting) as kept:

        def without() -> float:
            with setting.chat(plain) as program:
                return program.wait_for("online") - program.spawned_at

        def with_history() -> float:
            with setting.chat(kept) as program:
                return program.wait_for(f"{SHOWN} lines of history") - program.spawned_at

        def older() -> float:
            with setting.chat(kept) as program:
                program.wait_for(f"{SHOWN} lines of history")
                program.read_for(1.0)
                pressed_at = time.monotonic()
                program.write(f"{Key.ESCAPE}[1;3H")  # Alt-Home goes to the oldest line
                return program.wait_for(_text(LINES - SHOWN - 1)) - pressed_at

        interleave(1, with_history, without)
        joins, bare, portions = interleave(setting.runs(_runs), with_history, without, older)
    samples = f"{spread(joins, 's')} against {spread(bare, 's')}"
    what = f"start to {SHOWN} lines of history, against being online without one"
    yield Figure(what, median(joins) / median(bare), "×", Goal("≤", 1.6), samples)
    yield Figure(f"{what}: more", median(joins) - median(bare), "s", Goal("≤", 0.5), samples)
    yield Figure(
        f"the next {SHOWN} lines of history", median(portions), "s", Goal("≤", 0.2), spread(portions, "s")
    )


def _text(number: int) -> str:
    return f"line {number:03d}."


@contextmanager
def _kept(setting: Setting) -> Iterator[str]:
    """A room that has a history of some lines."""
    with (
        setting.room() as room,
        pika.BlockingConnection(pika.URLParameters(setting.url)) as connection,
    ):
        begin_history(setting.url, room)
        channel = connection.channel()
        for number in range(LINES):
            channel.basic_publish(room, "bob", _text(number))
        yield room
        channel.queue_delete(f"{room}.history")
