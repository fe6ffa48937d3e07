"""An amqpchat without a screen, which tells all that it shows: `reader URL ROOM [slow]`.

It says `joined` when it has read the history, and `filled` for each gap that it could fill. When standard
input ends, and nothing has come for a second, it prints what each nick has said, from the top, as JSON; its
own notices, but those of gaps that were filled, are under the empty nick, and reactions in order of their
ids. One that is slow takes 20 messages at a time, 20 times a second.
"""

import asyncio
import json
import logging
import sys
import time

from msgspec.structs import replace

from amqpchat_tui.client import AmqpClient
from amqpchat_tui.config import HistorySettings
from amqpchat_tui.model import ChatMessage, ConversationId, Notice
from tests.client.history.support import view
from tests.client.support import Seat, settings
from tests.soak.programs.talkers import REACTOR
from tests.support.waiting import wait_until

SLOW_PAUSE_SECONDS = 0.05
SLOW_MESSAGES = 20
QUIET_SECONDS = 1.0


class Reader(Seat):
    """One that notes when something has come last."""

    def __init__(self, client: AmqpClient, *, slow: bool) -> None:
        super().__init__(client)
        self.drains = not slow
        self.heard_at = time.monotonic()
        self._told = 0

    def entries_arrived(self, conversation: ConversationId) -> None:
        self.heard_at = time.monotonic()
        super().entries_arrived(conversation)
        self.tell()

    def tell(self) -> None:
        """Say what has been read of the past."""
        for past in self.replays[self._told :]:
            print("joined" if past.gap is None else "filled", flush=True)
        self._told = len(self.replays)

    async def dawdle(self) -> None:
        """Take what has come, slowly."""
        while True:
            await asyncio.sleep(SLOW_PAUSE_SECONDS)
            arrived = self.client.drain(self.conversation, SLOW_MESSAGES)
            if arrived.entries or arrived.replays or arrived.events:
                self.heard_at = time.monotonic()
            self.take(arrived)
            self.tell()


async def main(url: str, room: str, pace: str = "") -> None:
    """Read until there is nothing more to read on standard input."""
    wanted = replace(settings(url, room=room), history=HistorySettings(show=20_000))
    seat = Reader(AmqpClient(wanted), slow=pace == "slow")
    seat.client.start(seat)
    dawdling = asyncio.create_task(seat.dawdle()) if pace == "slow" else None
    await asyncio.to_thread(sys.stdin.read)
    await wait_until(lambda: time.monotonic() - seat.heard_at > QUIET_SECONDS, 60)
    if dawdling is not None:
        dawdling.cancel()
    filled = [past.gap for past in seat.replays]
    shown: dict[str, list[str]] = {}
    for entry in view(seat):
        if isinstance(entry, ChatMessage):
            shown.setdefault(entry.nick, []).append(entry.text)
        elif isinstance(entry, Notice) and (entry.gap is None or entry.gap not in filled):
            shown.setdefault("", []).append(entry.text)
    shown[REACTOR] = sorted(event.event_id for event in seat.events)
    print(json.dumps(shown), flush=True)
    await seat.close()


if __name__ == "__main__":
    logging.disable()
    asyncio.run(main(*sys.argv[1:]))
