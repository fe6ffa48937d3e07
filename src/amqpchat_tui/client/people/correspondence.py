"""All private conversations: which there are, and what comes in for them."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from amqpchat_tui.client.people.private import TELL_SECONDS, Private
from amqpchat_tui.model import ConversationId, Occupant
from amqpchat_tui.wire.private import decode_private
from amqpchat_tui.wording.private import describe_crowd

if TYPE_CHECKING:
    from amqpchat_tui.client.transport.sieve import Delivery

MAX_STRANGERS = 20
"""How many conversations there are at most that the person has not wanted: anybody has a million names."""


class Correspondence:
    """Gives private lines to the conversations they belong to, and opens one for whoever writes first."""

    def __init__(
        self,
        make: Callable[[ConversationId], Private],
        *,
        opened: Callable[[ConversationId], None],
        tell: Callable[[str], None],
    ) -> None:
        """`opened` is told of conversations that somebody else has begun; `tell` says a sentence."""
        self.talks: dict[ConversationId, Private] = {}
        """In the order in which they were begun."""
        self._make = make
        self._opened = opened
        self._tell = tell
        self._crowd_told_at = float("-inf")

    def want(self, conversation: ConversationId) -> Private:
        """Have a conversation because the person wants it, and return it."""
        talk = self.talks.get(conversation)
        if talk is None:
            talk = self.talks[conversation] = self._make(conversation)
            talk.begin()
        talk.wanted = True
        return talk

    def receive(self, delivery: Delivery) -> None:
        """Take in what has come into our mailbox, if there is anything to show of it; never raises."""
        if not delivery.body:
            return
        message = decode_private(delivery, received_at=time.time())
        now = time.monotonic()
        by_name = ConversationId.private(message.nick, message.who.account)
        conversation = self.conversation_with(message.who) or by_name
        talk = self.talks.get(conversation)
        if talk is None:
            if sum(not other.wanted for other in self.talks.values()) >= MAX_STRANGERS:
                self._tell_of_crowd(now)
                return
            talk = self.talks[conversation] = self._make(conversation)
            self._opened(conversation)
            talk.begin()
        talk.receive(message, now)

    def conversation_with(self, who: Occupant) -> ConversationId | None:
        """Return the conversation with a program, which may go by another nick since it was begun."""
        return next((conversation for conversation, talk in self.talks.items() if talk.is_with(who)), None)

    def deliver(self) -> None:
        """Post what waits: there is a way to the broker, or it is known that there is none."""
        for talk in self.talks.values():
            talk.deliver()

    def _tell_of_crowd(self, now: float) -> None:
        if now - self._crowd_told_at >= TELL_SECONDS:
            self._crowd_told_at = now
            self._tell(describe_crowd())
