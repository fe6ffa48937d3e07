"""`Reader`: what is picked, found and unread stays right, whatever happens to the scrollback."""

from collections.abc import Callable

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from amqpchat_tui.model import ChatMessage, Entry
from amqpchat_tui.scrollback import Position, Reader, display_text
from amqpchat_tui.scrollback.search import Search
from tests.scrollback.doings import Doings, fractions

HEIGHT = 10
QUERIES = ["broker", "waves at", "lines may be missing", "wide 漢字", "No such text"]


class ReaderMachine(Doings):
    @initialize(width=st.integers(1, 100))
    def begin(self, width: int) -> None:
        self.begin_with(width, HEIGHT)
        self.reader = Reader(self.store)
        self.reader.resize(width, HEIGHT)
        self.picked: int | None = None
        self.read_to: int | None = None
        self.hits: list[int] = []
        self.followed = self.caught_up = True

    def happened(self) -> None:
        """Nobody tells a reader, but it may be at the end now."""
        self.note_move()

    def what_matters(self) -> list[int | None]:
        return [self.picked, self.read_to, *self.hits[:1]]

    @rule(step=st.sampled_from([1, -1]))
    def pick(self, step: int) -> None:
        self.pick_wanted(step, is_chat, lambda: self.reader.pick(step), start_in_view=True)

    @rule(step=st.sampled_from([1, -1]))
    def pick_link(self, step: int) -> None:
        self.pick_wanted(
            step,
            has_link,
            lambda: self.reader.pick_where(step, has_link, lambda texts: "https" in texts),
            start_in_view=step < 0,
        )

    def pick_wanted(
        self, step: int, wanted: Callable[[Entry], bool], pick: Callable[[], bool], *, start_in_view: bool
    ) -> None:
        seqs, naive = self.naive.seqs, self.naive
        if self.picked is None:
            below = self.reader.rows[-1].seq if self.reader.rows and start_in_view else None
            way = [] if below is None else seqs[seqs.index(below) :: step]
        elif self.picked in seqs:
            way = seqs[seqs.index(self.picked) :: step][1:]
        else:
            way = seqs if step > 0 else []
        expected = next((seq for seq in way if seq in naive.shown and wanted(naive.entry(seq))), None)
        assert pick() == (expected is not None)
        self.picked = self.picked if expected is None else expected
        if expected is not None:
            assert expected in {position.seq for position in self.reader.rows}
        self.note_move()

    @rule()
    def unpick(self) -> None:
        self.reader.unpick()
        self.picked = None

    @rule(query=st.sampled_from(QUERIES))
    def find(self, query: str) -> None:
        search = Search(self.store, query)
        while not search.done:
            search.step()
        texts = {seq: display_text(self.naive.entry(seq)) for seq in self.naive.shown}
        self.hits = search.hits
        assert self.hits == [seq for seq in reversed(self.naive.seqs) if holds(texts.get(seq, ""), query)]

    @precondition(lambda self: self.hits)
    @rule(fraction=fractions)
    def go_to_hit(self, fraction: float) -> None:
        hit = self.hits[int(fraction * (len(self.hits) - 1))]
        assert self.reader.show_hit(hit) == (hit in self.naive.shown)
        if hit in self.naive.shown:
            self.picked = hit
            assert hit in {position.seq for position in self.reader.rows}
        self.note_move()

    @rule(width=st.integers(1, 100))
    def resize(self, width: int) -> None:
        self.naive.resize(width, HEIGHT)
        self.reader.resize(width, HEIGHT)

    @rule(pages=st.integers(-3, 3))
    def page(self, pages: int) -> None:
        self.reader.page(pages)
        self.note_move()

    @rule()
    def look_away(self) -> None:
        if self.reader.place is None:
            self.read_to = self.store.last
            self.caught_up = False
        self.reader.look_away()

    @rule()
    def go_to_unread(self) -> None:
        below = self.below(self.read_to)
        if self.read_to is None:
            below = [seq for seq in below if seq not in self.naive.filled_in]
        went = self.reader.to_unread()
        assert went == bool(below)
        if below:
            assert Position(below[0], 0) in self.reader.rows
        self.note_move()

    @invariant()
    def what_is_picked_is_still_that(self) -> None:
        picked = self.picked if self.picked in self.naive.shown else None
        entry = None if picked is None else self.naive.entry(picked)
        assert self.reader.picked == (entry if isinstance(entry, ChatMessage) else None)

    @invariant()
    def the_line_is_below_what_was_read(self) -> None:
        rows = self.naive.rows
        if self.read_to not in self.naive.seqs:
            assert not any(map(self.reader.is_last_read, rows))
            return
        lines = [position for position in rows if self.reader.is_last_read(position)]
        below = self.below(self.read_to)
        first = rows.index(Position(below[0], 0)) if below else 0
        assert lines == rows[:first][-1:]

    @invariant()
    def its_rows_are_there(self) -> None:
        rows = list(self.reader.rows)
        assert len(rows) == min(HEIGHT, len(self.naive.rows))
        if rows:
            first = self.naive.rows.index(rows[0])
            assert rows == self.naive.rows[first : first + HEIGHT]

    def note_move(self) -> None:
        """Leaving the end stops reading, unless one comes back from what is unread."""
        followed, self.followed = self.followed, self.reader.place is None
        if followed and not self.followed and self.caught_up:
            self.read_to = self.store.last
            self.caught_up = False
        elif self.followed and not followed:
            self.caught_up = True

    def below(self, read_to: int | None) -> list[int]:
        """What is shown below what was read: all, when that is not held any more."""
        seqs = self.naive.seqs
        unread = seqs[seqs.index(read_to) + 1 :] if read_to in seqs else seqs
        return [seq for seq in unread if seq in self.naive.shown]


def is_chat(entry: Entry) -> bool:
    return isinstance(entry, ChatMessage)


def has_link(entry: Entry) -> bool:
    return isinstance(entry, ChatMessage) and "https" in entry.text


def holds(text: str, query: str) -> bool:
    return query in text if query != query.lower() else query in text.lower()


TestReader = ReaderMachine.TestCase
