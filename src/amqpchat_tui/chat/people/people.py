"""The people of all conversations: hands on what is heard of them, and says in time what is to be said."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from random import Random, SystemRandom
from typing import Protocol

from msgspec.structs import replace

from amqpchat_tui.chat.pace import Later, Pace
from amqpchat_tui.chat.people.accounts import Accounts, Called
from amqpchat_tui.chat.people.announcer import Part
from amqpchat_tui.chat.people.attendance import Attendance
from amqpchat_tui.chat.people.private_typing import PrivateTyping
from amqpchat_tui.chat.people.roster import Change
from amqpchat_tui.config import PresenceSettings
from amqpchat_tui.matching import folded
from amqpchat_tui.model import (
    ChatClient,
    ChatMessage,
    ConversationId,
    ConversationKind,
    Here,
    Membership,
    Occupant,
    Posting,
    PresenceMessage,
    Typing,
)

SHOW_SECONDS = 0.25
"""Between two times at which it is told that people have changed: many may come at once."""

SHOWN_PER_SECOND = 300
"""How many people are shown in a second, as each takes 20 µs or more: of many, it is told more seldom."""
STANDSTILL_SECONDS = 10.0
"""When something is done so late, the program was stopped, or the machine asleep."""


class PeopleListener(Protocol):
    """What is told of the people of conversations. Each call is cheap and returns at once."""

    def people_changed(self, conversation: ConversationId) -> None:
        """Read who is in a conversation again."""

    def people_moved(self, conversation: ConversationId, row: str) -> None:
        """Show who has come and gone since the last line, in the place of what was shown of it before."""

    def people_marked(self) -> None:
        """Show again who has spoken, wherever that is: some may be called otherwise now."""

    def people_doubted(self, conversation: ConversationId, text: str) -> None:
        """Warn that somebody there may not be who they seem to be."""


class People:
    """Who is in which conversation, and our own part in that; implements `model.PresenceListener`."""

    def __init__(
        self,
        client: ChatClient,
        settings: PresenceSettings,
        listener: PeopleListener,
        *,
        part: Part | None = None,
        moved: Callable[[ConversationId, Change], None] = lambda _, __: None,
        ignores: Callable[[str, str], bool] = lambda _, __: False,
        later: Later,
        clock: Callable[[], float] = time.monotonic,
        random: Random | None = None,
    ) -> None:
        """`part` is what we do there, by default as the settings say.

        `moved` is told whenever somebody comes, goes or takes another nick, whatever rows the settings want.
        `ignores` tells of a nick and an account whether nothing is shown of what they do.
        `later` has done what is due at some time.
        """
        self._client = client
        self._settings = settings
        self._listener = listener
        self._part = part or (Part.ANNOUNCES if settings.announce else Part.LISTENS)
        self._moved = moved
        self._ignores = ignores
        self._later = later
        self._clock = clock
        self._random = random or SystemRandom()
        self._away: str | None = None
        self._planned_at = float("inf")
        self._changed: dict[ConversationId, None] = {}
        self._pace = Pace(self._tell_of_changes, SHOW_SECONDS, later, clock)
        self._rooms: dict[ConversationId, Attendance] = {}
        self._private = PrivateTyping(client)
        self._heard_in: ConversationId | None = None
        """Where somebody was heard last."""
        self._marked = 0
        """The changes of accounts that were told last."""
        self.accounts = Accounts(self._doubt)
        """Which accounts were heard on the broker, in whatever conversation."""

    def of(self, conversation: ConversationId) -> Attendance | None:
        """Return the people of a conversation; None where nobody can tell, as it is no room."""
        if conversation.kind is not ConversationKind.ROOM or conversation not in self._client.conversations:
            return None
        if conversation not in self._rooms:
            attendance = self._rooms[conversation] = Attendance(
                Occupant(self._client.nick, self._client.session),
                _Ear(conversation, self._changed_in, self._listener.people_moved, self._moved),
                self.accounts,
                self._random,
                part=self._part,
                lines=self._settings.lines,
                ignores=self._ignores,
            )
            attendance.announcer.away = self._away
        return self._rooms[conversation]

    def called(self, who: Occupant) -> Called:
        """What to call a sender."""
        return self.accounts.called(who.nick, who.account)

    # -- what is heard ------------------------------------------------------------------------------

    def bound(self, conversation: ConversationId, me: Occupant) -> None:
        """We hear of the people of a room."""
        self._with(conversation, lambda room: room.bound(me, self._clock()))

    def muted(self, conversation: ConversationId) -> None:
        """Nobody there hears of us."""
        self._with(conversation, lambda room: room.mute(self._clock()))

    def lost(self, conversation: ConversationId) -> None:
        """We hear of them no more."""
        self._with(conversation, lambda room: room.lost(self._clock()))

    def heard(self, conversation: ConversationId, message: PresenceMessage) -> None:
        """A message about the people of a room comes in, or of who writes to us in private."""
        if conversation.kind is ConversationKind.PRIVATE:
            who = message.who
            if isinstance(message, Typing) and not self._ignores(who.nick, who.account):
                self._private.hear(conversation, who.nick, self._clock())
                self._changed_in(conversation)
                self._plan()
            return
        self._with(conversation, lambda room: room.hear(message, self._clock()))

    def returned(self, conversation: ConversationId, mailbox: str) -> None:
        """There is no such mailbox, says the broker."""
        self._with(conversation, lambda room: room.returned(mailbox, self._clock()))

    def said(self, conversation: ConversationId, lines: Iterable[ChatMessage]) -> None:
        """Something comes in: of each who says lines, the last one; none, when it is notices only."""
        room = self.of(conversation)
        if room is None:
            if any(not line.own for line in lines) and self._private.stop(conversation):
                self._changed_in(conversation)
            return
        self._heard_in = conversation
        now = self._clock()
        room.end_row()
        for line in lines:
            room.hear_line(line.who, line.text, now, own=line.own)
        self._plan()

    def rooms_told(self) -> Sequence[str]:
        """Return the rooms in which people say that they are, and we are not."""
        own = {conversation.name for conversation in self._client.conversations}
        told = {
            name
            for room in self._rooms.values()
            for present in room.roster
            if not self._ignores(present.who.nick, present.who.account)
            for name in present.rooms
        }
        return sorted(told - own, key=folded)

    def end_row(self, conversation: ConversationId) -> None:
        """Something of our own is said in a conversation, below what was told of who comes and goes."""
        if (room := self._rooms.get(conversation)) is not None:
            room.end_row()

    def configure(self, settings: PresenceSettings) -> None:
        """Go by other settings, but for whether we say that we are here."""
        self._settings = settings
        for room in self._rooms.values():
            room.movements.lines = settings.lines

    # -- what we do ---------------------------------------------------------------------------------

    def rename(self, nick: str) -> None:
        """Go by another nick from now on, which the client knows already."""
        for room in self._rooms.values():
            room.announcer.rename(nick, self._clock())
        self._plan()

    @property
    def away(self) -> str | None:
        """What we say of being away, which may be empty; None: we are not."""
        return self._away

    @away.setter
    def away(self, away: str | None) -> None:
        self._away = away
        for conversation, room in self._rooms.items():
            room.announcer.set_away(away, self._clock())
            self._changed_in(conversation)
        self._plan()

    def typed(self, conversation: ConversationId) -> None:
        """The person writes something to say in a conversation."""
        if not self._settings.send_typing:
            return
        room, posting = self.of(conversation), None
        if room is not None:
            posting = room.announcer.typed(self._clock())
        elif conversation.kind is ConversationKind.PRIVATE and self._part is Part.ANNOUNCES:
            posting = self._private.typed(conversation, self._clock())
        if posting is not None:
            self._client.post(conversation, posting)

    def typing(self, conversation: ConversationId) -> Sequence[str]:
        """Return the nicks of those who write something there."""
        room = self.of(conversation)
        return self._private.typing(conversation) if room is None else room.typing(self._clock())

    def leave(self, conversation: ConversationId) -> None:
        """Say goodbye to the people of a conversation, while we are still there, and forget them."""
        room = self._rooms.pop(conversation, None)
        if room is not None and (posting := room.announcer.farewell(self._clock())) is not None:
            self._client.post(conversation, posting)

    def leave_all(self) -> None:
        """Say goodbye to all, while we are still there, and forget them and their accounts."""
        for conversation in list(self._rooms):
            self.leave(conversation)
            self._changed_in(conversation)
        self.accounts = Accounts(self._doubt)
        self._marked = -1

    # -- in pieces ----------------------------------------------------------------------------------

    def _with(self, conversation: ConversationId, do: Callable[[Attendance], None]) -> None:
        room = self.of(conversation)
        if room is not None:
            self._heard_in = conversation
            do(room)
            self._plan()

    def _plan(self) -> None:
        """Have said what is to be said, when the first of it is due."""
        due = min([self._private.due, *(room.due for room in self._rooms.values())])
        if due < self._planned_at:
            self._planned_at = due
            self._later(max(0.0, due - self._clock()), partial(self._poll, due))

    def _poll(self, planned_at: float) -> None:
        if planned_at != self._planned_at:
            return  # something else was due earlier, and this is planned again since
        self._planned_at = float("inf")
        now = self._clock()
        stood_still = now - planned_at > STANDSTILL_SECONDS
        for conversation in self._private.forget(now):
            self._changed_in(conversation)
        postings: list[tuple[ConversationId, Posting]] = []
        for conversation, room in self._rooms.items():
            if stood_still:
                room.catch_up(planned_at, now)
            if room.due <= now:
                postings += [
                    (conversation, self._telling_rooms(conversation, posting)) for posting in room.poll(now)
                ]
        for conversation, posting in postings:
            self._client.post(conversation, posting)
        self._plan()

    def _telling_rooms(self, conversation: ConversationId, posting: Posting) -> Posting:
        """Have who says that we are here say where else, if that is wanted."""
        if not self._settings.tell_rooms or not isinstance(posting.message, Here):
            return posting
        rooms = [
            other.name
            for other in self._client.conversations
            if other.kind is ConversationKind.ROOM
            and other != conversation
            and self._client.room_state(other).membership is Membership.JOINED
        ]
        return replace(posting, message=replace(posting.message, rooms=rooms))

    def _changed_in(self, conversation: ConversationId) -> None:
        self._changed[conversation] = None
        self._pace.ask()

    def _tell_of_changes(self) -> None:
        changed, self._changed = self._changed, {}
        shown = max((len(room.roster) for room in self._rooms.values()), default=0)
        self._pace.rest(shown / SHOWN_PER_SECOND)
        for conversation in changed:
            self._listener.people_changed(conversation)
        if self._marked != self.accounts.changes:
            self._marked = self.accounts.changes
            self._listener.people_marked()

    def _doubt(self, text: str) -> None:
        if self._heard_in is not None:
            where = self._heard_in  # where the line that is taken now will then stand above
            self._later(0.0, lambda: self._listener.people_doubted(where, text))


class _Ear:
    """Hands on what an `Attendance` tells, with where it is; an `AttendanceListener`."""

    def __init__(
        self,
        conversation: ConversationId,
        changed: Callable[[ConversationId], None],
        moved: Callable[[ConversationId, str], None],
        one_moved: Callable[[ConversationId, Change], None],
    ) -> None:
        self._conversation = conversation
        self._changed = changed
        self._moved = moved
        self._one_moved = one_moved

    def people_changed(self) -> None:
        self._changed(self._conversation)

    def people_moved(self, row: str) -> None:
        self._moved(self._conversation, row)

    def person_moved(self, change: Change) -> None:
        self._one_moved(self._conversation, change)
