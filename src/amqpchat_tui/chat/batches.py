"""What has arrived and waits for the chat: a fair share of each conversation at a time, and how soon."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from amqpchat_tui.chat.pace import Later, Pace
from amqpchat_tui.model import Arrivals, ChatClient, ConversationId

DRAIN_SECONDS = 1 / 100
"""Between two batches, at least: the broker sends no more than the prefetch window in this time."""
CALM_SECONDS = 1 / 20
"""The same at most, as no frame shows more."""
FILLED = 3 / 4
"""How much of the window is to come in between, as a batch costs as 50 lines do: full, the broker waits."""
BATCH_DELIVERIES = 500
"""How many deliveries a batch has at most, as keys wait for one; conversations with something share them."""


class Batches:
    """The conversations in which something has arrived, whoever has waited longest first."""

    def __init__(
        self, client: ChatClient, due: Callable[[], None], later: Later, clock: Callable[[], float]
    ) -> None:
        """`due` is called by `later` when a batch is to be taken."""
        self._client = client
        self._waiting: dict[ConversationId, None] = {}
        self._again: set[ConversationId] = set()
        self._clock = clock
        self._taken_at = float("-inf")
        self._pace = Pace(due, DRAIN_SECONDS, later, clock)

    @property
    def are_empty(self) -> bool:
        """Whether all that has arrived is taken."""
        return not self._waiting

    def add(self, conversation: ConversationId) -> None:
        """Have what has arrived in a conversation taken with the next batch."""
        self._waiting[conversation] = None
        self._pace.ask()

    def add_again(self, conversation: ConversationId, *, is_behind: bool) -> None:
        """Have a conversation in the next batch, whatever has arrived in it, if it has not shown all yet."""
        if is_behind:
            self._again.add(conversation)
            self.add(conversation)

    def drop(self, conversation: ConversationId) -> None:
        """Take nothing more of a conversation."""
        self._waiting.pop(conversation, None)
        self._again.discard(conversation)

    def take(self) -> Sequence[Arrivals]:
        """Take a batch: as much of each conversation as of the others, whatever waits in them."""
        waiting, self._waiting = self._waiting, {}
        again, self._again = self._again, set()
        taken_at, self._taken_at = self._taken_at, self._clock()
        share = max(1, BATCH_DELIVERIES // max(1, len(waiting)))
        batch = [self._client.drain(conversation, share) for conversation in waiting]
        for arrived in batch:
            if arrived.more:
                self.add(arrived.conversation)
        filled = max((1.0 if arrived.more else arrived.filled for arrived in batch), default=0.0)
        if filled < 1.0:
            seconds = (self._taken_at - taken_at) * FILLED / filled if filled else CALM_SECONDS
            self._pace.rest(min(CALM_SECONDS, seconds))
        return [  # in others, only duplicates came
            one for one in batch if one.entries or one.replays or one.events or one.conversation in again
        ]
