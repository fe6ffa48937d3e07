"""How long a typed key takes to show, as one who looks at the terminal sees it."""

import itertools
import random
import time
from collections.abc import Callable, Iterator
from statistics import median

from tests.bench import flood
from tests.bench.figures import Figure, Goal, percentile, spread
from tests.bench.program import Program
from tests.bench.setting import Setting

_pause = (0.03, 0.07)
"""Seconds from key to key, however long they take to show: random, as even ones keep step with frames."""
_idle_keys = 60
_letters = [chr(code) for code in range(0x100, 0x250)]
"""Each takes one cell, and nothing else on the screen has any of them in it."""
_full = 20
"""Letters after which the prompt is cleared, as soon as all of them have shown."""
_clear, _placeholder = "\x15", "essage bench"
"""Ctrl-U, and what shows it. Letters that Textual reads together with it are cleared as well."""
_overlap = 30
"""Characters of output that are looked at again, as texts may come in two pieces."""
_patience = 30.0
"""Seconds."""
_runs = 3


def measure(setting: Setting) -> Iterator[Figure]:
    """Type during a flood, and when nothing else happens."""
    busy = [delay for _ in range(setting.runs(_runs)) for delay in _during_flood(setting)]
    yield Figure(
        "key to screen during that flood, p99",
        percentile(busy, 99),
        "ms",
        Goal("≤", 50),
        f"{spread(busy, 'ms')} of {len(busy)} keys",
    )
    chats: list[float] = []
    bares: list[float] = []
    for _ in range(setting.runs(_runs)):
        with setting.room() as room, setting.chat(room) as program:
            program.wait_for(" online")
            chats += type_until(program, lambda _, typed: typed == _idle_keys)
        with setting.script("bare_app", room) as program:
            program.wait_for("essage")
            bares += type_until(program, lambda _, typed: typed == _idle_keys)
    yield Figure(
        "key to screen when idle, p50, against a bare TextArea",
        median(chats) / median(bares),
        "×",
        Goal("≤", 1.3),
        f"{spread(chats, 'ms')} against {spread(bares, 'ms')}",
    )


def _during_flood(setting: Setting) -> list[float]:
    with flood.scene(setting, flood.chat(setting)) as (listening, publisher):
        publisher.write("\r")
        return type_until(listening, lambda output, _: flood.LAST in output)


def type_until(program: Program, enough: Callable[[str, int], bool]) -> list[float]:
    """Type until it is enough, which is asked with the latest output and the number of keys typed.

    Returns the milliseconds that each key took to show.

    Raises:
        AssertionError: if a key does not show.
    """
    delays: list[float] = []
    typed_at: dict[str, float] = {}
    letters = itertools.cycle(_letters)
    length = 0
    recent = ""
    over = False
    due = time.monotonic()
    while not over or typed_at:
        now = time.monotonic()
        if now >= due:
            due += random.uniform(*_pause)
            assert all(now - then < _patience for then in typed_at.values()), f"unseen: {typed_at}"
            if over or _placeholder in typed_at:
                pass
            elif length < _full or typed_at:
                letter = next(letters)
                program.write(letter)
                typed_at[letter] = now
                length += 1
            else:
                program.write(_clear)
                typed_at[_placeholder] = now
                length = 0
        output = program.read(due - now)
        now = time.monotonic()
        recent = recent[-_overlap:] + output
        for shown in [text for text in typed_at if text in recent]:
            delays.append(1000 * (now - typed_at.pop(shown)))
        over = over or enough(recent, len(delays) + len(typed_at))
    return delays
