"""The conversations by number, and the ways from one to another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import count

from msgspec import Struct

from amqpchat_tui.chat.conversation import Conversation
from amqpchat_tui.chat.listing import News
from amqpchat_tui.chat.narrowing import Rank, rank
from amqpchat_tui.matching import folded
from amqpchat_tui.model import ConversationId, ConversationKind

_KINDS = {"@": ConversationKind.PRIVATE, "=": ConversationKind.WATCHED}
"""What to type before a name to find only those."""
_NEWS = "+"
"""What to type before a name to find only where there is news."""


class _Walk(Struct):
    """A walk through what is new."""

    began: ConversationId
    at: ConversationId
    """Where it has led to; a walk of somebody who is elsewhere is over."""
    seen: dict[ConversationId, int]
    """How much had been heard where it has been, so that only what is newer leads there again."""


class Switcher:
    """Which conversations there are, at least one, and which of them is shown.

    A conversation keeps its number for as long as it is there.
    """

    def __init__(self, conversations: Iterable[Conversation]) -> None:
        """Number them from 1 and show the first."""
        self._conversations: dict[ConversationId, Conversation] = {}
        for conversation in conversations:
            self.add(conversation)
        self._shown = [next(iter(self._conversations))]
        """Those that have been shown, each once, the latest at the end."""
        self._walk: _Walk | None = None

    # -- which there are ----------------------------------------------------------------------------

    @property
    def conversations(self) -> Mapping[ConversationId, Conversation]:
        """All of them, in the order of their numbers."""
        return self._conversations

    def add(self, conversation: Conversation, number: int | None = None) -> None:
        """Take another one in, under a number if that is free, else under the lowest that is."""
        taken = {other.number for other in self._conversations.values()}
        conversation.number = _lowest(taken) if number is None or number in taken else number
        self._conversations[conversation.id] = conversation
        self._sort()

    def remove(self, identity: ConversationId) -> None:
        """Drop one, and free its number; it is not the only one. If it is shown, the one before is."""
        if identity == self.shown.id:
            self.show(self.previous() or self._neighbour(1))
        del self._conversations[identity]
        self._shown = [other for other in self._shown if other != identity]

    def renumber(self, numbers: Mapping[ConversationId, int]) -> None:
        """Give these their numbers, the first mentioned first; who is in their way gets the lowest free."""
        given: dict[int, Conversation] = {}
        for identity, number in numbers.items():
            given.setdefault(number, self._conversations[identity])
        settled = {conversation.id for conversation in given.values()}
        others = [other for other in self._conversations.values() if other.id not in settled]
        displaced = [other for other in others if given.setdefault(other.number, other) is not other]
        for conversation in displaced:
            given[_lowest(given)] = conversation
        for number, conversation in given.items():
            conversation.number = number
        self._sort()

    # -- the one that is shown ----------------------------------------------------------------------

    @property
    def shown(self) -> Conversation:
        """The one on the screen."""
        return self._conversations[self._shown[-1]]

    def show(self, identity: ConversationId) -> None:
        """Put another one on the screen."""
        self._shown = [*(other for other in self._shown if other != identity), identity]

    # -- ways to others -----------------------------------------------------------------------------

    def by_number(self, number: int) -> ConversationId | None:
        """Return the one with a number, if there is one."""
        return next((one.id for one in self._conversations.values() if one.number == number), None)

    def previous(self) -> ConversationId | None:
        """Return the one that was shown before, if there was one."""
        return self._shown[-2] if len(self._shown) > 1 else None

    def step(self, step: int) -> ConversationId | None:
        """Return the next by number (1) or the one before (-1), around the ends; None where there is one."""
        return self._neighbour(step) if len(self._conversations) > 1 else None

    def next_news(self) -> ConversationId | None:
        """Return where there is news: the most important, of equal ones the oldest.

        When there is no more, it is where the walk through them began; None when that is here.
        """
        here = self.shown
        walk = self._walk
        if walk is None or walk.at != here.id:
            walk = _Walk(here.id, here.id, {})
        walk.seen[here.id] = here.heard
        waiting = [one for one in self._with_news() if walk.seen.get(one.id) != one.heard]
        if waiting:
            walk.at = waiting[0].id
            self._walk = walk
            return walk.at
        self._walk = None
        return walk.began if walk.began != here.id and walk.began in self._conversations else None

    def find(self, text: str) -> Sequence[ConversationId]:
        """Return those in whose names the characters of a text stand in this order, the best match first.

        Before a name, `@` finds only people, `=` only what is watched, and `+` only where there is news.
        Its number finds one, too. An empty text finds all: those with news as in a walk, then those that were
        shown, the latest first, then the others; the one on the screen comes last.
        """
        candidates: Iterable[Conversation] = self._by_news()
        sign, name = text[:1], folded(text[1:].strip())
        if sign == _NEWS:
            candidates = self._with_news()
        elif sign in _KINDS:
            candidates = [one for one in candidates if one.id.kind is _KINDS[sign]]
        else:
            name = folded(text.strip())
        ranked = [(found, one.id) for one in candidates if (found := _rank(name, one)) is not None]
        return [identity for _, identity in sorted(ranked, key=lambda found: found[0])]

    def _with_news(self) -> list[Conversation]:
        """Those that a walk leads to, in its order."""
        others = (one for one in self._conversations.values() if one is not self.shown)
        waiting = [one for one in others if one.news > News.MUTED]
        return sorted(waiting, key=lambda one: (-one.news, one.news_since, one.number))

    def _by_news(self) -> Sequence[Conversation]:
        latest = [self._conversations[identity] for identity in reversed(self._shown[:-1])]
        order = dict.fromkeys([*self._with_news(), *latest])
        rest = [one for one in self._conversations.values() if one is not self.shown]
        return [*dict.fromkeys([*order, *rest]), self.shown]

    def _neighbour(self, step: int) -> ConversationId:
        order = list(self._conversations)
        return order[(order.index(self.shown.id) + step) % len(order)]

    def _sort(self) -> None:
        ordered = sorted(self._conversations.values(), key=lambda one: one.number)
        self._conversations = {one.id: one for one in ordered}


def _lowest(taken: Iterable[int]) -> int:
    """Return the lowest number that is free."""
    taken = set(taken)
    return next(number for number in count(1) if number not in taken)


def _rank(wanted: str, conversation: Conversation) -> Rank | None:
    identity = conversation.id
    return rank(wanted, folded(f"{identity.name} {identity.pattern}".rstrip()), str(conversation.number))
