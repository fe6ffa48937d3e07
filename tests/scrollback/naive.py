"""The engine done the obvious way, to hold the real one against: everything is wrapped, all the time."""

from functools import lru_cache
from itertools import groupby

from msgspec.structs import replace
from rich.cells import cell_len, split_graphemes

from amqpchat_tui.model import ChatMessage, DaySeparator, Entry
from amqpchat_tui.scrollback import Anchor, Annotation, Position, Row, RowKind, Scrollback, Span, display_text
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


def naive_rows(text: str, annotation: Annotation, width: int) -> list[Row]:
    """A quote above, the text, and reactions below."""
    if annotation.hidden:
        return []
    rows = [Row(RowKind.TEXT, start, end) for start, end in naive_wrap(text, width)]
    last = text[rows[-1].start : rows[-1].end]
    room = width - (cell_len(annotation.mark) + 1 if annotation.mark else 0)
    if annotation.quote:
        rows = [Row(RowKind.QUOTE, 0, _naive_cut(annotation.quote, width - 2)), *rows]
    if annotation.reactions:
        rows += [Row(RowKind.REACTIONS, 0, _naive_cut(annotation.reactions, room))]
    elif annotation.mark and cell_len(last) > room:
        rows += [Row(RowKind.REACTIONS, 0, 0)]
    return rows


def _naive_cut(line: str, room: int) -> int:
    """How many characters of a line fit, with a sign if not all do."""
    if cell_len(line) <= room:
        return len(line)
    graphemes = split_graphemes(line)[0]
    fitting = [n for n in range(len(graphemes)) if sum(size for _, _, size in graphemes[:n]) + 1 <= room]
    return graphemes[fitting[-1]][0] if fitting else 0


class NaiveView:
    """What `Viewport` should show, by arithmetic on the list of all rows."""

    def __init__(self, store: Scrollback, width: int, height: int) -> None:
        self.store = store
        self.width = width
        self.height = height
        self.anchor: Anchor | None = None
        self.left_at: int | None = None
        self.rows: list[Position] = []
        self.entries: dict[int, Entry] = {}
        """As they came."""
        self.annotations: dict[int, Annotation] = {}
        self.filled_in: set[int] = set()
        self.sync()

    @property
    def top(self) -> int:
        last = max(0, len(self.rows) - self.height)
        if self.anchor is None or not self.rows:
            return last
        return min(last, self.index_of(*self.anchor))

    @property
    def visible(self) -> list[Position]:
        return self.rows[self.top : self.top + self.height]

    @property
    def new_below(self) -> int:
        if self.anchor is None or not self.rows:
            return 0
        seen = self.seqs.index(self.visible[-1].seq)
        if self.left_at in self.seqs:
            seen = max(seen, self.seqs.index(self.left_at))
        below = self.seqs[seen + 1 :]
        news = [seq for seq in below if seq in self.shown and seq not in self.filled_in]
        return sum(isinstance(self.entries[seq], ChatMessage) for seq in news)

    def index_of(self, seq: int, offset: int, kind: RowKind = RowKind.TEXT) -> int:
        """Number of the row that contains a character, or stands in for it."""
        if seq not in self.shown:
            below = self.seqs[self.seqs.index(seq) :]
            return min(
                (self.rows.index(Position(other, 0)) for other in below if other in self.shown),
                default=len(self.rows) - 1,
            )
        rows = self.rows_of(seq)
        first = next((n for n, row in enumerate(rows) if row.kind >= kind), len(rows) - 1)
        same = [n for n, row in enumerate(rows) if row.kind == kind and row.start <= offset]
        return self.rows.index(Position(seq, same[-1] if same else first))

    def annotation(self, seq: int) -> Annotation:
        return self.annotations.get(seq, Annotation())

    def entry(self, seq: int) -> Entry:
        """As it is now."""
        entry, text = self.entries[seq], self.annotation(seq).text
        return entry if text is None or isinstance(entry, DaySeparator) else replace(entry, text=text)

    def rows_of(self, seq: int) -> list[Row]:
        return naive_rows(display_text(self.entry(seq)), self.annotation(seq), self.width)

    def append(self, entries: list[Entry]) -> None:
        if self.anchor is not None and self.rows and entries and self.top != self.index_of(*self.anchor):
            self.anchor = self._anchor_at(self.top)
        self.store.extend(entries)
        self.sync()

    def insert(self, entries: list[Entry], gap: int | None) -> bool:
        """All are of the same day, so that a separator below them says nothing new."""
        below = self.seqs[self.seqs.index(gap) + 1 if gap in self.seqs else 0 :][:1]
        before = set(self.seqs)
        held = self.store.insert(entries, gap)
        if held and entries and below and isinstance(self.entries[below[0]], DaySeparator):
            self.annotations[below[0]] = Annotation(hidden=True)
        self.sync()
        self.filled_in |= set(self.seqs) - before
        return held

    def annotate(self, seq: int, annotation: Annotation) -> None:
        self.annotations[seq] = annotation
        self.store.annotate(seq, annotation)
        self.sync()

    def sync(self) -> None:
        self.seqs = seqs_of(self.store)
        for seq in self.seqs:
            if seq not in self.entries:
                self.entries[seq] = self.store[seq]
        self.shown = {seq for seq in self.seqs if not self.annotation(seq).hidden}
        self.rows = [Position(seq, row) for seq in self.seqs for row in range(len(self.rows_of(seq)))]
        if self.anchor is not None and self.anchor.seq not in self.seqs:
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
        seq, number = self.rows[index]
        row = self.rows_of(seq)[number]
        return Anchor(seq, row.start, row.kind)
