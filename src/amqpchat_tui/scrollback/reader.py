"""Who reads a scrollback: where they are, what they have picked, look for and have not read yet."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from amqpchat_tui.model import ChatMessage, Entry, FoldedMessage
from amqpchat_tui.scrollback.layout import Position
from amqpchat_tui.scrollback.rows import Row
from amqpchat_tui.scrollback.search import Search, nearest
from amqpchat_tui.scrollback.store import Scrollback
from amqpchat_tui.scrollback.viewport import Anchor, Viewport


class Reader:
    """A reader of a scrollback, whether on the screen or not.

    It takes in what has happened to the scrollback when it is asked for something; nobody tells it.
    """

    def __init__(self, store: Scrollback, follow: Callable[[], None] = lambda: None) -> None:
        """`follow` is called before anything is told of what is read, which may follow another scrollback."""
        self.store = store
        """What is read."""
        self._follow = follow
        self._viewport = Viewport(store)
        self._version = store.version
        self._changes = store.changes.count
        self._picked: int | None = None
        self._unfolded: set[int] = set()
        """Of which messages all is shown."""
        self._search: Search | None = None
        self._read_to: int | None = None
        """The last entry that was read; nothing was, at first."""
        self._line_below: int | None = None
        self._followed = True
        self._caught_up = True
        self._generation = 0

    # -- what is to be seen -------------------------------------------------------------------------

    @property
    def rows(self) -> Sequence[Position]:
        """The rows in view, from the top."""
        self._sync()
        return self._viewport.visible()

    @property
    def generation(self) -> int:
        """Another number whenever rows that were drawn may look otherwise now."""
        self._sync()
        return self._generation

    @property
    def top_row(self) -> int:
        """How many rows are above the view, as far as is known."""
        self._sync()
        return self._viewport.top_row

    @property
    def total_rows(self) -> int:
        """How many rows there are, as far as is known."""
        self._sync()
        return self._viewport.total_rows

    @property
    def new_below(self) -> int:
        """How many messages have come in below what the reader sees since they left the end."""
        self._sync()
        return self._viewport.new_below

    @property
    def search(self) -> Search | None:
        """What is looked for: its hits are to be highlighted."""
        return self._search

    def rows_of(self, seq: int) -> Sequence[Row]:
        """Return the rows of an entry."""
        self._sync()
        return self._viewport.layout.rows_of(seq)

    def is_picked(self, seq: int) -> bool:
        """Whether an entry is the picked one."""
        return seq == self._picked

    def is_last_read(self, position: Position) -> bool:
        """Whether a row is the last that was read, with others below."""
        self._sync()
        return position.seq == self._line_below and position.row == len(self.rows_of(position.seq)) - 1

    # -- the place ----------------------------------------------------------------------------------

    @property
    def place(self) -> Anchor | None:
        """Where the reader is, for `return_to`; None at the end, which is followed."""
        self._sync()
        return self._viewport.anchor

    def return_to(self, place: Anchor | None) -> None:
        """Go back to where the reader was."""
        self._move(lambda view: view.return_to(place))

    def resize(self, width: int, height: int) -> None:
        """Give rows `width` cells, and the view `height` rows; what is read keeps its place."""
        self._sync()
        self._viewport.resize(width, height)

    def scroll_by(self, rows: int) -> None:
        """Move by rows; down is positive. Reaching the end follows again."""
        self._move(lambda view: view.scroll_by(rows))

    def page(self, pages: int) -> None:
        """Move by pages, with a row in common; down is positive."""
        self._move(lambda view: view.page(pages))

    def to_top(self) -> None:
        """Go to the oldest entry."""
        self._move(Viewport.to_top)

    def to_end(self) -> None:
        """Go to the newest entry and follow."""
        self._move(Viewport.to_end)

    def scroll_to_row(self, row: int) -> None:
        """Go where about `row` rows are above the view."""
        self._move(lambda view: view.scroll_to_row(row))

    # -- what is unread -----------------------------------------------------------------------------

    def look_away(self) -> None:
        """Look elsewhere: at the end, reading stops here."""
        self._sync()
        if self._viewport.follow:
            self._mark_unread()

    def to_unread(self) -> bool:
        """Go to what is below the last that was read, if anything is."""
        unread = self.store.first_new if self._read_to is None else self._beside(self._read_to, 1)
        if unread is not None:
            self._move(lambda view: view.reveal(unread))
        return unread is not None

    # -- the picked message -------------------------------------------------------------------------

    @property
    def picked_seq(self) -> int | None:
        """`seq` of the entry that was picked, which may be held no more."""
        return self._picked

    @property
    def picked(self) -> ChatMessage | None:
        """The message that was picked, if it is still held and not hidden."""
        if self._picked is None or not self.store.is_shown(self._picked):
            return None
        entry = self.store[self._picked]
        return entry if isinstance(entry, ChatMessage) else None

    def pick(self, step: int) -> bool:
        """Pick the next message below (1) or above (-1) the picked one, at first the lowest in view."""
        if self._picked is None:
            start = self.rows[-1].seq if self.rows else None
        else:
            start = self._beside(self._picked, step)
        return self._pick_nearest(start, step, lambda entry: isinstance(entry, ChatMessage), lambda _: True)

    def pick_where(self, step: int, wanted: Callable[[Entry], bool], hint: Callable[[str], bool]) -> bool:
        """Pick the next wanted one below (1) or above (-1), as `nearest` does; at first from the view up.

        One whose annotation says that it `concerns` the person is wanted, too.
        """
        if self._picked is None:
            start = self.rows[-1].seq if self.rows and step < 0 else None
        else:
            start = self._beside(self._picked, step)
        if start is None:
            return False
        begin = self.store.ordinal(start)

        def way(seq: int) -> int:
            return (self.store.ordinal(seq) - begin) * step

        found = [seq for seq in self._concerning() if way(seq) >= 0]
        if (named := nearest(self.store, start, step, wanted, hint)) is not None:
            found.append(named)
        return bool(found) and self.show_hit(min(found, key=way))

    def _concerning(self) -> Sequence[int]:
        return [
            block.first + index
            for block in self.store.blocks
            for index, annotation in block.annotations.items()
            if annotation.concerns and not annotation.hidden
        ]

    def show_hit(self, seq: int) -> bool:
        """Pick an entry and bring it into view, if it is still held and not hidden."""
        if not self.store.is_shown(seq):
            return False
        self._picked = seq
        self._generation += 1
        self._move(lambda view: view.reveal(seq))
        return True

    def unfold(self) -> bool:
        """Show all of the picked message, and next time its line again; False if there is no more of it."""
        seq, message = self._picked, self.picked
        if seq is None or not isinstance(message, FoldedMessage):
            return False
        if seq in self._unfolded:
            self._fold(seq)
        else:
            self._unfolded.add(seq)
            self.store.annotate(seq, replace(self.store.annotation(seq), text=message.whole))
        self._move(lambda view: view.reveal(seq))
        return True

    def unpick(self) -> None:
        """Pick nothing any more, and have what was unfolded on a line again."""
        picked, self._picked = self._picked, None
        was_open = picked in self._unfolded
        for seq in list(self._unfolded):
            self._fold(seq)
        if picked is not None and was_open and self.store.is_shown(picked):
            self._move(lambda view: view.reveal(picked))
        self._generation += 1

    def _fold(self, seq: int) -> None:
        self._unfolded.discard(seq)
        if seq in self.store:
            self.store.annotate(seq, replace(self.store.annotation(seq), text=None))

    def look_for(self, search: Search | None) -> bool:
        """Highlight what a search finds, or nothing any more; tell whether that is to be seen."""
        searches = [each for each in (self._search, search) if each is not None]
        self._search = search
        self._generation += 1
        texts = [self.store.text(seq) for seq in {position.seq for position in self.rows}]
        return any(each.spans(text) for each in searches for text in texts)

    def _pick_nearest(
        self, start: int | None, step: int, wanted: Callable[[Entry], bool], hint: Callable[[str], bool]
    ) -> bool:
        seq = nearest(self.store, start, step, wanted, hint) if start is not None else None
        return seq is not None and self.show_hit(seq)

    def _beside(self, seq: int, step: int) -> int | None:
        """Return the entry below (1) or above (-1) another; below a trimmed one is the oldest."""
        if seq in self.store:
            return self.store.next(seq, step)
        return self.store.first_shown if step > 0 else None

    # -- what moves ---------------------------------------------------------------------------------

    def _sync(self) -> None:
        """Take in what has happened to the scrollback."""
        self._follow()
        if self.store.version != self._version:
            self._version = self.store.version
            self._viewport.sync()
            self._note_move()
            self._draw_line()
        if self.store.changes.count != self._changes:
            self._changes = self.store.changes.count
            self._generation += 1

    def _move(self, move: Callable[[Viewport], None]) -> None:
        self._sync()
        move(self._viewport)
        self._note_move()

    def _note_move(self) -> None:
        """Leaving the end stops reading there, unless one goes back to what is unread."""
        followed, self._followed = self._followed, self._viewport.follow
        if followed and not self._followed and self._caught_up:
            self._mark_unread()
        elif self._followed and not followed:
            self._caught_up = True

    def _mark_unread(self) -> None:
        self._read_to = self.store.last
        self._caught_up = False
        self._draw_line()

    def _draw_line(self) -> None:
        """Below what was read there is a line, once there is something below."""
        before, store, read_to = self._line_below, self.store, self._read_to
        self._line_below = None
        if read_to is not None and read_to in store and store.next(read_to) is not None:
            self._line_below = read_to if store.is_shown(read_to) else store.next(read_to, -1)
        if self._line_below != before:
            self._generation += 1
