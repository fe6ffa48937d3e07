"""The real screen with so many messages in each room, and no broker: `full_room COUNT...`, run with `-m`."""

import os
import sys
import time
from collections.abc import Sequence
from functools import cache
from itertools import islice, repeat
from random import Random

from msgspec.structs import replace

from amqpchat_tui import config
from amqpchat_tui.cli import collect_seldom
from amqpchat_tui.config import Flags
from amqpchat_tui.model import Arrivals, ChatMessage, ClientListener, ConversationId, Phase, PresenceListener
from amqpchat_tui.ui.app import ChatApp
from tests.support.fake_client import NOON, ROOM, FakeClient

NICK = "bench"
LAST = "the newest of them all"
"""What the last message says; it is near the end of the output when all are there."""
_batch = 5000
_seconds_apart = 5.0


def entry(number: int, count: int, end: float = NOON) -> ChatMessage:
    """Message `number`, from 0 to `count` - 1: five seconds after the one before, the last at `end`."""
    text = LAST if number == count - 1 else f"{number} {_sentences()[number % 997]}"
    at = end - (count - 1 - number) * _seconds_apart
    return ChatMessage(
        _nicks[number % len(_nicks)],
        text,
        at,
        sent_at=at - 0.004,
        message_id=f"{number:08x}{7 * number:024x}",
    )


_nicks = [f"{name}{number}" for name in ("ann", "bob", "carolina", "dieter") for number in range(25)]


@cache
def _sentences() -> list[str]:
    """Most of them short, of 5 to 300 characters and 60 on average."""
    random = Random(0)
    words = ["a", "the", "that", "broker", "exchange", "queue", "message", "restarted", "https://a.example/b"]
    return [
        " ".join(random.choices(words, k=1 + min(50, int(random.expovariate(1 / 9))))) for _ in range(997)
    ]


class FullRooms(FakeClient):
    """Lets messages arrive in batches, as a flood does; the shown room is the last to fill."""

    def __init__(self, counts: Sequence[int]) -> None:
        others = [ConversationId.room(f"room-{number}") for number in range(2, len(counts) + 1)]
        super().__init__(NICK, [ROOM, *others])
        self._coming = {
            room: map(entry, range(count), repeat(count))
            for room, count in zip(self.conversations, counts, strict=True)
        }

    def start(self, listener: ClientListener, people: PresenceListener | None = None) -> None:
        super().start(listener, people)
        self.become(Phase.ONLINE)
        for room in self.conversations:
            listener.entries_arrived(room)

    def drain(self, conversation: ConversationId, most: int) -> Arrivals:
        if conversation == ROOM and len(self._coming) > 1:
            return Arrivals(conversation, [], more=True)
        batch = list(islice(self._coming[conversation], _batch))
        if not batch:
            del self._coming[conversation]
        return Arrivals(conversation, batch, more=bool(batch))


def main(counts: Sequence[int]) -> None:
    """Run the app."""
    os.environ["TZ"] = "UTC"
    time.tzset()
    client = FullRooms(counts)
    settings = config.load(Flags(name=NICK), {})
    settings = replace(
        settings,
        conversations=client.conversations,
        ui=replace(settings.ui, scrollback_lines=1_000_000),
    )
    app = ChatApp(settings, client, painted=collect_seldom)
    app.run()
    if app.crash is not None:
        raise app.crash


if __name__ == "__main__":
    main([int(count) for count in sys.argv[1:]])
