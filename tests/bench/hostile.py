"""Big and hostile traffic: how long a key takes meanwhile, how much memory, and what gets to the terminal."""

from collections.abc import Iterator
from pathlib import Path

from tests.bench.figures import Figure, Goal, percentile, spread
from tests.bench.keys import type_until
from tests.bench.program import Program
from tests.bench.programs.hostile_sender import BIG, BURST, END, RAW, SENDERS
from tests.bench.setting import Setting

MEMORY_MB = 128
"""How much more memory the chat may take than before, at most and at any moment."""
_runs = 2


def measure(setting: Setting) -> Iterator[Figure]:
    """Type while somebody sends bodies of up to 100 MB, a burst, and from many connections at once."""
    delays: list[float] = []
    grown: list[float] = []
    came_through: set[str] = set()
    for _ in range(setting.runs(_runs)):
        with (
            setting.room() as room,
            setting.hostile_sender(room) as sender,
            setting.chat(room) as chat,
        ):
            sender.wait_for("ready", 60)
            chat.wait_for(" online")
            before = _memory_mb(chat, "VmRSS")

            def over(output: str, _: int) -> bool:
                sender.read(0)  # complains if it has ended
                came_through.update(raw for raw in RAW if raw in output)
                return END in output

            sender.write("\r")
            delays += type_until(chat, over)
            grown.append(_memory_mb(chat, "VmHWM") - before)
    sizes = ", ".join(f"{count} of {size // 1_000_000} MB" for size, count in BIG.items())
    yield Figure(
        f"key to screen during {BURST:,} hostile messages, p99",
        percentile(delays, 99),
        "ms",
        Goal("≤", 100),
        f"{spread(delays, 'ms')} of {len(delays)} keys; {SENDERS} senders, bodies: {sizes}",
    )
    yield Figure(
        "memory that they take, at most", max(grown), "MB", Goal("≤", MEMORY_MB), spread(grown, "MB")
    )
    yield Figure(
        "control sequences of theirs that reach the terminal",
        len(came_through),
        "",
        Goal("≤", 0),
        f"of {len(RAW)}",
    )


def _memory_mb(program: Program, what: str) -> float:
    """Return `VmRSS`, what it takes of the memory, or `VmHWM`, the most so far; Linux only (`man 5 proc`)."""
    for row in Path(f"/proc/{program.pid}/status").read_text().splitlines():
        name, _, value = row.partition(":")
        if name == what:
            return int(value.split()[0]) / 1024
    raise AssertionError(f"no {what} in /proc/{program.pid}/status")
