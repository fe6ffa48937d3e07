"""Who can be written to: those who have spoken in rooms lately, and said where their mailbox is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from amqpchat_tui.matching import folded
from amqpchat_tui.model import Occupant, is_same_person

MAX_REMEMBERED = 1_000
"""How many are remembered; of more, those who spoke last."""


class Known(Struct, frozen=True):
    """Somebody who goes by a nick."""

    who: Occupant
    since: float
    """When they were first heard of."""
    heard_at: float


class Directory:
    """Those who have spoken, by what tells them apart."""

    def __init__(self) -> None:
        self._known: dict[Occupant, Known] = {}

    def hear(self, who: Occupant, now: float) -> None:
        """Somebody speaks, perhaps a plain script."""
        former = self._known.pop(who, None)
        self._known[who] = Known(who, now if former is None else former.since, now)
        if len(self._known) > MAX_REMEMBERED:
            del self._known[next(iter(self._known))]

    def forget(self, mailbox: str) -> None:
        """What was sent to a mailbox has come back."""
        self._known = {who: known for who, known in self._known.items() if who.mailbox != mailbox}

    def find(self, nick: str, others: Iterable[Known] = ()) -> Sequence[Known]:
        """Return who can be written to under a nick, those known longest first; `others` are in a roster.

        Of one person who is heard by several programs, it is the one that was heard last. Whoever has the
        mailbox of one whose account is checked counts as that one: it is there that they get what is sent.
        """
        people: list[Known] = []
        alike = [one for one in (*self._known.values(), *others) if folded(one.who.nick) == folded(nick)]
        for known in sorted(alike, key=lambda one: (not one.who.account, -one.heard_at)):
            who = known.who
            if who.mailbox and (who.session or who.account):
                same = next((n for n, one in enumerate(people) if _is_same(one.who, who)), None)
                if same is None:
                    people.append(known)
                else:
                    since = min(people[same].since, known.since)
                    people[same] = Known(people[same].who, since, people[same].heard_at)
        return sorted(people, key=lambda one: one.since)

    def find_again(self, who: Occupant, others: Iterable[Known] = ()) -> Occupant | None:
        """Return where somebody is now, who was known before; None when they are not."""
        return next((one.who for one in self.find(who.nick, others) if _is_same(one.who, who)), None)

    def is_plain(self, nick: str) -> bool:
        """Whether nobody speaks under a nick but plain scripts."""
        alike = [who for who in self._known if folded(who.nick) == folded(nick)]
        return bool(alike) and not any(who.mailbox for who in alike)

    def nicks(self) -> Sequence[str]:
        """Return the nicks of all, the longest first."""
        return sorted({who.nick for who in self._known}, key=len, reverse=True)


def _is_same(one: Occupant, other: Occupant) -> bool:
    return is_same_person(one, other) or (bool(one.mailbox) and one.mailbox == other.mailbox)
