"""`Viewport` against `NaiveView`, step by step, whatever is done to them."""

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from amqpchat_tui.scrollback import Viewport
from tests.scrollback.doings import Doings, fractions

widths = st.integers(min_value=1, max_value=100)
heights = st.integers(min_value=1, max_value=40)


class ViewportMachine(Doings):
    @initialize(width=widths, height=heights)
    def begin(self, width: int, height: int) -> None:
        self.begin_with(width, height)
        self.view = Viewport(self.store, width, height)

    def happened(self) -> None:
        self.view.sync()

    def what_matters(self) -> list[int | None]:
        anchor = self.naive.anchor
        return [anchor.seq if anchor is not None else None, self.naive.left_at]

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
        seq = self.some_seq(fraction)
        assert self.view.layout.rows_of(seq) == self.naive.rows_of(seq)

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
        for seq in self.naive.seqs:
            assert self.view.layout.rows_of(seq) == self.naive.rows_of(seq)
        assert self.view.total_rows == len(self.naive.rows)
        assert self.view.top_row == self.naive.top

    def adopt_place(self) -> None:
        """Let the naive view go where the view went."""
        if self.naive.anchor is None:
            self.naive.left_at = self.store.last
        self.naive.anchor = self.view.anchor


TestViewport = ViewportMachine.TestCase
