"""What has become of the lines of a scrollback: reactions below them, and that they were withdrawn."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec.structs import replace

from amqpchat_tui.chat.line_names import EQUAL_KEPT, LineNames
from amqpchat_tui.chat.links import Links, quoted
from amqpchat_tui.chat.reactions import Ignores, Kind, LineReactions, Span, kind_of, kinds, row
from amqpchat_tui.chat.withdrawals import LineWithdrawals
from amqpchat_tui.model import ChatMessage, LineEvent, LinkedMessage, Reaction, Withdrawal
from amqpchat_tui.scrollback import Scrollback
from amqpchat_tui.wire.lines import line_name
from amqpchat_tui.wording.outcomes import describe_reaction

LINES_KEPT = 5_000
"""Of how many lines it is kept what has become of them; of more, the last of which anything has."""
WAITING_KEPT = 1_000
"""How many of those may be lines that have not come."""
REACTIONS_KEPT = 20_000
"""How many reactions are kept in all."""
BATCHES_BEHIND = 50
"""In so many batches a line may still come live, as what several people do has no common order."""
DRAWN = 2_000
"""How many reactions are gone through for a batch to draw their lines, about: few milliseconds."""
CLOCK_SECONDS = 10.0
"""By how much of two clocks one may be behind: whoever reacts to a line, by theirs, and who has heard it."""


class _Outcome:
    """What has become of the lines of one name."""

    __slots__ = ("reactions", "withdrawals")

    def __init__(self) -> None:
        self.reactions = LineReactions()
        self.withdrawals = LineWithdrawals()


class Outcomes:
    """Takes in events in any order, once or more, before or after their lines: all end in the same view.

    Nothing is done about lines as long as there is no event.
    """

    def __init__(self, scrollback: Scrollback, names: LineNames, links: Links) -> None:
        self._store = scrollback
        self._names = names
        self._links = links
        self.ignores: Ignores = lambda nick, account: False
        """Whose reactions are not to be seen."""
        self.is_mine: Callable[[Reaction], bool] = lambda reaction: reaction.own
        """Which are the person's own."""
        self._of: dict[str, _Outcome] = {}
        """By the name of the line, whichever anything has become of last at the end."""
        self._waiting: dict[str, None] = {}
        """Those names of which there is no line."""
        self._hopes = 0
        """In how many more batches one may come."""
        self._count = 0
        """How many reactions are kept."""
        self._undrawn: dict[str, None] = {}
        """The names of lines that are not shown as they are now, whichever has waited longest first."""

    @property
    def waits(self) -> bool:
        """Whether something has become lately of a line that has not come, or is not shown yet."""
        return self.is_behind or (bool(self._waiting) and self._hopes > 0)

    @property
    def is_behind(self) -> bool:
        """Whether lines are to be shown with the next batch, as there were too many for this one."""
        return bool(self._undrawn)

    def add(self, lines: Mapping[int, ChatMessage], events: Iterable[LineEvent] = ()) -> None:
        """Take in lines, by `seq`, and events that have come since the last time, and show what is new.

        Of much, the rest is shown the next time: in a flood, each batch changes lines with many reactions.
        """
        self._hopes -= 1
        changed = self._undrawn
        news = [event for event in events if self._take(event)]
        changed |= {event.about: None for event in news if self._may_show(event)}
        if self._of:
            names = [*map(line_name, lines.values()), *map(_corrected, lines.values())]
            changed |= dict.fromkeys(name for name in names if name in self._of)
        drawn = 0
        while changed and drawn < DRAWN:
            name = next(iter(changed))
            del changed[name]
            drawn += 1 + (self._of[name].reactions.count if name in self._of else 0)
            self._show(name)

    def show_again(self, seqs: Iterable[int]) -> None:
        """Show of some lines anew what has become of them: others are ignored than before."""
        if self._of:
            for name in {name for seq in seqs if (name := self._name_of(seq)) in self._of}:
                self._show(name)

    def kinds(self, seq: int) -> Sequence[Kind]:
        """Return the reactions to a line."""
        return kinds(self.reactions_to(seq), self.ignores, self.is_mine)

    def spans(self, seq: int) -> Sequence[Span]:
        """Return where the row below a line shows which reaction."""
        return row(self.kinds(seq))[1]

    def has_mine(self, seq: int, emoji: str) -> bool:
        """Whether the person has put an emoji below a line."""
        kind = kind_of(emoji)
        return any(kind_of(one.emoji) == kind and self.is_mine(one) for one in self.reactions_to(seq))

    def to_own(self, events: Iterable[LineEvent]) -> Sequence[ChatMessage]:
        """Return what others have just put below lines that were typed here, as messages to the person."""
        return [
            ChatMessage(
                event.who.nick, describe_reaction(event.emoji, quoted(line)), event.at, sender=event.who
            )
            for event in events
            if isinstance(event, Reaction) and not event.remove and not self.is_mine(event)
            if not self.ignores(event.who.nick, event.who.account)
            if (line := self._links.named(event.about)) is not None and line.own
        ]

    def reactions_to(self, seq: int) -> Sequence[Reaction]:
        """Return who has put what below a line, in no order."""
        if name := self._name_of(seq):
            self._names.note(seq)  # whoever asks may react to it, however long ago it was said
        return self._by_line(name).get(seq, ()) if name in self._of else ()

    # -- what there is ------------------------------------------------------------------------------

    def _take(self, event: LineEvent) -> bool:
        """Take in an event; tell whether it says anything new."""
        name = event.about
        outcome = self._of.get(name) or _Outcome()
        before = outcome.reactions.count
        if isinstance(event, Reaction):
            is_news = outcome.reactions.add(event)
        else:
            is_news = isinstance(event, Withdrawal) and outcome.withdrawals.add(event.who)
        if is_news:
            self._of.pop(name, None)
            self._of[name] = outcome
            self._count += outcome.reactions.count - before
            if self._names.find(name) is None:
                self._waiting[name] = None
                self._hopes = BATCHES_BEHIND
            self._keep_bounds()
        return is_news

    def _may_show(self, event: LineEvent) -> bool:
        """Whether an event may change what is shown: of lines that have not come, there are corrections."""
        is_kept, waits = event.about in self._of, event.about in self._waiting
        return is_kept and (not waits or isinstance(event, Withdrawal))

    def _keep_bounds(self) -> None:
        """Forget what there is no room for, first of lines that have not come."""
        while len(self._waiting) > WAITING_KEPT:
            self._forget(next(iter(self._waiting)))
        while len(self._of) > LINES_KEPT or self._count > REACTIONS_KEPT:
            self._forget(next(iter(self._waiting or self._of)))

    def _forget(self, name: str) -> None:
        """Forget what has become of a line; a withdrawn one stays so."""
        self._waiting.pop(name, None)
        self._count -= self._of.pop(name).reactions.count
        for seq in self._names.all(name):
            self._annotate(seq, (), withdrawn=False)

    # -- what is shown ------------------------------------------------------------------------------

    def _name_of(self, seq: int) -> str:
        """Return the name of a line; empty for what is none, or not held any more."""
        line = self._store.original(seq) if seq in self._store else None
        return line_name(line) if isinstance(line, ChatMessage) else ""

    def _show(self, name: str) -> None:
        if name not in self._of:
            return
        for seq, reactions in self._by_line(name).items():
            self._waiting.pop(name, None)
            line = self._store.original(seq)
            assert isinstance(line, ChatMessage)
            self._annotate(seq, reactions, withdrawn=self._of[name].withdrawals.withdraw(line))
        if len(self._of[name].withdrawals):
            for seq in self._links.corrections_of(
                name
            ):  # what is withdrawn says nothing in other words either
                correction = self._store.original(seq)
                assert isinstance(correction, ChatMessage)
                is_withdrawn = self._of[name].withdrawals.withdraw(correction)
                self._annotate(seq, self.reactions_to(seq), withdrawn=is_withdrawn)

    def _by_line(self, name: str) -> Mapping[int, Sequence[Reaction]]:
        """Return the lines of a name, by `seq`, each with the reactions to it.

        Of equal lines without an id, that is the last that had been said when somebody reacted.
        """
        lines = self._names.all(name)
        if len(lines) == 1:
            return {lines[0]: list(self._of[name].reactions)}
        found: dict[int, list[Reaction]] = {seq: [] for seq in lines}
        said_at = [self._said_at(seq) for seq in lines]
        for reaction in self._of[name].reactions if lines else ():
            latest = reaction.at + CLOCK_SECONDS
            index = max((index for index, at in enumerate(said_at) if at <= latest), default=-1)
            if index >= 0 or len(lines) < EQUAL_KEPT:  # else it is to one that was said before all these
                found[lines[max(0, index)]].append(reaction)
        return found

    def _said_at(self, seq: int) -> float:
        line = self._store.original(seq)
        return line.received_at if isinstance(line, ChatMessage) else line.at

    def _annotate(self, seq: int, reactions: Sequence[Reaction], *, withdrawn: bool) -> None:
        before = self._store.annotation(seq)
        text, spans = row(kinds(reactions, self.ignores, self.is_mine))
        mine = tuple((span.start, span.end) for span in spans if span.kind.mine)
        now = replace(before, reactions=text, underlined=mine, withdrawn=before.withdrawn or withdrawn)
        if now != before:
            self._store.annotate(seq, now)
        if now.withdrawn and not before.withdrawn:
            self._links.note_change(seq)


def _corrected(line: ChatMessage) -> str:
    return line.replaces if isinstance(line, LinkedMessage) else ""
