"""Going from room to room, joining and leaving them, and what they may do to the person."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol

from amqpchat_tui.actions.histories import read_history
from amqpchat_tui.actions.levels import LevelChoice, read_level
from amqpchat_tui.actions.parse import Run, parse
from amqpchat_tui.chat.session import Session
from amqpchat_tui.matching import folded
from amqpchat_tui.model import ConversationId, ConversationKind, Histories, Level
from amqpchat_tui.wire.text import clean_line
from amqpchat_tui.wording.lists import enumerated
from amqpchat_tui.wording.rooms import (
    RoomRow,
    describe_elsewhere,
    describe_joining,
    describe_leaving,
    describe_leaving_unanswered,
    level_chosen,
    level_now,
    room_rows,
)

Leave = Callable[[ConversationId, str, Callable[[], None]], bool]
"""Takes a conversation, the command that leaves it, and what does so as soon as it may be left."""

_CALLED: Sequence[Callable[[ConversationId], Sequence[str]]] = (
    lambda one: (one.label,),
    lambda one: (one.short_label, one.name),
)
"""What a conversation is called, the clearest first."""
_UNANSWERED = "@"
_NUMBER = re.compile(r"[0-9]{1,6}")


class Written(Protocol):
    """Where one writes."""

    @property
    def text(self) -> str:
        """What is written."""

    def show(self, line: str) -> None:
        """Put something in its place."""


class Rooms:
    """What one can do about rooms, by its action."""

    def __init__(
        self,
        session: Session,
        histories: Histories,
        prompt: Written,
        *,
        switch: Callable[[Callable[[], None]], None],
        leave: Leave,
        tell: Callable[[str], None],
        hint: Callable[[str], None],
        rooms_told: Callable[[], Sequence[str]],
    ) -> None:
        """`switch` puts on the screen what is shown after a change of the session.

        `leave` may take a moment, or have to be said again: then it is False. `tell` says what was done, and
        `hint` what cannot be. `rooms_told` are those in which others say that they are.
        """
        self._session = session
        self._histories = histories
        self._prompt = prompt
        self._switch = switch
        self._leave_when_heard = leave
        self._tell = tell
        self._hint = hint
        self._rooms_told = rooms_told

    # -- going --------------------------------------------------------------------------------------

    def show(self, identity: ConversationId) -> None:
        """Go to a conversation."""
        if identity != self._session.shown.id:
            self._switch(lambda: self._session.show(identity))

    def do_go(self, where: str = "") -> bool:
        """Go to a room by its number or name, or a part of that; back, where none is given."""
        if not where:
            return self.do_go_back()
        found = self._called(where) or self._session.switcher.find(where)
        if len(found) > 1:
            return self._ask_which(found)
        name = clean_line(where, 40)
        if where.startswith("@"):
            return self._go(next(iter(found), None), f"/msg {name[1:]} writes to {name[1:]}.")
        return self._go(next(iter(found), None), f"You are in no room {name}. /join {name} goes there.")

    def do_go_back(self) -> bool:
        """Go to the room that was on the screen before."""
        return self._go(self._session.switcher.previous(), "No other room has been on the screen yet.")

    def do_go_by_number(self, digit: str) -> bool:
        """Go to the room with a number; 0 is for 10. Where one is there already, nothing happens."""
        number = int(digit) or 10
        return self._go(self._session.switcher.by_number(number), f"There is no room {number}.")

    def do_next_news(self) -> bool:
        """Go to where the most important news is, at last back to where one was before."""
        return self._go(self._session.switcher.next_news(), "Nothing is new in other rooms.")

    def do_room_above(self) -> bool:
        """Go to the room above in the list."""
        return self._go(self._session.switcher.step(-1), "There is no other room.")

    def do_room_below(self) -> bool:
        """Go to the room below in the list."""
        return self._go(self._session.switcher.step(1), "There is no other room.")

    def _go(self, identity: ConversationId | None, otherwise: str) -> bool:
        if identity is None:
            self._hint(otherwise)
            return False
        self.show(identity)
        return True

    def _called(self, where: str) -> Sequence[ConversationId]:
        """Which one has this number, else which ones have this name: several only where all fit as well."""
        if _NUMBER.fullmatch(where) and (found := self._session.switcher.by_number(int(where))):
            return [found]
        here = list(self._session.conversations)
        for names in _CALLED:
            for form in str, folded:
                if alike := [one for one in here if form(where) in map(form, names(one))]:
                    return alike
        return []

    def _ask_which(self, found: Sequence[ConversationId]) -> bool:
        self._hint(f"Say which: {enumerated(identity.label for identity in found)}.")
        return False

    # -- joining and leaving ------------------------------------------------------------------------

    def do_join(self, name: str) -> None:
        """Be in a room from now on, and go there; where one was refused, try again."""
        self._join(ConversationId.room(name))

    def do_watch(self, exchange_and_pattern: str) -> None:
        """Read an exchange of others, and go there."""
        self._join(ConversationId(ConversationKind.WATCHED, *exchange_and_pattern.split(" ", 1)))

    def _join(self, identity: ConversationId) -> None:
        is_new = identity not in self._session.conversations
        self._session.join(identity)
        self.show(identity)
        if is_new:
            self._tell(describe_joining(identity, self._session.shown.number))

    def do_leave(self, where: str = "") -> bool:
        """Leave a room; False where that cannot be, takes a moment or has to be said again.

        `@` stands for all private conversations that others have begun and the person has not answered.
        """
        if where == _UNANSWERED:
            return self._leave_unanswered()
        found = self._called(where) if where else [self._session.shown.id]
        if not found:
            self._hint(f"You are in no room {clean_line(where, 40)}.")
            return False
        if len(found) > 1:
            return self._ask_which(found)
        (identity,) = found
        if not self._session.may_leave(identity):
            self._hint("This is your only room: /quit leaves amqpchat.")
            return False
        written, command = self._prompt.text, f"/leave {identity.label}" if where else "/leave"
        entered = written if parse(written) == Run("leave", where) else ""  # else it is a draft
        return self._leave_when_heard(identity, command, partial(self._leave, identity, entered))

    def _leave_unanswered(self) -> bool:
        shown = self._session.shown
        unanswered = [
            one
            for one in self._session.conversations.values()
            if one.id.kind is ConversationKind.PRIVATE and not one.joined and (one is shown or not one.draft)
        ]
        if not unanswered:
            self._hint("There is no private conversation that you have not answered.")
            return False
        for one in unanswered:
            if one is not shown:
                self._session.leave(one.id)
        if shown in unanswered:
            self._prompt.show("")
            self._switch(partial(self._session.leave, shown.id))
        self._tell(describe_leaving_unanswered(len(unanswered)))
        return True

    def _leave(self, identity: ConversationId, entered: str) -> None:
        """Leave a room, and take away what was entered to that end, if it is still there."""
        if not self._session.may_leave(identity):  # the others were left while it was waited for
            return
        left = self._session.conversations[identity]
        if entered and self._prompt.text == entered:
            self._prompt.show("")
        if identity == self._session.shown.id:
            self._switch(partial(self._session.leave, identity))
        else:
            self._session.leave(identity)
        self._tell(describe_leaving(identity, has_draft=bool(left.draft)))

    # -- what is new, and what it may do ------------------------------------------------------------

    def do_rooms(self) -> None:
        """Tell of all rooms how they stand."""
        rooms = [
            RoomRow(
                number=one.number,
                label=one.id.label,
                state=one.room_state,
                unread=listed.unread,
                mentions=listed.mentions,
                level=one.level,
                level_until=one.level_until,
                shown=listed.shown,
            )
            for listed in self._session.listing()
            for one in [self._session.conversations[listed.id]]
        ]
        elsewhere = describe_elsewhere(self._rooms_told())
        self._tell("\n".join(["Rooms:", *room_rows(rooms, time.time()), *elsewhere]))

    def do_notify(self, choice: str = "") -> None:
        """Choose what the room may do to the person; tell it, where nothing is chosen."""
        if choice:
            self._set_level(read_level(choice))
        else:
            shown = self._session.shown
            self._tell(level_now(shown.id.label, shown.level, shown.level_until, time.time()))

    def do_history(self, choice: str = "") -> bool:
        """Tell of the room's history, or begin one; False where there can be none."""
        room = self._session.shown.id
        if room.kind is not ConversationKind.ROOM:
            self._hint("Only rooms have a history.")
            return False
        if choice:
            self._histories.begin(room, read_history(choice))
        else:
            self._histories.tell(room)
        return True

    def do_mute(self) -> None:
        """Have only mentions count."""
        self._set_level(LevelChoice(Level.MENTIONS))

    def do_unmute(self) -> None:
        """Have all lines count."""
        self._set_level(LevelChoice(Level.ALL))

    def _set_level(self, choice: LevelChoice) -> None:
        identity = self._session.shown.id
        until = None if choice.seconds is None else time.time() + choice.seconds
        self._session.set_level(identity, choice.level, until)
        self._tell(level_chosen(identity.label, choice.level, choice.seconds))

    def do_unread(self) -> bool:
        """Say that there is nothing to go to; False, as nobody went there."""
        self._hint("Nothing is unread here but what you see.")
        return False

    def do_read(self, everywhere: str = "") -> None:
        """Have read all lines, of this room or everywhere."""
        if everywhere:
            self._session.reading.mark_all()
            self._tell("Nothing is unread in any room.")
        else:
            self._session.reading.mark(self._session.shown)
            self._tell(f"{self._session.shown.id.label}: nothing is unread.")
