"""Who is in a room: whoever said so, until they say that they leave or are not heard any more.

A roster learns from three sources. What somebody says of themselves counts, and so does a line that they say
in the room. What others tell of them fills in whom one has not heard oneself yet, and never changes what is
known. Silence of `INTERVALS_UNTIL_GONE` intervals means that they are gone (RFC 3550, section 6.3.5).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from enum import Enum, auto
from heapq import nlargest
from zlib import crc32

from msgspec import Struct

from amqpchat_tui.chat.people import budget
from amqpchat_tui.chat.people.admission import Admission
from amqpchat_tui.matching import folded
from amqpchat_tui.model import Hearsay, Here, Occupant, OccupantKey

MAX_OCCUPANTS = 4_000
"""How many are known; who gets in when there are more says `admission`."""
_MAX_MISSED = 1_000
_SWEEP_SECONDS = 1.0
"""Between two looks for who is gone, at least; each is at all who are known."""
_SWEEPS_IN_AN_INTERVAL = 15
"""How many looks there are at most while all say once that they are here."""
_SAME_TIME_SECONDS = 2.0
"""Who came so shortly after us may as well have come before us: clocks are read in whole seconds."""
_ESTABLISHED_AFTER_SECONDS = budget.MIN_INTERVAL_SECONDS / 2 - 0.5
"""Nobody who keeps to the budget says twice within this time that they are there."""


class Movement(Enum):
    """How the people of a room change."""

    CAME = auto()
    LEFT = auto()
    RENAMED = auto()


class Change(Struct, frozen=True):
    """Somebody comes, leaves, or takes another nick; by whatever number of programs they are there."""

    movement: Movement
    nick: str
    renamed_to: str = ""
    account: str = ""
    """Of the program that was the reason."""


class Present(Struct):
    """An occupant as the roster knows them; only the roster changes it."""

    who: Occupant
    away: str | None
    joined_at: float
    heard_at: float
    """When there was the last sign of them, also one that others have told of."""
    first_heard_at: float
    gone_at: float
    """When they count as gone, if the room has not grown by then."""
    is_hearsay: bool
    """Whether all that is known of them is what somebody else has told."""
    stay: int
    """On which of our connections they were heard last."""
    rooms: Sequence[str] = ()
    """In which other rooms they say that they are."""


class Roster:
    """The people of one room, ourselves left out."""

    def __init__(self, session: str, changed: Callable[[Change], None], limit: int = MAX_OCCUPANTS) -> None:
        """`session` is our own; `changed` is called at once for each change that is to be told."""
        self._session = session
        self._changed = changed
        self._present: dict[OccupantKey, Present] = {}
        self._by_nick: dict[str, dict[OccupantKey, None]] = {}
        self._by_mailbox: dict[str, OccupantKey] = {}
        self._admission = Admission(limit)
        self._census = int(budget.in_census(session))
        self.is_large = False
        """Whether there are so many that only a census of them is heard, and their number estimated."""
        self.size = 1
        """How many people there are, ourselves included: known, or estimated by the census."""
        self.rate = budget.rate(1)
        """How many messages a second the room may have."""
        self.interval = budget.interval(1)
        """How often whoever says that they are here does so, in seconds, on average."""
        self.changes = 0
        """How often anything has changed of who is here and what they say of themselves."""
        self._missed: dict[OccupantKey, None] = {}
        """Who has not been heard for too long: when they are heard again, they have come back."""
        self._stay = 0
        self._joined_at: float | None = None
        self._lost_at: float | None = None
        self._sweep_at = float("inf")

    # -- what is known ------------------------------------------------------------------------------

    def __len__(self) -> int:
        return len(self._present)

    def __iter__(self) -> Iterator[Present]:
        return iter(self._present.values())

    def get(self, key: OccupantKey) -> Present | None:
        """Return an occupant, if they are known to be here."""
        return self._present.get(key)

    def find(self, nick: str) -> Sequence[Present]:
        """Return those of a nick, in whatever case, who is there the longest first."""
        wanted = folded(nick)
        found = [one for one in self if folded(one.who.nick) == wanted]
        return sorted(found, key=lambda one: one.joined_at)

    def is_stale(self, present: Present) -> bool:
        """Whether somebody was last heard before our connection was lost, and may not be here any more."""
        return present.stay != self._stay

    @property
    def round_seconds(self) -> float:
        """How long it takes when all who say that they are here do so once, as fast as they may."""
        return (self._census if self.is_large else self.size) / self.rate

    # -- what is heard ------------------------------------------------------------------------------

    def hear(self, here: Here, now: float) -> None:
        """Somebody says that they are here."""
        joined_at = now - here.since
        key = here.who.key
        present = self._present.get(key)
        if present is None:
            present = self._enter(here.who, joined_at, now)
            if present is None:
                return
            present.away, present.rooms = here.away, here.rooms
            came_after_us = self._joined_at is not None and joined_at > self._joined_at + _SAME_TIME_SECONDS
            is_back = key in self._missed
            self._missed.pop(key, None)
            if (came_after_us or is_back) and len(self._by_nick[here.who.nick]) == 1:
                self._changed(Change(Movement.CAME, here.who.nick, account=here.who.account))
            return
        if present.who != here.who:
            self._change_who(present, here.who)
        if present.away != here.away:
            present.away = here.away
            self.changes += 1
        present.joined_at, present.rooms = joined_at, here.rooms
        self._refresh(present, now)

    def hear_line(self, who: Occupant, now: float) -> None:
        """Somebody with a session says a line: a sign of life."""
        key = who.key
        present = self._present.get(key) or self._enter(who, now, now, speaks=True)
        if present is None:
            return
        if present.who != who:
            self._change_who(present, who)
        self._missed.pop(key, None)
        self._refresh(present, now)
        self._admission.establish(key)

    def refresh(self, key: OccupantKey, now: float) -> None:
        """There is some other sign of an occupant, if they are known."""
        if (present := self._present.get(key)) is not None:
            self._refresh(present, now)

    def leave(self, key: OccupantKey) -> None:
        """Somebody says that they leave."""
        if (present := self._present.get(key)) is not None:
            self._drop(present, tell=True)

    def miss(self, mailbox: str) -> None:
        """The broker says that there is no such mailbox any more: whoever had it has lost the connection."""
        if (key := self._by_mailbox.get(mailbox)) is not None:
            self._miss(self._present[key])

    def learn(self, occupants: Sequence[Hearsay], now: float) -> None:
        """Somebody tells of others: whoever is not known yet is, until they are due to be heard."""
        for one in occupants:
            if one.who.session == self._session or one.who.key in self._present:
                continue
            heard_at = now - one.age
            present = self._enter(one.who, heard_at - one.since, heard_at)
            if present is not None:
                present.away = one.away
                present.is_hearsay = True

    def tell(self, most: int, now: float) -> Sequence[Hearsay]:
        """Tell of others: in a large room of the census first, then of whom was heard last."""
        fresh = (one for one in self if not self.is_stale(one))
        first = nlargest(
            most,
            fresh,
            key=lambda one: (self.is_large and budget.in_census(one.who.session), one.heard_at),
        )
        return [
            Hearsay(one.who, int(now - one.heard_at), one.away, max(0, int(one.heard_at - one.joined_at)))
            for one in first
        ]

    def rank(self, asker: str, most: int) -> int:
        """Return how many of those known come before us to answer who asks everybody, up to `most`.

        The smallest hash of both sessions is first: each time somebody else, and all agree on whom. In a
        large room that is one of the census, as only those are known to all.
        """
        if self.is_large and not budget.in_census(self._session):
            return most
        own = _rank_hash(self._session, asker)
        rank = 0
        for one in self:
            session = one.who.session
            if self.is_large and not budget.in_census(session):
                continue
            if session != asker and _rank_hash(session, asker) < own:
                rank += 1
                if rank == most:
                    break
        return rank

    # -- time and connections -----------------------------------------------------------------------

    @property
    def due(self) -> float:
        """When to `sweep` next."""
        return self._sweep_at

    def sweep(self, now: float) -> None:
        """Drop those who have not been heard for too long."""
        if now < self._sweep_at:
            return
        patience = budget.INTERVALS_UNTIL_GONE * self.interval
        for one in list(self):
            if one.gone_at <= now:
                one.gone_at = one.heard_at + patience
                if one.gone_at <= now:
                    self._miss(one)
        first = min((one.gone_at for one in self), default=float("inf"))
        self._sweep_at = max(first, now + max(_SWEEP_SECONDS, self.interval / _SWEEPS_IN_AN_INTERVAL))

    def bound(self, now: float) -> bool:
        """We hear the room again, or for the first time; tell whether there is a roster from before.

        Nobody is gone for not being heard while we could not hear them; after too long, nothing is known.
        """
        patience = budget.INTERVALS_UNTIL_GONE * self.interval
        if self._lost_at is not None and now - self._lost_at > patience:
            for one in list(self):
                self._remove(one)
            self._missed.clear()
        if self._joined_at is None or not self._present:
            self._joined_at = now
        self._lost_at = None
        for one in self:
            one.gone_at = now + patience
        self._sweep_at = now + patience if self._present else float("inf")
        return bool(self._present)

    def lost(self, now: float) -> None:
        """We hear the room no more: all that is known is from before now."""
        if self._lost_at is None:
            self._lost_at = now
            self._stay += 1
            self.changes += 1
            self._sweep_at = float("inf")

    # -- bookkeeping --------------------------------------------------------------------------------

    def _enter(
        self, who: Occupant, joined_at: float, heard_at: float, *, speaks: bool = False
    ) -> Present | None:
        key = who.key
        admitted, gives_way = self._admission.has_place(key, speaks=speaks)
        if not admitted:
            return None
        if gives_way is not None:
            self._remove(self._present[gives_way])
        self._admission.enter(key)
        present = Present(who, None, joined_at, heard_at, heard_at, 0.0, is_hearsay=False, stay=self._stay)
        self._present[key] = present
        self._index(present)
        self._resized(int(budget.in_census(who.session)))
        present.gone_at = heard_at + budget.INTERVALS_UNTIL_GONE * self.interval
        self._sweep_at = min(self._sweep_at, present.gone_at)
        return present

    def _refresh(self, present: Present, now: float) -> None:
        present.is_hearsay = False
        self.changes += self.is_stale(present)
        present.stay = self._stay
        present.heard_at = now
        present.gone_at = now + budget.INTERVALS_UNTIL_GONE * self.interval
        if now - present.first_heard_at >= _ESTABLISHED_AFTER_SECONDS:
            self._admission.establish(present.who.key)

    def _change_who(self, present: Present, who: Occupant) -> None:
        before = present.who
        self.changes += 1
        self._unindex(present)
        present.who = who
        self._index(present)
        if before.nick != who.nick:
            self._changed(Change(Movement.RENAMED, before.nick, who.nick, before.account))

    def _miss(self, present: Present) -> None:
        """Drop somebody who may be back; in a large room nobody can tell whether they are gone."""
        tell = not present.is_hearsay and not self.is_large
        self._drop(present, tell=tell)
        if tell:
            self._missed[present.who.key] = None
            if len(self._missed) > _MAX_MISSED:
                del self._missed[next(iter(self._missed))]

    def _drop(self, present: Present, *, tell: bool) -> None:
        self._remove(present)
        if tell and present.who.nick not in self._by_nick:
            self._changed(Change(Movement.LEFT, present.who.nick, account=present.who.account))

    def _remove(self, present: Present) -> None:
        key = present.who.key
        del self._present[key]
        self._admission.leave(key)
        self._unindex(present)
        self._resized(-int(budget.in_census(present.who.session)))

    def _index(self, present: Present) -> None:
        who = present.who
        key = who.key
        self._by_nick.setdefault(who.nick, {})[key] = None
        if who.mailbox:
            self._by_mailbox[who.mailbox] = key

    def _unindex(self, present: Present) -> None:
        who = present.who
        key = who.key
        keys = self._by_nick[who.nick]
        del keys[key]
        if not keys:
            del self._by_nick[who.nick]
        if self._by_mailbox.get(who.mailbox) == key:
            del self._by_mailbox[who.mailbox]

    def _resized(self, census: int) -> None:
        """There is one more, or one less, and so many more of them in the census."""
        self.changes += 1
        self._census += census
        known, estimate = len(self._present) + 1, budget.CENSUS_SHARE * self._census
        self.size = known
        # a room that was large until now is known by its census alone, until the others have spoken up
        if self.is_large or (self._census >= budget.MIN_CENSUS and estimate > 2 * known):
            self.size = max(known, estimate)
        self.is_large = self.size >= (budget.NOT_LARGE_SIZE if self.is_large else budget.LARGE_SIZE)
        self.rate = budget.rate(self.size)
        if self.is_large:
            self.interval = budget.census_interval(self.size, self._census)
        else:
            self.interval = budget.interval(self.size)


def _rank_hash(session: str, asker: str) -> int:
    return crc32(f"{session} {asker}".encode())
