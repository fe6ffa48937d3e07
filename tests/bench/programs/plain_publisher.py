"""Says lines in a room as a plain script does: `plain_publisher URL ROOM COUNT RATE [LAST]`.

It begins when Enter is pressed. RATE is how many in a second; 0 is a flood.
"""

import sys
import time

import pika

from tests.bench.programs.publisher import text


def _publish(url: str, room: str, count: int, rate: float, last: list[str]) -> None:
    with pika.BlockingConnection(pika.URLParameters(url)) as connection:
        channel = connection.channel()
        channel.exchange_declare(room, "fanout")
        print("ready", flush=True)
        sys.stdin.readline()
        began = time.monotonic()
        for number, line in enumerate((*map(text, range(count)), *last)):
            if rate and (early := began + number / rate - time.monotonic()) > 0:
                time.sleep(early)
            channel.basic_publish(room, "flooder", line.encode())
    print("done", flush=True)


if __name__ == "__main__":
    _publish(sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4]), sys.argv[5:])
