"""Reacting to lines and withdrawing one's own, on a screen or without."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from amqpchat_tui.chat.links import quoted
from amqpchat_tui.chat.people.accounts import Called
from amqpchat_tui.chat.session import Session
from amqpchat_tui.model import ChatMessage, LineEvents, Occupant
from amqpchat_tui.wire.lines import line_name
from amqpchat_tui.wording.outcomes import (
    IS_WITHDRAWN,
    NO_LINE_TO_REACT_TO,
    NO_LINE_TO_WITHDRAW,
    NOT_YOURS,
    ask_to_withdraw,
    describe_outcomes,
)


class Reacting:
    """What one can do about lines that were said in the conversation on the screen."""

    def __init__(
        self,
        session: Session,
        events: LineEvents,
        *,
        called: Callable[[Occupant], Called],
        hint: Callable[[str], None],
        quick: Sequence[str] = (),
    ) -> None:
        """`called` tells what to call somebody, and `hint` what was done by a command, or why not."""
        self._session = session
        self._events = events
        self._called = called
        self._hint = hint
        self.quick = quick
        """What is offered first."""
        self._asked = ""
        """The name of the line that is withdrawn when that is said again."""

    # -- about a line, by its `seq` in the scrollback ------------------------------------------------

    @property
    def picked(self) -> int | None:
        """The line that is picked."""
        shown = self._session.shown
        seq = shown.view.picked_seq if shown.view.picked is not None else None
        return None if seq is None else shown.source_of(seq)

    def gave(self, seq: int, emoji: str) -> bool:
        """Whether one has put something below a line."""
        return self._session.shown.outcomes.has_mine(seq, emoji)

    def react(self, seq: int, emoji: str) -> str:
        """Put something below a line, or take it away; return why that cannot be, or an empty text."""
        name, problem = self._about(seq)
        if not problem:
            self._events.react(self._session.shown.id, name, emoji, remove=self.gave(seq, emoji))
        return problem

    def join_first(self, seq: int) -> str:
        """Join the first reaction to a line, or leave it; return as `react` does."""
        kinds = self._session.shown.outcomes.kinds(seq)
        return self.react(seq, kinds[0].emoji) if kinds else "Nobody has reacted to it."

    def join_at(self, place: int, character: int) -> None:
        """Join the reaction that a character of the row below a line of the view shows, or leave it."""
        shown = self._session.shown
        seq = shown.source_of(place)
        if seq is not None:
            spans = shown.outcomes.spans(seq)
            found = next((kind.emoji for start, end, kind in spans if start <= character < end), "")
            self._hint(self.react(seq, found) if found else "")

    def withdrawing(self, seq: int) -> str:
        """Return why a line cannot be withdrawn, or an empty text."""
        _, problem = self._about(seq)
        line = self._line(seq)
        is_own = line is not None and self._session.is_mine(line)
        return problem or ("" if is_own else NOT_YOURS)

    def withdraw(self, seq: int) -> str:
        """Withdraw a line of one's own; return as `react` does."""
        problem = self.withdrawing(seq)
        if not problem:
            self._events.withdraw(self._session.shown.id, self._about(seq)[0])
        return problem

    def describe_picked(self) -> str:
        """Tell what the picked line said, if it was withdrawn, and who has put what below it, if anybody."""
        shown = self._session.shown
        if (seq := self.picked) is None:
            return ""
        line, versions = self._line(seq), shown.links.versions(seq)
        is_withdrawn = line is not None and shown.scrollback.annotation(seq).withdrawn
        said = (versions[-1] if versions else line) if is_withdrawn else None
        reactions = [
            (kind.emoji, [str(self._called(who)) for who in kind.people])
            for kind in shown.outcomes.kinds(seq)
        ]
        return describe_outcomes("" if said is None else said.text, reactions)

    # -- by command, about the picked line or the last that fits ------------------------------------

    @property
    def line_to_react_to(self) -> int | None:
        """The line that is picked, else the last of somebody else."""
        picked = self.picked
        return self._session.shown.find_last(lambda line: not line.own) if picked is None else picked

    def do_react(self, emoji: str = "") -> bool:
        """React to a line; False where that cannot be, or has to be asked what with."""
        if not emoji:
            return False
        seq = self.line_to_react_to
        if seq is None:
            self._hint(NO_LINE_TO_REACT_TO)
            return False
        gave = self.gave(seq, emoji)
        problem, line = self.react(seq, emoji), self._session.shown.scrollback[seq]
        assert isinstance(line, ChatMessage)
        self._hint(problem or f"{emoji} {'taken back from' if gave else 'to'} “{quoted(line)}”.")
        return not problem

    def do_withdraw(self) -> bool:
        """Withdraw the picked line, or the last of one's own, when it is said again."""
        shown, asked = self._session.shown, self._asked
        self._asked = ""
        picked = self.picked
        seq = shown.find_last(self._session.is_mine) if picked is None else picked
        if seq is None:
            self._hint(NO_LINE_TO_WITHDRAW)
            return False
        name, _ = self._about(seq)
        if problem := self.withdrawing(seq):
            self._hint(problem)
            return False
        if asked != name:
            self._asked = name
            line = shown.scrollback[seq]
            assert isinstance(line, ChatMessage)
            self._hint(f"“{quoted(line)}”: {ask_to_withdraw('/withdraw')}")
            return False
        self.withdraw(seq)
        self._hint("Withdrawn.")
        return True

    def forget(self) -> None:
        """Something else was entered: ask again next time."""
        self._asked = ""

    def _about(self, seq: int) -> tuple[str, str]:
        """Return a line's name, and why nothing can be done about it."""
        line = self._line(seq)
        if line is None:
            return "", "It is not here any more."
        shown = self._session.shown
        withdrawn = IS_WITHDRAWN if shown.scrollback.annotation(seq).withdrawn else ""
        return line_name(line), self._events.problem(shown.id) or withdrawn

    def _line(self, seq: int) -> ChatMessage | None:
        """Return a line as it was said."""
        store = self._session.shown.scrollback
        line = store.original(seq) if seq in store else None
        return line if isinstance(line, ChatMessage) else None
