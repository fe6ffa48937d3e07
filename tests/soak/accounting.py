"""For every line said by anybody: has each amqpchat shown it once, or told of a gap in which it was said?"""

import contextlib
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from unittest import mock

from amqpchat_tui.client.rooms.outbox import Outbox
from amqpchat_tui.model import ChatMessage, Entry, Gap, Notice, OutboxLine


@dataclass(frozen=True)
class Said:
    """A line that the room has heard, at some moment between these two."""

    text: str
    began: float
    ended: float


@dataclass
class Witness:
    """What one amqpchat has shown."""

    nick: str
    entries: Sequence[Entry]
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

    def account(self, said: Sequence[Said]) -> None:
        """See what has become of these lines."""
        counts = Counter(message.text for message in self.messages)
        gaps = self.gaps
        for line in said:
            if counts[line.text]:
                continue
            if any(gap.began <= line.ended and line.began <= gap.ended for gap in gaps):
                self.missed.append(line.text)
            else:
                self.untold.append(line)
        self.doubled += [f"{text} with {self.nick}" for text, count in counts.items() if count > 1]


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

    def of(self, author: Witness) -> list[Said]:
        """What an amqpchat has said: its lines that came back, each from its last publication to its echo."""
        return [
            Said(
                message.text,
                max(at for at in self._times[message.text] if at <= message.received_at),
                message.received_at,
            )
            for message in author.messages
            if message.own
        ]
