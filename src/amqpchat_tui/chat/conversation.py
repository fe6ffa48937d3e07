"""All that one conversation needs: what was said in it, who reads it and how far, who speaks."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from amqpchat_tui.chat.attention import Attention
from amqpchat_tui.chat.correcting import CORRECTABLE_SECONDS
from amqpchat_tui.chat.hiding import NOTHING_HIDDEN, Hiding
from amqpchat_tui.chat.history import History
from amqpchat_tui.chat.line_names import LineNames
from amqpchat_tui.chat.links import Links
from amqpchat_tui.chat.listing import Listed, News
from amqpchat_tui.chat.narrowed import Narrowed
from amqpchat_tui.chat.outcomes import Outcomes
from amqpchat_tui.chat.past import Past
from amqpchat_tui.chat.speakers import Speakers, last_lines
from amqpchat_tui.chat.subject import Subject
from amqpchat_tui.model import (
    ChatMessage,
    ConversationId,
    ConversationKind,
    Entry,
    KeptConversation,
    Level,
    LineEvent,
    LinkedMessage,
    Membership,
    Notice,
    NoticeKind,
    Replay,
    RoomState,
)
from amqpchat_tui.scrollback import Annotation, Reader, Scrollback

LOOKED_BACK_LINES = 1_000
"""How far up a line is looked for that one may answer."""


class Conversation:
    """A room or another place to talk in, whether it is on the screen or not."""

    def __init__(
        self,
        identity: ConversationId,
        scrollback: Scrollback,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        """`wall_clock` tells when a level ends, also one that was chosen before this start."""
        self.id = identity
        self.scrollback = scrollback
        self.reader = Reader(scrollback)
        self.names = LineNames(scrollback)
        self.links = Links(scrollback, self.names)
        self.outcomes = Outcomes(scrollback, self.names, self.links)
        self.past = Past(scrollback, self.reader)
        """What was said before we came."""
        self.opened_at = wall_clock()
        """Since when we may have heard what is said there."""
        self.history = History(scrollback, self.reader, self.past, self.opened_at)
        """What the broker has kept of it."""
        self.speakers = Speakers()
        self.number = 0
        """By which the person calls it, from 1; the `Switcher` gives it."""
        self.joined = False
        """Whether the person has joined it, so that it is joined again at the next start."""
        self.room_state = RoomState(Membership.JOINING)
        """How we stand with the room."""
        self.default_level = Level.ALL
        """The level for who chooses none."""
        self.subject: Subject | None = None
        """What the draft was begun to be about."""
        self.narrowed: Narrowed | None = None
        """The thread to which it is narrowed: the person sees that alone."""
        self.draft = ""
        """What is written in the prompt and not sent; while it is shown, the prompt knows better."""
        self.unread = 0
        """How many lines of others have come that were not read."""
        self.mentions = 0
        """How many of those concern the person."""
        self.heard = 0
        """How many lines of others have ever come."""
        self._history_until: float | None = None
        self._unread_since = self._mentioned_since = float("inf")
        self._latest: ChatMessage | None = None
        self._movements: int | None = None
        """`seq` of the notice of who has come and gone last."""
        self._read_mark: tuple[str | None, float | None] = None, None
        self._level: Level | None = None
        self._level_until: float | None = None
        self._wall_clock = wall_clock

    def take(
        self,
        entries: Sequence[Entry],
        attention: Attention,
        *,
        events: Sequence[LineEvent] = (),
        seen: bool,
        hiding: Hiding = NOTHING_HIDDEN,
    ) -> Sequence[ChatMessage]:
        """Add what has arrived; unless it is `seen` at once, lines of others are unread.

        Return those that concern the person. What is hidden does not, and is read. Events are no news.
        """
        is_linked = any(isinstance(entry, LinkedMessage) for entry in entries)
        lines = [entry for entry in entries if isinstance(entry, ChatMessage)]
        if self._history_until is None and lines:
            self._history_until = lines[0].received_at
        if hidden := hiding.hidden(self.id, entries):
            entries = self._add_hiding(entries, set(hidden), hiding)
            lines = [entry for entry in entries if isinstance(entry, ChatMessage)]
        elif len(lines) == len(entries):
            self.scrollback.extend(entries)
        else:
            for entry in entries:
                self._append(entry)
        self.speakers.hear(last_lines(entries))
        if lines:
            self._latest = lines[-1]
        if events or is_linked or self.links.waits or self.outcomes.waits:
            self.look(events)
            lines = [line for line in lines if not self.links.is_correction(line)]
        return self._note_news(lines, attention, seen=seen)

    def take_replay(
        self, replay: Replay, attention: Attention, *, seen: bool, hiding: Hiding = NOTHING_HIDDEN
    ) -> Sequence[ChatMessage]:
        """Add what was said before; what was missed in a gap is news. Return as `take` does."""
        missed = self.history.add(self.id, replay, hiding)
        self.look(replay.events)
        missed = [line for line in missed if not self.links.is_correction(line)]
        return self._note_news(missed, attention, seen=seen)

    def look(self, events: Sequence[LineEvent] = ()) -> None:
        """See which lines are about which, of those that have come lately, and what has become of them."""
        lines = self.names.look()
        self.links.add(lines)
        self.outcomes.add(lines, events)

    @property
    def history_until(self) -> float:
        """Before when was said what the room's history has above all that was heard."""
        if self._history_until is None:  # nothing was heard so far
            self._history_until = self._wall_clock()
        return self._history_until

    # -- what is on the screen of it, and what the draft is about ------------------------------------

    @property
    def view(self) -> Reader:
        """Who reads what the person sees of it."""
        return self.reader if self.narrowed is None else self.narrowed.reader

    @property
    def about(self) -> Subject | None:
        """What the draft is about: where a thread alone is seen, it answers the latest line of that."""
        if self.subject is not None or self.narrowed is None:
            return self.subject
        latest = self.narrowed.latest
        return None if latest is None else Subject(latest)

    def narrow(self, seq: int) -> None:
        """Have the thread of a line seen alone."""
        self.names.note(seq)
        self.narrowed = Narrowed(self.scrollback, self.links, seq)

    def tell(self, notice: Notice) -> None:
        """Say something of our own, also where a thread alone is seen."""
        self.scrollback.append(notice)
        if self.narrowed is not None:
            self.narrowed.tell(notice)

    def widen(self) -> bool:
        """Have all seen again, from where it was left; False where it is."""
        was_narrowed, self.narrowed = self.narrowed is not None, None
        return was_narrowed

    def source_of(self, seq: int) -> int | None:
        """Return which entry of the scrollback is seen as one of the `view`."""
        return seq if self.narrowed is None else self.narrowed.source_of(seq)

    def place_of(self, seq: int) -> int | None:
        """Return as which one of the `view` an entry of the scrollback is seen, if it is."""
        return seq if self.narrowed is None else self.narrowed.place_of(seq)

    def _note_news(
        self, lines: Sequence[ChatMessage], attention: Attention, *, seen: bool
    ) -> Sequence[ChatMessage]:
        others = [line for line in lines if not line.own]
        self.heard += len(others)
        concerning = self._concerning(others, attention)
        if seen and self.narrowed is None:
            self.read()
            return concerning
        unread, named = (
            [line for line in found if not (seen and self._is_seen(line))] for found in (others, concerning)
        )
        if unread:
            self._unread_since = min(self._unread_since, unread[0].received_at)
            self.unread += len(unread)
        if named:
            self._mentioned_since = min(self._mentioned_since, named[0].received_at)
            self.mentions += len(named)
        return concerning

    def _is_seen(self, line: ChatMessage) -> bool:
        """Whether a line that has come is one of the thread that alone is seen."""
        return self.narrowed is not None and self.narrowed.has(line)

    def forget(self, line: ChatMessage, attention: Attention) -> None:
        """A line is hidden from now on: if it was unread, it is not any more."""
        if self.unread and not line.own and line.received_at >= self._unread_since:
            self.unread -= 1
            self.mentions = max(0, self.mentions - len(self._concerning([line], attention)))

    def last_heard(self, most: int) -> Sequence[ChatMessage]:
        """Return the last lines that were said on the broker, as they were said; not those from the log."""
        store = self.scrollback
        found: list[ChatMessage] = []
        for block in reversed(store.blocks):
            for seq in range(block.end - 1, block.first - 1, -1):
                line = store.original(seq)
                is_past = seq in self.past or store.annotation(seq).withdrawn
                if isinstance(line, ChatMessage) and not is_past:
                    found.append(line)
            if len(found) >= most:
                break
        return found[:most][::-1]

    def note_movements(self, row: str) -> None:
        """Say who has come and gone, in the place of what was said of it before if nothing has come since."""
        if self._movements is not None and self._movements == self.scrollback.last:
            self.scrollback.annotate(self._movements, Annotation(text=row))
        else:
            self._movements = self.scrollback.append(Notice(row, time.time(), NoticeKind.INFO))

    def read(self) -> bool:
        """Count all lines as read; tell whether any was not."""
        if self._latest is not None:
            self._read_mark = self._latest.message_id, self._latest.received_at
        self._unread_since = self._mentioned_since = float("inf")
        unread, self.unread, self.mentions = self.unread, 0, 0
        return unread > 0

    def last_to_answer(self, attention: Attention) -> ChatMessage | None:
        """Return the last line that concerns the person, else the last of somebody else, if there is one."""
        found = self.find_last(lambda line: not line.own and bool(self._concerning([line], attention)))
        found = self.find_last(lambda line: not line.own) if found is None else found
        return self._line(found)

    def last_to_correct(self) -> ChatMessage | None:
        """Return the last line of the person's own that can still be corrected, if there is one."""
        return self._line(self.find_last(self.may_correct))

    def find_last(self, wanted: Callable[[ChatMessage], bool]) -> int | None:
        """Return the last wanted line that the person sees and that is not withdrawn, if there is one."""
        store = self.view.store
        for place in _from_end(store):
            line, seq = store[place], self.source_of(place)
            if isinstance(line, ChatMessage) and not store.annotation(place).withdrawn and wanted(line):
                return seq if seq is not None and seq in self.scrollback else None
        return None

    def _line(self, seq: int | None) -> ChatMessage | None:
        line = None if seq is None else self.scrollback[seq]
        return line if isinstance(line, ChatMessage) else None

    def last_in_thread(self) -> int | None:
        """Return the last line that is one of a thread, if there is one."""
        seqs = _from_end(self.scrollback)
        return next((seq for seq in seqs if self.links.threads.of(seq) is not None), None)

    def may_correct(self, line: ChatMessage) -> bool:
        """Whether a line is the person's own, and can still be corrected."""
        is_in_time = line.sent_at is not None and self._wall_clock() - line.sent_at < CORRECTABLE_SECONDS
        found = None if line.message_id is None else self.names.find(line.message_id)
        is_withdrawn = found is not None and self.scrollback.annotation(found).withdrawn
        return line.own and line.message_id is not None and is_in_time and not is_withdrawn

    @property
    def level(self) -> Level:
        """What it may do to the person now."""
        return self._own_level or self.default_level

    def set_level(self, level: Level | None, until: float | None = None) -> None:
        """Choose the level, until some time by the wall clock or for good; None: the default again."""
        self._level, self._level_until = level, until

    @property
    def level_until(self) -> float | None:
        """When the level that was chosen ends, by the wall clock; None: never, or it is over."""
        return None if self._own_level is None else self._level_until

    @property
    def news(self) -> News:
        """What waits in it, as the level has it."""
        if not self.unread or self.level is Level.NONE:
            return News.NOTHING
        if self.id.kind is ConversationKind.PRIVATE:
            return News.PRIVATE
        if self.mentions:
            return News.MENTION
        return News.LINE if self.level is Level.ALL else News.MUTED

    @property
    def news_since(self) -> float:
        """When the oldest line came that makes it `news`."""
        return self._mentioned_since if self.news is News.MENTION else self._unread_since

    def listed(self, *, shown: bool) -> Listed:
        """Return what panels show of it; `shown`: it is on the screen."""
        wanted = self.level is not Level.NONE
        return Listed(
            self.id,
            self.number,
            self.id.label,
            self.news,
            self.unread if wanted else 0,
            self.mentions if wanted else 0,
            muted=self.level is not Level.ALL,
            shown=shown,
            has_draft=bool(self.draft) and not shown,
            problem=self.room_state.reason if self.room_state.membership is Membership.REFUSED else "",
        )

    @property
    def kept(self) -> KeptConversation:
        """What the next start is to know of it."""
        return KeptConversation(
            self.id,
            self.number,
            self.joined,
            self.draft,
            self._own_level,
            self.level_until,
            *self._read_mark,
        )

    @property
    def left(self) -> KeptConversation | None:
        """What whoever has left it and comes back is to find: what was written; None where nothing was."""
        return KeptConversation(self.id, self.number, joined=False, draft=self.draft) if self.draft else None

    def restore(self, kept: KeptConversation) -> None:
        """Take over what an earlier start knew, as far as nothing newer is known; not its number."""
        self.joined |= kept.joined
        self.draft = self.draft or kept.draft
        if self._level is None:
            self.set_level(kept.level, kept.level_until)
        if self._read_mark == (None, None):
            self._read_mark = kept.read_id, kept.read_at

    @property
    def _own_level(self) -> Level | None:
        over = self._level_until is not None and self._wall_clock() >= self._level_until
        return None if over else self._level

    def _append(self, entry: Entry) -> int:
        seq = self.scrollback.append(entry)
        if isinstance(entry, Notice) and entry.gap is not None:
            self.history.note_gap(entry.gap, seq)
        return seq

    def _add_hiding(self, entries: Sequence[Entry], hidden: set[int], hiding: Hiding) -> Sequence[Entry]:
        """Add entries of which some are hidden, and return the others."""
        for index, entry in enumerate(entries):
            seq = self._append(entry)
            if index in hidden:
                hiding.mark(self.scrollback, seq)
        return [entry for index, entry in enumerate(entries) if index not in hidden]

    def _concerning(self, others: Sequence[ChatMessage], attention: Attention) -> Sequence[ChatMessage]:
        if self.id.kind is ConversationKind.PRIVATE:
            return others
        to_own = [line for line in others if isinstance(line, LinkedMessage) and self.links.is_to_own(line)]
        if not attention.may_concern("\n".join([line.text for line in others])):
            return to_own
        return [line for line in others if line in to_own or attention.concerns(line)]


def _from_end(store: Scrollback) -> Iterator[int]:
    """Go up from the last entry, not too far."""
    start = store.last
    return islice(store.shown(start, -1), LOOKED_BACK_LINES) if start is not None else iter(())
