"""Whom to tell the roster: who asks us alone, and who asks everybody, if it is on us to answer.

Of those who hear a question to everybody, the three of the smallest rank answer, half a second apart: so one
who is gone and not known to be does no harm, and nobody is always the one.
"""

from __future__ import annotations

from collections.abc import Sequence

from amqpchat_tui.chat.people.roster import Roster
from amqpchat_tui.model import Answer, Ask, Here, Posting
from amqpchat_tui.rate import Rate
from amqpchat_tui.wire.control import ANSWER_MAX_OCCUPANTS

ANSWERERS = 3
RANK_SECONDS = 0.5
"""How much later one answers than the one before."""
ANSWERS_PER_SECOND, ANSWERS_AT_ONCE = 5, 20
"""More are not given, as who asks may be a stranger with many questions, in whoever's name."""
QUESTIONS_PER_SECOND = 20
"""Of more to everybody one does not even look whether it is on us to answer."""


class Answering:
    """The answers that one program owes."""

    def __init__(self, roster: Roster) -> None:
        self._roster = roster
        self._owed: dict[str, tuple[float, str]] = {}
        """By mailbox: when to answer, and what was asked."""
        self._answers = Rate(ANSWERS_AT_ONCE, ANSWERS_PER_SECOND)
        self._questions = Rate(QUESTIONS_PER_SECOND, QUESTIONS_PER_SECOND)

    @property
    def due(self) -> float:
        """When to `poll` next."""
        return min(at for at, _ in self._owed.values()) if self._owed else float("inf")

    def asked(self, question: Ask | Here, now: float) -> None:
        """Somebody asks us alone, or everybody: owe them an answer, if we can and it is on us."""
        who, at = question.who, now
        asked = question.id if isinstance(question, Ask) else question.asks
        if not (isinstance(question, Ask) and not question.everybody):
            rank = self._roster.rank(who.session, ANSWERERS) if self._questions.allows(now) else ANSWERERS
            if rank == ANSWERERS:
                return
            at += rank * RANK_SECONDS
        if who.mailbox not in self._owed and self._answers.allows(now):
            self._owed[who.mailbox] = at, asked

    def poll(self, me: Here, now: float) -> Sequence[Posting]:
        """Return the answers that are due, of which `me` is what we say of ourselves."""
        due = [(mailbox, asked) for mailbox, (at, asked) in self._owed.items() if at <= now]
        for mailbox, _ in due:
            del self._owed[mailbox]
        if not due:
            return ()
        occupants = self._roster.tell(ANSWER_MAX_OCCUPANTS, now)
        return [
            Posting(Answer(me.who, asked, me.since, me.away, occupants), mailbox) for mailbox, asked in due
        ]

    def forget(self) -> None:
        """Owe nothing any more."""
        self._owed.clear()
