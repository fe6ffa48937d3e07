"""The people of one room: what is heard of them goes in, what is to be said and shown comes out.

Whoever owns it hands in each presence message and line of the room, tells when the room is heard and when
not, and calls `poll` when it is `due`, which each call may change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Protocol

from msgspec import Struct

from amqpchat_tui.chat.people.accounts import Accounts, Called
from amqpchat_tui.chat.people.announcer import Announcer, Part
from amqpchat_tui.chat.people.movements import Movements
from amqpchat_tui.chat.people.plain import Heard, PlainSpeakers
from amqpchat_tui.chat.people.roster import Change, Present, Roster
from amqpchat_tui.chat.people.typists import Typists
from amqpchat_tui.matching import folded
from amqpchat_tui.model import Here, MovementLines, Occupant, OccupantKey, Posting, PresenceMessage, Typing


class AttendanceListener(Protocol):
    """What is told of the people of a room; each call is cheap."""

    def people_changed(self) -> None:
        """Read who is here again."""

    def people_moved(self, row: str) -> None:
        """Show who has come and gone since the last line, in the place of what was shown of it before."""

    def person_moved(self, change: Change) -> None:
        """Somebody has come, gone or taken another nick, whether a row tells of it or not."""


class Person(Struct, frozen=True):
    """Somebody who is here, by one or more programs of one account."""

    nick: str
    account: str
    called: Called
    """What to call them, with the account where that is needed to tell who it is."""
    sessions: int
    """By how many programs."""
    away: str | None
    """What they say of being away, if all their programs are."""
    since: float
    """When the first of them came."""
    heard_at: float
    stale: bool
    """Whether nothing has been heard of them since our connection was lost."""
    typing: bool
    own: bool


class Attendance:
    """Who is in a room, who speaks there, and our own part in that."""

    def __init__(
        self,
        me: Occupant,
        listener: AttendanceListener,
        accounts: Accounts,
        random: Random,
        *,
        part: Part = Part.ANNOUNCES,
        lines: MovementLines = MovementLines.SMART,
        ignores: Callable[[str, str], bool] = lambda _, __: False,
    ) -> None:
        """`accounts` are those of the broker; `random` had better be one that nobody foresees.

        `ignores` tells of a nick and an account whether nothing is shown of what they do.
        """
        self._listener = listener
        self._accounts = accounts
        self.movements = Movements(lines)
        """Who has come and gone."""
        self._ignores = ignores
        self._typists = Typists()
        self._plain = PlainSpeakers()
        self._others = PlainSpeakers()
        """Those who are no plain scripts: shown where nobody can tell who is here."""
        self._now = 0.0
        self.roster = Roster(me.session, self._take_change)
        self.announcer = Announcer(self.roster, me, random, part=part)

    # -- what is heard ------------------------------------------------------------------------------

    def bound(self, me: Occupant, now: float) -> None:
        """We hear the room's presence, as whoever we are on this connection."""
        self._now = now
        self._accounts.log_in(me.account)
        self.announcer.bound(me, now)
        self._listener.people_changed()

    def lost(self, now: float) -> None:
        """We do not any more."""
        self._now = now
        self.announcer.lost(now)
        self._listener.people_changed()

    def catch_up(self, stood_still_at: float, now: float) -> None:
        """We have stood still since then: nobody is gone because we have not heard them."""
        if self.is_bound:
            self.announcer.lost(stood_still_at)
            self.bound(self.announcer.me, now)

    def mute(self, now: float) -> None:
        """Nobody hears of us on this connection."""
        self._now = now
        self.announcer.mute()
        self._listener.people_changed()

    def hear(self, message: PresenceMessage, now: float) -> None:
        """A presence message comes in."""
        self._now = now
        who = message.who
        before = self._changes
        self.announcer.hear(message, now)
        if self.roster.get(who.key) is None:
            self._typists.stop(who.key)
        elif isinstance(message, Typing):
            self._typists.hear(who.key, now)
        elif isinstance(message, Here):
            self._accounts.hear(who.nick, who.account)
        if self._changes != before:
            self._listener.people_changed()

    def end_row(self) -> None:
        """Something else is said than who comes and goes: what follows of that is another row."""
        self.movements.end_row()

    def hear_line(self, who: Occupant, text: str, now: float, *, own: bool = False) -> None:
        """A line comes in. Who gives no session with it, or no mailbox and was not here, is a script."""
        self._now = now
        before = self._changes
        is_script = not who.session or not (who.mailbox or own or self.roster.get(who.key))
        self.movements.end_row()
        self.movements.spoke(who.nick, now)
        self._accounts.hear(who.nick, who.account)
        if own:
            self.movements.named(text, {one.who.nick for one in self.roster}, now)
            self.announcer.hear_line(self.announcer.me, now)
        elif is_script:
            self._plain.hear(who.nick, who.account, now)
        else:
            self.announcer.hear_line(who, now)
            self._typists.stop(who.key)
            self._others.hear(who.nick, who.account, now)
        shows_when = is_script or self.announcer.joined_at is None  # `heard` tells when they spoke
        if shows_when or self._changes != before:
            self._listener.people_changed()

    def returned(self, mailbox: str, now: float) -> None:
        """The broker has returned what was sent to a mailbox."""
        self._now = now
        self.announcer.returned(mailbox, now)
        self._listener.people_changed()

    # -- what is said -------------------------------------------------------------------------------

    @property
    def due(self) -> float:
        """When to `poll` next, `inf` for never."""
        return min(self.announcer.due, self._typists.due, self._plain.due, self._others.due)

    def poll(self, now: float) -> Sequence[Posting]:
        """Do what is due, and return what to say."""
        self._now = now
        before = self._changes
        for speakers in self._typists, self._plain, self._others:
            speakers.forget(now)
        posts = self.announcer.poll(now)
        if self._changes != before:
            self._listener.people_changed()
        return posts

    @property
    def _changes(self) -> tuple[int, ...]:
        """Something else after every change of what is shown, but for when scripts spoke."""
        return (
            self.roster.changes,
            self._typists.changes,
            self._accounts.changes,
            self._plain.forgotten,
            self._others.forgotten,
        )

    # -- what is shown ------------------------------------------------------------------------------

    @property
    def is_bound(self) -> bool:
        """Whether we hear who is here; else what is known of that is from before, or nothing."""
        return self.announcer.is_bound

    def is_settled(self, now: float) -> bool:
        """Whether we hear who is here, and know as many as asking can tell."""
        return self.announcer.is_settled(now)

    @property
    def _are_here(self) -> bool:
        """Whether we say that we are here, on this connection or the one before."""
        return self.announcer.announces and self.announcer.joined_at is not None

    @property
    def headcount(self) -> int:
        """How many are here who say so, ourselves included if we do; an estimate in a large room."""
        return self.roster.size if self.roster.is_large else len(self.roster) + self._are_here

    def here(self, now: float) -> Sequence[Person]:
        """Return those who are here, by nick, ourselves included if we say so."""
        groups: dict[tuple[str, str], list[Present]] = {}
        for present in self.roster:
            groups.setdefault((present.who.nick, present.who.account), []).append(present)
        me = self.announcer.me
        own = (me.nick, me.account) if self._are_here else None
        if own is not None:
            groups.setdefault(own, [])
        typing = {one.who.key for one in self._writing(now)}
        people = [
            self._person(group, presents, typing, now, own=group == own) for group, presents in groups.items()
        ]
        return sorted(people, key=lambda one: (folded(one.nick), one.account))

    def heard(self, now: float) -> Sequence[Heard]:
        """Return plain scripts that have spoken lately, the latest first; who is no script may be here.

        Where nobody can tell who is here, all who have spoken.
        """
        heard = list(self._plain.latest_first(now))
        if self.announcer.joined_at is None:
            heard += self._others.latest_first(now)
        return sorted(heard, key=lambda one: one.at, reverse=True)

    def typing(self, now: float) -> Sequence[str]:
        """Return the nicks of those who write."""
        return list(dict.fromkeys(one.who.nick for one in self._writing(now)))

    def _writing(self, now: float) -> Iterator[Present]:
        """Go through those who write and are not ignored."""
        found = (self.roster.get(key) for key in self._typists.now(now))
        return (one for one in found if one is not None and not self._ignores(one.who.nick, one.who.account))

    def _person(
        self,
        group: tuple[str, str],
        presents: Sequence[Present],
        typing: set[OccupantKey],
        now: float,
        *,
        own: bool,
    ) -> Person:
        nick, account = group
        absences = [one.away for one in presents]
        if own:
            absences.append(self.announcer.away)
        own_since = now if self.announcer.joined_at is None else self.announcer.joined_at
        return Person(
            nick,
            account,
            self._accounts.called(nick, account),
            len(presents) + own,
            None if None in absences else next(filter(None, absences), ""),
            min([one.joined_at for one in presents] + [own_since] * own),
            now if own else max(one.heard_at for one in presents),
            stale=not own and all(map(self.roster.is_stale, presents)),
            typing=any(one.who.key in typing for one in presents),
            own=own,
        )

    def _take_change(self, change: Change) -> None:
        self._listener.person_moved(change)
        if not self._ignores(change.nick, change.account) and self.movements.take(change, self._now):
            self._listener.people_moved(self.movements.row)
