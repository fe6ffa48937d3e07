"""From starting the program to its first complete frame, which it paints before it touches the network."""

import select
import socket
from collections.abc import Iterator
from statistics import median

from tests.bench.figures import Figure, Goal, interleave, spread
from tests.bench.program import Program
from tests.bench.setting import Setting

_room = "startup"
_runs = 15


def measure(setting: Setting) -> Iterator[Figure]:
    """Compare with a bare Textual app of the same widgets, run by the same Python."""
    calls_before_frame = 0

    def chat() -> float:
        nonlocal calls_before_frame
        with (
            socket.create_server(("127.0.0.1", 0)) as server,
            setting.chat(_room, f"amqp://127.0.0.1:{server.getsockname()[1]}") as program,
        ):
            seconds = first_frame(program)
            calls_before_frame += _is_called(server)
            return seconds

    def bare() -> float:
        with setting.script("bare_app", _room) as program:
            return first_frame(program)

    interleave(1, chat, bare)  # leaves everything compiled and in the page cache
    calls_before_frame = 0
    chats, bares = interleave(setting.runs(_runs), chat, bare)
    yield Figure(
        "start-up to first frame, against a bare Textual app",
        median(chats) / median(bares),
        "×",
        Goal("≤", 1.15),
        f"{spread(chats, 's')} against {spread(bares, 's')}",
    )
    yield Figure(
        "connections begun before the first frame",
        calls_before_frame,
        "",
        Goal("≤", 0),
        f"in {len(chats)} runs",
    )


def first_frame(program: Program, room: str = _room) -> float:
    """Return the seconds until all is painted.

    Rows are painted from the top; the first letter of the prompt is apart, as it is under the cursor.
    """
    program.wait_for("connecting")
    return program.wait_for(f"essage {room}") - program.spawned_at


def _is_called(server: socket.socket) -> bool:
    return bool(select.select([server], [], [], 0)[0])
