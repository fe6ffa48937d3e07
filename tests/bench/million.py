"""How the screen does with a million messages in it, in a terminal emulator."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import accumulate
from statistics import median

import pyte

from amqpchat_tui.config import UiSettings
from amqpchat_tui.scrollback import Scrollback, Viewport
from amqpchat_tui.ui.scrollback.columns import RULE, Columns
from tests.bench.figures import Figure, Goal, interleave, percentile, spread
from tests.bench.keys import type_until
from tests.bench.program import Program
from tests.bench.programs.full_room import LAST, entry
from tests.bench.setting import Setting
from tests.scrollback.naive import naive_wrap
from tests.support.terminal import Key, ctrl

MANY, FEW = 1_000_000, 100
FEW_TO_APPEND_TO = 1_000
SMALL, LARGE = (80, 24), (100, 30)
"""Columns and rows between which the terminal is resized; the messages fill more than two screens."""
BELOW = 2
"""Rows of the screen below the scrollback."""
FIND, TOP, END = ctrl("f"), "\x1b[1;5H", "\x1b[1;5F"
"""Ctrl-F, Ctrl-Home, Ctrl-End."""
FIND_BAR = "  Find"
HIT = MANY - 1_000
"""The message that is searched for, by its number."""
FILL_PATIENCE, PATIENCE = 300.0, 30.0
"""Seconds."""
QUIET = 0.1
"""Seconds without output after which there is no more, most likely."""
_runs = 25
_appends = 500
_keys_of_a_search = 15

Rows = list[str]


def measure(setting: Setting) -> Iterator[Figure]:
    """Fill one screen with many messages and another with few, and do the same to both, in turn."""
    with ExitStack() as stack:
        full, bare = (stack.enter_context(setting.full_room(count)) for count in (MANY, FEW))
        for program in (full, bare):
            program.wait_for(LAST, FILL_PATIENCE)
            program.read_for(QUIET)
        yield _memory(full, bare)
        many, few = Watched(full, MANY), Watched(bare, FEW)
        samples = [(_move(many), _move(few)) for _ in range(setting.runs(_runs))]
        for what in samples[0][0]:
            ours, theirs = ([times[what] for times in side] for side in zip(*samples, strict=True))
            yield Figure(
                f"{what} at {MANY:,} messages, against at {FEW}",
                median(ours) / median(theirs),
                "×",
                Goal("≤", 1.5),
                f"{spread(ours, 'ms')} against {spread(theirs, 'ms')}",
            )
        yield from _search(setting, many)


def append(setting: Setting) -> Iterator[Figure]:
    """Append to the engine alone, and ask it for all that the screen asks for after each batch."""
    many, few = _engine(MANY), _engine(FEW_TO_APPEND_TO)
    ours, theirs = interleave(setting.runs(_runs), lambda: _append_to(*many), lambda: _append_to(*few))
    yield Figure(
        f"an append at {MANY:,} messages, against at {FEW_TO_APPEND_TO:,}",
        median(ours) / median(theirs),
        "×",
        Goal("≤", 1.2),
        f"{spread(ours, 'µs')} against {spread(theirs, 'µs')}",
    )


def _engine(count: int) -> tuple[Scrollback, Viewport]:
    store = Scrollback(count)
    store.extend(entry(number, count) for number in range(count))
    return store, Viewport(store, width=60, height=SMALL[1] - BELOW)


def _append_to(store: Scrollback, view: Viewport) -> float:
    """Return the microseconds that an append takes."""
    took = []
    for number in range(_appends):
        message = entry(number, MANY)
        begin = time.perf_counter()
        store.append(message)
        view.sync()
        view.visible()
        _ = view.total_rows, view.top_row, view.new_below
        took.append(1e6 * (time.perf_counter() - begin))
    return median(took)


def _memory(full: Program, bare: Program) -> Figure:
    text = sum(len(entry(number, MANY).text) for number in range(FEW, MANY))
    ours, theirs = full.resident_bytes, bare.resident_bytes
    return Figure(
        f"memory of a message beyond its text, at {MANY:,} messages",
        (ours - theirs - text) / (MANY - FEW),
        "B",
        Goal("≤", 400),
        f"{ours / 1e6:.0f} MB against {theirs / 1e6:.0f} MB with {FEW}; {text / 1e6:.0f} MB are text",
    )


class Watched:
    """A program with a full scrollback, on the screen of a terminal emulator."""

    def __init__(self, program: Program, count: int) -> None:
        """`program` shows the newest of `count` messages."""
        self.program = program
        self.count = count
        """May be changed for another room of the program, before what is expected of that."""
        self._screen = pyte.Screen(*SMALL)
        self._stream = pyte.Stream(self._screen)
        self.press(ctrl("l"), self.at_end())

    def press(self, keys: str, expected: Rows) -> float:
        """Press keys, and return the milliseconds until the expected rows are on the screen."""
        return self._until(expected, lambda: self.program.write(keys))

    def resize(self, size: tuple[int, int], expected: Callable[[], Rows]) -> float:
        """Resize the terminal, and return the milliseconds until it shows what is then expected."""
        columns, rows = size
        self._screen.resize(rows, columns)
        return self._until(expected(), lambda: self.program.resize(columns, rows))

    def at_end(self) -> Rows:
        """What the screen shows of the newest messages."""
        return self._last_rows()[-self._height :]

    def a_page_up(self) -> Rows:
        """What it shows one page further up, which leaves a row in view."""
        page = self._height - 1
        return self._last_rows()[-self._height - page : -page]

    def at_top(self) -> Rows:
        """What it shows of the oldest messages, below two rows of the program's own."""
        return [row for number in range(self._height) for row in self.message(number)][: self._height - 2]

    def _until(self, expected: Rows, act: Callable[[], None]) -> float:
        """Show what the program writes only when it pauses: the emulator is not to compete with it.

        Raises:
            AssertionError: if the expected rows do not appear.
        """
        begin = time.monotonic()
        act()
        seen: float | None = None
        while seen is None:
            assert time.monotonic() < begin + PATIENCE, "\n".join(
                [*self._screen.display, "is not", *expected]
            )
            for moment, output in self._outputs():
                self._stream.feed(output)
                if seen is None and self._shows(expected):
                    seen = moment
        return 1000 * (seen - begin)

    def _outputs(self) -> list[tuple[float, str]]:
        """What the program writes until it pauses, and when."""
        outputs = []
        while output := self.program.read(QUIET):
            outputs.append((time.monotonic(), output))
        return outputs

    def _shows(self, rows: Rows) -> bool:
        """Whether these rows are on the screen, one below another; the last column is the scrollbar's."""
        return "\n".join(rows) in "\n".join(row[:-1].rstrip() for row in self._screen.display)

    @property
    def _height(self) -> int:
        return self._screen.lines - BELOW

    def _last_rows(self) -> Rows:
        numbers = range(max(0, self.count - 2 * self._height), self.count)
        return [row for number in numbers for row in self.message(number)]

    def message(self, number: int) -> Rows:
        """A message as it is to be seen, wrapped in the obvious way."""
        said, ui = entry(number, self.count), UiSettings()
        columns = Columns.fit(self._screen.columns - 1, time_format=ui.time_format, nick=ui.nick_width)
        when = time.strftime(ui.time_format, time.gmtime(said.received_at))
        head = f"{when} {said.nick:>{columns.nick}} {RULE} "
        indent = f"{RULE} ".rjust(len(head))
        first, *others = (said.text[slice(*span)] for span in naive_wrap(said.text, columns.text))
        return [head + first, *(indent + text for text in others)]


def _move(watched: Watched) -> dict[str, float]:
    """Go around, and return the milliseconds that each move takes; it begins and ends at the end."""
    return {
        "resize at the end": watched.resize(LARGE, watched.at_end),
        "page up": watched.press(Key.PAGE_UP, watched.a_page_up()),
        "jump to the top": watched.press(TOP, watched.at_top()),
        "resize at the top": watched.resize(SMALL, watched.at_top),
        "jump to the end": watched.press(END, watched.at_end()),
    }


def _search(setting: Setting, watched: Watched) -> Iterator[Figure]:
    """Search for a message, then for what is nowhere."""
    runs = setting.runs(_runs)
    hits = [_find(watched) for _ in range(runs)]
    yield Figure(
        f"first hit of a search in {MANY:,} messages, {MANY - HIT:,} up",
        median(hits),
        "ms",
        Goal("≤", 100),
        spread(hits, "ms"),
    )
    searching: list[float] = []
    in_prompt: list[float] = []
    for _ in range(runs):
        searching += _type_while_searching(watched)
        in_prompt += _type_into_prompt(watched)
    yield Figure(
        "key to screen while such a search goes through all of them, p99",
        percentile(searching, 99),
        "ms",
        Goal("≤", 50),
        f"{spread(searching, 'ms')} of {len(searching)} keys; in the prompt {spread(in_prompt, 'ms')}",
    )


def _find(watched: Watched) -> float:
    """Return the milliseconds from the last key of the query to the message on the screen."""
    query = str(HIT)
    watched.press(FIND, [FIND_BAR])
    for typed in accumulate(query[:-1]):
        watched.press(typed[-1], [f"{FIND_BAR} {typed}"])
    took = watched.press(query[-1], watched.message(HIT))
    watched.press(Key.ESCAPE, watched.at_end())
    return took


def _type_while_searching(watched: Watched) -> list[float]:
    """Return the milliseconds that each key of a query takes to show; no message holds any of them."""
    watched.press(FIND, [FIND_BAR])
    delays = type_until(watched.program, lambda _, typed: typed == _keys_of_a_search)
    watched.press(Key.ESCAPE, watched.at_end())
    return delays


def _type_into_prompt(watched: Watched) -> list[float]:
    """Return the milliseconds that as many keys take when nothing is searched for."""
    delays = type_until(watched.program, lambda _, typed: typed == _keys_of_a_search)
    watched.press(ctrl("u"), watched.at_end())
    return delays
