"""What several rooms cost, against one: a flood, a backlog, many messages, and the start."""

import contextlib
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from statistics import median

import pika
import pika.exceptions

from amqpchat_tui.scrollback.budget import SCROLLBACK_BYTES
from tests.bench.figures import Figure, Goal, interleave, rounded, spread
from tests.bench.flood import PATIENCE
from tests.bench.million import FILL_PATIENCE, QUIET, Watched
from tests.bench.plain_flood import COUNT, apart
from tests.bench.program import ANYWHERE, Place, Program
from tests.bench.programs.full_room import LAST
from tests.bench.programs.publisher import text
from tests.bench.setting import Setting
from tests.bench.startup import first_frame
from tests.support.terminal import Key

ROOMS = 20
EACH, FEW = 100_000, 100
"""Messages in a room."""
BACKLOG = 10_000
ALT = Key.ESCAPE
"""What terminals send before a key that is pressed with Alt."""
STEADY_COUNT, STEADY_RATE = 1_000, 100
"""Messages, and how many of them in a second, of a busy room in which one can still read."""
MENTION = "bench: that is all"
"""What follows them, so that the screen tells when it has taken all of it."""
MENTIONED = "999+!"
"""How the status line then counts what is unread in another room."""
_runs = 5
_starts = 15
_switches = 25


def switch(setting: Setting) -> Iterator[Figure]:
    """Go to a room with many messages and to one with few, in turn."""
    with setting.full_room(FEW, EACH, FEW) as program:
        program.wait_for(LAST, FILL_PATIENCE)
        program.read_for(QUIET)
        watched = Watched(program, FEW)

        def go(number: int, count: int) -> float:
            watched.count = count
            return watched.press(f"{ALT}{number}", watched.at_end())

        many, few = interleave(setting.runs(_switches), partial(go, 2, EACH), partial(go, 3, FEW))
    yield Figure(
        f"switching to a room of {EACH:,} messages, against one of {FEW}",
        median(many) / median(few),
        "×",
        Goal("≤", 1.5),
        f"{spread(many, 'ms')} against {spread(few, 'ms')}",
    )


def hidden_flood(setting: Setting) -> Iterator[Figure]:
    """Say lines in a room that is not on the screen, and in one that is, in a flood and steadily.

    The faster the flood, the less of it is painted: no more than a ninth of the time, and 20 frames a second.

    Raises:
        OSError: if there are no two processors to keep apart.
    """
    with apart() as (setting_apart, elsewhere, own):
        for count, rate, what in (
            (COUNT, 0, "a flood"),
            (STEADY_COUNT, STEADY_RATE, f"{STEADY_RATE} a second"),
        ):
            say = partial(_say_many, setting_apart, elsewhere, own, count, rate)
            hidden, shown = interleave(
                setting.runs(_runs), partial(say, hidden=True), partial(say, hidden=False)
            )
            yield Figure(
                f"processor time for a message of {what} in a room that is not shown, against shown",
                median(hidden) / median(shown),
                "×",
                Goal("≤", 0.6),
                f"{spread(hidden, 'µs')} against {spread(shown, 'µs')}",
            )


def backlog(setting: Setting) -> Iterator[Figure]:
    """Say a line in one room while much waits in another, and while nothing does."""
    busy, idle = interleave(
        setting.runs(_runs), partial(_line_beside, setting, BACKLOG), partial(_line_beside, setting, 0)
    )
    yield Figure(
        f"a line to the status line beside a backlog of {BACKLOG:,} in another room",
        median(busy),
        "s",
        Goal("≤", 0.5),
        f"{spread(busy, 's')} against {spread(idle, 's')} idle: {rounded(median(busy) / median(idle))} ×",
    )


def memory(setting: Setting) -> Iterator[Figure]:
    """Fill many rooms with many messages, and with few; all rooms have one budget together."""
    with ExitStack() as stack:
        full, bare = (stack.enter_context(setting.full_room(*[count] * ROOMS)) for count in (EACH, FEW))
        for program in full, bare:
            program.wait_for(LAST, FILL_PATIENCE)
            program.read_for(QUIET)
        ours, theirs = full.resident_bytes, bare.resident_bytes
    yield Figure(
        f"memory of {ROOMS} rooms of {EACH:,} messages, against the budget of all",
        (ours - theirs) / SCROLLBACK_BYTES,
        "×",
        Goal("≤", 1.1),
        f"{ours / 1e6:.0f} MB against {theirs / 1e6:.0f} MB with {FEW} in each",
    )


def startup(setting: Setting) -> Iterator[Figure]:
    """Start with many rooms, and with one."""
    names = [f"startup-{number}" for number in range(ROOMS)]

    def start(rooms: int) -> float:
        with (
            socket.create_server(("127.0.0.1", 0)) as server,
            setting.chat(
                names[0], f"amqp://127.0.0.1:{server.getsockname()[1]}", more_rooms=names[1:rooms]
            ) as program,
        ):
            return first_frame(program, names[0])

    interleave(
        1, partial(start, ROOMS), partial(start, 1)
    )  # leaves everything compiled and in the page cache
    many, one = interleave(setting.runs(_starts), partial(start, ROOMS), partial(start, 1))
    yield Figure(
        f"start-up to first frame with {ROOMS} rooms, against one",
        median(many) / median(one),
        "×",
        Goal("≤", 1.05),
        f"{spread(many, 's')} against {spread(one, 's')}",
    )


def _say_many(
    setting: Setting, elsewhere: Place, own: Place, count: int, rate: int, *, hidden: bool
) -> float:
    """Return the microseconds of processor time that each of many messages took."""
    with _two_rooms(setting, own) as (chat, shown, other, _):
        room, seen = (other, MENTIONED) if hidden else (shown, MENTION)
        arguments = setting.url, room, str(count), str(rate), MENTION
        with setting.module("plain_publisher", *arguments, place=elsewhere) as publisher:
            publisher.wait_for("ready")
            before = chat.cpu_seconds
            publisher.write("\r")
            chat.wait_for(seen, PATIENCE)
            return 1e6 * (chat.cpu_seconds - before) / count


def _line_beside(setting: Setting, waiting: int) -> float:
    """Return the seconds that a line takes to be counted when the program goes on, with so many before it."""
    with _two_rooms(setting) as (chat, shown, other, channel):
        chat.signal(signal.SIGSTOP)
        for number in range(waiting):
            channel.basic_publish(shown, "flooder", text(number).encode())
        channel.confirm_delivery()
        channel.basic_publish(other, "bob", b"here", mandatory=True)
        begin = time.monotonic()
        chat.signal(signal.SIGCONT)
        return chat.wait_for(f"{other}:2") - begin


@contextmanager
def _two_rooms(
    setting: Setting, place: Place = ANYWHERE
) -> Iterator[tuple[Program, str, str, pika.adapters.blocking_connection.BlockingChannel]]:
    """Start a chat in two rooms, and wait until it is in both: one line is unread in the other."""
    with (
        setting.room() as shown,
        setting.room() as other,
        pika.BlockingConnection(pika.URLParameters(setting.url)) as connection,
        setting.chat(shown, place=place, more_rooms=[other]) as chat,
    ):
        channel = connection.channel()
        channel.exchange_declare(other, "fanout")
        sure = connection.channel()
        sure.confirm_delivery()
        chat.wait_for(" online")
        while True:
            with contextlib.suppress(pika.exceptions.UnroutableError):
                sure.basic_publish(other, "bob", b"hello", mandatory=True)
                break
            chat.read_for(QUIET)
        chat.wait_for(f"{other}:1")
        yield chat, shown, other, channel
