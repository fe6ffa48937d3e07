"""Writing to people: private conversations, and whom one may mean by a nick."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence

from amqpchat_tui.chat.people.directory import Known
from amqpchat_tui.chat.session import Session
from amqpchat_tui.matching import folded
from amqpchat_tui.model import ChatClient, ConversationId, ConversationKind, Occupant
from amqpchat_tui.wire.private import is_script
from amqpchat_tui.wire.text import WireError, check_body, clean_line
from amqpchat_tui.wording.private import (
    describe_choice,
    describe_new,
    describe_nobody,
    describe_plain,
    describe_said,
    describe_stranger,
)
from amqpchat_tui.wording.rooms import read_only
from amqpchat_tui.wording.sentences import sentence

_CHOICE = re.compile(r"#([0-9]{1,4})(?=\s|$)")


class PrivateTalks:
    """What one can do about private conversations, by its action."""

    def __init__(
        self,
        session: Session,
        client: ChatClient,
        *,
        show: Callable[[ConversationId], None],
        tell: Callable[[str], None],
        hint: Callable[[str], None],
    ) -> None:
        """`show` puts a conversation on the screen, `tell` says what was done, and `hint` what cannot be."""
        self._session = session
        self._contacts = session.contacts
        self._client = client
        self._show = show
        self._tell = tell
        self._hint = hint

    def do_msg(self, argument: str) -> bool:
        """Go to the private conversation with somebody; or say something there, and stay here."""
        self._session.catch_up()  # who has just spoken can be written to
        nick, number, text = self._read(argument)
        try:
            body = check_body(text) if text else ""
        except WireError as error:
            self._hint(sentence(str(error)))
            return False
        identity = self._find(nick, number)
        if identity is None:
            return False
        if not body:
            self._show(identity)
            return True
        self._session.say(identity, body)
        if identity != self._session.shown.id:
            number = self._session.conversations[identity].number
            self._tell(describe_said(identity.label, number, body))
        return True

    def write_to(self, who: Occupant) -> bool:
        """Go to the private conversation with somebody; False where they cannot be reached, or it is us."""
        self._session.catch_up()
        now = self._contacts.where_now(who)
        if who.session and who.session == self._client.session:
            self._hint("That is you.")
        elif not now.mailbox:
            self._hint(describe_plain(who.nick))
        else:
            self._show(self._session.write_to(now))
            return True
        return False

    def may_say(self) -> bool:
        """Whether there is somebody to hear a line in the conversation on the screen; say why not."""
        shown = self._session.shown.id
        if shown.kind is ConversationKind.WATCHED:
            self._hint(read_only(shown.label))
            return False
        if shown.kind is ConversationKind.ROOM:
            return True
        self._session.catch_up()  # who was gone may just have spoken again
        if self._contacts.find_again(shown):
            return True
        if is_script(shown.name):
            self._hint(describe_plain(shown.name))
        elif self._client.correspondent(shown) is not None:
            self._hint(describe_new(shown.name))
        else:
            known = self._choose(shown.name, self._contacts.known_in(shown), 0)
            if known is not None:
                self._client.address(shown, known.who)
                if not known.who.account:
                    self._tell(describe_stranger(shown.name))
                return True
        return False

    def _read(self, argument: str) -> tuple[str, int, str]:
        """Take a nick, which may hold blanks, the number of who is meant by it, and a text apart."""
        told = argument.strip().removeprefix("@")
        known = [*self._contacts.nicks(), *(one.name for one in self._private)]
        nick = next((one for one in known if _begins(told, one)), "") or re.split(r"\s|#\d", told)[0]
        rest = told[len(nick) :]
        choice = _CHOICE.match(rest)
        return nick, int(choice[1]) if choice else 0, rest[choice.end() if choice else 0 :].strip()

    @property
    def _private(self) -> list[ConversationId]:
        return [one for one in self._session.conversations if one.kind is ConversationKind.PRIVATE]

    def _find(self, nick: str, number: int) -> ConversationId | None:
        people = self._contacts.known_as(nick)
        had = next((one for one in self._private if folded(one.name) == folded(nick)), None)
        if not people and had is not None and not number:
            if not self._contacts.find_again(had) and self._client.correspondent(had) is None:
                self._hint(describe_nobody(nick))
            return had
        known = self._choose(nick, people, number)
        return None if known is None else self._session.write_to(known.who)

    def _choose(self, nick: str, people: Sequence[Known], number: int) -> Known | None:
        shown = clean_line(nick, 40)
        if folded(nick) == folded(self._client.nick) and not people:
            self._hint("That is you.")
        elif not people:
            self._hint(describe_plain(shown) if self._contacts.is_plain(nick) else describe_nobody(shown))
        elif len(people) == 1 and not number:
            return people[0]
        elif 0 < number <= len(people):
            return people[number - 1]
        elif len(people) == 1:
            self._hint(describe_nobody(f"{shown}#{number}"))
        else:
            self._hint(describe_choice(shown, [(one.who.account, self._since(one)) for one in people]))
        return None

    def _since(self, known: Known) -> str:
        at = time.localtime(time.time() - self._contacts.seconds_known(known))
        return time.strftime("%H:%M:%S", at)


def _begins(text: str, nick: str) -> bool:
    """Whether a text begins with a nick, in whatever case, and the nick ends there."""
    rest = text[len(nick) :]
    return folded(text[: len(nick)]) == folded(nick) and (not rest or rest[0].isspace() or rest[0] == "#")
