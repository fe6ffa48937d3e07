"""Four plain scripts that speak without ids, until standard input ends: `talkers URL ROOM RATE TEXTS SEED`.

They speak RATE lines a second together, each line one of so many TEXTS. What each has said is then printed,
as JSON.
"""

import json
import random
import sys
import threading
import time

import pika

TALKERS = 4


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
                text = f"text {self._chance.randrange(self._texts)}"
                channel.basic_publish(self._room, self.nick, text)
                self.said.append(text)
            channel.queue_declare("", exclusive=True)  # when this is answered, all before has been routed


def main(url: str, room: str, rate: str, texts: str, seed: str) -> None:
    """Speak until there is nothing more to read."""
    talkers = [
        Talker(url, room, f"talker-{number}", float(rate) / TALKERS, int(texts), int(seed))
        for number in range(TALKERS)
    ]
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
