"""Whom one can write to, of all who are heard in rooms, and whether whom one wrote to is still there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from amqpchat_tui.chat.narrowing import rank
from amqpchat_tui.chat.people.attendance import Attendance
from amqpchat_tui.chat.people.directory import Directory, Known
from amqpchat_tui.chat.people.people import People
from amqpchat_tui.matching import folded
from amqpchat_tui.model import (
    ChatClient,
    ChatMessage,
    ConversationId,
    ConversationKind,
    Occupant,
    is_same_program,
)


class Contacts:
    """Finds people by their nicks."""

    def __init__(self, client: ChatClient, people: People | None, clock: Callable[[], float]) -> None:
        """Without `people`, only those who speak are known."""
        self._client = client
        self._people = people
        self._clock = clock
        self._directory = Directory()

    def hear(self, conversation: ConversationId, lines: Iterable[ChatMessage]) -> None:
        """Remember who says lines in a room, and where they can be reached."""
        if conversation.kind is ConversationKind.ROOM:
            for line in lines:
                if not line.own:
                    self._directory.hear(line.who, self._clock())

    def known_as(self, nick: str) -> Sequence[Known]:
        """Return who can be written to under a nick, those known longest first; not ourselves."""
        found = self._directory.find(nick, self._present(nick))
        return [one for one in found if one.who.session != self._client.session]

    def known_in(self, conversation: ConversationId) -> Sequence[Known]:
        """Return whom a private conversation may be with."""
        people = self.known_as(conversation.name)
        return [one for one in people if one.who.account == conversation.pattern]

    def conversation_with(self, who: Occupant) -> ConversationId:
        """Return the private conversation with somebody, which may have begun under another nick."""
        for one in self._client.conversations:
            there = self._client.correspondent(one) if one.kind is ConversationKind.PRIVATE else None
            if there is not None and is_same_program(there.who, who):
                return one
        return ConversationId.private(who.nick, who.account)

    def is_plain(self, nick: str) -> bool:
        """Whether nobody speaks under a nick but plain scripts."""
        return self._directory.is_plain(nick)

    def nicks(self) -> Sequence[str]:
        """Return the nicks of all who can be written to, and of plain scripts, the longest first."""
        present = [one.who.nick for room in self._rosters() for one in room.roster]
        return sorted({*self._directory.nicks(), *present}, key=len, reverse=True)

    def here(self, text: str) -> Sequence[str]:
        """Return the nicks of those who are in a room and match what was typed, the best match first."""
        wanted = folded(text.strip())
        nicks = {one.who.nick: folded(one.who.nick) for room in self._rosters() for one in room.roster}
        ranked = [
            (found, name, nick) for nick, name in nicks.items() if (found := rank(wanted, name)) is not None
        ]
        return [nick for *_, nick in sorted(ranked)]

    def seconds_known(self, known: Known) -> float:
        """Return for how long somebody has been known."""
        return self._clock() - known.since

    def where_now(self, who: Occupant) -> Occupant:
        """Return somebody as they can be reached now, as far as is known."""
        return self._directory.find_again(who, self._present(who.nick)) or who

    def find_again(self, conversation: ConversationId) -> bool:
        """Whether whom one writes to in a private conversation is there, perhaps with another mailbox."""
        there = self._client.correspondent(conversation)
        if there is None or there.here:
            return there is not None
        self._forget(there.who.mailbox)
        now = self.where_now(there.who)
        if now.mailbox == there.who.mailbox:
            return False
        self._client.address(conversation, now)
        return True

    def _forget(self, mailbox: str) -> None:
        self._directory.forget(mailbox)
        if self._people is not None:
            for room in self._client.conversations:
                self._people.returned(room, mailbox)

    def _present(self, nick: str) -> Sequence[Known]:
        return [
            Known(one.who, one.joined_at, one.heard_at)
            for room in self._rosters()
            for one in room.roster.find(nick)
        ]

    def _rosters(self) -> Sequence[Attendance]:
        if self._people is None:
            return ()
        rooms = map(self._people.of, self._client.conversations)
        return [room for room in rooms if room is not None]
