"""A thread alone: a scrollback that has the lines of a thread as another one has them, and follows that."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from amqpchat_tui.chat.links import Links
from amqpchat_tui.chat.threads import Thread
from amqpchat_tui.model import ChatMessage, Entry, LinkedMessage, Notice
from amqpchat_tui.scrollback import Reader, Scrollback

LINES_SHOWN = 5_000
"""How many lines of a thread are shown; of more, the latest."""


class Narrowed:
    """The thread of a line. What is trimmed where it stands can be read here as long as somebody does."""

    def __init__(self, source: Scrollback, links: Links, seq: int) -> None:
        """`seq` is any line of it, also one that nobody has answered yet."""
        self._source = source
        self._links = links
        self._store = Scrollback(LINES_SHOWN, source.budget)
        self._here: dict[int, int] = {}
        """Where each line of the source is here."""
        self._there: dict[int, int] = {}
        """Where each line here is in the source."""
        self._last = seq
        """The lowest of them, in the source."""
        self._thread: Thread | None = None
        self._joined = 0
        """How many lines had ever joined the thread."""
        self._version = source.version
        self._changes = source.changes.count
        self.reader = Reader(self._store, self._follow)
        """Who reads it."""
        self._add([seq])
        self._grow()

    def has(self, line: ChatMessage) -> bool:
        """Whether a line that has come lately is one of it."""
        self._follow()
        return isinstance(line, LinkedMessage) and self._links.seq_of(line) in self._here

    def tell(self, notice: Notice) -> None:
        """Have something of our own stand below what has come, until lines come in between."""
        self._follow()
        self._store.append(notice)

    @property
    def first(self) -> ChatMessage | None:
        """The line at its top that is shown."""
        return next(iter(self.lines()), None)

    @property
    def latest(self) -> ChatMessage | None:
        """The last line that is shown and stands, else the first: what is said next answers it."""
        self._follow()
        store, last = self._store, self._store.last_shown
        seqs = store.shown(last, -1) if last is not None else ()
        standing = (store[seq] for seq in seqs if not store.annotation(seq).withdrawn)
        return next((line for line in standing if isinstance(line, ChatMessage)), self.first)

    @property
    def count(self) -> int:
        """How many lines are shown."""
        self._follow()
        return sum(block.chats for block in self._store.blocks)

    def lines(self) -> Iterable[ChatMessage]:
        """Go through the lines that are shown, from the top."""
        self._follow()
        store, first = self._store, self._store.first_shown
        entries = (store[seq] for seq in (store.shown(first, 1) if first is not None else ()))
        return (entry for entry in entries if isinstance(entry, ChatMessage))

    @property
    def is_torn(self) -> bool:
        """Whether its first line answers one that is not here."""
        return isinstance(first := self.first, LinkedMessage) and bool(first.answers)

    def source_of(self, seq: int) -> int | None:
        """Return which entry of the source one here is; that may not be held any more."""
        return self._there.get(seq)

    def place_of(self, seq: int) -> int | None:
        """Return where an entry of the source is here."""
        return self._here.get(seq)

    # -- following ----------------------------------------------------------------------------------

    def _follow(self) -> None:
        """Take in what has happened to the source."""
        if self._version == self._source.version:
            return
        self._version = self._source.version
        self._grow()
        changed = self._source.changes.since(self._changes)
        self._changes = self._source.changes.count
        self._show_as_there(self._here if changed is None else changed & self._here.keys())

    def _grow(self) -> None:
        """Have the lines here that have joined the thread."""
        threads, before = self._links.threads, self._thread
        thread = self._thread = threads.of(self._last)
        if thread is None or (thread is before and thread.joined == self._joined):
            return
        came = threads.ordered(thread, thread.joined - self._joined) if thread is before else ()
        self._joined = thread.joined
        ordinal = self._source.ordinal
        if came and self._last in self._source and ordinal(came[0]) > ordinal(self._last):
            self._add(came)
        else:
            self._fill_anew(threads.ordered(thread)[-LINES_SHOWN:])

    def _fill_anew(self, seqs: Sequence[int]) -> None:
        """Have these lines here, some of them perhaps in between; whoever reads stays where they are."""
        reader, store = self.reader, self._store
        place, picked = reader.place, reader.picked_seq
        read = None if place is None else self._there.get(place.seq)
        gone = [(seq, here) for seq, here in self._here.items() if seq not in self._source and here in store]
        trimmed = [(seq, store.original(here), store.annotation(here)) for seq, here in gone]
        picked = None if picked is None else self._there.get(picked)
        store.clear()
        self._here.clear()
        self._there.clear()
        for seq, entry, annotation in trimmed:
            store.annotate(self._put(seq, entry), annotation)
        self._add(seqs)
        if place is not None and read in self._here:
            reader.return_to(place._replace(seq=self._here[read]))
        if picked in self._here:
            reader.show_hit(self._here[picked])

    def _add(self, seqs: Sequence[int]) -> None:
        """Have lines here below all others."""
        for seq in seqs:
            self._put(seq, self._source.original(seq))
            self._last = seq
        self._show_as_there(seqs)

    def _put(self, seq: int, entry: Entry) -> int:
        here = self._here[seq] = self._store.append(entry)
        self._there[here] = seq
        return here

    def _show_as_there(self, seqs: Iterable[int]) -> None:
        """Have lines look as they do in the source, but for what is quoted above them."""
        store, ordinal = self._store, self._source.ordinal
        held = [seq for seq in seqs if seq in self._source and self._here[seq] in store]
        for seq in sorted(held, key=ordinal):
            self._show(seq)
        below = {self._there.get(here) for seq in held if (here := store.next(self._here[seq])) is not None}
        for next_one in below - set(held):  # there may be another line right above it now
            if next_one is not None and next_one in self._source:
                self._show(next_one)

    def _show(self, seq: int) -> None:
        store, here, above = self._store, self._here[seq], self._links.threads.above(seq)
        annotation = self._source.annotation(seq)
        if above is not None and above in self._here and self._here[above] == store.next(here, -1):
            annotation = replace(annotation, quote="")
        if annotation != store.annotation(here):
            store.annotate(here, annotation)
