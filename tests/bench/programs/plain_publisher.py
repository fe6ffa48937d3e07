"""Floods a room as a plain script does: `plain_publisher URL ROOM COUNT`; begins when Enter is pressed."""

import sys

import pika

from tests.bench.programs.publisher import text


def _publish(url: str, room: str, count: int) -> None:
    with pika.BlockingConnection(pika.URLParameters(url)) as connection:
        channel = connection.channel()
        channel.exchange_declare(room, "fanout")
        print("ready", flush=True)
        sys.stdin.readline()
        for number in range(count):
            channel.basic_publish(room, "flooder", text(number).encode())
    print("done", flush=True)


if __name__ == "__main__":
    _publish(sys.argv[1], sys.argv[2], int(sys.argv[3]))
