"""For every line said in a room: has each amqpchat there shown it once, or told of a gap around it?"""

import contextlib
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from unittest import mock

from amqpchat_tui.client.rooms.outbox import Outbox
from amqpchat_tui.model import ChatMessage, ConversationId, Entry, Gap, Notice, OutboxLine

NEVER = float("inf")


HEARD_SECONDS = 1.0
"""How soon a room hears a line that is published."""


@dataclass(frozen=True)
class Said:
    """A line that a room has heard, at some moment from `began` to `ended`."""

    text: str
    began: float
    ended: float
    first: float
    """When it was said for the first time, if it was said again."""


@dataclass(eq=False)
class Stay:
    """What one amqpchat has shown of a room, from joining it until it left it, or to the end."""

    nick: str
    room: ConversationId
    entries: Sequence[Entry]
    began: float = NEVER
    """When it was first told that it is in the room."""
    filled: set[Gap] = field(default_factory=set)
    """Those of its gaps of which the room's history had all."""
    left: bool = False
    asked: int = 0
    """How many lines it should have shown, or told of a gap."""
    missed: list[str] = field(default_factory=list)
    """Lines that it has not shown, within a gap that it has told of."""
    untold: list[Said] = field(default_factory=list)
    """Lines that it has not shown, though it has told of no gap."""
    doubled: list[str] = field(default_factory=list)
    """Lines that it has shown more than once."""

    @property
    def messages(self) -> list[ChatMessage]:
        return [entry for entry in self.entries if isinstance(entry, ChatMessage)]

    @property
    def gaps(self) -> list[Gap]:
        return [entry.gap for entry in self.entries if isinstance(entry, Notice) and entry.gap is not None]

    @property
    def open_gaps(self) -> list[Gap]:
        """Those in which lines may be missing."""
        return [gap for gap in self.gaps if gap not in self.filled]

    def account(self, said: Mapping[str, Said]) -> None:
        """See what has become by now of the lines that were said in this room, by their texts."""
        self.asked, self.missed, self.untold = 0, [], []
        counts = Counter(message.text for message in self.messages)
        gaps = self.gaps
        until = self._until(said)
        for line in said.values():
            if line.began < self.began or line.ended >= until:
                continue
            self.asked += 1
            if counts[line.text]:
                continue
            if any(gap.began <= line.ended and line.began <= gap.ended for gap in gaps):
                self.missed.append(line.text)
            else:
                self.untold.append(line)
        self.doubled = [f"{text} with {self.nick}" for text, count in counts.items() if count > 1]

    def _until(self, said: Mapping[str, Said]) -> float:
        """Up to when it has to have shown all.

        Who leaves drops what is on its way; what was said before a line that has come was there before that.
        """
        if not self.left:
            return NEVER
        return max(
            (said[message.text].first for message in self.messages if message.text in said), default=0.0
        )


class Publications:
    """When the lines of all amqpchats in this process were handed to their brokers."""

    def __init__(self) -> None:
        self._times: defaultdict[str, list[float]] = defaultdict(list)

    @contextlib.contextmanager
    def recorded(self) -> Iterator[None]:
        """Take note of each line that an outbox gives to be published."""
        take = Outbox.take

        def noting(outbox: Outbox, now: float) -> OutboxLine | None:
            line = take(outbox, now)
            if line is not None:
                self._times[line.body].append(time.time())
            return line

        with mock.patch.object(Outbox, "take", noting):
            yield

    def __contains__(self, text: str) -> bool:
        """Whether a line was handed to a broker, who may have it."""
        return text in self._times

    def of(self, author: Stay) -> list[Said]:
        """What an amqpchat has said: its lines that came back, each from its last publication to its echo."""
        said = []
        for message in author.messages:
            if message.own:
                published = self._times[message.text]
                # One that came back from the history was received when it was typed, as far as is known.
                heard_at = max(message.received_at, min(published) + HEARD_SECONDS)
                times = [at for at in published if at <= heard_at]
                said.append(Said(message.text, max(times), heard_at, min(times)))
        return said
