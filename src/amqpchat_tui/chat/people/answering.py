"""Whom to tell the roster: who asks us alone, and who asks everybody, if it is on us to answer.

Of those who hear a question to everybody, the three of the smallest rank answer, one after the other: so one
who is gone and not known to be does no harm, and nobody is always the one. Where several are gone at once, as
when a machine was switched off, whoever asked hears nothing and asks again, which is on the next ones to
answer, more of them each time.
"""

from __future__ import annotations

from collections.abc import Sequence

from amqpchat_tui.chat.people.roster import Roster
from amqpchat_tui.model import Answer, Ask, Here, Posting
from amqpchat_tui.rate import Rate
from amqpchat_tui.wire.control import ANSWER_MAX_OCCUPANTS

ANSWERERS = 3, 12, 48
"""On how many it is to answer who asks everybody, who does so again, and once more."""
LAST_AFTER_SECONDS = 0.6
"""How much later than the first the last of them answers, at most."""
ANSWERS_PER_SECOND, ANSWERS_AT_ONCE = 5, 20
"""More are not given, as who asks may be a stranger with many questions, in whoever's name."""
QUESTIONS_PER_SECOND = 20
"""Of more to everybody one does not even look whether it is on us to answer."""
REPETITIONS_PER_SECOND, REPETITIONS_AT_ONCE = 1, 5
"""Of those who ask again there are fewer, as more are to answer them."""


class Answering:
    """The answers that one program owes."""

    def __init__(self, roster: Roster) -> None:
        self._roster = roster
        self._owed: dict[str, tuple[float, str]] = {}
        """By mailbox: when to answer, and what was asked."""
        self._answers = Rate(ANSWERS_AT_ONCE, ANSWERS_PER_SECOND)
        self._questions = Rate(QUESTIONS_PER_SECOND, QUESTIONS_PER_SECOND)
        self._repetitions = Rate(REPETITIONS_AT_ONCE, REPETITIONS_PER_SECOND)

    @property
    def due(self) -> float:
        """When to `poll` next."""
        return min(at for at, _ in self._owed.values()) if self._owed else float("inf")

    def asked(self, question: Ask | Here, now: float) -> None:
        """Somebody asks us alone, or everybody: owe them an answer, if we can and it is on us."""
        who, at = question.who, now
        asked = question.id if isinstance(question, Ask) else question.asks
        if not (isinstance(question, Ask) and not question.everybody):
            again = question.again if isinstance(question, Ask) else 0
            delay = self._delay(who.session, again, now)
            if delay is None:
                return
            at += delay
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

    def _delay(self, asker: str, again: int, now: float) -> float | None:
        """After how long we answer who has asked everybody so often before; None: it is not on us."""
        allowed = self._repetitions if again else self._questions
        if again >= len(ANSWERERS) or not allowed.allows(now):
            return None
        first, number = sum(ANSWERERS[:again]), ANSWERERS[again]
        place = self._roster.rank(asker, first + number) - first
        return place * LAST_AFTER_SECONDS / number if 0 <= place < number else None

    def forget(self) -> None:
        """Owe nothing any more."""
        self._owed.clear()
