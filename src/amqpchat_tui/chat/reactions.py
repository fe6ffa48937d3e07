"""What is put under a line, by whom: the same for all who have heard the same, in whatever order."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple

from amqpchat_tui.chat.standing import FirstOf, Who, digest, place_of, who_key
from amqpchat_tui.matching import folded
from amqpchat_tui.model import Occupant, Reaction

PEOPLE_KEPT = 1_000
"""Of how many people the reactions to one line are kept."""
KINDS_KEPT = 20
"""How many different ones of each of them."""
KINDS_SHOWN = 5
"""How many different ones are shown below a line."""

_GAP = "  "
_BLANK = re.compile(r"\s")
"""Shown as `_`, or one that says `👍 99` would look like many."""
_VARIANTS = str.maketrans("", "", "\ufe0e\ufe0f")

_order = attrgetter("at", "event_id", "remove", "emoji", "who.nick", "who.session")
"""By time; all else only says which is later of what claims to be the same."""

Ignores = Callable[[str, str], bool]
"""Whether somebody is ignored, by nick and account."""


class Kind(NamedTuple):
    """One emoji below a line."""

    emoji: str
    people: Sequence[Occupant]
    """Who has put it there, whoever came first at the front; each once, whatever programs they had."""
    mine: bool
    """Whether we are among them."""


class Span(NamedTuple):
    """Where a row of reactions shows one."""

    start: int
    end: int
    kind: Kind


class LineReactions:
    """The reactions to one line: of each person and emoji the last that was done, put there or taken away.

    There are only so many of each person, and of so many people; which ones goes by what nobody changes by
    doing it again, and so is the same for all, too. Who has a checked account comes before others.
    """

    __slots__ = ("_of", "count")

    def __init__(self) -> None:
        self._of: FirstOf[Who, FirstOf[str, Reaction]] = FirstOf(PEOPLE_KEPT, place_of)
        self.count = 0
        """How many are kept, those that were taken away included."""

    def add(self, reaction: Reaction) -> bool:
        """Take in what somebody has done; tell whether that is news."""
        who, kind = who_key(reaction.who), kind_of(reaction.emoji)
        own = self._of.values.get(who)
        if own is None:
            own = FirstOf[str, Reaction](KINDS_KEPT, digest)
            if (gone := self._of.add(who, own)) is own:
                return False
            self.count -= len(gone.values) if gone is not None else 0
        before = own.values.get(kind)
        if before is not None:
            own.values[kind] = max(before, reaction, key=_order)
            return own.values[kind] is not before
        left_out = own.add(kind, reaction)
        self.count += left_out is None
        return left_out is not reaction

    def __iter__(self) -> Iterator[Reaction]:
        everything = [one for own in self._of.values.values() for one in own.values.values()]
        return iter([reaction for reaction in everything if not reaction.remove])


def kinds(
    reactions: Iterable[Reaction], ignores: Ignores, is_me: Callable[[Reaction], bool]
) -> Sequence[Kind]:
    """Return what is to be seen below a line, what came first at the front."""
    by_kind: dict[str, list[Reaction]] = {}
    mine: set[str] = set()
    for reaction in sorted(reactions, key=_order):
        kind, who = kind_of(reaction.emoji), reaction.who
        if is_me(reaction):
            mine.add(kind)
        elif ignores(who.nick, who.account):
            continue
        by_kind.setdefault(kind, []).append(reaction)
    return [Kind(_emoji(found), _people(found), kind in mine) for kind, found in by_kind.items()]


def row(shown: Sequence[Kind]) -> tuple[str, Sequence[Span]]:
    """Return the row that shows these, and where each stands in it; of many, how many more there are."""
    text, spans = "", []
    for kind in shown[:KINDS_SHOWN]:
        start = len(text)
        text += f"{_BLANK.sub('_', kind.emoji)} {len(kind.people)}"
        spans.append(Span(start, len(text), kind))
        text += _GAP
    more = len(shown) - KINDS_SHOWN
    return text + f"+{more}" if more > 0 else text.rstrip(), spans


@lru_cache(maxsize=1024)
def kind_of(emoji: str) -> str:
    """Return what is the same for one emoji, however it is written."""
    return emoji.translate(_VARIANTS)


def _emoji(reactions: Sequence[Reaction]) -> str:
    """Of one emoji, return the longest form, which has a variation selector if one has."""
    return max({reaction.emoji for reaction in reactions})


def _people(reactions: Sequence[Reaction]) -> Sequence[Occupant]:
    """Tell people apart by what they are called: who has started a program again counts once."""
    people: dict[Who, Occupant] = {}
    for reaction in reactions:
        who = reaction.who
        people.setdefault(("account", who.account) if who.account else ("nick", folded(who.nick)), who)
    return list(people.values())
