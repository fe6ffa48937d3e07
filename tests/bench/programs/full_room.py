"""The real screen in a room of many messages, without a broker: `-m tests.bench.programs.full_room COUNT`."""

import os
import sys
import time
from functools import cache
from itertools import islice
from random import Random

from msgspec.structs import replace

from amqpchat_tui import config
from amqpchat_tui.cli import collect_seldom
from amqpchat_tui.config import Flags
from amqpchat_tui.model import Arrivals, ChatMessage, ClientListener, ConversationId, Phase
from amqpchat_tui.ui.app import ChatApp
from tests.support.fake_client import NOON, ROOM, FakeClient

NICK = "bench"
LAST = "the newest of them all"
"""What the last message says; it is near the end of the output when all are there."""
_batch = 5000
_seconds_apart = 5.0


def entry(number: int, count: int) -> ChatMessage:
    """Message `number`, from 0 to `count` - 1: five seconds after the one before, the last at `NOON`."""
    text = LAST if number == count - 1 else f"{number} {_sentences()[number % 997]}"
    at = NOON - (count - 1 - number) * _seconds_apart
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


class FullRoom(FakeClient):
    """Lets its messages arrive in batches, as a flood does, and then nothing."""

    def __init__(self, count: int) -> None:
        super().__init__(NICK)
        self._coming = (entry(number, count) for number in range(count))

    def start(self, listener: ClientListener) -> None:
        super().start(listener)
        self.become(Phase.ONLINE)
        listener.entries_arrived(ROOM)

    def drain(self, conversation: ConversationId, most: int) -> Arrivals:
        batch = list(islice(self._coming, _batch))
        return Arrivals(conversation, batch, more=bool(batch))


def main(count: int) -> None:
    """Run the app."""
    os.environ["TZ"] = "UTC"
    time.tzset()
    settings = config.load(Flags(name=NICK), {})
    settings = replace(settings, ui=replace(settings.ui, scrollback_lines=1_000_000))
    app = ChatApp(settings, FullRoom(count), painted=collect_seldom)
    app.run()
    if app.crash is not None:
        raise app.crash


if __name__ == "__main__":
    main(int(sys.argv[1]))
