"""When one says that one is in a room, so that all learn it soon and the room never hears too much.

RTP's algorithm (RFC 3550, section 6.3), with four changes. Newcomers come in turn (`turn.py`), as nobody
knows yet how many they are. A line that is said in the room counts as well.
The random factor of an interval is drawn once, and the interval looked at again whenever the room grows or
shrinks: it becomes longer from its beginning (forward reconsideration), or what is left of it shorter
(reverse reconsideration). And who comes back after an outage that all had still has the roster: all say so
again within one interval, and nobody asks.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, auto
from random import Random

from amqpchat_tui.chat.people import budget
from amqpchat_tui.chat.people.answering import Answering
from amqpchat_tui.chat.people.query import Query
from amqpchat_tui.chat.people.roster import Roster
from amqpchat_tui.chat.people.turn import Turn
from amqpchat_tui.model import Answer, Ask, Bye, Here, Occupant, Posting, PresenceMessage, Typing

NEWS_SECONDS = 5.0
"""How soon after one has said something another name or absence may be told."""
TYPING_SECONDS = 3.0
TYPING_MAX_PEOPLE = 100
"""In larger rooms nobody is told that one types."""
_FACTORS = 0.5, 1.5


class Part(Enum):
    """What somebody does who hears a room's presence."""

    ANNOUNCES = auto()
    """They say that they are here."""
    ASKS = auto()
    """They only ask who is."""
    LISTENS = auto()
    """They say nothing at all."""


class Announcer:
    """One program's part in the presence of a room. Its owner calls `poll` when it is `due`."""

    def __init__(self, roster: Roster, me: Occupant, random: Random, *, part: Part = Part.ANNOUNCES) -> None:
        self.me = me
        self.away: str | None = None
        self._part = part
        self._is_muted = False
        """Whether nobody hears us on this connection."""
        self._roster = roster
        self._random = random
        self._answering = Answering(roster)
        self._query: Query | None = None
        self.joined_at: float | None = None
        """When we came into the room, whatever connections we had since."""
        self.is_bound = False
        """Whether we hear the room."""
        self._is_newcomer = False
        """Whether we are to say for the first time that we are here, in a room of which we know nobody."""
        self._turn: Turn | None = None
        """Ours among those who came when we did on this connection."""
        self._origin = self._factor = 0.0
        """Since when an interval runs, and by what it is multiplied."""
        self._span = 0.0
        """That interval, as it was when it was looked at last."""
        self._spoken_at: float | None = None
        """When we said something to everybody on this connection."""
        self._news_at = float("inf")
        """When there is something to be said that does not wait for the interval's end."""
        self._typed_at = float("-inf")
        self._byes = self._byes_at = 0.0

    # -- connections --------------------------------------------------------------------------------

    def bound(self, me: Occupant, now: float) -> None:
        """We hear the room, and can speak in it, as whoever we are on this connection."""
        self.me = me
        has_roster = self._roster.bound(now)
        self.is_bound = True
        if self.joined_at is None:
            self.joined_at = now
        self._is_newcomer = not has_roster
        self._turn = Turn(now, self._random, in_census=budget.in_census(me.session))
        self._spoken_at = None
        self._news_at = float("inf")
        self._is_muted = False
        asks = self._part is not Part.LISTENS and me.mailbox and not has_roster
        self._query = Query(now, self._random, announces=self.announces) if asks else None
        self._origin = now
        self._factor = 1.0 - self._random.random()  # not 0, which an endless interval takes ill
        self._span = self._current_span()

    @property
    def announces(self) -> bool:
        """Whether we say that we are here."""
        return self._part is Part.ANNOUNCES and not self._is_muted

    @property
    def has_spoken(self) -> bool:
        """Whether those who hear this connection know that we are here."""
        return self._spoken_at is not None

    def mute(self) -> None:
        """Say nothing any more on this connection, as nobody hears it."""
        self._is_muted = True
        self._query = None
        self._answering.forget()

    def is_settled(self, now: float) -> bool:
        """Whether we hear the room, and know as many as asking can tell."""
        return self.is_bound and (self._query is None or self._query.is_settled(now))

    def lost(self, now: float) -> None:
        """We hear the room no more."""
        self.is_bound = False
        self._query = None
        self._answering.forget()
        self._roster.lost(now)

    def farewell(self, now: float) -> Posting | None:
        """Leave the room; return what to say, if anything.

        Nobody has heard of who has said nothing. When many leave at once, not all say it (RFC 3550, section
        6.3.7): those are missed after three intervals.
        """
        says = self.is_bound and self._spoken_at is not None and self.announces
        crowded = self._recent_byes(now) >= self._roster.rate
        self.lost(now)
        return None if crowded or not says else Posting(Bye(self.me))

    # -- what is heard ------------------------------------------------------------------------------

    def hear(self, message: PresenceMessage, now: float) -> None:
        """Somebody says something, perhaps we ourselves."""
        if not self.is_bound:
            return
        if message.who.key == self.me.key:
            self._hear_of_ourselves(message, now)
            return
        match message:
            case Here():
                self._hear_here(message, now)
            case Bye():
                self._byes, self._byes_at = self._recent_byes(now) + 1, now
                self._roster.leave(message.who.key)
            case Typing():
                self._roster.refresh(message.who.key, now)
            case Ask():
                if self.announces and (self._spoken_at is not None or not message.everybody):
                    self._answering.asked(message, now)
            case Answer():
                if self._query is not None and self._query.accepts(message, now):
                    self._hear_answer(message, now)
        self._reconsider(now)

    def hear_line(self, who: Occupant, now: float) -> None:
        """Somebody with a session says a line in the room, perhaps we ourselves."""
        if not self.is_bound:
            return
        if who.key == self.me.key:
            self._spoke(now)
            return
        self._roster.hear_line(who, now)
        if self._query is not None:
            self._query.heard(who, float("-inf"))
        self._reconsider(now)

    def returned(self, mailbox: str, now: float) -> None:
        """The broker has returned what was sent to a mailbox: there is none of that name."""
        self._roster.miss(mailbox)
        if self._query is not None:
            self._query.returned(mailbox, now)

    # -- what is said -------------------------------------------------------------------------------

    def rename(self, nick: str, now: float) -> None:
        """Go by another nick from now on."""
        self.me = Occupant(nick, self.me.session, self.me.account, self.me.mailbox)
        self._tell_soon(now)

    def set_away(self, away: str | None, now: float) -> None:
        """Be away, with what is said of it, or be back."""
        self.away = away
        self._tell_soon(now)

    def typed(self, now: float) -> Posting | None:
        """We are writing a line; return what to say of that, if anything."""
        if not self.is_bound or not self.announces or len(self._roster) >= TYPING_MAX_PEOPLE:
            return None
        if now - self._typed_at < TYPING_SECONDS:
            return None
        self._typed_at = now
        return Posting(Typing(self.me))

    @property
    def due(self) -> float:
        """When to `poll` next."""
        if not self.is_bound:
            return float("inf")
        asks = self._query.due if self._query is not None else float("inf")
        return min(self._roster.due, self._answering.due, asks, self._announcement_due)

    def poll(self, now: float) -> Sequence[Posting]:
        """Do what is due, and return what to say."""
        if not self.is_bound:
            return ()
        self._roster.sweep(now)
        self._reconsider(now)
        posts = [*self._answering.poll(Here(self.me, self.away, self._since(now)), now)]
        if self._query is not None and (question := self._query.poll(self.me, now)) is not None:
            posts.append(question)
        if self._announcement_due <= now:
            posts.append(Posting(self._here(now)))
        return posts

    # -- in pieces ----------------------------------------------------------------------------------

    @property
    def _announcement_due(self) -> float:
        if not self.announces:
            return float("inf")
        due = self._origin + self._factor * self._span
        if self._turn is not None and self._is_newcomer:
            return max(due, self._turn.due)
        asks_at = float("inf")
        if self._spoken_at is not None and self._may_hello:
            asks_at = self._spoken_at + NEWS_SECONDS
        return min(due, self._news_at, asks_at)

    def _here(self, now: float) -> Here:
        asks = self._query.hello(now) if self._query is not None and self._may_hello else ""
        self._spoke(now)
        return Here(self.me, self.away, self._since(now), asks)

    def _spoke(self, now: float) -> None:
        """Everybody has heard us: the next interval begins."""
        self._is_newcomer = False
        self._spoken_at = self._origin = now
        self._news_at = float("inf")
        self._factor = self._draw()
        self._span = self._current_span()

    @property
    def _may_hello(self) -> bool:
        """Whether to ask everybody for the roster; not while many come at once."""
        return self._few_come and self._query is not None and self._query.wants_hello

    @property
    def _few_come(self) -> bool:
        """Whether no more come when we do than the room may have messages in a second."""
        return self._turn is None or self._turn.others <= self._roster.rate

    def _hear_here(self, here: Here, now: float) -> None:
        is_new = self._roster.get(here.who.key) is None and here.since <= self._since(now) + NEWS_SECONDS
        joined_at = now - here.since
        if is_new and self._turn is not None:
            self._turn.hear_another(self._roster.rate, now)
        self._roster.hear(here, now)
        if self._query is not None:
            self._query.heard(here.who, joined_at)
            if not self._few_come:
                self._query.crowd()
        if here.asks and self._spoken_at is not None and self.announces:
            self._answering.asked(here, now)

    def _hear_answer(self, answer: Answer, now: float) -> None:
        self._roster.learn(answer.occupants, now)
        if self._roster.get(answer.who.key) is None:
            self._roster.hear(Here(answer.who, answer.away, answer.since), now)
        else:
            self._roster.refresh(answer.who.key, now)

    def _hear_of_ourselves(self, message: PresenceMessage, now: float) -> None:
        """What we have said comes back; what we have not is somebody else's, and to be put right."""
        match message:
            case Bye():
                pass
            case Here() if message.who.nick != self.me.nick or message.away != self.away:
                pass
            case _:
                return
        if self._spoken_at is not None:
            soon = max(now, self._spoken_at + self._span / 2)
            self._news_at = min(self._news_at, soon + self._random.random() * self._roster.round_seconds)

    def _tell_soon(self, now: float) -> None:
        """Have something told soon of us, if others know us at all."""
        if self._spoken_at is not None and self._span < float("inf"):
            self._news_at = min(self._news_at, max(now, self._spoken_at + NEWS_SECONDS))

    def _reconsider(self, now: float) -> None:
        """Look at the interval again: it may have become longer, or what is left of it shorter."""
        before, self._span = self._span, self._current_span()
        if self._span < before:
            self._origin = now - (now - self._origin) * self._span / before

    def _current_span(self) -> float:
        if self._roster.is_large and not budget.in_census(self.me.session):
            return float("inf")
        if self._is_newcomer:
            return 0.0
        if self._spoken_at is None:
            return max(budget.MIN_INTERVAL_SECONDS, self._roster.round_seconds)
        return self._roster.interval

    def _draw(self) -> float:
        return self._random.uniform(*_FACTORS)

    def _since(self, now: float) -> int:
        return 0 if self.joined_at is None else int(now - self.joined_at)

    def _recent_byes(self, now: float) -> float:
        """How many have left within about a second."""
        return max(0.0, self._byes - (now - self._byes_at) * self._roster.rate)
