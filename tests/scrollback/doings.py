"""What can happen to a scrollback, at random, while somebody reads it."""

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from amqpchat_tui.model import Entry, Notice, NoticeKind
from amqpchat_tui.scrollback import Annotation, Scrollback
from tests.scrollback.naive import NaiveView
from tests.scrollback.support import goings_on, texts

MAX_LINES = 400

fractions = st.floats(min_value=0, max_value=1)
_lines = st.just("") | texts.map(lambda text: " ".join(text.split("\n")))
annotations = st.builds(
    Annotation,
    hidden=st.sampled_from([False, False, True]),
    text=st.none() | texts,
    quote=_lines,
    reactions=_lines,
    version=st.sampled_from(["", "", "(corrected)"]),
    answers=st.sampled_from(["", "", "↳ 2"]),
)


class Doings(RuleBasedStateMachine):
    """Has a scrollback, and a naive view of it; who reads it otherwise takes things in by `happened`."""

    store: Scrollback
    naive: NaiveView

    def happened(self) -> None:
        raise NotImplementedError

    def what_matters(self) -> list[int | None]:
        """Entries that whoever reads remembers."""
        raise NotImplementedError

    def begin_with(self, width: int, height: int) -> None:
        self.store = Scrollback(MAX_LINES)
        self.naive = NaiveView(self.store, width, height)

    @rule(count=st.integers(0, 40) | st.integers(0, 600), seed=st.integers(0, 9))
    def append(self, count: int, seed: int) -> None:
        self.naive.append(goings_on(count, seed))
        self.happened()

    @rule(count=st.integers(0, 40) | st.integers(0, 600), seed=st.integers(0, 9), where=fractions)
    def insert(self, count: int, seed: int, where: float) -> None:
        """At the top, or at a gap; also at one that is not held any more."""
        gaps = [seq for seq, entry in self.naive.entries.items() if is_gap(entry)]
        gone = [seq for seq in gaps if seq not in self.store]
        choice = [None, *(seq for seq in gaps if seq in self.store), *gone[-2:]]
        gap = choice[int(where * (len(choice) - 1))]
        held, before = gap is None or gap in self.store, self.naive.seqs
        above = before.index(gap) + 1 if gap in before else 0
        entries = goings_on(count, seed)
        assert self.naive.insert(entries, gap) == held
        self.happened()
        if held:  # what there is no room for is gone, above what is left
            came = [seq for seq in self.naive.seqs if seq not in before]
            assert [self.naive.entries[seq] for seq in came] == entries[len(entries) - len(came) :]
            left = [*before[:above], *came, *before[above:]]
            assert self.naive.seqs == left[len(left) - len(self.naive.seqs) :]

    @precondition(lambda self: self.naive.seqs)
    @rule(fraction=fractions, annotation=annotations)
    def annotate(self, fraction: float, annotation: Annotation) -> None:
        self.naive.annotate(self.some_seq(fraction), annotation)
        self.happened()

    @rule(fraction=fractions, annotation=annotations, step=st.integers(-1, 1))
    def annotate_what_matters(self, fraction: float, annotation: Annotation, step: int) -> None:
        """Or what is beside it."""
        if matters := [seq for seq in self.what_matters() if seq in self.naive.seqs]:
            index = self.naive.seqs.index(matters[int(fraction * (len(matters) - 1))]) + step
            self.naive.annotate(self.naive.seqs[index % len(self.naive.seqs)], annotation)
            self.happened()

    @rule(fraction=fractions, count=st.integers(1, 400), hidden=st.booleans())
    def hide(self, fraction: float, count: int, hidden: bool) -> None:
        """Many in a row, as a filter does, or show them again."""
        first = int(fraction * len(self.naive.seqs))
        for seq in self.naive.seqs[first : first + count]:
            self.naive.annotations[seq] = Annotation(hidden=hidden)
            self.store.annotate(seq, Annotation(hidden=hidden))
        self.naive.sync()
        self.happened()

    @rule(blocks=st.integers(1, 30))
    def trim(self, blocks: int) -> None:
        """As for the sake of others who share the budget."""
        for _ in range(blocks):
            self.store.drop_oldest()
        self.naive.sync()
        self.happened()

    @rule()
    def clear(self) -> None:
        self.store.clear()
        self.naive.sync()
        self.happened()

    @invariant()
    def every_entry_keeps_its_number(self) -> None:
        store, naive = self.store, self.naive
        assert [*store] == [naive.entry(seq) for seq in naive.seqs]
        assert len(store) == len(naive.seqs)
        ordinals = [store.ordinal(seq) for seq in naive.seqs]
        assert ordinals == sorted(set(ordinals))

    @invariant()
    def only_what_is_shown_is_walked_over(self) -> None:
        store, naive = self.store, self.naive
        shown = [seq for seq in naive.seqs if seq in naive.shown]
        assert (store.first_shown, store.last_shown) == ((shown[0], shown[-1]) if shown else (None, None))
        if naive.seqs:
            assert [*store.shown(naive.seqs[0], 1)] == shown
            assert [*store.shown(naive.seqs[-1], -1)] == shown[::-1]
        for index in range(0, len(shown), 7):
            assert store.next(shown[index]) == (shown[index + 1] if index + 1 < len(shown) else None)
            assert store.next(shown[index], -1) == (shown[index - 1] if index else None)

    @invariant()
    def its_sums_are_right(self) -> None:
        for block in self.store.blocks:
            shown = [seq for seq in range(block.first, block.end) if seq in self.naive.shown]
            assert block.lines == sum(1 + self.store.text(seq).count("\n") for seq in shown)
            assert block.is_shown == bool(shown)
        assert self.store.bytes == sum(block.bytes for block in self.store.blocks)

    def some_seq(self, fraction: float) -> int:
        return self.naive.seqs[int(fraction * (len(self.naive.seqs) - 1))]


def is_gap(entry: Entry) -> bool:
    return isinstance(entry, Notice) and entry.kind is NoticeKind.GAP
