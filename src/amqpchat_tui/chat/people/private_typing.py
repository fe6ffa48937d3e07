"""Who is writing a line in private conversations, and when to tell the other one that we are."""

from __future__ import annotations

from collections.abc import Sequence

from amqpchat_tui.chat.people.announcer import TYPING_SECONDS
from amqpchat_tui.chat.people.typists import TYPING_SHOWN_SECONDS
from amqpchat_tui.model import ChatClient, ConversationId, Occupant, Posting, Typing


class PrivateTyping:
    """The writing in all private conversations, each with one other person."""

    def __init__(self, client: ChatClient) -> None:
        self._client = client
        self._told_at: dict[ConversationId, float] = {}
        self._writing: dict[ConversationId, tuple[float, str]] = {}
        """Until when somebody is taken to write, and their nick."""

    def typed(self, conversation: ConversationId, now: float) -> Posting | None:
        """We are writing a line; return what to say of that, if anything."""
        there = self._client.correspondent(conversation)
        is_soon = now - self._told_at.get(conversation, float("-inf")) < TYPING_SECONDS
        if is_soon or there is None or not there.here or not there.who.mailbox:
            return None
        self._told_at[conversation] = now
        return Posting(Typing(Occupant(self._client.nick, self._client.session)), there.who.mailbox)

    def hear(self, conversation: ConversationId, nick: str, now: float) -> None:
        """The other one writes."""
        self._writing[conversation] = now + TYPING_SHOWN_SECONDS, nick

    def stop(self, conversation: ConversationId) -> bool:
        """They have said the line; tell whether they were taken to write it."""
        return self._writing.pop(conversation, None) is not None

    def typing(self, conversation: ConversationId) -> Sequence[str]:
        """Return the nick of who writes, if they do."""
        writing = self._writing.get(conversation)
        return [writing[1]] if writing is not None else []

    @property
    def due(self) -> float:
        """When to `forget` the first of them."""
        return min((until for until, _ in self._writing.values()), default=float("inf"))

    def forget(self, now: float) -> Sequence[ConversationId]:
        """Forget those who do not write any more; return where."""
        over = [conversation for conversation, (until, _) in self._writing.items() if until <= now]
        for conversation in over:
            del self._writing[conversation]
        return over
