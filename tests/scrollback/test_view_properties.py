"""`Viewport` against `NaiveView`, step by step, whatever is done to them."""

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from amqpchat_tui.scrollback import Scrollback, Viewport
from tests.scrollback.naive import NaiveView
from tests.scrollback.support import goings_on

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

    @rule(count=st.integers(0, 40) | st.integers(0, 600), seed=st.integers(0, 9))
    def append(self, count: int, seed: int) -> None:
        self.naive.append(goings_on(count, seed))
        self.view.sync()

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
        for seq in range(self.store.first, self.store.end):
            self.view.layout.rows_of(seq)
        assert self.view.total_rows == len(self.naive.rows)
        assert self.view.top_row == self.naive.top

    def some_seq(self, fraction: float) -> int:
        return min(self.store.end - 1, self.store.first + int(fraction * len(self.store)))

    def adopt_place(self) -> None:
        """Let the naive view go where the view went."""
        if self.naive.anchor is None:
            self.naive.left_at = self.store.end
        self.naive.anchor = self.view.anchor


TestViewport = ViewportMachine.TestCase
