"""Plain pika scripts that come back whenever they have been thrown out."""

import threading
import time
from types import TracebackType
from typing import Self

import pika.exceptions

from tests.client.support import PlainListener, plain_speaker
from tests.soak.accounting import Said

PAUSE_SECONDS = 0.4
"""Between two lines, two looks, or two tries to connect."""


class PlainPeer(threading.Thread):
    """Does its work over and over as long as the `with` block lasts; pika blocks, so it has a thread."""

    def __init__(self, url: str, room: str) -> None:
        super().__init__(daemon=True)
        self.url = url
        self.room = room
        self.count = 0
        """How many lines it has said or heard."""
        self.leaves = threading.Event()

    def work(self) -> None:
        """Connect, and go on until thrown out or `leaves` is set."""
        raise NotImplementedError

    def run(self) -> None:
        while not self.leaves.wait(PAUSE_SECONDS):
            try:
                self.work()
            except (pika.exceptions.AMQPError, OSError):
                continue

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.leaves.set()
        self.join(10 * PAUSE_SECONDS)  # a memory alarm may hold it for longer; it ends with the process


class PlainSender(PlainPeer):
    """Says a line every now and then."""

    def __init__(self, url: str, room: str) -> None:
        super().__init__(url, room)
        self.said: list[Said] = []
        """The lines that the broker has confirmed."""

    def work(self) -> None:
        with plain_speaker(self.url, self.room) as speaker:
            while not self.leaves.wait(PAUSE_SECONDS):
                self.count += 1
                line, began = f"plain {self.count} in {self.room}", time.time()
                speaker.say(line)
                self.said.append(Said(line, began, time.time(), began))


class PlainHearer(PlainPeer):
    """Counts what it hears."""

    def work(self) -> None:
        with PlainListener(self.url, self.room) as listener:
            before = self.count
            while not self.leaves.wait(PAUSE_SECONDS):
                self.count = before + len(listener.heard())
