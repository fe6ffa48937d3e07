"""Floods a room as a plain script does, when Enter is pressed: `plain_publisher URL ROOM COUNT [LAST]`."""

import sys

import pika

from tests.bench.programs.publisher import text


def _publish(url: str, room: str, count: int, last: list[str]) -> None:
    with pika.BlockingConnection(pika.URLParameters(url)) as connection:
        channel = connection.channel()
        channel.exchange_declare(room, "fanout")
        print("ready", flush=True)
        sys.stdin.readline()
        for line in (*map(text, range(count)), *last):
            channel.basic_publish(room, "flooder", line.encode())
    print("done", flush=True)


if __name__ == "__main__":
    _publish(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4:])
