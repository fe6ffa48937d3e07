"""`Viewport` against `NaiveView`, step by step, whatever is done to them."""

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from amqpchat_tui.model import Entry, Notice, NoticeKind
from amqpchat_tui.scrollback import Scrollback, Viewport
from tests.scrollback.naive import NaiveView
from tests.scrollback.support import goings_on, seqs_of

_MAX_LINES = 300

widths = st.integers(min_value=1, max_value=100)
heights = st.integers(min_value=1, max_value=40)
fractions = st.floats(min_value=0, max_value=1)


class ViewportMachine(RuleBasedStateMachine):
    @initialize(width=widths, height=heights)
    def begin(self, width: int, height: int) -> None:
        self.store = Scrollback(_MAX_LINES)
        self.view = Viewport(self.store, width, height)
        self.naive = NaiveView(self.store, width, height)
        self.known: dict[int, Entry] = {}

    @rule(count=st.integers(0, 40) | st.integers(0, 600), seed=st.integers(0, 9))
    def append(self, count: int, seed: int) -> None:
        self.naive.append(goings_on(count, seed))
        self.view.sync()

    @rule(count=st.integers(0, 40) | st.integers(0, 600), seed=st.integers(0, 9), where=fractions)
    def insert(self, count: int, seed: int, where: float) -> None:
        """At the top, or at a gap; also at one that is not held any more."""
        gaps = [None, *(seq for seq, entry in self.known.items() if is_gap(entry))]
        gap = gaps[int(where * (len(gaps) - 1))]
        held, before = gap is None or gap in self.store, self.naive.seqs
        above = before.index(gap) + 1 if gap in before else 0
        entries = goings_on(count, seed)
        assert self.naive.insert(entries, gap) == held
        self.view.sync()
        if held:  # what there is no room for is gone, above what is left
            came = [self.store[seq] for seq in self.naive.seqs if seq not in before]
            assert came == entries[len(entries) - len(came) :]
            left = [*before[:above], *(seq for seq in self.naive.seqs if seq not in before), *before[above:]]
            assert self.naive.seqs == left[len(left) - len(self.naive.seqs) :]

    @rule(width=widths, height=heights)
    def resize(self, width: int, height: int) -> None:
        self.naive.resize(width, height)
        self.view.resize(width, height)

    @precondition(lambda self: self.naive.rows)
    @rule(rows=st.integers(-60, 60))
    def scroll(self, rows: int) -> None:
        self.naive.show_from(self.naive.top + rows)
        self.view.scroll_by(rows)

    @precondition(lambda self: self.naive.rows)
    @rule()
    def go_to_top(self) -> None:
        self.naive.show_from(0)
        self.view.to_top()

    @rule()
    def go_to_end(self) -> None:
        self.naive.anchor = None
        self.view.to_end()

    @rule(fraction=fractions)
    def drag(self, fraction: float) -> None:
        """Where an estimated row leads is the view's own affair."""
        self.view.scroll_to_row(int(fraction * self.view.total_rows))
        self.adopt_place()

    @precondition(lambda self: self.naive.rows)
    @rule(fraction=fractions, offset=st.integers(0, 300))
    def reveal(self, fraction: float, offset: int) -> None:
        seq = self.some_seq(fraction)
        self.view.reveal(seq, offset)
        assert self.naive.rows[self.naive.index_of(seq, offset)] in self.view.visible()
        self.adopt_place()

    @precondition(lambda self: self.naive.rows)
    @rule(fraction=fractions)
    def look_elsewhere(self, fraction: float) -> None:
        """Corrects estimated heights, far or near."""
        self.view.layout.rows_of(self.some_seq(fraction))

    @rule()
    def clear(self) -> None:
        self.store.clear()
        self.naive.anchor = None
        self.naive.sync()
        self.view.sync()

    @invariant()
    def every_entry_keeps_its_number(self) -> None:
        now = {seq: self.store[seq] for seq in self.naive.seqs}
        assert all(self.known.get(seq, entry) == entry for seq, entry in now.items())
        self.known |= now
        ordinals = [self.store.ordinal(seq) for seq in self.naive.seqs]
        assert ordinals == sorted(set(ordinals))

    @invariant()
    def shows_the_same_rows(self) -> None:
        view, naive = self.view, self.naive
        note(f"{len(naive.rows)} rows, {naive.anchor}")
        assert view.visible() == naive.visible
        assert view.anchor == naive.anchor
        assert view.new_below == naive.new_below

    @invariant()
    def tells_the_scrollbar_where_it_is(self) -> None:
        view, naive = self.view, self.naive
        at_end = naive.visible[-1:] == naive.rows[-1:]
        assert view.at_end == at_end
        assert (view.top_row == 0) == (naive.top == 0)
        assert (view.top_row + len(naive.visible) == view.total_rows) == at_end
        assert view.top_row + len(naive.visible) <= view.total_rows

    def teardown(self) -> None:
        for seq in seqs_of(self.store):
            self.view.layout.rows_of(seq)
        assert self.view.total_rows == len(self.naive.rows)
        assert self.view.top_row == self.naive.top

    def some_seq(self, fraction: float) -> int:
        return self.naive.seqs[int(fraction * (len(self.store) - 1))]

    def adopt_place(self) -> None:
        """Let the naive view go where the view went."""
        if self.naive.anchor is None:
            self.naive.left_at = self.store.last
        self.naive.anchor = self.view.anchor


def is_gap(entry: Entry) -> bool:
    return isinstance(entry, Notice) and entry.kind is NoticeKind.GAP


TestViewport = ViewportMachine.TestCase
