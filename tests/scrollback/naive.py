"""The engine done the obvious way, to hold the real one against: everything is wrapped, all the time."""

from functools import lru_cache
from itertools import groupby

from rich.cells import split_graphemes

from amqpchat_tui.model import ChatMessage, Entry
from amqpchat_tui.scrollback import Anchor, Position, Scrollback, Span, display_text
from tests.scrollback.support import seqs_of

Grapheme = tuple[int, int, int]
"""Where it starts and ends in the text, and its cells."""


def graphemes_of(line: str, offset: int = 0) -> list[Grapheme]:
    """Split a line as Rich does, but let joiners at its beginning join nothing."""
    bare = line.lstrip("\u200d")
    joiners = len(line) - len(bare)
    leading = [(offset + index, offset + index + 1, 0) for index in range(joiners)]
    offset += joiners
    return leading + [(offset + start, offset + end, cells) for start, end, cells in split_graphemes(bare)[0]]


@lru_cache(maxsize=100_000)
def naive_wrap(text: str, width: int) -> list[Span]:
    """Wrap word by word and grapheme by grapheme."""
    rows: list[Span] = []
    offset = 0
    for line in text.split("\n"):
        rows += _naive_wrap_line(text, graphemes_of(line, offset), offset, width)
        offset += len(line) + 1
    return rows


def _naive_wrap_line(text: str, graphemes: list[Grapheme], offset: int, width: int) -> list[Span]:
    rows: list[Span] = []
    start, end, used = offset, offset, 0
    gap = 0
    for is_gap, group in groupby(graphemes, key=lambda grapheme: text[grapheme[0] : grapheme[1]] == " "):
        word = list(group)
        cells = sum(grapheme[2] for grapheme in word)
        if is_gap:
            gap = cells
            continue
        if used + gap + cells <= width:
            end, used = word[-1][1], used + gap + cells
            continue
        if end > start:
            rows.append((start, end))
        start, used = word[0][0], 0
        for grapheme in word:
            if used + grapheme[2] > width and grapheme[0] > start:
                rows.append((start, grapheme[0]))
                start, used = grapheme[0], 0
            end, used = grapheme[1], used + grapheme[2]
    return [*rows, (start, end)]


class NaiveView:
    """What `Viewport` should show, by arithmetic on the list of all rows."""

    def __init__(self, store: Scrollback, width: int, height: int) -> None:
        self.store = store
        self.width = width
        self.height = height
        self.anchor: Anchor | None = None
        self.left_at: int | None = None
        self.rows: list[Position] = []
        self.sync()

    @property
    def top(self) -> int:
        last = max(0, len(self.rows) - self.height)
        if self.anchor is None:
            return last
        return min(last, self.index_of(*self.anchor))

    @property
    def visible(self) -> list[Position]:
        return self.rows[self.top : self.top + self.height]

    @property
    def new_below(self) -> int:
        if self.anchor is None:
            return 0
        seen = self.seqs.index(self.visible[-1].seq)
        if self.left_at in self.seqs:
            seen = max(seen, self.seqs.index(self.left_at))
        return sum(isinstance(self.store[seq], ChatMessage) for seq in self.seqs[seen + 1 :])

    def index_of(self, seq: int, offset: int) -> int:
        """Number of the row that contains a character."""
        starts = [start for start, _ in self.spans(seq)]
        row = sum(start <= offset for start in starts[1:])
        return self.rows.index(Position(seq, row))

    def spans(self, seq: int) -> list[Span]:
        return naive_wrap(display_text(self.store[seq]), self.width)

    def append(self, entries: list[Entry]) -> None:
        if self.anchor is not None and entries and self.top != self.index_of(*self.anchor):
            self.anchor = self._anchor_at(self.top)
        self.store.extend(entries)
        self.sync()

    def insert(self, entries: list[Entry], gap: int | None) -> bool:
        held = self.store.insert(entries, gap)
        self.sync()
        return held

    def sync(self) -> None:
        self.seqs = seqs_of(self.store)
        self.rows = [Position(seq, row) for seq in self.seqs for row in range(len(self.spans(seq)))]
        if self.anchor is not None and self.anchor.seq not in self.store:
            self.show_from(0)

    def show_from(self, top: int) -> None:
        top = min(max(0, top), len(self.rows) - 1)
        if len(self.rows) - top <= self.height:
            self.anchor = None
            return
        if self.anchor is None:
            self.left_at = self.store.last
        self.anchor = self._anchor_at(top)

    def resize(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.sync()

    def _anchor_at(self, index: int) -> Anchor:
        seq, row = self.rows[index]
        return Anchor(seq, self.spans(seq)[row][0])
