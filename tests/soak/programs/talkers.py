"""Plain scripts that speak without ids, until standard input ends: `talkers URL ROOM RATE TEXTS EVENTS SEED`.

Four speak RATE lines a second together, each line one of so many TEXTS, and a fifth reacts to lines EVENTS
times a second. What each has said is then printed, as JSON.
"""

import json
import random
import sys
import threading
import time

import pika
from pika.adapters.blocking_connection import BlockingChannel as Channel

TALKERS = 4
REACTOR = "reactor"
"""The nick of who reacts; their reactions are printed in order of their ids."""


class Talker(threading.Thread):
    """One of them, on a connection of its own."""

    def __init__(self, url: str, room: str, nick: str, rate: float, texts: int, seed: int) -> None:
        super().__init__()
        self.said: list[str] = []
        self.nick = nick
        self._url, self._room, self._rate, self._texts = url, room, rate, texts
        self._chance = random.Random(f"{seed} {nick}")
        self.end = threading.Event()

    def run(self) -> None:
        with pika.BlockingConnection(pika.URLParameters(self._url)) as connection:
            channel = connection.channel()
            due = time.monotonic()
            while not self.end.wait(max(0.0, due - time.monotonic())):
                due += self._chance.expovariate(self._rate)
                self._speak(channel)
            channel.queue_declare("", exclusive=True)  # when this is answered, all before has been routed

    def _speak(self, channel: Channel) -> None:
        text = f"text {self._chance.randrange(self._texts)}"
        channel.basic_publish(self._room, self.nick, text)
        self.said.append(text)


class Reactor(Talker):
    """One who does not speak."""

    def _speak(self, channel: Channel) -> None:
        event_id = f"{len(self.said):08}"
        properties = pika.BasicProperties(
            type="reaction", message_id=event_id, headers={"about": "a line", "emoji": "👍"}
        )
        channel.basic_publish(f"{self._room}.events", self.nick, b"", properties)
        self.said.append(event_id)


def main(url: str, room: str, rate: str, texts: str, events: str, seed: str) -> None:
    """Speak until there is nothing more to read."""
    talkers = [
        Talker(url, room, f"talker-{number}", float(rate) / TALKERS, int(texts), int(seed))
        for number in range(TALKERS)
    ]
    if float(events):
        talkers.append(Reactor(url, room, REACTOR, float(events), 1, int(seed)))
    for talker in talkers:
        talker.start()
    sys.stdin.read()
    for talker in talkers:
        talker.end.set()
    for talker in talkers:
        talker.join()
    print(json.dumps({talker.nick: talker.said for talker in talkers}))


if __name__ == "__main__":
    main(*sys.argv[1:])
